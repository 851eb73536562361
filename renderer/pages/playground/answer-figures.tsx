import { useEffect, useState, type ReactElement } from 'react'
import type { AnswerTurn } from '../../../shared/playground.ts'
import { hrefOf } from '../../route.ts'
import { count, duration, money } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { figuresOf } from './figures.ts'
import { isRunning } from './turn-tree.ts'

const TICK_MS = 250

/** One line under an answer: what it took, and the way to its exchange. */
export function AnswerFigures({ turn }: { turn: AnswerTurn }): ReactElement | null {
  const running = isRunning(turn)
  const now = useNow(running)
  const shown = figuresOf(turn, now)
  const { figures, exchange } = turn
  const failed = turn.failure !== undefined
  if ((exchange === undefined && figures === undefined) || (failed && shown.output === undefined)) return null
  const about = shown.estimated ? '≈ ' : ''
  return (
    <div className="metrics">
      <Figure name="TTFT" value={shown.ttftMs === undefined ? undefined : duration(shown.ttftMs)} />
      <Figure
        name={running ? 'so far' : 'total'}
        value={shown.durationMs === undefined ? undefined : duration(shown.durationMs)}
      />
      <Figure value={shown.tokensPerSecond === undefined ? undefined : `${count(shown.tokensPerSecond)} tokens/s`} />
      <Figure name="in" value={shown.input === undefined ? undefined : count(shown.input)} />
      <Figure name="cached" value={shown.cached ? count(shown.cached) : undefined} />
      <Figure name="out" value={shown.output === undefined ? undefined : `${about}${count(shown.output)}`} />
      <Figure name="thinking" value={shown.reasoning ? count(shown.reasoning) : undefined} />
      <Figure name="context" value={shown.context === undefined ? undefined : percent(shown.context)} />
      <Figure name="cost" value={costText(shown.cost, about)} />
      {figures && <FinishNote finish={figures.finish} />}
      {figures && figures.losses.length > 0 && (
        <span className="badge warn" title={figures.losses.join('\n')}>
          <Icon name="lossy" />
          lossy {figures.losses.length}
        </span>
      )}
      {exchange !== undefined && !running && !failed && (
        <a className="lk" href={hrefOf('traffic', exchange)}>
          Exchange
        </a>
      )}
    </div>
  )
}

function Figure({ name, value }: { name?: string; value: string | undefined }): ReactElement | null {
  if (value === undefined) return null
  return (
    <span>
      {name !== undefined && `${name} `}
      <b>{value}</b>
    </span>
  )
}

export function costText(cost: number | 'unpriced' | undefined, about = ''): string | undefined {
  if (cost === undefined) return undefined
  return cost === 'unpriced' ? 'unpriced' : `${about}${money(cost)}`
}

function percent(part: number): string {
  const value = part * 100
  return value < 0.1 ? '<0.1 %' : `${value < 10 ? value.toFixed(1) : Math.round(value)} %`
}

/** An answer that did not end by itself says why. */
function FinishNote({ finish }: { finish: string }): ReactElement | null {
  if (/length|context/.test(finish)) return <span className="badge warn">cut at the token limit</span>
  if (/filter|refusal/.test(finish)) return <span className="badge err">{finish.replaceAll('_', ' ')}</span>
  return null
}

/** The time, now and then, while it matters. */
export function useNow(ticking: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!ticking) return
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [ticking])
  return now
}
