/**
 * One call upstream. undici's own time limits are off: they end long reasoning calls after 300 s of silence. In their
 * place stand four limits of our own, each with its own error.
 */
import { Readable } from 'node:stream'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { Header } from '../../shared/exchange.ts'
import { LazuliError } from '../core/error.ts'
import type { AttemptTap } from '../core/tap.ts'
import { connectionError, timeoutError } from './upstream-errors.ts'

export interface UpstreamRequest {
  method: 'GET' | 'POST' | 'DELETE'
  /** Absolute. */
  url: URL
  headers: readonly Header[]
  /** A stream is sent as it comes, and destroyed when the call ends before it. */
  body: readonly Buffer[] | Upload
}

/** Seconds, as configured. */
export interface Timeouts {
  connect: number
  first_byte: number
  idle: number
}

/** A body that is not held; its progress keeps the call alive. */
export interface Upload extends Readable {
  onProgress(progress: () => void): void
}

export interface UpstreamAnswer {
  status: number
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Hands the body over, from its first byte; to be called once. */
  read(reader: BodyReader): void
  /** Backpressure: nothing more is read from the socket until `resume`. */
  pause(): void
  resume(): void
  /** Ends the call, for this reason; the reader is told so. */
  abort(reason: LazuliError): void
  /** All that matters has come: lets the rest go. No failure; the reader hears nothing more. */
  release(): void
  /** The body's end, or the release of what is left of it after so long. */
  settle(withinMs: number): Promise<void>
}

/** Takes a body. Exactly one of `end` and `fail` comes last. */
export interface BodyReader {
  data(chunk: Buffer): void
  /** `framed`: the body had a declared end (length or chunks), so this is not a connection that just closed. */
  end(framed: boolean): void
  fail(error: LazuliError): void
}

export interface Sender {
  /**
   * Sends and waits for the answer's head.
   * @param signal its reason, a LazuliError, ends the call at any time
   * @throws LazuliError see `upstream-errors.ts`; the signal's reason
   */
  send(request: UpstreamRequest, timeouts: Timeouts, signal: AbortSignal, tap: AttemptTap): Promise<UpstreamAnswer>
  close(): Promise<void>
}

/** Many small pieces go out faster as one; large bodies are not copied. */
const JOIN_BELOW = 64 * 1024

