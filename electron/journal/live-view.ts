/**
 * A running exchange made visible: its bytes are decoded and redacted as far as they have come. Exists only while
 * somebody looks; the exchange itself keeps nothing but bytes.
 */
import type { CapturedBody, ExchangeDetail, Lane } from '../../shared/exchange.ts'
import { contentType, describeExchange, summarize } from './describe.ts'
import type { Causes, LaneBuffer } from './lane-buffer.ts'
import { isEventStream, LaneEvents } from './lane-events.ts'
import type { HeldBody, LiveExchange } from './live-exchange.ts'
import type { Redactor } from './redact.ts'

/** Reads what a lane has got, from where it left off. */
class LaneReader {
  readonly lane: LaneBuffer
  readonly events: LaneEvents
  #chunk = 0
  #offset = 0
  /** Bytes that may be the beginning of a secret: not shown before it is known that they are not. */
  #tail = Buffer.alloc(0)
  #lastAt = 0
  #lastCauses: Causes | undefined

  constructor(lane: LaneBuffer, stream: boolean) {
    this.lane = lane
    this.events = new LaneEvents(stream)
  }

  pull(redactor: Redactor): void {
    for (; this.#chunk < this.lane.chunks; this.#chunk++) {
      const { atMs, end, causes } = this.lane.chunk(this.#chunk)
      if (end <= this.#offset) continue
      const bytes = Buffer.concat([this.#tail, this.lane.read(this.#offset, end)])
      this.#offset = end
      this.#lastAt = atMs
      this.#lastCauses = causes
      redactor.mask(bytes)
      const settled = bytes.length - redactor.unsettled(bytes)
      this.events.push(bytes.subarray(0, settled), atMs, causes)
      this.#tail = bytes.subarray(settled)
    }
  }

  finish(redactor: Redactor): void {
    this.pull(redactor)
    this.events.push(this.#tail, this.#lastAt, this.#lastCauses)
    this.events.end()
    this.#tail = Buffer.alloc(0)
  }
}

export class LiveView {
  /** Has the exchange ended, so that nothing more will come? */
  ended = false
  /** How many follow it. */
  followers = 0
  /** Called when there may be something new. */
  readonly wakers = new Set<() => void>()

  readonly #exchange: LiveExchange
  readonly #redactor: Redactor
  readonly #bodies: boolean
  readonly #readers: Record<Lane, LaneReader | undefined> = { upstream: undefined, client: undefined }
  readonly #texts = new WeakMap<HeldBody, CapturedBody>()
  #last: ExchangeDetail | undefined

  /** @param bodies may bodies and lanes be shown? */
  constructor(exchange: LiveExchange, redactor: Redactor, bodies: boolean) {
    this.#exchange = exchange
    this.#redactor = redactor
    this.#bodies = bodies
  }

  /** Changes whenever the rest of the exchange has changed. */
  get version(): number {
    return this.#exchange.version
  }

  /** The decoded lane, as far as it has come. A further attempt begins the upstream lane anew: another object. */
  lane(lane: Lane): LaneEvents {
    this.#pull(lane)
    return this.#readers[lane]?.events ?? new LaneEvents(false)
  }

  truncated(lane: Lane): boolean {
    return this.#readers[lane]?.lane.truncated ?? !this.#bodies
  }

  detail(): ExchangeDetail {
    if (this.ended && this.#last !== undefined) return this.#last
    const { attempts, ...rest } = this.#redactor.deep(describeExchange(this.#exchange))
    const bodies = this.#exchange.attempts.map((attempt) => ({ requestBody: this.#text(attempt.body) }))
    this.#last = {
      ...rest,
      summary: this.#redactor.deep(summarize(this.#exchange)),
      requestBody: this.#text(this.#exchange.body),
      attempts: attempts.map((attempt, index) => Object.assign(attempt, bodies[index])),
    }
    return this.#last
  }

  /** The exchange ends: takes what is left, before its bytes are handed over. */
  finish(): void {
    try {
      for (const lane of ['upstream', 'client'] as const) {
        this.#pull(lane)
        this.#readers[lane]?.finish(this.#redactor)
      }
      this.detail()
    } finally {
      // Whatever happened: who follows must not wait for ever.
      this.ended = true
    }
  }

  wake(): void {
    for (const waker of this.wakers) waker()
  }

  #pull(lane: Lane): void {
    if (this.ended || !this.#bodies) return
    const buffer = this.#exchange[lane]
    let reader = this.#readers[lane]
    if (reader?.lane !== buffer) {
      if (buffer.total === 0) return
      const { attempts, responseHeaders } = this.#exchange
      const headers = lane === 'client' ? responseHeaders : attempts.at(-1)?.responseHeaders
      reader = new LaneReader(buffer, isEventStream(contentType(headers)))
      this.#readers[lane] = reader
    }
    reader.pull(this.#redactor)
  }

  #text(body: HeldBody): CapturedBody {
    const known = this.#texts.get(body)
    if (known !== undefined) return known
    const bytes = Buffer.concat(this.#bodies ? body.pieces : [])
    this.#redactor.mask(bytes)
    const truncated = body.truncated || bytes.length < body.total
    const text = { text: bytes.toString('utf8'), bytes: body.total, truncated }
    this.#texts.set(body, text)
    return text
  }
}
