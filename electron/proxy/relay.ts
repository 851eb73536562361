/**
 * The answer when client and upstream speak the same dialect: the upstream's own bytes. Events are not parsed, except
 * for those before the model begins to speak and the chunk that tells the usage.
 */
import type { Failure, Header } from '../../shared/exchange.ts'
import type { Dialect } from '../core/dialects/dialect.ts'
import { LazuliError } from '../core/error.ts'
import { SseReader } from '../core/sse.ts'
import type { ClientAnswer } from './client-answer.ts'
import { EventBoundary } from './event-boundary.ts'
import { hubErrorOf } from './failures.ts'
import { Peek } from './peek.ts'
import type { BodyReader, UpstreamAnswer } from './send.ts'
import { isUsageChunk, judgeEnding, judgeOpening } from './stream-marks.ts'
import { StreamTail } from './stream-tail.ts'
import { incompleteError } from './upstream-errors.ts'

/** Largest event that is held until it is complete (contract 23: relayed bytes have no limit, so a larger one flows). */
const HOLD_LIMIT = 16 * 1024 * 1024
/** A whole answer up to this size is sent when it is complete, so that a cut is still an HTTP error. */
const WHOLE_LIMIT = 1024 * 1024

/** How an answer went that was delivered to its end. */
export interface Outcome {
  /** The client was told of this failure inside the answer. */
  failure?: Failure
}

/** The upstream reported a failure before its model began; it can still be answered with a status. */
export class OpeningError extends Error {
  /** The error as the answer that it should have been. */
  readonly asAnswer: { status: number; text: string }

  constructor(status: number, text: string) {
    super('the stream began with an error')
    this.asAnswer = { status, text }
  }
}

export interface RelayOptions {
  dialect: Dialect
  headers: readonly Header[]
  /** Take the chunk out that tells the usage: we asked for it, the client did not. */
  takeUsageOut: boolean
}

/**
 * Relays a stream.
 * @throws LazuliError when the upstream failed before anything was sent; OpeningError when its first event is an error
 */
export function relayStream(upstream: UpstreamAnswer, answer: ClientAnswer, options: RelayOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    upstream.read(new StreamRelay(upstream, answer, options, resolve, reject))
  })
}

class StreamRelay implements BodyReader {
  readonly #upstream: UpstreamAnswer
  readonly #answer: ClientAnswer
  readonly #options: RelayOptions
  readonly #resolve: (outcome: Outcome) => void
  readonly #reject: (error: Error) => void

  readonly #boundary = new EventBoundary(HOLD_LIMIT)
  readonly #opening = new SseReader()
  readonly #peek: Peek
  #waiting: Buffer[] = []
  #waitingBytes = 0
  readonly #tail = new StreamTail()

  constructor(
    upstream: UpstreamAnswer,
    answer: ClientAnswer,
    options: RelayOptions,
    resolve: (outcome: Outcome) => void,
    reject: (error: Error) => void,
  ) {
    this.#upstream = upstream
    this.#answer = answer
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#peek = new Peek(() => this.#begin())
  }

