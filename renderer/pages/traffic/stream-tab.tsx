import { useState, type ReactElement } from 'react'
import type { ExchangeDetail, Lane, LaneEvent } from '../../../shared/exchange.ts'
import { CodeView } from '../../ui/code-view.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { duration, offset, plural } from '../../ui/format.ts'
import { describeEvent } from './describe-event.ts'
import type { Followed } from './followed-exchange.ts'
import { LaneList } from './lane-list.tsx'

interface Selection {
  lane: Lane
  index: number
}

/** The raw events of both sides with their times; the selected one in full. */
export function StreamTab({ followed, detail }: { followed: Followed; detail: ExchangeDetail }): ReactElement {
  const [selection, setSelection] = useState<Selection>()
  const { summary } = detail
  const events = selection?.lane === 'upstream' ? followed.upstream : followed.client
  const selected = selection ? events[selection.index] : undefined
  return (
    <div className="stream">
      <div className="lanes">
        <LaneList
          lane="upstream"
          title="Upstream"
          label="Upstream events"
          note={laneNote(
            summary.upstreamDialect && dialectName(summary.upstreamDialect),
            'from',
            summary.deployment,
            followed.upstream,
          )}
          events={followed.upstream}
          live={!followed.complete}
          selected={selection?.lane === 'upstream' ? selection.index : undefined}
          onSelect={(index) => setSelection({ lane: 'upstream', index })}
        />
        <LaneList
          lane="client"
          title="Client"
          label="Client events"
          note={laneNote(
            summary.clientDialect && dialectName(summary.clientDialect),
            'to',
            summary.client,
            followed.client,
          )}
          events={followed.client}
          live={!followed.complete}
          selected={selection?.lane === 'client' ? selection.index : undefined}
          onSelect={(index) => setSelection({ lane: 'client', index })}
        />
      </div>
      <EventPane lane={selection?.lane} event={selected} />
    </div>
  )
}

function laneNote(api: string | undefined, way: string, who: string | undefined, events: readonly LaneEvent[]): string {
  const parts = [api, who === undefined ? undefined : `${way} ${who}`].filter(Boolean).join(' ')
  return [parts, plural(events.length, 'event')].filter(Boolean).join(', ')
}

function EventPane({ lane, event }: { lane: Lane | undefined; event: LaneEvent | undefined }): ReactElement {
  if (!lane || !event) {
    return (
      <aside className="msg" aria-label="Event">
        <div className="sec-h">
          <h2 className="h3">Event</h2>
        </div>
        <p className="hint msg-b">
          Select an event to see its bytes. Arrow keys move, [ and ] go to the one before and after.
        </p>
      </aside>
    )
  }
  const look = describeEvent(event)
  return (
    <aside className="msg" aria-label="Event">
      <div className="sec-h">
        <h2 className="h3">
          {lane === 'upstream' ? 'Upstream' : 'Client'} event {event.index}
        </h2>
        <span className="grow" />
        <span className="f11 t3">at {offset(event.atMs)} s</span>
        <CopyButton text={event.raw} label="Copy event" />
      </div>
      <CodeView key={`${lane} ${event.index}`} label="Data of the event" text={look.data} />
      <div className="ev-raw">
        <div className="sec-h">
          <h2 className="h3">As on the wire</h2>
          <span className="grow" />
          <span className="f11 t3">
            {lane === 'upstream' ? `received ${duration(event.atMs)} in` : `written ${duration(event.atMs)} in`}
          </span>
        </div>
        <CodeView key={`raw ${lane} ${event.index}`} label="Bytes of the event" text={event.raw} as="text" />
      </div>
    </aside>
  )
}
