import type { IncomingMessage } from 'node:http'

/** How long a client may go on sending a body that nobody wants. */
const PATIENCE_MS = 1000

/**
 * Lets the rest of an unwanted body run into nothing. Closing at once would reset the connection, and with it the answer
 * that the client has not read yet; waiting without end would let it send for ever.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.socket.destroyed) return
  const timer = setTimeout(() => request.socket.destroy(), PATIENCE_MS)
  const stop = (): void => clearTimeout(timer)
  request.once('end', stop).once('close', stop)
  request.resume()
}