  data(chunk: Buffer): void {
    // Nearly every read of a stream goes this way, at a cost that is counted in single objects.
    if (this.#peek.isOpen && this.#boundary.passes(chunk)) {
      this.#tail.push(chunk)
      if (!this.#options.takeUsageOut || !tellsUsage(chunk)) this.#write(chunk)
      else for (const piece of withoutUsage([chunk])) this.#write(piece)
      return
    }
    const complete = this.#boundary.push(chunk)
    if (complete.length === 0) return
    this.#tail.push(complete)
    for (const piece of this.#options.takeUsageOut ? withoutUsage(complete) : complete) this.#give(piece)
  }

  end(framed: boolean): void {
    const held = this.#boundary.take()
    const ending = judgeEnding(this.#options.dialect.id, this.#tail.with(held), framed)
    if (ending === 'cut') {
      this.#failed(incompleteError())
      return
    }
    this.#finish(held, ending === 'error')
  }

  fail(error: LazuliError): void {
    const { id } = this.#options.dialect
    if (judgeEnding(id, this.#tail.with([]), false) === 'whole') this.#finish([], false)
    else {
      const held = this.#boundary.take()
      if (judgeEnding(id, this.#tail.with(held), false) === 'whole') this.#finish(held, false)
      else this.#failed(error)
    }
  }

  /** Complete events, on their way out. */
  #give(piece: Buffer): void {
    if (!this.#peek.isOpen) {
      this.#waiting.push(piece)
      this.#waitingBytes += piece.length
      if (this.#waitingBytes > WHOLE_LIMIT) {
        this.#peek.open()
        return
      }
      for (const event of this.#opening.push(piece)) {
        const opening = judgeOpening(this.#options.dialect.id, event)
        if (opening.type === 'error') {
          this.#peek.cancel()
          this.#upstream.release()
          this.#reject(new OpeningError(opening.status, opening.body))
          return
        }
        if (opening.type === 'speaks') {
          this.#peek.open()
          return
        }
      }
      return
    }
    this.#write(piece)
  }

  #write(piece: Buffer): void {
    if (!this.#answer.write(piece)) this.#answer.holdBack(this.#upstream)
  }

  #begin(): void {
    this.#answer.head(200, this.#options.headers)
    const waiting = this.#waiting
    this.#waiting = []
    for (const piece of waiting) this.#write(piece)
  }

  /** The upstream said all that it had to say; `held` may be a last event without its blank line. */
  #finish(held: readonly Buffer[], failed: boolean): void {
    this.#peek.open()
    for (const piece of this.#options.takeUsageOut ? withoutUsage(held) : held) this.#write(piece)
    this.#answer.end()
    this.#resolve(
      failed ? { failure: { code: 'upstream_error', message: 'The upstream ended its stream with an error.' } } : {},
    )
  }

  #failed(error: LazuliError): void {
    if (!this.#peek.isOpen) {
      this.#peek.cancel()
      this.#reject(error)
      return
    }
    // Half of a huge event is out already: nothing that could be said after it would be understood.
    if (this.#boundary.overrun) this.#answer.break()
    else {
      this.#answer.write(Buffer.from(this.#options.dialect.encodeErrorEvent(hubErrorOf(error))))
      this.#answer.end()
    }
    this.#resolve({ failure: error.toFailure() })
  }
}

const USAGE_KEY = Buffer.from('"usage":')
const SPACE = 0x20
const OPENING_BRACE = 0x7b

/** Does `"usage":{` stand in it? In the stream of a client that asked for nothing, it does in the one chunk alone. */
function tellsUsage(events: Buffer): boolean {
  for (let at = events.indexOf(USAGE_KEY); at !== -1; at = events.indexOf(USAGE_KEY, at)) {
    at += USAGE_KEY.length
    if (events[events[at] === SPACE ? at + 1 : at] === OPENING_BRACE) return true
  }
  return false
}

/** The same complete events without the one that tells the usage. */
function withoutUsage(pieces: readonly Buffer[]): Buffer[] {
  const joined = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  if (joined.length === 0 || !tellsUsage(joined)) return [...pieces]
  const kept: Buffer[] = []
  let start = 0
  for (const match of joined.toString('latin1').matchAll(/(?:\r\n|\n|\r(?!\n)){2,}|$/g)) {
    const end = match.index + match[0].length
    if (end === start) continue
    const event = joined.subarray(start, end)
    const reader = new SseReader()
    const [parsed] = [...reader.push(event), ...reader.end()]
    if (parsed === undefined || !isUsageChunk(parsed.data)) kept.push(event)
    start = end
  }
  return kept
}

/**
 * Relays an answer that is not a stream.
 * @throws LazuliError when the upstream failed before anything was sent
 */
export function relayWhole(
  upstream: UpstreamAnswer,
  answer: ClientAnswer,
  headers: readonly Header[],
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let waiting: Buffer[] = []
    let size = 0
    const write = (piece: Buffer): void => {
      if (!answer.write(piece)) answer.holdBack(upstream)
    }
    const begin = (length: string | undefined): void => {
      answer.head(upstream.status, length === undefined ? headers : [...headers, ['content-length', length]])
      for (const piece of waiting) write(piece)
      waiting = []
    }
    upstream.read({
      data(chunk) {
        size += chunk.length
        if (answer.headSent) write(chunk)
        else {
          waiting.push(chunk)
          if (size > WHOLE_LIMIT) begin(headerText(upstream.headers['content-length']))
        }
      },
      end() {
        if (!answer.headSent) begin(String(size))
        answer.end()
        resolve({})
      },
      fail(error) {
        if (!answer.headSent) reject(error)
        else {
          answer.break()
          resolve({ failure: error.toFailure() })
        }
      },
    })
  })
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
