/**
 * One exchange while it runs: what the tap tells is noted and nothing else is done with it. Summary and detail are made
 * when somebody asks, the record when the exchange ends.
 */
import type { AttemptStart, AttemptTap, ExchangeStart, ExchangeTap } from '../core/tap.ts'
import type { Decision, ExchangeState, Failure, Header, Loss, Usage } from '../../shared/exchange.ts'
import type { AttemptFacts, ExchangeFacts } from './describe.ts'
import { type Causes, LaneBuffer } from './lane-buffer.ts'

/** Time as the journal needs it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  wall(): number
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number
}

/** What the journal wants to hear of a running exchange. */
export interface LiveListener {
  /** It turned out to be a request for a model. */
  counted(): void
  /** Its row has changed. */
  changed(exchange: LiveExchange): void
  /** It holds so many bytes more (or less). */
  held(bytes: number): void
  /** Bytes were added to a lane; called only while `watched`. */
  grew(exchange: LiveExchange): void
  ended(exchange: LiveExchange): void
}

/** A body as a list of pieces that the proxy owns; they are referred to, not copied, until the exchange ends. */
export interface HeldBody {
  pieces: readonly Uint8Array[]
  total: number
  truncated: boolean
}

const noBody: HeldBody = { pieces: [], total: 0, truncated: false }

export interface LiveAttempt extends AttemptFacts {
  readonly start: AttemptStart
  body: HeldBody
}

type Description = ExchangeFacts['what']

export class LiveExchange implements ExchangeTap, ExchangeFacts {
  readonly id: string
  readonly startedAt: number
  readonly start: ExchangeStart
  state: ExchangeState = 'active'
  what: Description = {}
  decision: Decision | undefined
  losses: readonly Loss[] = []
  readonly attempts: LiveAttempt[] = []
  body: HeldBody = noBody
  status: number | undefined
  responseHeaders: readonly Header[] = []
  ttftMs: number | undefined
  durationMs: number | undefined
  tokens: Usage | undefined
  failure: Failure | undefined
  upstream: LaneBuffer
  client: LaneBuffer
  /** May its bodies and lanes be shown and stored? */
  bodies = true
  /** Does somebody follow the bytes now? */
  watched = false
  /** Counts changes to everything but the lanes. */
  version = 0

  readonly #clock: Clock
  readonly #began: number
  readonly #laneBytes: number
  readonly #listener: LiveListener

  /** @param laneBytes most bytes to keep of a lane or a body */
  constructor(id: string, start: ExchangeStart, clock: Clock, laneBytes: number, listener: LiveListener) {
    this.id = id
    this.start = start
    this.startedAt = Math.floor(clock.wall())
    this.#clock = clock
    this.#began = clock.monotonic()
    this.#laneBytes = laneBytes
    this.#listener = listener
    this.upstream = new LaneBuffer(laneBytes)
    this.client = new LaneBuffer(laneBytes, this.upstream)
  }

  get requestBytes(): number {
    return this.body.total
  }

  get responseBytes(): number {
    return this.client.total
  }

  /** Milliseconds since the exchange began. */
  elapsed(): number {
    return this.#clock.monotonic() - this.#began
  }

  requestBody(pieces: readonly Uint8Array[]): void {
    if (this.state !== 'active') return
    this.body = this.#hold(pieces)
    this.#changed()
  }

  describe(what: Description): void {
    if (this.state !== 'active') return
    if (what.clientDialect !== undefined && this.what.clientDialect === undefined) this.#listener.counted()
    this.what = { ...this.what, ...what }
    this.#changed()
  }

  decided(decision: Decision): void {
    if (this.state !== 'active') return
    this.decision = decision
    this.#changed()
  }

  lost(losses: readonly Loss[]): void {
    if (this.state !== 'active' || losses.length === 0) return
    this.losses = [...this.losses, ...losses]
    this.#changed()
  }

