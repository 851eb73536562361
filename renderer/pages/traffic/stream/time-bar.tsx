import { memo, useMemo, type KeyboardEvent, type ReactElement } from 'react'
import type { Attempt, LaneEvent } from '../../../../shared/exchange.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { count, duration, offset } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import type { EventKind, EventLook } from '../describe-event.ts'
import type { GridRow, SilenceRow } from './align.ts'
import { axisTimes, LINE_UNITS, ticksOf } from './ticks.ts'
import type { Playback } from './use-playback.ts'

const LEGEND: readonly { kind: EventKind; name: string }[] = [
  { kind: 'thinking', name: 'thinking' },
  { kind: 'tool', name: 'tool' },
  { kind: 'text', name: 'text' },
  { kind: 'control', name: 'envelope' },
]
/** A stall's name is written where it has room. */
const NAMED_SHARE = 0.12
/** Room for the words at the TTFT, to each side. */
const TTFT_SHARE = 0.09

export interface TimeBarProps {
  upstream: readonly LaneEvent[]
  client: readonly LaneEvent[]
  look: (event: LaneEvent) => EventLook
  rows: readonly GridRow[]
  attempts: readonly Attempt[]
  endMs: number
  ttftMs: number | undefined
  playback: Playback
  /** Number of the last event at the time that is looked at, for screen readers. */
  come: number
  total: number
  /** Tokens per second, in words. */
  rate: string | undefined
  onStep: (by: 1 | -1) => void
  /** Small windows: shows or hides the message. */
  messageShown: boolean
  onMessage: () => void
}

/** The whole stream on a line of time, and the place on it that is looked at. */
export function TimeBar(props: TimeBarProps): ReactElement {
  const { endMs, ttftMs, playback, come, total, rate, onStep } = props
  const now = playback.timeMs ?? endMs
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    event.preventDefault()
    onStep(event.key === 'ArrowRight' ? 1 : -1)
  }
  return (
    <div className="time">
      <div className="ctl">
        <IconButton icon="step-l" label="Previous event" keys="[" look="ghost" onClick={() => onStep(-1)} />
        <IconButton
          icon={playback.playing ? 'pause' : 'play'}
          label={playback.playing ? 'Pause' : 'Play'}
          keys="Space"
          onClick={playback.toggle}
        />
        <IconButton icon="step-r" label="Next event" keys="]" look="ghost" onClick={() => onStep(1)} />
        <div className="now-box">
          <div className="now num">{offset(now)} s</div>
          <div className="of">
            <span className="num">of {duration(endMs)}</span>
            <button type="button" className="speed" title="Speed of playing" onClick={playback.nextSpeed}>
              {playback.speed}×
            </button>
          </div>
        </div>
      </div>
      <div className="scrub">
        <Line {...props} />
        {ttftMs !== undefined && endMs > 0 && (
          <div className="s-ttft" style={{ left: share(ttftMs, endMs) }} aria-hidden="true">
            <span>TTFT {duration(ttftMs)}</span>
          </div>
        )}
        <input
          type="range"
          aria-label="Time"
          min={0}
          max={Math.max(1, Math.ceil(endMs))}
          step={1}
          value={Math.round(now)}
          aria-valuetext={`${offset(now)} seconds of ${offset(endMs)}, event ${count(come)} of ${count(total)}`}
          onChange={(event) => playback.seek(Number(event.target.value))}
          onKeyDown={onKeyDown}
        />
      </div>
      <Button className="show-s" size="sm" aria-pressed={props.messageShown} onClick={props.onMessage}>
        Message
      </Button>
      <div className="legend hide-s">
        {LEGEND.map(({ kind, name }) => (
          <span key={kind} className="row gap4">
            <span className={`kd k-${kind}`} />
            {name}
          </span>
        ))}
        {rate !== undefined && <span className="rate num">{rate}</span>}
      </div>
    </div>
  )
}

/** Everything on the line that does not move with the time that is looked at. */
const Line = memo(
  function Line({ upstream, client, look, rows, attempts, endMs, ttftMs }: TimeBarProps): ReactElement {
    const above = useMemo(() => ticksOf(upstream, look, endMs, 5), [upstream, look, endMs])
    const below = useMemo(() => ticksOf(client, look, endMs, 23), [client, look, endMs])
    const stalls = rows.filter((row): row is SilenceRow => row.type === 'stall')
    return (
      <div aria-hidden="true">
        {attempts.slice(0, -1).map((attempt, index) => (
          <div
            // oxlint-disable-next-line react/no-array-index-key -- attempts are numbered
            key={index}
            className="s-wait"
            style={{
              left: share(attempt.startMs, endMs),
              width: share((attempt.endMs ?? attempt.startMs) - attempt.startMs, endMs),
            }}
            title={`Attempt ${index + 1}, ${attempt.status ?? 'no answer'}`}
          />
        ))}
        {stalls.map((stall) => (
          <div
            key={stall.fromMs}
            className="s-stall"
            style={{ left: share(stall.fromMs, endMs), width: share(stall.toMs - stall.fromMs, endMs) }}
          >
            {(stall.toMs - stall.fromMs) / endMs > NAMED_SHARE && (
              <span>
                <Icon name="warn" size={12} />
                stall {duration(stall.toMs - stall.fromMs)}
              </span>
            )}
          </div>
        ))}
        <div className="s-axis" />
        <svg className="ticks" preserveAspectRatio="none" viewBox={`0 0 ${LINE_UNITS} 44`}>
          {[...above.map((tick) => ['a', tick] as const), ...below.map((tick) => ['b', tick] as const)].map(
            ([lane, { kind, path }]) => (
              <path key={`${lane} ${kind}`} className={`tk k-${kind}`} d={path} />
            ),
          )}
        </svg>
        {axisTimes(endMs)
          // Where the TTFT is written, no other time is.
          .filter((ms) => ttftMs === undefined || Math.abs(ms - ttftMs) / endMs > TTFT_SHARE)
          .map((ms) => (
            <span key={ms} className="ax" style={{ left: share(ms, endMs) }}>
              {ms === 0 ? '0 s' : duration(ms).replace(/\.?0+ s$/, ' s')}
            </span>
          ))}
      </div>
    )
  },
  (a, b) =>
    a.upstream === b.upstream &&
    a.client === b.client &&
    a.rows === b.rows &&
    a.attempts === b.attempts &&
    a.endMs === b.endMs &&
    a.ttftMs === b.ttftMs,
)

function share(ms: number, endMs: number): string {
  return endMs > 0 ? `${Math.min(100, Math.max(0, (ms / endMs) * 100)).toFixed(2)}%` : '0%'
}
