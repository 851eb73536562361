/** Keeps a feed of the engine open for as long as it is wanted. */

export interface Feed<T> {
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>
  item: (value: T) => void
  /** The feed is open, for the first time or again. */
  up?: () => void
  /** The feed broke or ended; it is opened again after a pause. */
  down?: (error: unknown) => void
}

/** Waits, unless the signal comes first. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** Reads the feed until the signal aborts; opens it again, with growing pauses, whenever it breaks or ends. */
export async function watch<T>(feed: Feed<T>, signal: AbortSignal, wait: Wait = pause): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    try {
      const items = await feed.open(signal)
      feed.up?.()
      for await (const item of items) {
        failures = 0
        feed.item(item)
      }
      if (!signal.aborted) feed.down?.(new Error('The feed ended'))
    } catch (error) {
      if (!signal.aborted) feed.down?.(error)
    }
    if (signal.aborted) return
    await wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), signal)
    failures += 1
  }
}

/** A pause that ends early when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