  attempt(start: AttemptStart): AttemptTap {
    const attempt: LiveAttempt = { start, startMs: this.elapsed(), body: noBody, received: 0 }
    if (this.state !== 'active') return this.#tap(attempt, new LaneBuffer(0))
    attempt.body = this.#hold(start.body)
    if (this.upstream.total > 0) {
      this.#listener.held(-this.upstream.held)
      this.upstream = new LaneBuffer(this.#laneBytes)
      if (this.client.total === 0) this.client = new LaneBuffer(this.#laneBytes, this.upstream)
    }
    this.attempts.push(attempt)
    this.#changed()
    return this.#tap(attempt, this.upstream)
  }

  clientHead(status: number, headers: readonly Header[]): void {
    if (this.state !== 'active') return
    this.status = status
    this.responseHeaders = headers
    this.#changed()
  }

  clientBytes(chunk: Uint8Array, causes?: Causes): void {
    if (this.state !== 'active') return
    const now = this.elapsed()
    this.#append(this.client, chunk, now, causes)
    if (this.ttftMs !== undefined || chunk.length === 0) return
    this.ttftMs = now
    this.#changed()
  }

  usage(usage: Usage): void {
    if (this.state !== 'active') return
    this.tokens = usage
    this.#changed()
  }

  end(state: 'done' | 'failed' | 'aborted', failure?: Failure): void {
    if (this.state !== 'active') return
    this.durationMs = this.elapsed()
    this.state = state
    this.failure = failure
    this.version++
    this.#listener.ended(this)
  }

  /** Gives memory back: of the bodies and all but the beginning of the lanes. What follows is not kept. */
  shed(): void {
    const before = this.#held()
    this.upstream.shed()
    this.client.shed()
    this.body = { pieces: [], total: this.body.total, truncated: this.body.total > 0 }
    for (const attempt of this.attempts) {
      attempt.body = { pieces: [], total: attempt.body.total, truncated: attempt.body.total > 0 }
    }
    this.version++
    this.#listener.held(this.#held() - before)
  }

  /** Lets go of all bytes, once they were handed over. */
  release(): void {
    this.#listener.held(-this.#held())
    this.upstream = new LaneBuffer(0)
    this.client = new LaneBuffer(0)
    this.body = noBody
    this.attempts.length = 0
  }

  #held(): number {
    const kept = (body: HeldBody): number => body.pieces.reduce((sum, piece) => sum + piece.length, 0)
    return (
      this.upstream.held +
      this.client.held +
      kept(this.body) +
      this.attempts.reduce((sum, one) => sum + kept(one.body), 0)
    )
  }

  #tap(attempt: LiveAttempt, lane: LaneBuffer): AttemptTap {
    return {
      head: (status, headers) => {
        if (this.state !== 'active') return
        attempt.headersMs = this.elapsed()
        attempt.status = status
        attempt.responseHeaders = headers
        this.version++
      },
      bytes: (chunk) => {
        if (this.state !== 'active') return
        const now = this.elapsed()
        attempt.firstByteMs ??= now
        attempt.received += chunk.length
        this.#append(lane, chunk, now)
      },
      end: (failure) => {
        if (this.state !== 'active' || attempt.endMs !== undefined) return
        attempt.endMs = this.elapsed()
        if (failure !== undefined) attempt.failure = failure
        this.version++
      },
    }
  }

  #append(lane: LaneBuffer, chunk: Uint8Array, now: number, causes?: Causes): void {
    const held = lane.held
    lane.append(chunk, now, causes)
    if (lane.held !== held) this.#listener.held(lane.held - held)
    if (this.watched) this.#listener.grew(this)
  }

  /** Refers to the pieces, up to the limit. */
  #hold(pieces: readonly Uint8Array[]): HeldBody {
    const total = pieces.reduce((sum, piece) => sum + piece.length, 0)
    if (total <= this.#laneBytes) {
      this.#listener.held(total)
      return { pieces, total, truncated: false }
    }
    const kept: Uint8Array[] = []
    let room = this.#laneBytes
    for (const piece of pieces) {
      if (room === 0) break
      kept.push(piece.subarray(0, room))
      room -= kept.at(-1)!.length
    }
    this.#listener.held(this.#laneBytes)
    return { pieces: kept, total, truncated: true }
  }

  #changed(): void {
    this.version++
    this.#listener.changed(this)
  }
}
