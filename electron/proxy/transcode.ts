/**
 * The answer when it must be translated: another dialect, or a stream where the client wants it whole or the reverse.
 * Events of one read go out in one write.
 */
import type { Header, Usage } from '../../shared/exchange.ts'
import type { AnswerContext, Dialect, EventDecoder, EventEncoder } from '../core/dialects/dialect.ts'
import { LazuliError } from '../core/error.ts'
import type { HubError, HubEvent } from '../core/hub.ts'
import { SseReader } from '../core/sse.ts'
import type { SseEvent } from '../core/sse.ts'
import type { ClientAnswer, Effect } from './client-answer.ts'
import { hubErrorOf } from './failures.ts'
import { Heartbeat } from './heartbeat.ts'
import { Peek } from './peek.ts'
import type { Outcome } from './relay.ts'
import type { BodyReader, Origin, UpstreamAnswer } from './send.ts'
import { slice } from './slices.ts'

/** Largest answer that is held whole for translation. */
const WHOLE_LIMIT = 64 * 1024 * 1024

/** The upstream failed in its own words before anything was sent; still to be answered with a status. */
export class AnswerError extends Error {
  readonly error: HubError
  constructor(error: HubError) {
    super(error.message)
    this.error = error
  }
}

export interface TranscodeOptions {
  /** Spoken by the client. */
  client: Dialect
  /** Spoken by the upstream. */
  upstream: Dialect
  context: AnswerContext
  headers: readonly Header[]
  usage: (usage: Usage) => void
  /** Into how many pieces a text of a whole answer is cut for a stream. */
  slices: number
  /** Takes the whole answer when it ended well; absent where nobody wants to know. */
  complete: ((events: readonly HubEvent[]) => void) | undefined
}

/**
 * Translates a stream event by event.
 * @throws LazuliError or AnswerError when the upstream failed before anything was sent
 */
export function transcodeStream(
  upstream: UpstreamAnswer,
  answer: ClientAnswer,
  options: TranscodeOptions,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    upstream.read(new StreamTranscoder(upstream, answer, options, resolve, reject))
  })
}

/**
 * Translates an answer that is delivered only when all of it is there: whole to whole, whole to stream, stream to whole.
 * @param form is it streamed, and is it wanted so
 * @throws LazuliError or AnswerError when the upstream failed
 */
export async function transcodeWhole(
  upstream: UpstreamAnswer,
  answer: ClientAnswer,
  options: TranscodeOptions,
  form: { streamed: boolean; wanted: boolean },
): Promise<Outcome> {
  const { events, causes } = form.streamed
    ? await collectStream(upstream, options)
    : await collectWhole(upstream, options)
  const last = events.at(-1)
  if (last?.type === 'error') throw new AnswerError(last.error)
  if (last?.type === 'end' && last.usage !== undefined) options.usage(last.usage)
  if (form.wanted) {
    const encoder = options.client.createEventEncoder(options.context)
    const text = slice(events, options.slices).map((event) => encoder.push(event))
    const bytes = Buffer.from(text.join(''))
    answer.head(200, options.headers)
    answer.write(bytes, [{ bytes: bytes.length, causes: [0, causes] }])
  } else {
    const body = Buffer.from(JSON.stringify(options.client.encodeAnswer(events, options.context)))
    answer.head(200, [...options.headers, ['content-length', String(body.length)]])
    answer.write(body, [{ bytes: body.length, causes: [0, causes] }])
  }
  options.complete?.(events)
  answer.end()
  return {}
}

/** An answer of which every part is the cause of what the client gets. */
interface Collected {
  events: HubEvent[]
  /** How many events of the upstream it was, or reads where it was not a stream. */
  causes: number
}

async function collectWhole(upstream: UpstreamAnswer, options: TranscodeOptions): Promise<Collected> {
  const { bytes, reads } = await readWhole(upstream, WHOLE_LIMIT)
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new LazuliError({
      code: 'proxy_upstream_invalid',
      status: 502,
      message: 'The upstream’s answer is not JSON.',
      fix: 'Check that the address leads to the model’s API.',
      cause,
    })
  }
  return { events: options.upstream.decodeAnswer(body, options.context), causes: reads }
}

function collectStream(upstream: UpstreamAnswer, options: TranscodeOptions): Promise<Collected> {
  return new Promise((resolve, reject) => {
    const reader = new SseReader()
    const decoder = options.upstream.createEventDecoder(options.context)
    const events: HubEvent[] = []
    let told: Origin | undefined
    upstream.read({
      data(chunk, origin) {
        told = origin
        try {
          for (const event of reader.push(chunk)) events.push(...decoder.push(event))
        } catch (error) {
          upstream.release()
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      },
      end() {
        for (const event of reader.end()) events.push(...decoder.push(event))
        resolve({ events: [...events, ...decoder.end()], causes: told?.to ?? reader.blocks })
      },
      fail: reject,
    })
  })
}

/**
 * All bytes of a body.
 * @throws LazuliError `proxy_answer_too_large`, or what broke the body off
 */
export async function readAll(upstream: UpstreamAnswer, limit: number): Promise<Buffer> {
  return (await readWhole(upstream, limit)).bytes
}

function readWhole(upstream: UpstreamAnswer, limit: number): Promise<{ bytes: Buffer; reads: number }> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    let reads = 0
    upstream.read({
      data(chunk, origin) {
        size += chunk.length
        reads = origin?.to ?? reads + 1
        if (size <= limit) pieces.push(chunk)
        else {
          upstream.release()
          reject(
            new LazuliError({
              code: 'proxy_answer_too_large',
              status: 502,
              message: `The upstream’s answer is larger than ${limit} bytes, more than is held for translation.`,
              fix: 'Use the API that the model itself speaks, or ask for a stream.',
            }),
          )
        }
      },
      end: () => resolve({ bytes: Buffer.concat(pieces, size), reads }),
      fail: reject,
    })
  })
}

