/**
 * One call upstream. undici's own time limits are off: they end long reasoning calls after 300 s of silence. In their
 * place stand four limits of our own, each with its own error.
 */
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Header } from '../../shared/exchange.ts'
import type { Reach } from '../config/configuration.ts'
import { LazuliError } from '../core/error.ts'
import type { AttemptTap } from '../core/tap.ts'
import { openDispatcher } from './connection/dispatcher.ts'
import { isLoopbackHost } from './connection/environment-proxy.ts'
import type { EnvironmentProxy } from './connection/environment-proxy.ts'
import { asLazuliError } from './failures.ts'
import { connectionError, timeoutError } from './upstream-errors.ts'

export interface UpstreamRequest {
  method: 'GET' | 'POST' | 'DELETE'
  /** Absolute. */
  url: URL
  headers: readonly Header[]
  /** A stream is sent as it comes, and destroyed when the call ends before it. */
  body: readonly Buffer[] | Upload
  /** How the instance is reached; absent for nearly all. */
  reach?: Reach | undefined
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

/** Which of the upstream's events (or reads) a chunk holds that was put right on its way, as a half-open range. */
export interface Origin {
  from: number
  to: number
}

/** Takes a body. Exactly one of `end` and `fail` comes last. */
export interface BodyReader {
  /** @param origin absent: the chunk is as the upstream sent it */
  data(chunk: Buffer, origin?: Origin): void
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

/**
 * A silence is looked for so many times within its limit, so that a byte that comes costs no more than a mark: its limit is
 * kept to within a sixteenth.
 */
const LOOKS = 16

/** Many small pieces go out faster as one; large bodies are not copied. */
const JOIN_BELOW = 64 * 1024

/** Connections to an origin, and the proxy they go through. */
interface Way {
  dispatcher: Dispatcher
  /** Host and port alone. */
  proxy: string | undefined
}

/** @param proxyFor the proxy that the environment names for an address; none by default */
export function createSender(proxyFor: EnvironmentProxy = () => undefined): Sender {
  const ways = new Map<string, Way>()
  const wayTo = ({ url, reach }: UpstreamRequest, connectSeconds: number): Way => {
    const plain = `${url.origin} ${connectSeconds}`
    const key = reach === undefined ? plain : `${plain} ${reach.proxyUrl ?? ''} ${reach.ca ?? ''}`
    let way = ways.get(key)
    if (way === undefined) {
      way = openWay(url, connectSeconds, reach, proxyFor)
      ways.set(key, way)
    }
    return way
  }
  return {
    send(request, timeouts, signal, tap) {
      return new Promise((resolve, reject) => {
        const { reach, url } = request
        // The address was vetted for this one request; who names hosts at will must not fill the memory with pools.
        const once = reach?.address !== undefined
        const way = once ? openWay(url, timeouts.connect, reach, proxyFor) : wayTo(request, timeouts.connect)
        new Call(request, timeouts, signal, tap, resolve, reject).start(way)
        if (once) way.dispatcher.close().catch(() => {})
      })
    },
    async close() {
      await Promise.all([...ways.values()].map(({ dispatcher }) => dispatcher.destroy()))
      ways.clear()
    },
  }
}

/** @throws LazuliError for a proxy of the environment's that is none */
function openWay(url: URL, connectSeconds: number, reach: Reach | undefined, proxyFor: EnvironmentProxy): Way {
  const direct = isLoopbackHost(url.hostname) || reach?.address !== undefined
  const proxyUrl = direct ? undefined : (reach?.proxyUrl ?? proxyFor(url))
  return {
    dispatcher: openDispatcher(url.origin, connectSeconds, { ...reach, proxyUrl }),
    proxy: proxyUrl === undefined ? undefined : new URL(proxyUrl).host,
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

  #proxy: string | undefined
  #controller: Dispatcher.DispatchController | undefined
  #reader: BodyReader | undefined
  /** What came before the reader. */
  #early: Buffer[] = []
  #ended: { error?: LazuliError } | undefined
  #answered = false
  #paused = false
  #timer: NodeJS.Timeout | undefined
  /** Has something come since the last look? */
  #heard = false
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

  start({ dispatcher, proxy }: Way): void {
    this.#proxy = proxy
    if (this.#signal.aborted) {
      this.#onAbort()
      return
    }
    this.#signal.addEventListener('abort', this.#onAbort, { once: true })
    this.#limit('connect', this.#timeouts.connect)
    const { url, method, headers, body } = this.#request
    if (body instanceof Readable) {
      body.onProgress(() => {
        this.#heard = true
        this.#timer?.refresh()
      })
      // Whatever ends the call ends the upload; its errors are told through the call.
      body.on('error', () => {})
      this.#dispatch(dispatcher, {
        origin: url.origin,
        method,
        path: `${url.pathname}${url.search}`,
        headers: headers.flat(),
        body,
      })
      return
    }
    const size = body.reduce((sum, piece) => sum + piece.length, 0)
    const joined = body.length === 1 ? body[0]! : size < JOIN_BELOW ? Buffer.concat(body, size) : undefined
    const length: string[] = joined === undefined ? ['content-length', String(size)] : []
    const empty = method === 'GET' || (method === 'DELETE' && size === 0)
    this.#dispatch(dispatcher, {
      origin: url.origin,
      method,
      path: `${url.pathname}${url.search}`,
      headers: [...headers.flat(), ...length],
      // undici takes any iterable of bytes; its types name streams only.
      body: empty ? null : (joined ?? (body as unknown as Dispatcher.DispatchOptions['body'] & object)),
    })
  }

  #dispatch(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions): void {
    try {
      dispatcher.dispatch(options, this)
    } catch (cause) {
      this.#finish(connectionError(cause, this.#request.url, false, this.#proxy))
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
    this.#limitSilence()
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
    this.#limitSilence()
    controller.pause()
    this.#resolve(this)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended !== undefined) return
    this.#heard = true
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
    this.#finish(connectionError(cause, this.#request.url, this.#answered, this.#proxy))
  }

  #limit(kind: 'connect' | 'first_byte', seconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.abort(timeoutError(kind, seconds, this.#request.url.host)), seconds * 1000)
  }

  #limitSilence(): void {
    const seconds = this.#timeouts.idle
    let silentLooks = 0
    this.#heard = false
    clearTimeout(this.#timer)
    this.#timer = setInterval(
      () => {
        silentLooks = this.#heard ? 0 : silentLooks + 1
        this.#heard = false
        if (silentLooks >= LOOKS) this.abort(timeoutError('idle', seconds, this.#request.url.host))
      },
      (seconds * 1000) / LOOKS,
    )
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
    if (ended.error !== undefined) {
      reader.fail(ended.error)
      return
    }
    try {
      reader.end('content-length' in this.headers || 'transfer-encoding' in this.headers)
    } catch (cause) {
      // undici would swallow it, and the client would wait for ever.
      reader.fail(asLazuliError(cause))
    }
  }
}

function rawHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Header[] {
  return Object.entries(headers).flatMap(([name, value]): Header[] =>
    value === undefined ? [] : Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]],
  )
}
