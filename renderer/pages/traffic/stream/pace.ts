/** How fast an answer came: tokens per second, and how long the silences between events were. */
import type { LaneEvent, Usage } from '../../../../shared/exchange.ts'
import type { EventLook } from '../describe-event.ts'

/** Where no count is known, a token is taken to have four characters. */
const CHARS_PER_TOKEN = 4
const CURVE_BUCKETS = 60

export interface Pace {
  /** Tokens of the answer; an estimate unless the upstream counted them. */
  tokens: number
  estimated: boolean
  /** From the first delta to the last, in milliseconds. */
  ms: number
  /** Absent when the answer came at once. */
  perSecond?: number
  /** Tokens per second in equal parts of the time from the first delta to the last. */
  curve: readonly { atMs: number; perSecond: number }[]
}

export function paceOf(
  events: readonly LaneEvent[],
  look: (event: LaneEvent) => EventLook,
  usage: Usage | undefined,
): Pace | undefined {
  const deltas = events
    .map((event) => ({ atMs: event.atMs, chars: look(event).chars }))
    .filter((delta) => delta.chars > 0)
  const first = deltas[0]
  const last = deltas.at(-1)
  if (!first || !last) return undefined
  const chars = deltas.reduce((sum, delta) => sum + delta.chars, 0)
  const tokens = usage?.output ?? Math.ceil(chars / CHARS_PER_TOKEN)
  const ms = last.atMs - first.atMs
  const base = { tokens, estimated: usage?.output === undefined, ms }
  if (ms < 1) return { ...base, curve: [] }
  const width = ms / Math.min(CURVE_BUCKETS, Math.max(1, deltas.length))
  const sums: number[] = Array.from({ length: Math.ceil(ms / width) }, () => 0)
  for (const { atMs, chars: more } of deltas) {
    const bucket = Math.min(sums.length - 1, Math.floor((atMs - first.atMs) / width))
    sums[bucket] = (sums[bucket] ?? 0) + more
  }
  const perChar = tokens / chars
  return {
    ...base,
    perSecond: (tokens * 1000) / ms,
    curve: sums.map((sum, bucket) => ({
      atMs: first.atMs + (bucket + 0.5) * width,
      perSecond: (sum * perChar * 1000) / width,
    })),
  }
}

const GAP_EDGES = [1, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] as const

export interface GapBar {
  /** Upper edge in milliseconds; the last bar has none. */
  belowMs?: number
  count: number
}

/** How many silences between events were how long. */
export function gapHistogram(events: readonly LaneEvent[]): GapBar[] {
  const bars: GapBar[] = [...GAP_EDGES.map((belowMs) => ({ belowMs, count: 0 })), { count: 0 }]
  for (let index = 1; index < events.length; index += 1) {
    const gap = (events[index]?.atMs ?? 0) - (events[index - 1]?.atMs ?? 0)
    const bar = bars.find(({ belowMs }) => belowMs === undefined || gap < belowMs)
    if (bar) bar.count += 1
  }
  return bars
}
