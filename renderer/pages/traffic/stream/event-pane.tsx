import { useMemo, useState, type ReactElement } from 'react'
import type { LaneEvent } from '../../../../shared/exchange.ts'
import { CodeView } from '../../../ui/code-view.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { offset } from '../../../ui/format.ts'
import { Segments } from '../../../ui/segments.tsx'
import { dataOf } from '../read-json.ts'
import type { Span } from './align.ts'
import { HexView } from './hex-view.tsx'
import { JsonTree } from './json-tree.tsx'
import type { Selection } from './moment.ts'

const FORMS = ['JSON', 'Text', 'Bytes'] as const
type Form = (typeof FORMS)[number]

export interface EventPaneProps {
  selection: Selection | undefined
  event: LaneEvent | undefined
  /** Events of the other lane that it came from, or that it caused. */
  others: Span | undefined
}

/** The selected event in full: its data as a tree, its text, its bytes. */
export function EventPane({ selection, event, others }: EventPaneProps): ReactElement {
  const [form, setForm] = useState<Form>('JSON')
  const json = useMemo(() => (event ? parsed(event) : undefined), [event])
  if (!selection || !event) {
    return (
      <section className="ev-pane" aria-label="Event">
        <div className="sec-h">
          <h2 className="h3">Event</h2>
        </div>
        <p className="hint ev-none">Select an event to see its bytes. [ and ] go to the one before and after.</p>
      </section>
    )
  }
  const side = selection.lane === 'upstream' ? 'Upstream' : 'Client'
  return (
    <section className="ev-pane" aria-label="Event">
      <div className="sec-h">
        <h2 className="h3">
          {side} event {event.index}
        </h2>
        <span className="grow" />
        <Segments label="Form of the event" options={FORMS} value={form} onChange={setForm} />
        <CopyButton text={event.raw} label="Copy event" />
      </div>
      <p className="ev-when f11 t3">
        {[`${offset(event.atMs)} s`, others && othersText(selection, others)].filter(Boolean).join(', ')}
      </p>
      {form === 'Bytes' ? (
        <HexView label="Bytes of the event" text={event.raw} />
      ) : form === 'JSON' && json !== undefined ? (
        <JsonTree key={`${side} ${event.index}`} label="Data of the event" value={json} />
      ) : (
        <CodeView
          key={`${side} ${event.index} ${form}`}
          label={form === 'JSON' ? 'Data of the event' : 'Text of the event'}
          text={event.raw}
          as="text"
        />
      )}
    </section>
  )
}

function othersText({ lane }: Selection, [from, to]: Span): string {
  const numbers = to - from === 1 ? String(from) : `${from}–${to - 1}`
  return lane === 'client' ? `from upstream ${numbers}` : `caused client ${numbers}`
}

function parsed(event: LaneEvent): unknown {
  try {
    return JSON.parse(dataOf(event.raw) ?? event.raw)
  } catch {
    return undefined
  }
}
