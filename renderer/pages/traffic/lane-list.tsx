import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react'
import type { Lane, LaneEvent } from '../../../shared/exchange.ts'
import { duration, offset } from '../../ui/format.ts'
import { describeEvent } from './describe-event.ts'

const ROW_PX = 24
/** The gap bar grows with the logarithm of the gap: 1 ms is nothing, 10 s fills it. */
const GAP_BAR_PX = 24
const GAP_FULL_MS = 10_000
/** From here on a gap is worth a colour. */
const GAP_HOT_MS = 2_000

export interface LaneListProps {
  lane: Lane
  title: string
  label: string
  note: string
  events: readonly LaneEvent[]
  /** The exchange still runs: the end stays in view while it is in view. */
  live: boolean
  selected: number | undefined
  onSelect: (index: number) => void
}

/** One lane: what came or went, when, and how long after the event before. */
export function LaneList(props: LaneListProps): ReactElement {
  const { lane, title, label, note, events, live, selected, onSelect } = props
  const scroller = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised on what it returns
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    paddingStart: 4,
    paddingEnd: 4,
  })

  useEffect(() => {
    if (live && stuck.current && events.length > 0) virtualizer.scrollToIndex(events.length - 1)
  }, [live, events.length, virtualizer])

  const select = useCallback(
    (to: number) => {
      const index = Math.max(0, Math.min(events.length - 1, to))
      stuck.current = false
      onSelect(index)
      virtualizer.scrollToIndex(index)
      // The row may only come into the page with this scroll.
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-event="${index}"]`)?.focus())
    },
    [events.length, onSelect, virtualizer],
  )

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const at = selected ?? -1
    const to = {
      ArrowDown: at + 1,
      j: at + 1,
      ']': at + 1,
      ArrowUp: at - 1,
      k: at - 1,
      '[': at - 1,
      Home: 0,
      End: events.length - 1,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    select(to)
  }

  const first = virtualizer.getVirtualItems()[0]?.index ?? 0
  return (
    <section className={`lane ${lane}`} aria-label={title}>
      <div className="l-head">
        <span className="cut" title={`${title} ${note}`}>
          <span className="strong">{title}</span> <span className="t3">{note}</span>
        </span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the rows inside */}
      <div
        className="l-body"
        ref={scroller}
        onKeyDown={onKeyDown}
        onScroll={() => {
          const element = scroller.current
          if (element) stuck.current = element.scrollHeight - element.scrollTop - element.clientHeight < ROW_PX
        }}
      >
        <ol aria-label={label} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const event = events[item.index]
            return (
              event && (
                <EventRow
                  key={item.key}
                  event={event}
                  total={events.length}
                  gapMs={event.atMs - (events[item.index - 1]?.atMs ?? event.atMs)}
                  top={item.start}
                  selected={item.index === selected}
                  reachable={item.index === (selected ?? first)}
                  onSelect={() => {
                    stuck.current = false
                    onSelect(item.index)
                  }}
                />
              )
            )
          })}
        </ol>
        {events.length === 0 && (
          <p className="l-none">{live ? 'Nothing yet' : 'No events were recorded on this side.'}</p>
        )}
      </div>
    </section>
  )
}

interface EventRowProps {
  event: LaneEvent
  total: number
  gapMs: number
  top: number
  selected: boolean
  /** The one row of the list that Tab reaches. */
  reachable: boolean
  onSelect: () => void
}

function EventRow({ event, total, gapMs, top, selected, reachable, onSelect }: EventRowProps): ReactElement {
  const look = describeEvent(event)
  return (
    <li style={{ transform: `translateY(${top}px)` }} aria-setsize={total} aria-posinset={event.index + 1}>
      <button
        type="button"
        className={selected ? 'ev sel' : 'ev'}
        aria-pressed={selected}
        tabIndex={reachable ? 0 : -1}
        data-event={event.index}
        onClick={onSelect}
      >
        <span className="of">{offset(event.atMs)}</span>
        <span
          className={gapMs >= GAP_HOT_MS ? 'gp hot' : 'gp'}
          title={gapMs >= 1 ? `${duration(gapMs)} after the event before` : undefined}
        >
          <i style={{ width: gapWidth(gapMs) }} />
        </span>
        <span className={`kd k-${look.kind}`} />
        <span className="ty">{look.name}</span>
        <span className="pv">{look.preview}</span>
      </button>
    </li>
  )
}

function gapWidth(ms: number): number {
  return ms <= 1 ? 0 : Math.min(GAP_BAR_PX, (Math.log(ms) / Math.log(GAP_FULL_MS)) * GAP_BAR_PX)
}
