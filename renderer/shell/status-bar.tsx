import type { ReactElement } from 'react'
import type { Spent } from '../../shared/spending.ts'
import { failureOf } from '../console.ts'
import { useLive, useServices } from '../services.tsx'
import { Copied, useCopy } from '../ui/copy.tsx'
import { count, dollars, plural } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { useNotice } from '../ui/notice.tsx'
import { modifier } from './rail.tsx'

/** The line at the foot of every page: is it serving, where, how much, and is it recorded. */
export function StatusBar({ onPalette }: { onPalette: () => void }): ReactElement {
  const connection = useLive((state) => state.connection)
  const status = useLive((state) => state.status)
  const baseUrl = useLive((state) => state.status?.baseUrl ?? state.info?.baseUrl)
  return (
    <footer className="statusbar">
      <span className="seg">
        <RunState connection={connection} stopping={status?.state === 'stopping'} />
      </span>
      {baseUrl !== undefined && <BaseUrl url={baseUrl} />}
      {status && (
        <>
          <span className="seg">
            <b>{status.requestsPerMinute}</b> requests/min
          </span>
          <span className="seg">
            <b>{status.active}</b> active
          </span>
          <CostToday spent={status.costToday} />
          <RecordingButton on={status.recording} />
        </>
      )}
      <button type="button" className={status ? 'sb-btn' : 'sb-btn push'} title="Command palette" onClick={onPalette}>
        <span className="sr">Command palette</span> <kbd className="kbd">{modifier()}K</kbd>
      </button>
    </footer>
  )
}

function RunState({ connection, stopping }: { connection: string; stopping: boolean }): ReactElement {
  if (connection === 'connecting') {
    return (
      <>
        <span className="dot off" />
        <b>Connecting</b>
      </>
    )
  }
  if (connection === 'lost') {
    return (
      <>
        <span className="dot err" />
        <b>Not reachable</b>
      </>
    )
  }
  return (
    <>
      <span className={stopping ? 'dot warn' : 'dot'} />
      <b>{stopping ? 'Stopping' : 'Running'}</b>
    </>
  )
}

/** What is not priced is said, so that the figure is not taken for all that was spent. */
function CostToday({ spent }: { spent: Spent }): ReactElement {
  const { usd, unpriced } = spent
  const title =
    unpriced === 0
      ? 'What today’s requests cost, by list price or your own'
      : `${plural(unpriced, 'request')} without a known price not counted`
  return (
    <span className="seg" title={title}>
      <b>{dollars(usd)}</b> today{unpriced > 0 && `, ${count(unpriced)} unpriced`}
    </span>
  )
}

function BaseUrl({ url }: { url: string }): ReactElement {
  const { copied, copy } = useCopy()
  return (
    <span className="sb-url">
      <span className="mono t1">{url}</span>
      <button
        type="button"
        className="sb-btn"
        aria-label="Copy base URL"
        title="Copy base URL"
        onClick={() => copy(url)}
      >
        <Icon name={copied ? 'check' : 'copy'} size={14} />
      </button>
      <Copied when={copied} />
    </span>
  )
}

function RecordingButton({ on }: { on: boolean }): ReactElement {
  const { console } = useServices()
  const { notify } = useNotice()
  return (
    <button
      type="button"
      className="sb-btn push"
      aria-pressed={on}
      title={on ? 'Every exchange is stored. Click to pause.' : 'Traffic is served but not stored. Click to record.'}
      onClick={() => {
        console.traffic.setRecording({ on: !on }).catch((error: unknown) => notify(failureOf(error).message))
      }}
    >
      <span className={on ? 'dot rec' : 'dot off'} />
      {on ? 'Recording on' : 'Recording off'}
    </button>
  )
}
