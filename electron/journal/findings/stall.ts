import { isEventStream, LaneEvents } from '../lane-events.ts'
import type { Find } from './evidence.ts'

/** A silence in the middle of a stream that a person notices, in milliseconds. */
const stallMs = 10_000

/** The upstream said nothing for long, after it had begun. */
export const findStall: Find = ({ detail, upstream }) => {
  const type = detail.attempts.at(-1)?.responseHeaders?.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (!isEventStream(type)) return undefined
  let longest = { gap: stallMs, chunk: -1 }
  for (let chunk = 1; chunk < upstream.at.length; chunk++) {
    const gap = (upstream.at[chunk] ?? 0) - (upstream.at[chunk - 1] ?? 0)
    if (gap > longest.gap) longest = { gap, chunk }
  }
  if (longest.chunk === -1) return undefined
  const events = new LaneEvents(true)
  events.push(upstream.bytes.subarray(0, upstream.ends[longest.chunk - 1]), 0)
  const seconds = Math.round(longest.gap / 1000)
  return {
    kind: 'stall',
    severity: 'warn',
    title: `Silent for ${seconds} s`,
    explanation: `After event ${events.count} the upstream sent nothing for ${seconds} s, and then went on. Models that call tools of their own or think for long do so; a deployment that is overloaded, too.`,
    ...(events.count === 0 ? {} : { event: events.count - 1 }),
    related: [],
  }
}
