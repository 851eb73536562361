import { useEffect, useRef, useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import type { ToolCheck, ToolTick, ToolView } from '../../../shared/tools.ts'
import { failureOf } from '../../console.ts'
import { hrefOf } from '../../route.ts'
import { useServices } from '../../services.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { duration } from '../../ui/format.ts'
import { Icon, type IconName } from '../../ui/icons.tsx'

const LOOKS: Record<ToolTick['state'], { icon: IconName; className: string; word: string }> = {
  ok: { icon: 'ok', className: 'ok', word: 'Done: ' },
  failed: { icon: 'error', className: 'err', word: 'Failed: ' },
  waiting: { icon: 'pending', className: 'ta', word: 'Waiting: ' },
  later: { icon: 'pending', className: 'skip', word: 'Then: ' },
}

/** Watches a real request of the tool, from its start to the end of its answer. */
export function ToolCheckSection({ tool, onEnded }: { tool: ToolView; onEnded: () => void }): ReactElement {
  const { check, failure, running, start, stop } = useCheck(tool, onEnded)
  const canRun = tool.canRun && tool.state === 'applied'
  const exchange = check?.exchange ?? tool.lastCall?.exchange
  return (
    <section>
      <div className="sec-h">
        <h3 className="h3">Verification{running ? ', live' : ''}</h3>
        <span className="grow" />
        {exchange !== undefined && (
          <a className="f12" href={hrefOf('traffic', exchange)}>
            Show in Traffic
          </a>
        )}
      </div>
      {check === undefined && (
        <p className="hint">
          {canRun
            ? 'Run it: Lazuli starts the tool with one short question. Or watch, and use it as you always do.'
            : 'Watch, then use the tool as you always do: each step is ticked when it really happens.'}
        </p>
      )}
      {failure && <Banner inset kind="err" title={failure.message} text={failure.fix} />}
      {check && <Ticks check={check} />}
      <div className="acts">
        {running ? (
          <Button icon="stop" onClick={stop}>
            Stop
          </Button>
        ) : (
          <>
            {canRun && (
              <Button icon="play" onClick={() => start(true)}>
                Run it for me
              </Button>
            )}
            <Button look={canRun ? 'ghost' : 'normal'} icon="eye" onClick={() => start(false)}>
              Watch
            </Button>
          </>
        )}
      </div>
      <p className="sr" role="status">
        {check?.state === 'ok' ? `${tool.name} is verified` : check?.state === 'failed' ? 'The check failed' : ''}
      </p>
    </section>
  )
}

function Ticks({ check }: { check: ToolCheck }): ReactElement {
  return (
    <>
      <ol className="steps" aria-label="Steps of the check">
        {check.ticks.map((tick) => {
          const look = LOOKS[tick.state]
          return (
            <li key={tick.id} className={look.className}>
              <Icon name={look.icon} />
              <span>
                <span className="sr">{look.word}</span>
                {tick.text}
              </span>
              <span className="val">{tick.atMs === undefined ? '' : duration(tick.atMs)}</span>
              {tick.why !== undefined && <span className="why">{tick.why}</span>}
            </li>
          )
        })}
      </ol>
      {check.output !== undefined && (
        <details className="said">
          <summary>What it printed</summary>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
          <pre className="code s wrap-code" tabIndex={0} role="region" aria-label="Output of the tool">
            {check.output}
          </pre>
        </details>
      )}
    </>
  )
}

interface Check {
  check: ToolCheck | undefined
  failure: Failure | undefined
  running: boolean
  start: (run: boolean) => void
  stop: () => void
}

/** One check at a time; leaving the tool ends it. */
function useCheck(tool: ToolView, onEnded: () => void): Check {
  const { console } = useServices()
  const [check, setCheck] = useState<ToolCheck>()
  const [failure, setFailure] = useState<Failure>()
  const [running, setRunning] = useState(false)
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const start = async (run: boolean): Promise<void> => {
    const mine = new AbortController()
    abort.current = mine
    setCheck(undefined)
    setFailure(undefined)
    setRunning(true)
    try {
      const checks = await console.tools.verify({ tool: tool.id, run }, { signal: mine.signal })
      for await (const next of checks) setCheck(next)
    } catch (error) {
      if (!mine.signal.aborted) setFailure(failureOf(error))
    }
    if (abort.current !== mine) return
    setRunning(false)
    onEnded()
  }
  const stop = (): void => {
    abort.current?.abort()
    setCheck(undefined)
  }
  return { check, failure, running, start: (run) => void start(run), stop }
}
