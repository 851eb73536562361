import type { IncomingMessage } from 'node:http'
import { LazuliError } from '../core/error.ts'
import { letGo } from '../core/let-go.ts'

/**
 * Once so much has come of a body whose length was declared, memory is taken for all of it, and each piece is let go as
 * soon as it is copied there: putting 8 MiB together at the end needs twice the memory and has the collector run.
 */
const PLACED_FROM = 256 * 1024

/**
 * The whole request body.
 * @param limit in bytes; a declared length beyond it is refused before a byte is read
 * @param signal its reason, a LazuliError, ends the wait
 * @param begin called when the body is wanted, after its declared length was found good
 * @throws LazuliError `proxy_body_too_large` (413), `proxy_client_gone` when the client leaves before its end
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  signal: AbortSignal,
  begin: () => void,
): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limit) return Promise.reject(tooLarge(limit))
  begin()
  return new Promise((resolve, reject) => {
    let pieces: Buffer[] = []
    let placed: Buffer | undefined
    let size = 0
    const settle = (result: Buffer | LazuliError): void => {
      signal.removeEventListener('abort', onAbort)
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      // A late error of a request that nobody listens to would end the process.
      request.on('error', () => {})
      if (Buffer.isBuffer(result)) resolve(result)
      else reject(result)
    }
    const onData = (piece: Buffer): void => {
      size += piece.length
      if (size > limit) {
        request.pause()
        settle(tooLarge(limit))
      } else if (placed !== undefined) {
        placed.set(piece, size - piece.length)
        // Nobody else has it. Left to the collector, every other large request has it look through the whole heap.
        letGo(piece)
      } else {
        pieces.push(piece)
        if (size < PLACED_FROM || declared < size) return
        placed = Buffer.allocUnsafeSlow(declared)
        placed.set(Buffer.concat(pieces))
        pieces = []
      }
    }
    const onEnd = (): void => settle(placed ?? (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size)))
    const onClose = (): void => settle(clientGone())
    const onAbort = (): void => settle(signal.reason as LazuliError)
    signal.addEventListener('abort', onAbort)
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

/** The client closed its connection; nobody is left to be told. */
export function clientGone(): LazuliError {
  return new LazuliError({
    code: 'proxy_client_gone',
    status: 499,
    message: 'The client closed its connection before the answer was complete.',
  })
}

function tooLarge(limit: number): LazuliError {
  const size = limit % (1024 * 1024) === 0 ? `${limit / (1024 * 1024)} MiB` : `${limit} bytes`
  return new LazuliError({
    code: 'proxy_body_too_large',
    status: 413,
    message: `The request body is larger than ${size}.`,
    fix: 'Send less, or raise server.max_body.',
  })
}
