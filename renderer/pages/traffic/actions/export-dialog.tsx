import { useState, type ReactElement } from 'react'
import { fileBounds, type ExportFormat } from '../../../../shared/exchange-files.ts'
import type { Failure, Lane } from '../../../../shared/exchange.ts'
import { failureOf } from '../../../console.ts'
import { useServices } from '../../../services.tsx'
import { Banner } from '../../../ui/banner.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { count, plural } from '../../../ui/format.ts'
import { Segments } from '../../../ui/segments.tsx'
import { saveFile } from './save-file.ts'

const FORMATS: readonly { format: ExportFormat; name: string; about: string }[] = [
  { format: 'bundle', name: 'Bundle', about: 'Everything, to open in another Lazuli or to serve as a mock.' },
  { format: 'har', name: 'HAR', about: 'HTTP Archive 1.2, for other tools: the client’s side and each attempt.' },
  { format: 'sse', name: 'SSE fixture', about: 'The bytes of one stream, for tests.' },
]
const LANES: Record<Lane, string> = { upstream: 'From upstream', client: 'To the client' }

export interface ExportDialogProps {
  ids: readonly string[]
  /** More exchanges match than one file holds. */
  more: boolean
  onClose: () => void
}

/** Exchanges as a file: which kind, and where from. */
export function ExportDialog({ ids, more, onClose }: ExportDialogProps): ReactElement {
  const { console } = useServices()
  const [format, setFormat] = useState<ExportFormat>('bundle')
  const [lane, setLane] = useState<Lane>('upstream')
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState(false)
  const save = async (): Promise<void> => {
    setBusy(true)
    try {
      saveFile(await console.traffic.export({ ids: [...ids], format, lane }))
      onClose()
    } catch (error) {
      setFailure(failureOf(error))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      title={ids.length === 1 ? 'Export the exchange' : `Export ${count(ids.length)} exchanges`}
      onClose={onClose}
    >
      <div className="dialog-body">
        {failure && <Banner kind="err" inset title={failure.message} text={failure.fix} />}
        {more && (
          <Banner
            kind="warn"
            inset
            title={`More match than a file holds: these are the latest ${count(fileBounds.exchanges)}.`}
            text="Narrow the filter to have others."
          />
        )}
        <fieldset className="act-choices">
          <legend className="label">Format</legend>
          {FORMATS.map(({ format: value, name, about }) => (
            <label key={value} className="act-choice">
              <input
                type="radio"
                name="format"
                value={value}
                checked={format === value}
                disabled={value === 'sse' && ids.length > 1}
                onChange={() => setFormat(value)}
              />
              <span>
                <span className="med">{name}</span>
                <span className="t3 f12">
                  {value === 'sse' && ids.length > 1 ? 'Of a single exchange only.' : about}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        {format === 'sse' && (
          <Segments
            label="Stream"
            options={Object.values(LANES)}
            value={LANES[lane]}
            onChange={(name) => setLane(name === LANES.client ? 'client' : 'upstream')}
          />
        )}
        <p className="hint">
          Keys and tokens that Lazuli knows are masked in it. What people wrote and models answered is not: look through
          it before you pass it on.
        </p>
      </div>
      <footer>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="primary" icon="export" disabled={busy} onClick={() => void save()}>
          {busy ? 'Writing…' : `Save ${plural(ids.length, 'exchange')}`}
        </Button>
      </footer>
    </Dialog>
  )
}