class StreamTranscoder implements BodyReader {
  readonly #upstream: UpstreamAnswer
  readonly #answer: ClientAnswer
  readonly #options: TranscodeOptions
  readonly #resolve: (outcome: Outcome) => void
  readonly #reject: (error: Error) => void

  readonly #reader = new SseReader({ positions: true })
  readonly #decoder: EventDecoder
  readonly #encoder: EventEncoder
  readonly #peek: Peek
  readonly #heartbeat: Heartbeat
  /** Kept only where somebody wants the whole answer. */
  readonly #events: HubEvent[] = []
  /** Encoded, not yet written. */
  #waiting = ''
  readonly #effects: Effect[] = []
  /** Events of the upstream up to the one that is translated now. */
  #seen = 0
  /** What caused the last that was encoded: the next goes back to what came since. */
  #causes: Effect['causes'] = [0, 0]
  #settled = false

  constructor(
    upstream: UpstreamAnswer,
    answer: ClientAnswer,
    options: TranscodeOptions,
    resolve: (outcome: Outcome) => void,
    reject: (error: Error) => void,
  ) {
    this.#upstream = upstream
    this.#answer = answer
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
    this.#decoder = options.upstream.createEventDecoder(options.context)
    this.#encoder = options.client.createEventEncoder(options.context)
    this.#peek = new Peek(() => {
      answer.head(200, options.headers)
      this.#flush()
    })
    this.#heartbeat = new Heartbeat(answer, options.client.heartbeat)
  }

  data(chunk: Buffer, origin?: Origin): void {
    if (this.#settled) return
    try {
      const first = this.#reader.blocks
      this.#translate(this.#reader.push(chunk), first, origin)
    } catch (error) {
      this.fail(error as LazuliError)
    }
  }

  end(): void {
    if (this.#settled) return
    try {
      this.#translate(this.#reader.end(), this.#reader.blocks)
      if (this.#settled) return
      for (const event of this.#decoder.end()) if (this.#take(event)) return
      this.#flush()
    } catch (error) {
      this.fail(error as LazuliError)
    }
  }

  fail(error: LazuliError): void {
    if (this.#settled) return
    this.#failed(hubErrorOf(error), error)
  }

  /**
   * @param first number of the first event, by the reader's count
   * @param origin what these events really were, when they were put right on their way
   */
  #translate(events: readonly SseEvent[], first: number, origin?: Origin): void {
    let begun = false
    for (const event of events) {
      const position = event.position ?? 0
      this.#seen = origin === undefined ? position + 1 : Math.min(origin.from + position - first + 1, origin.to)
      for (const part of this.#decoder.push(event)) {
        if (this.#take(part)) return
        begun ||= speaks(part)
      }
    }
    if (begun) this.#peek.open()
    this.#flush()
  }

  /** Encodes one event; true when it was the last. */
  #take(event: HubEvent): boolean {
    if (event.type === 'error') {
      this.#failed(event.error)
      return true
    }
    if (this.#options.complete !== undefined) this.#events.push(event)
    const text = this.#encoder.push(event)
    if (text !== '') {
      if (this.#seen > this.#causes[1]) this.#causes = [this.#causes[1], this.#seen]
      this.#waiting += text
      this.#effects.push({ bytes: Buffer.byteLength(text), causes: this.#causes })
    }
    if (event.type !== 'end') return false
    this.#peek.open()
    this.#flush()
    this.#done(event.usage)
    return true
  }

  /** All that one read of the upstream caused goes out in one write. */
  #flush(): void {
    if (!this.#peek.isOpen || this.#waiting === '') return
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    this.#heartbeat.beat()
    const effects = this.#effects.splice(0)
    if (!this.#answer.write(bytes, effects)) this.#answer.holdBack(this.#upstream)
  }

  #done(usage: Usage | undefined): void {
    this.#settled = true
    this.#heartbeat.stop()
    if (usage !== undefined) this.#options.usage(usage)
    this.#options.complete?.(this.#events)
    this.#answer.end()
    this.#resolve({})
  }

  /** @param own when the failure is ours to tell, not the upstream's */
  #failed(error: HubError, own?: LazuliError): void {
    this.#settled = true
    this.#heartbeat.stop()
    if (!this.#peek.isOpen) {
      this.#peek.cancel()
      this.#reject(own ?? new AnswerError(error))
      return
    }
    this.#flush()
    const bytes = Buffer.from(this.#encoder.push({ type: 'error', error }))
    // A cut has no event that caused it.
    const causes: Effect['causes'] = [own === undefined ? this.#causes[1] : this.#seen, this.#seen]
    this.#answer.write(bytes, [{ bytes: bytes.length, causes }])
    this.#answer.end()
    this.#resolve({ failure: own?.toFailure() ?? { code: error.code ?? error.type, message: error.message } })
  }
}

/** Has the model begun? The start and the opening of a part commit to nothing. */
function speaks(event: HubEvent): boolean {
  return event.type !== 'start' && event.type !== 'open' && event.type !== 'note'
}
