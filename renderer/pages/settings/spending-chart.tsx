import type { ReactElement } from 'react'
import type { SumRow } from '../../../shared/spending.ts'
import { count, dollars, plural } from '../../ui/format.ts'

export interface SpendingChartProps {
  /** Days that are shown, oldest first. */
  days: readonly string[]
  /** Sums by day. */
  rows: readonly SumRow[]
}

/** Of the drawing, in its own units; it is stretched to the width that there is. */
const STEP = 10
const BAR = 7
const HEIGHT = 60

/** A bar for each day: what it cost or, where nothing has a price, how many requests there were. */
export function SpendingChart({ days, rows }: SpendingChartProps): ReactElement {
  const byDay = new Map(rows.map((row) => [row.day, row.sums]))
  const cost = days.map((day) => byDay.get(day)?.cost ?? 0)
  const requests = days.map((day) => byDay.get(day)?.requests ?? 0)
  const shown = cost.some((value) => value > 0) ? cost : requests
  const top = Math.max(...shown)
  const words = (value: number): string => (shown === cost ? dollars(value) : plural(value, 'request'))
  const best = days[shown.indexOf(top)]
  const label = top === 0 ? 'Nothing was used in the last 30 days' : `Most on ${best}: ${words(top)}`
  return (
    <figure className="spending-chart">
      <svg
        viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Last 30 days by day. ${label}`}
      >
        {days.map((day, at) => {
          const height = top === 0 ? 0 : Math.max(shown[at] === 0 ? 0 : 1, (shown[at]! / top) * HEIGHT)
          return (
            <g key={day}>
              <title>{`${day}: ${dollars(cost[at]!)}, ${count(requests[at]!)} requests`}</title>
              <rect className="slot" x={at * STEP} y={0} width={STEP} height={HEIGHT} />
              <rect className="bar" x={at * STEP} y={HEIGHT - height} width={BAR} height={height} />
            </g>
          )
        })}
      </svg>
      <figcaption className="f11 t3">
        <span>{days[0]}</span>
        <span>{label}</span>
        <span>{days.at(-1)}</span>
      </figcaption>
    </figure>
  )
}
