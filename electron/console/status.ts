import type { Status } from '../../shared/contract.ts'
import type { ConsoleContext } from './context.ts'
import { watchChanges } from './watch-changes.ts'

/** Requests per minute fall without any event. */
const REFRESH_MS = 2000
const THROTTLE_MS = 100

/** The status now, then whenever it differs. */
export function watchStatus(
  { status, onStatus }: Pick<ConsoleContext, 'status' | 'onStatus'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Status, void> {
  return watchChanges({ read: status, onChange: onStatus, throttleMs: THROTTLE_MS, refreshMs: REFRESH_MS }, signal)
}
