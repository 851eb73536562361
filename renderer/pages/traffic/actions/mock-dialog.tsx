import { useState, type ReactElement } from 'react'
import { fileBounds, type ServedMock } from '../../../../shared/exchange-files.ts'
import type { Failure } from '../../../../shared/exchange.ts'
import { failureOf } from '../../../console.ts'
import { type Match, MATCHES, speedsWith } from '../../../playing-options.ts'
import { hrefOf } from '../../../route.ts'
import { useServices } from '../../../services.tsx'
import { Banner } from '../../../ui/banner.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { Field } from '../../../ui/field.tsx'
import { count, plural } from '../../../ui/format.ts'
import { Select } from '../../../ui/select.tsx'

export interface MockDialogProps {
  ids: readonly string[]
  /** More exchanges match than one file holds. */
  more: boolean
  onClose: () => void
}

/** Makes an instance that answers from recorded exchanges, without any upstream. */
export function MockDialog({ ids, more, onClose }: MockDialogProps): ReactElement {
  const { console } = useServices()
  const [name, setName] = useState('recording')
  const [match, setMatch] = useState<Match>('conversation')
  const [speed, setSpeed] = useState('1')
  const [failure, setFailure] = useState<Failure>()
  const [served, setServed] = useState<ServedMock>()
  const [busy, setBusy] = useState(false)
  const serve = async (): Promise<void> => {
    setBusy(true)
    setFailure(undefined)
    try {
      setServed(await console.traffic.serveAsMock({ ids: [...ids], name: name.trim(), match, speed: Number(speed) }))
    } catch (error) {
      setFailure(failureOf(error))
    }
    setBusy(false)
  }
  if (served !== undefined) return <Served mock={served} onClose={onClose} />
  return (
    <Dialog open title="Serve as mock" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void serve()
        }}
      >
        <div className="dialog-body">
          {failure && <Banner kind="err" inset title={failure.message} text={failure.fix} />}
          {more && (
            <Banner
              kind="warn"
              inset
              title={`More match than a mock holds: these are the latest ${count(fileBounds.exchanges)}.`}
            />
          )}
          <p>
            {plural(ids.length, 'exchange')} become{ids.length === 1 ? 's' : ''} an instance that answers the same
            requests offline, in any client API.
          </p>
          <Field label="Name of the instance">
            {(field) => (
              <input {...field} className="input" value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
          <Field label="A request is a recorded one when">
            {() => (
              <Select label="A request is a recorded one when" value={match} options={MATCHES} onChange={setMatch} />
            )}
          </Field>
          <Field label="Speed">
            {() => <Select label="Speed" value={speed} options={speedsWith(speed)} onChange={setSpeed} />}
          </Field>
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" icon="record" disabled={busy || name.trim() === ''}>
            {busy ? 'Writing…' : 'Serve'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

function Served({ mock, onClose }: { mock: ServedMock; onClose: () => void }): ReactElement {
  return (
    <Dialog open title={`${mock.instance} serves`} onClose={onClose}>
      <div className="dialog-body">
        <p>
          {plural(mock.exchanges, 'exchange')} answer{mock.exchanges === 1 ? 's' : ''} for{' '}
          {mock.models.map((model, index) => (
            <span key={model}>
              {index > 0 && ', '}
              <span className="mono">{model}</span>
            </span>
          ))}
          .
        </p>
        <p className="hint">
          For tests elsewhere: <span className="mono wrap-code">lazuli serve --recording {mock.file}</span>
        </p>
      </div>
      <footer>
        <a className="btn" href={hrefOf('models')} onClick={onClose}>
          Open Models
        </a>
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  )
}
