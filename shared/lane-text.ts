import type { BundledLane } from './bundle.ts'
import type { Header, LaneEvent } from './exchange.ts'

/** Is the body with these headers a stream of events? */
export function isStream(headers: readonly Header[]): boolean {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return type?.trim().toLowerCase().startsWith('text/event-stream') ?? false
}

/**
 * An event as it stood in the stream, with the blank line that ends it. Which line end that was is read from the event
 * itself; of an event of one line it is not known any more.
 */
export function eventText({ raw }: Pick<LaneEvent, 'raw'>): string {
  return raw + (raw.includes('\r\n') ? '\r\n\r\n' : '\n\n')
}

/** A recorded lane as the body that it was. @param headers of the answer that it belongs to */
export function laneText({ events }: BundledLane, headers: readonly Header[]): string {
  const stream = isStream(headers)
  return events.map((event) => (stream ? eventText(event) : event.raw)).join('')
}
