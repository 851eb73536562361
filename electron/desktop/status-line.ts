import type { Status } from '../../shared/contract.ts'

/** One line for the tray: what Lazuli is doing now. */
export function statusLine(status: Status): string {
  if (status.state === 'stopping') {
    return status.active === 0 ? 'Stopping' : `Stopping: ${requests(status.active)} still running`
  }
  if (status.problem !== undefined) return status.problem.message
  return status.recording ? `Serving at ${status.baseUrl}` : `Serving at ${status.baseUrl}, recording paused`
}

function requests(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`
}
