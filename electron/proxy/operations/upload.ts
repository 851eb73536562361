/** Bodies that are never held whole: read up to where the model stands, then passed on at the upstream's pace. */
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { LazuliError } from '../../core/error.ts'
import { clientGone } from '../read-body.ts'

/** A sender that is slower than this on average, after a minute, is not sending. */
const LEAST_BYTES_PER_SECOND = 1024
const CHECK_EVERY_MS = 5000
const PATIENCE_MS = 60_000
/** Bodies up to this size are held. */
const SHORT = 64 * 1024

/** The beginning of a body, and the rest as a stream; no rest where the beginning is all of it. */
export interface Upload {
  beginning: Buffer[]
  rest: UploadRest | undefined
}

/** What comes behind the beginning. As long as no call has read of it, another call can have it. */
export class UploadRest {
  readonly #request: IncomingMessage
  #taken = false

  constructor(request: IncomingMessage) {
    this.#request = request
  }

  /** Was any of it read, so that no other call can have it whole? */
  get isTaken(): boolean {
    return this.#taken
  }

  /** The body for one call: these bytes, then the rest. */
  after(beginning: readonly Buffer[]): RestOfBody {
    return new RestOfBody(this.#request, beginning, () => {
      this.#taken = true
    })
  }
}

/**
 * Reads until `enough` says so, and a short body to its end, so that it can be sent again.
 * @param limit most bytes to hold for that
 * @param signal its reason, a LazuliError, ends the wait
 * @throws LazuliError 413 when it was never enough, `proxy_client_gone`, 408 for a client that stalls
 */
export function beginUpload(
  request: IncomingMessage,
  signal: AbortSignal,
  limit: number,
  enough: (chunk: Buffer) => boolean,
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const beginning: Buffer[] = []
    let size = 0
    const isShort = Number(request.headers['content-length'] ?? Infinity) <= Math.min(SHORT, limit)
    const pace = new Pace(() => settle(tooSlow()))
    const settle = (result: Upload | LazuliError): void => {
      pace.stop()
      signal.removeEventListener('abort', onAbort)
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      request.on('error', () => {})
      if (result instanceof LazuliError) reject(result)
      else resolve(result)
    }
    const onData = (chunk: Buffer): void => {
      beginning.push(chunk)
      size += chunk.length
      pace.took(chunk.length)
      try {
        if (!enough(chunk) || isShort) {
          if (size > limit) {
            request.pause()
            settle(tooFar(limit))
          }
          return
        }
      } catch (error) {
        request.pause()
        settle(error as LazuliError)
        return
      }
      request.pause()
      settle({ beginning, rest: new UploadRest(request) })
    }
    const onEnd = (): void => settle({ beginning, rest: undefined })
    const onClose = (): void => settle(clientGone())
    const onAbort = (): void => settle(signal.reason as LazuliError)
    pace.wait()
    signal.addEventListener('abort', onAbort)
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

/** The rest of a body for one call, read when the upstream takes it. */
export class RestOfBody extends Readable {
  readonly #request: IncomingMessage
  readonly #pace = new Pace(() => this.destroy(tooSlow()))
  readonly #taken: () => void
  readonly #before: Buffer[]
  #started = false
  #progress: () => void = () => {}

  /**
   * @param beginning bytes that go in front
   * @param taken told when the first of the client's own bytes is asked for
   */
  constructor(request: IncomingMessage, beginning: readonly Buffer[], taken: () => void) {
    super({ highWaterMark: 64 * 1024 })
    this.#request = request
    this.#before = beginning.filter((piece) => piece.length > 0)
    this.#taken = taken
  }

  /** @param progress told of each piece that goes on */
  onProgress(progress: () => void): void {
    this.#progress = progress
  }

  override _read(): void {
    this.#progress()
    const before = this.#before.shift()
    if (before !== undefined) {
      this.push(before)
      return
    }
    if (!this.#started) this.#start()
    this.#pace.wait()
    this.#request.resume()
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#pace.stop()
    this.#request.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose)
    callback(error)
  }

  #start(): void {
    this.#started = true
    this.#taken()
    this.#request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose)
    if (this.#request.readableEnded) this.#onEnd()
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#pace.took(chunk.length)
    if (this.push(chunk)) return
    // The upstream takes no more for now: what waits is the socket, not the client's memory or ours.
    this.#request.pause()
    this.#pace.stop()
  }

  readonly #onEnd = (): void => {
    this.#pace.stop()
    this.push(null)
  }

  readonly #onClose = (): void => {
    if (!this.#request.complete) this.destroy(clientGone())
  }
}

/** Measures how long a client was waited for, and what it sent meanwhile. */
class Pace {
  readonly #tooSlow: () => void
  #timer: NodeJS.Timeout | undefined
  #waited = 0
  #bytes = 0

  constructor(tooSlow: () => void) {
    this.#tooSlow = tooSlow
  }

  wait(): void {
    this.#timer ??= setInterval(() => {
      this.#waited += CHECK_EVERY_MS
      if (this.#waited < PATIENCE_MS || this.#bytes >= (this.#waited / 1000) * LEAST_BYTES_PER_SECOND) return
      this.stop()
      this.#tooSlow()
    }, CHECK_EVERY_MS)
  }

  took(bytes: number): void {
    this.#bytes += bytes
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function tooSlow(): LazuliError {
  return new LazuliError({
    code: 'proxy_request_timeout',
    status: 408,
    message: 'The upload arrives too slowly to be waited for.',
    fix: 'Send it again over a faster connection.',
    retryable: true,
  })
}

function tooFar(limit: number): LazuliError {
  return new LazuliError({
    code: 'proxy_body_too_large',
    status: 413,
    message: `The field "model" did not come within the first ${Math.round(limit / (1024 * 1024))} MiB of the form.`,
    fix: 'Put the field "model" in front of the file, or raise server.max_body.',
    param: 'model',
  })
}
