import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '../../shared/contract.ts'
import type { ConsoleContext } from './context.ts'

/** Longest silence: requests per minute fall without any event. */
const REFRESH_MS = 2000
/** Shortest distance between two updates. */
const THROTTLE_MS = 100

/** The status now, then whenever it differs. */
export async function* watchStatus(
  context: Pick<ConsoleContext, 'status' | 'onStatus'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Status, void> {
  let last = ''
  let wake = (): void => {}
  const off = context.onStatus(() => wake())
  try {
    while (signal?.aborted !== true) {
      const status = context.status()
      const text = JSON.stringify(status)
      if (text !== last) {
        last = text
        yield status
      }
      const changed = new Promise<void>((resolve) => {
        wake = resolve
        signal?.addEventListener('abort', () => resolve(), { once: true })
      })
      await sleep(THROTTLE_MS)
      const timer = new AbortController()
      await Promise.race([changed, sleep(REFRESH_MS, undefined, { signal: timer.signal }).catch(() => {})])
      timer.abort()
    }
  } finally {
    off()
  }
}
