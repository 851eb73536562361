import type { Status } from '../../shared/contract.ts'

/** One line for the tray: what Lazuli is doing now. */
export function statusLine(status: Status): string {
  if (status.state === 'stopping') {
    return status.active === 0 ? 'Stopping' : `Stopping: ${requests(status.active)} still running`
  }
  const serving = `Serving at ${status.baseUrl}`
  // The sentence itself is too long for a menu.
  if (status.problem !== undefined) return `${serving}, with a problem: open Lazuli to read it`
  return status.recording ? serving : `${serving}, recording paused`
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`
}
