import { useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import { failureOf } from '../../console.ts'
import { useLive, useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'
import { TextSetting, typedNumber, type SectionProps } from './text-setting.tsx'
import { isFixed, useSave } from './use-settings.ts'

const MB = 1024 * 1024

/** What is kept of the traffic, for how long, and how to be rid of it. */
export function RecordingSection({ view, onSaved }: SectionProps): ReactElement {
  return (
    <section aria-labelledby="h-recording" id="recording">
      <h2 id="h-recording">Recording</h2>
      <Recording />
      <Bodies view={view} onSaved={onSaved} />
      <TextSetting
        key={`days ${view.keepDays.value}`}
        id="keep-days"
        label="Keep for"
        hint="Older exchanges are removed"
        shown={String(view.keepDays.value)}
        source={view.keepDays.source}
        unit="days"
        width="number"
        change={(text) => ({ keepDays: typedNumber(text) })}
        onSaved={onSaved}
      />
      <TextSetting
        key={`bytes ${view.maxBytes.value}`}
        id="max-bytes"
        label="Keep at most"
        hint="The oldest go first, whichever limit comes first"
        shown={String(Math.round(view.maxBytes.value / MB))}
        source={view.maxBytes.source}
        unit="MB"
        width="number"
        change={(text) => {
          const megabytes = typedNumber(text)
          return { maxBytes: typeof megabytes === 'number' ? Math.round(megabytes * MB) : megabytes }
        }}
        onSaved={onSaved}
      />
      <Erase />
    </section>
  )
}

function Recording(): ReactElement {
  const { console } = useServices()
  const on = useLive((state) => state.status?.recording)
  const [failure, setFailure] = useState<Failure>()
  return (
    <Row label="Recording" hint="Secrets are taken out before anything is stored">
      <Switch
        label="Recording"
        checked={on ?? false}
        disabled={on === undefined}
        onChange={(next) => {
          console.traffic.setRecording({ on: next }).then(
            () => setFailure(undefined),
            (error: unknown) => setFailure(failureOf(error)),
          )
        }}
      />
      <span className="f12 t2">{on === true ? 'on' : 'paused until it is switched on, or Lazuli starts again'}</span>
      <SettingNotes failure={failure} />
    </Row>
  )
}

function Bodies({ view, onSaved }: SectionProps): ReactElement {
  const { failure, save } = useSave(onSaved)
  const { value, source } = view.bodies
  return (
    <Row label="Bodies" hint="Prompts and answers, word for word">
      <Switch
        label="Record bodies"
        checked={value}
        disabled={isFixed(source)}
        onChange={(bodies) => save({ bodies })}
      />
      <span className="f12 t2">{value ? 'recorded' : 'only heads, figures and decisions are recorded'}</span>
      <SettingNotes failure={failure} source={source} />
    </Row>
  )
}

function Erase(): ReactElement {
  const { console } = useServices()
  const [asking, setAsking] = useState(false)
  const [erased, setErased] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  return (
    <Row label="Erase" hint="Sums of spending are kept">
      <Button look="danger" icon="clear" onClick={() => setAsking(true)}>
        Erase recorded traffic…
      </Button>
      <span className="f12 t2" role="status">
        {erased && 'Erased.'}
      </span>
      <SettingNotes failure={failure} />
      <Confirm
        open={asking}
        title="Erase all recorded traffic?"
        action="Erase"
        onClose={() => setAsking(false)}
        onConfirm={() => {
          console.traffic.clear().then(
            () => {
              setFailure(undefined)
              return setErased(true)
            },
            (error: unknown) => setFailure(failureOf(error)),
          )
        }}
      >
        Every exchange that has ended is removed from this computer. It cannot be undone.
      </Confirm>
    </Row>
  )
}