export function createSender(): Sender {
  const pools = new Map<string, Pool>()
  const poolOf = (origin: string, connectSeconds: number): Pool => {
    const key = `${origin} ${connectSeconds}`
    let pool = pools.get(key)
    if (pool === undefined) {
      pool = new Pool(origin, {
        connections: null,
        pipelining: 1,
        allowH2: false,
        headersTimeout: 0,
        bodyTimeout: 0,
        // Our own limit speaks first; this one only clears the socket away.
        connect: { timeout: connectSeconds * 1000 + 1000, keepAlive: true },
        // A TLS handshake costs half a request again, so idle connections are kept.
        keepAliveTimeout: 60_000,
        keepAliveMaxTimeout: 300_000,
      })
      pools.set(key, pool)
    }
    return pool
  }
  return {
    send(request, timeouts, signal, tap) {
      return new Promise((resolve, reject) => {
        const call = new Call(request, timeouts, signal, tap, resolve, reject)
        call.start(poolOf(request.url.origin, timeouts.connect))
      })
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}

/** The life of one call, as undici's handler. */
class Call implements Dispatcher.DispatchHandler, UpstreamAnswer {
  status = 0
  headers: Readonly<Record<string, string | string[] | undefined>> = {}

  readonly #request: UpstreamRequest
  readonly #timeouts: Timeouts
  readonly #signal: AbortSignal
  readonly #tap: AttemptTap
  readonly #resolve: (answer: UpstreamAnswer) => void
  readonly #reject: (error: LazuliError) => void
  readonly #onAbort = (): void => this.abort(this.#signal.reason as LazuliError)

  #controller: Dispatcher.DispatchController | undefined
  #reader: BodyReader | undefined
  /** What came before the reader. */
  #early: Buffer[] = []
  #ended: { error?: LazuliError } | undefined
  #answered = false
  #paused = false
  #timer: NodeJS.Timeout | undefined
  #onEnd: (() => void) | undefined

  constructor(
    request: UpstreamRequest,
    timeouts: Timeouts,
    signal: AbortSignal,
    tap: AttemptTap,
    resolve: (answer: UpstreamAnswer) => void,
    reject: (error: LazuliError) => void,
  ) {
    this.#request = request
    this.#timeouts = timeouts
    this.#signal = signal
    this.#tap = tap
    this.#resolve = resolve
    this.#reject = reject
  }

  start(pool: Pool): void {
    if (this.#signal.aborted) {
      this.#onAbort()
      return
    }
    this.#signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#limit('connect', this.#timeouts.connect)
    const { url, method, headers, body } = this.#request
    if (body instanceof Readable) {
      body.onProgress(() => this.#timer?.refresh())
      // Whatever ends the call ends the upload; its errors are told through the call.
      body.on('error', () => {})
      this.#dispatch(pool, { method, path: `${url.pathname}${url.search}`, headers: headers.flat(), body })
      return
    }
    const size = body.reduce((sum, piece) => sum + piece.length, 0)
    const joined = body.length === 1 ? body[0]! : size < JOIN_BELOW ? Buffer.concat(body, size) : undefined
    const length: string[] = joined === undefined ? ['content-length', String(size)] : []
    const empty = method === 'GET' || (method === 'DELETE' && size === 0)
    this.#dispatch(pool, {
      method,
      path: `${url.pathname}${url.search}`,
      headers: [...headers.flat(), ...length],
      // undici takes any iterable of bytes; its types name streams only.
      body: empty ? null : (joined ?? (body as unknown as Dispatcher.DispatchOptions['body'] & object)),
    })
  }

  #dispatch(pool: Pool, options: Dispatcher.DispatchOptions): void {
    try {
      pool.dispatch(options, this)
    } catch (cause) {
      this.#finish(connectionError(cause, this.#request.url))
    }
  }

  read(reader: BodyReader): void {
    this.#reader = reader
    const early = this.#early
    this.#early = []
    for (const chunk of early) reader.data(chunk)
    if (this.#ended !== undefined) this.#deliverEnd()
    else if (!this.#paused) this.#controller?.resume()
  }

  pause(): void {
    this.#paused = true
    this.#controller?.pause()
    // A client that reads slowly is not an upstream that is silent.
    clearTimeout(this.#timer)
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.#ended !== undefined) return
    this.#limit('idle', this.#timeouts.idle)
    this.#controller?.resume()
  }

  abort(reason: LazuliError): void {
    if (this.#ended !== undefined) return
    this.#finish(reason)
    this.#controller?.abort(reason)
  }

  release(): void {
    if (this.#ended !== undefined) return
    this.#reader = undefined
    this.#finish()
    this.#controller?.abort(new Error('released'))
  }

  settle(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended !== undefined) {
        resolve()
        return
      }
      const timer = setTimeout(() => this.release(), withinMs)
      this.#onEnd = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Given up while the connection was being made: nothing is sent.
    if (this.#ended !== undefined) controller.abort(this.#ended.error ?? new Error('ended'))
    else this.#limit('first_byte', this.#timeouts.first_byte)
  }

  onRequestSent(): void {
    if (this.#ended === undefined && !this.#answered) this.#limit('first_byte', this.#timeouts.first_byte)
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200 || this.#ended !== undefined) return
    this.#answered = true
    this.status = status
    this.headers = headers
    this.#tap.head(status, rawHeaders(headers))
    this.#limit('idle', this.#timeouts.idle)
    controller.pause()
    this.#resolve(this)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended !== undefined) return
    this.#timer?.refresh()
    this.#tap.bytes(chunk)
    if (this.#reader === undefined) this.#early.push(chunk)
    else this.#reader.data(chunk)
  }

  onResponseEnd(): void {
    if (this.#ended !== undefined) return
    this.#finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (this.#ended !== undefined) return
    this.#finish(connectionError(cause, this.#request.url, this.#answered))
  }

  #limit(kind: 'connect' | 'first_byte' | 'idle', seconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.abort(timeoutError(kind, seconds, this.#request.url.host)), seconds * 1000)
  }

  #finish(error?: LazuliError): void {
    this.#ended = error === undefined ? {} : { error }
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#tap.end(error?.toFailure())
    this.#onEnd?.()
    if (!this.#answered) this.#reject(error!)
    else this.#deliverEnd()
  }

  #deliverEnd(): void {
    const reader = this.#reader
    const ended = this.#ended
    if (reader === undefined || ended === undefined) return
    if (ended.error !== undefined) reader.fail(ended.error)
    else reader.end('content-length' in this.headers || 'transfer-encoding' in this.headers)
  }
}

function rawHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Header[] {
  return Object.entries(headers).flatMap(([name, value]): Header[] =>
    value === undefined ? [] : Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]],
  )
}
