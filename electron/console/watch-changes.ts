import { setTimeout as sleep } from 'node:timers/promises'

interface Watched<T> {
  read: () => T | Promise<T>
  /** Calls the listener whenever something may have changed; returns what takes the listener off again. */
  onChange: (listener: () => void) => () => void
  /** Shortest time between two values, in milliseconds. */
  throttleMs: number
  /** Longest time until it is read again, for what changes without a word, in milliseconds. */
  refreshMs: number
}

/** The value now, then whenever it differs, until the signal. */
export async function* watchChanges<T>(
  { read, onChange, throttleMs, refreshMs }: Watched<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void> {
  let last = ''
  let wake = (): void => {}
  const off = onChange(() => wake())
  try {
    while (signal?.aborted !== true) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve
        signal?.addEventListener('abort', () => resolve(), { once: true })
      })
      const value = await read()
      const text = JSON.stringify(value)
      if (text !== last) {
        last = text
        yield value
      }
      await sleep(throttleMs)
      const timer = new AbortController()
      await Promise.race([changed, sleep(refreshMs, undefined, { signal: timer.signal }).catch(() => {})])
      timer.abort()
    }
  } finally {
    off()
  }
}
