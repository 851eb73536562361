import type { ReactElement } from 'react'
import type { Alignment, EventsRow, Span } from './align.ts'
import { ROW_PX } from './lane-grid.ts'
import type { Selection } from './moment.ts'

export const GUTTER_PX = 88
const LEFT = 2
const RIGHT = GUTTER_PX - 2
const MIDDLE = GUTTER_PX / 2
const STUB = 20
/** Of an event with thousands of causes, as many connectors are drawn as can be told apart. */
const MOST_LINKS = 200

export interface ConnectorsProps {
  alignment: Alignment
  tops: readonly number[]
  /** Rows that are drawn. */
  from: number
  to: number
  /** What is traced now: the selected event, or the one under the pointer. */
  traced: Selection | undefined
  /** The selected row, to tint the gutter. */
  tint: number | undefined
  /** Events from these on have not come yet at the time that is looked at. */
  future: { upstream: number; client: number }
}

/** The lines from causes to effects. Decoration: each client event names its causes in words. */
export function Connectors(props: ConnectorsProps): ReactElement {
  const { alignment, tops, from, to, traced, tint, future } = props
  const top = tops[from] ?? 0
  const height = Math.max(0, (tops[to] ?? top) - top)
  const y = (row: number): number => (tops[row] ?? 0) - top + ROW_PX / 2
  const shapes: ReactElement[] = []
  const front: ReactElement[] = []
  const seen = new Set<string>()

  const link = (upstream: number, client: number): void => {
    const key = `${upstream} ${client}`
    if (seen.has(key) || seen.size > MOST_LINKS * 4) return
    seen.add(key)
    const [a, b] = [y(alignment.upstreamRow[upstream] ?? 0), y(alignment.clientRow[client] ?? 0)]
    const on = traced && (traced.lane === 'upstream' ? traced.index === upstream : traced.index === client)
    const className = on ? 'on' : client >= future.client ? 'fut' : undefined
    ;(on ? front : shapes).push(
      <g key={key} className={className}>
        <path d={`M${LEFT} ${a}C${MIDDLE} ${a} ${MIDDLE} ${b} ${RIGHT} ${b}`} />
        <circle cx={LEFT} cy={a} r={on ? 3 : 2} />
        <circle cx={RIGHT} cy={b} r={on ? 3 : 2} />
      </g>,
    )
  }

  for (let row = from; row < to; row += 1) {
    const entry = alignment.rows[row]
    if (entry?.type !== 'events') continue
    if (isFold(entry)) {
      shapes.push(<rect key={`fold ${row}`} className="rib" x={0} y={y(row) - 7} width={GUTTER_PX} height={14} />)
      continue
    }
    const upstream = entry.upstream?.[0]
    const client = entry.client?.[0]
    if (client !== undefined) each(alignment.causes[client], (cause) => link(cause, client))
    if (upstream === undefined) continue
    const effects = alignment.effects[upstream]
    if (effects) {
      each(effects, (effect) => {
        if (covers(alignment.causes[effect], upstream)) link(upstream, effect)
      })
    } else if (alignment.linked !== 'none') {
      shapes.push(
        <path
          key={`stub ${upstream}`}
          className={upstream >= future.upstream ? 'fut' : undefined}
          d={`M0 ${y(row)}H${STUB}M${STUB} ${y(row) - 4}V${y(row) + 4}`}
        />,
      )
    }
  }
  return (
    <svg
      className="conn"
      width={GUTTER_PX}
      height={height}
      style={{ transform: `translateY(${top}px)` }}
      aria-hidden="true"
    >
      {tint !== undefined && tint >= from && tint < to && (
        <rect className="tint" x={0} y={y(tint) - ROW_PX / 2} width={GUTTER_PX} height={ROW_PX} />
      )}
      {shapes}
      {front}
    </svg>
  )
}

export function isFold(row: EventsRow): boolean {
  return [row.upstream, row.client].some((span) => span !== undefined && span[1] - span[0] > 1)
}

function each(span: Span | undefined, visit: (index: number) => void): void {
  if (!span) return
  for (let index = span[0]; index < Math.min(span[1], span[0] + MOST_LINKS); index += 1) visit(index)
}

function covers(span: Span | undefined, index: number): boolean {
  return span !== undefined && index >= span[0] && index < span[1]
}
