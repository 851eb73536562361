import { memo, type ReactElement } from 'react'
import type { Lane, LaneEvent } from '../../../../shared/exchange.ts'
import { count, duration, offset } from '../../../ui/format.ts'
import type { EventLook } from '../describe-event.ts'

/** The gap bar grows with the logarithm of the gap: 1 ms is nothing, 10 s fills it. */
const GAP_BAR_PX = 24
const GAP_FULL_MS = 10_000
/** From here on a gap is worth a colour. */
const GAP_HOT_MS = 2_000

export interface EventRowProps {
  lane: Lane
  event: LaneEvent
  look: EventLook
  /** How many events the row stands for. */
  folded: number
  /** Characters that they brought together. */
  chars: number
  total: number
  /** Since the event before in the same lane. */
  gapMs: number
  /** Client lane: how long after its last cause the event was written. */
  addedMs: number | undefined
  /** Causes or effects, in words. */
  others: string | undefined
  top: number
  selected: boolean
  /** A cause or an effect of what is selected or pointed at. */
  traced: boolean
  /** Not there yet at the time that is looked at. */
  future: boolean
  /** The one row of the list that Tab reaches. */
  reachable: boolean
  onSelect: (lane: Lane, index: number) => void
  onPoint: (lane: Lane, index: number | undefined) => void
}

/** One event of a lane in one line. */
export const EventRow = memo(function EventRow(props: EventRowProps): ReactElement {
  const { lane, event, look, folded, total, gapMs, addedMs, others, top, selected, traced, future, reachable } = props
  const classes = ['ev', selected && 'sel', traced && 'traced', future && 'fut'].filter(Boolean).join(' ')
  return (
    <li style={{ transform: `translateY(${top}px)` }} aria-setsize={total} aria-posinset={event.index + 1}>
      <button
        type="button"
        className={classes}
        aria-pressed={selected}
        tabIndex={reachable ? 0 : -1}
        data-event={event.index}
        onClick={() => props.onSelect(lane, event.index)}
        onPointerEnter={() => props.onPoint(lane, event.index)}
        onPointerLeave={() => props.onPoint(lane, undefined)}
      >
        <span className="of">{offset(event.atMs)}</span>
        {lane === 'upstream' && (
          <span
            className={gapMs >= GAP_HOT_MS ? 'gp hot' : 'gp'}
            title={gapMs >= 1 ? `${duration(gapMs)} after the event before` : undefined}
          >
            <i style={{ width: gapWidth(gapMs) }} />
          </span>
        )}
        <span className={`kd k-${look.kind}`} />
        <span className="ty">{look.name}</span>
        {folded > 1 && <span className="cnt">×{count(folded)}</span>}
        <span className="pv">{folded > 1 ? `${count(props.chars)} characters` : look.preview}</span>
        {others !== undefined && <span className="sr">, {others}</span>}
        {addedMs !== undefined && (
          <span className="dl" title={`Written ${duration(addedMs)} after its cause arrived`}>
            +{addedMs < 10 ? addedMs.toFixed(1) : Math.round(addedMs)}
          </span>
        )}
      </button>
    </li>
  )
})

function gapWidth(ms: number): number {
  return ms <= 1 ? 0 : Math.min(GAP_BAR_PX, (Math.log(ms) / Math.log(GAP_FULL_MS)) * GAP_BAR_PX)
}
