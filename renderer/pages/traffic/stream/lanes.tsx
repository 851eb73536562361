import { useVirtualizer } from '@tanstack/react-virtual'
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
} from 'react'
import type { Lane, LaneEvent } from '../../../../shared/exchange.ts'
import { count, offset } from '../../../ui/format.ts'
import type { EventLook } from '../describe-event.ts'
import { foldKey, type Alignment, type EventsRow, type Span } from './align.ts'
import { Connectors, isFold } from './connectors.tsx'
import { EventRow } from './event-row.tsx'
import { PADDING_PX, ROW_PX, rowHeight, rowTops } from './lane-grid.ts'
import { MarkRow } from './mark-row.tsx'
import type { Selection } from './moment.ts'

/** Where the time that is looked at is kept while it moves: nine tenths down. */
const HEAD_SHARE = 0.9

export interface LanesProps {
  upstream: readonly LaneEvent[]
  client: readonly LaneEvent[]
  alignment: Alignment
  look: (event: LaneEvent) => EventLook
  selection: Selection | undefined
  /** How many events of each lane had come at the time that is looked at. */
  come: { upstream: number; client: number }
  /** The time that is looked at; absent: the end. */
  timeMs: number | undefined
  /** The time is moving, so the view goes with it. */
  moving: boolean
  /** The exchange still runs: the end stays in view while it is in view. */
  live: boolean
  /** Says in the client's lane why an upstream event has no counterpart there. */
  noCounterpart: string | undefined
  clientName: string
  onSelect: (selection: Selection) => void
  onUnfold: (key: number) => void
}

/** Both lanes in one view that scrolls; only the rows in view are in the page. */
export function Lanes(props: LanesProps): ReactElement {
  const { upstream, client, alignment, look, selection, come, timeMs, moving, live, onSelect, onUnfold } = props
  const { rows } = alignment
  const scroller = useRef<HTMLDivElement>(null)
  const stuck = useRef(true)
  const [pointed, setPointed] = useState<Selection>()
  const tops = useMemo(() => rowTops(rows), [rows])
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoised on what it returns
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rowHeight(rows[index]),
    overscan: 12,
    paddingStart: PADDING_PX,
    paddingEnd: PADDING_PX,
  })
  useLayoutEffect(() => virtualizer.measure(), [rows, virtualizer])

  const rowOf = useCallback(
    ({ lane, index }: Selection) => (lane === 'upstream' ? alignment.upstreamRow : alignment.clientRow)[index],
    [alignment],
  )
  const headRow = timeMs === undefined ? undefined : lastRowOf(alignment, come)
  const headTop = headRow === undefined ? undefined : (tops[headRow + 1] ?? 0)

  useEffect(() => {
    if (live && stuck.current && timeMs === undefined && rows.length > 0) virtualizer.scrollToIndex(rows.length - 1)
  }, [live, timeMs, rows.length, virtualizer])

  useEffect(() => {
    const element = scroller.current
    if (!element || !moving || headTop === undefined) return
    element.scrollTop = Math.max(0, headTop - element.clientHeight * HEAD_SHARE)
  }, [moving, headTop])

  // A selection that was made elsewhere, e.g. with [ or ], is brought into view.
  const selectedRow = selection && rowOf(selection)
  useEffect(() => {
    if (selectedRow !== undefined && !moving) virtualizer.scrollToIndex(selectedRow)
  }, [selectedRow, moving, virtualizer])

  const select = useCallback(
    (lane: Lane, index: number) => {
      stuck.current = false
      const row = rows[rowOf({ lane, index }) ?? -1]
      if (row?.type === 'events' && isFold(row)) onUnfold(foldKey(row))
      onSelect({ lane, index })
    },
    [onSelect, onUnfold, rowOf, rows],
  )
  const point = useCallback(
    (lane: Lane, index: number | undefined) => setPointed(index === undefined ? undefined : { lane, index }),
    [],
  )

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const next = moved(event.key, selection, { upstream, client }, alignment)
    if (!next) return
    event.preventDefault()
    select(next.lane, next.index)
    const key = `.${next.lane} [data-event="${next.index}"]`
    // The row may only come into the page with the scroll that follows.
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(key)?.focus())
  }

  const items = virtualizer.getVirtualItems()
  const from = items[0]?.index ?? 0
  const to = (items.at(-1)?.index ?? -1) + 1
  const traced = pointed ?? selection
  const others = traced && relatedOf(alignment, traced)
  const drawn = items
    .map((item) => ({ item, row: rows[item.index] }))
    .filter((entry): entry is { item: (typeof items)[number]; row: EventsRow } => entry.row?.type === 'events')

  const lane = (name: Lane): ReactElement[] => {
    const events = name === 'upstream' ? upstream : client
    const reachable = selection?.lane === name ? selection.index : drawn.find(({ row }) => row[name])?.row[name]?.[0]
    return drawn.flatMap(({ item, row }) => {
      const span = row[name]
      const event = span && events[span[0]]
      if (!span || !event) return []
      const isSelected = selection?.lane === name && selection.index >= span[0] && selection.index < span[1]
      const isTraced = traced?.lane !== name && others !== undefined && span[0] < others[1] && span[1] > others[0]
      return [
        <EventRow
          key={event.index}
          lane={name}
          event={event}
          look={look(event)}
          folded={span[1] - span[0]}
          chars={span[1] - span[0] > 1 ? charsOf(events, span, look) : 0}
          total={events.length}
          gapMs={event.atMs - (events[event.index - 1]?.atMs ?? event.atMs)}
          addedMs={name === 'client' ? addedBy(event, alignment.causes[event.index], upstream) : undefined}
          others={othersText(name, name === 'client' ? alignment.causes[event.index] : alignment.effects[event.index])}
          top={item.start}
          selected={isSelected}
          traced={isTraced}
          future={timeMs !== undefined && span[0] >= come[name]}
          reachable={event.index === reachable}
          onSelect={select}
          onPoint={point}
        />,
      ]
    })
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the rows inside
    <div
      className="l-body"
      ref={scroller}
      onKeyDown={onKeyDown}
      onScroll={() => {
        const element = scroller.current
        if (element) stuck.current = element.scrollHeight - element.scrollTop - element.clientHeight < ROW_PX
      }}
    >
      <div className="l-in" style={{ height: virtualizer.getTotalSize() }}>
        <ol className="upstream" aria-label="Upstream events">
          {lane('upstream')}
        </ol>
        <Connectors
          alignment={alignment}
          tops={tops}
          from={from}
          to={to}
          traced={traced}
          tint={selectedRow}
          future={timeMs === undefined ? { upstream: Infinity, client: Infinity } : come}
        />
        <ol className="client" aria-label="Client events">
          {lane('client')}
        </ol>
        <div aria-hidden="true">
          {items.map((item) => {
            const row = rows[item.index]
            if (!row || row.type === 'events') return null
            return <MarkRow key={item.key} mark={row} top={item.start} client={props.clientName} />
          })}
          {props.noCounterpart !== undefined &&
            drawn
              .filter(({ row }) => isLoneUpstream(row, alignment))
              .map(({ item }) => (
                <div key={item.key} className="ln-note" style={{ transform: `translateY(${item.start}px)` }}>
                  {props.noCounterpart}
                </div>
              ))}
          {headTop !== undefined && timeMs !== undefined && (
            <div className="b-head" style={{ transform: `translateY(${headTop}px)` }}>
              <span>{offset(timeMs)} s</span>
            </div>
          )}
        </div>
      </div>
      {upstream.length === 0 && client.length === 0 && (
        <p className="l-none">{live ? 'Nothing yet' : 'No events were recorded.'}</p>
      )}
    </div>
  )
}

