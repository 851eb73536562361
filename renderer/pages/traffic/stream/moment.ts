/** A moment of a stream: the time that is looked at, and how many events of each lane had come by then. */
import type { Lane, LaneEvent } from '../../../../shared/exchange.ts'

export interface Selection {
  lane: Lane
  index: number
}

/** How many events had come at this time; events are in the order of their times. */
export function countAt(events: readonly LaneEvent[], ms: number): number {
  let from = 0
  let to = events.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((events[middle]?.atMs ?? 0) <= ms) from = middle + 1
    else to = middle
  }
  return from
}

/** The event that had come last at this time, the client's if there is one. */
export function latestAt(
  lanes: { upstream: readonly LaneEvent[]; client: readonly LaneEvent[] },
  ms: number,
): Selection | undefined {
  for (const lane of ['client', 'upstream'] as const) {
    const count = countAt(lanes[lane], ms)
    if (count > 0) return { lane, index: count - 1 }
  }
  return undefined
}

/** Where the stream ends: the last event, or the exchange's own end. */
export function endOf(
  lanes: { upstream: readonly LaneEvent[]; client: readonly LaneEvent[] },
  durationMs: number | undefined,
): number {
  return Math.max(durationMs ?? 0, lanes.upstream.at(-1)?.atMs ?? 0, lanes.client.at(-1)?.atMs ?? 0)
}