function isLoneUpstream(row: EventsRow, { effects }: Alignment): boolean {
  return row.client === undefined && row.upstream !== undefined && effects[row.upstream[0]] === undefined
}

function relatedOf({ causes, effects }: Alignment, { lane, index }: Selection): Span | undefined {
  return lane === 'client' ? causes[index] : effects[index]
}

function lastRowOf({ upstreamRow, clientRow }: Alignment, come: { upstream: number; client: number }): number {
  return Math.max(clientRow[come.client - 1] ?? -1, come.client === 0 ? (upstreamRow[come.upstream - 1] ?? -1) : -1)
}

function addedBy(event: LaneEvent, causes: Span | undefined, upstream: readonly LaneEvent[]): number | undefined {
  const cause = causes && upstream[causes[1] - 1]
  return cause && Math.max(0, event.atMs - cause.atMs)
}

function charsOf(events: readonly LaneEvent[], [from, to]: Span, look: (event: LaneEvent) => EventLook): number {
  return events.slice(from, to).reduce((sum, event) => sum + look(event).chars, 0)
}

function othersText(lane: Lane, span: Span | undefined): string | undefined {
  if (!span) return undefined
  const numbers = span[1] - span[0] === 1 ? count(span[0]) : `${count(span[0])} to ${count(span[1] - 1)}`
  return lane === 'client' ? `from upstream event ${numbers}` : `caused client event ${numbers}`
}

/** Up and down go along the lane, left and right to a cause or an effect in the other. */
function moved(
  key: string,
  selection: Selection | undefined,
  lanes: { upstream: readonly LaneEvent[]; client: readonly LaneEvent[] },
  alignment: Alignment,
): Selection | undefined {
  const lane = selection?.lane ?? 'client'
  const last = lanes[lane].length - 1
  const at = selection?.index ?? -1
  const along = (index: number): Selection | undefined =>
    last < 0 ? undefined : { lane, index: Math.max(0, Math.min(last, index)) }
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return along(at + 1)
    case 'ArrowUp':
    case 'k':
      return along(at - 1)
    case 'Home':
      return along(0)
    case 'End':
      return along(last)
    case 'ArrowLeft':
    case 'ArrowRight': {
      const other = key === 'ArrowLeft' ? 'upstream' : 'client'
      const span = selection && lane !== other ? relatedOf(alignment, selection) : undefined
      return span && { lane: other, index: span[0] }
    }
    default:
      return undefined
  }
}
