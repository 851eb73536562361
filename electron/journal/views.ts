/** One exchange to look at: while it runs it is made visible here, afterwards the thread reads it from the store. */
import { LazuliError } from '../core/error.ts'
import type { FollowBatch } from '../../shared/contract.ts'
import type { ExchangeDetail, Lane, LanePage } from '../../shared/exchange.ts'
import { followLive, followStored } from './follow.ts'
import type { LiveExchange } from './live-exchange.ts'
import { LiveView } from './live-view.ts'
import type { RecorderThread } from './recorder-thread.ts'
import type { Redactor } from './redact.ts'

/** Views of running exchanges that are kept although nobody follows them. */
const idleViews = 4
const pageBytes = 8 * 1024 * 1024

export class Views {
  readonly #thread: RecorderThread
  readonly #running: (id: string) => LiveExchange | undefined
  readonly #redactorOf: (exchange: LiveExchange) => Redactor
  readonly #views = new Map<string, LiveView>()

  constructor(
    thread: RecorderThread,
    running: (id: string) => LiveExchange | undefined,
    redactorOf: (exchange: LiveExchange) => Redactor,
  ) {
    this.#thread = thread
    this.#running = running
    this.#redactorOf = redactorOf
  }

  /** Undefined when there is no such exchange (any more). */
  get(id: string): Promise<ExchangeDetail | undefined> {
    const exchange = this.#running(id)
    return exchange === undefined
      ? this.#thread.ask({ type: 'get', id })
      : Promise.resolve(this.#view(exchange).detail())
  }

  /** Events of a lane; rejects with `exchange_not_found`. A page may hold fewer than asked for. */
  async events(input: { id: string; lane: Lane; from: number; limit: number }): Promise<LanePage> {
    const { id, lane, from, limit } = input
    const exchange = this.#running(id)
    if (exchange === undefined) {
      const page = await this.#thread.ask({ type: 'events', id, lane, from, limit })
      if (page === undefined) throw notFound(id)
      return page
    }
    const view = this.#view(exchange)
    const events = view.lane(lane).slice(from, limit, pageBytes)
    // Running: there is always a next one to ask for.
    return { events, next: from + events.length, truncated: view.truncated(lane) }
  }

  /** An exchange so far, then what is added until it ends; rejects with `exchange_not_found`. */
  async *follow(id: string, signal?: AbortSignal): AsyncGenerator<FollowBatch, void> {
    const exchange = this.#running(id)
    if (exchange === undefined) {
      const detail = await this.get(id)
      if (detail === undefined) throw notFound(id)
      yield* followStored(detail, signal, (lane, from, limit) => this.events({ id, lane, from, limit }))
      return
    }
    const view = this.#view(exchange)
    view.followers++
    exchange.watched = true
    try {
      yield* followLive(view, signal, () => this.get(id).catch(() => undefined))
    } finally {
      view.followers--
      exchange.watched = view.followers > 0
    }
  }

  /** There may be something new to see of it. */
  wake(id: string): void {
    this.#views.get(id)?.wake()
  }

  /** It ends: takes what is left, before its bytes are handed over. */
  finish(id: string): void {
    this.#views.get(id)?.finish()
  }

  /** It has ended: whoever follows it still reads the rest. */
  drop(id: string): LiveView | undefined {
    const view = this.#views.get(id)
    this.#views.delete(id)
    return view
  }

  #view(exchange: LiveExchange): LiveView {
    const known = this.#views.get(exchange.id)
    if (known !== undefined) return known
    const view = new LiveView(exchange, this.#redactorOf(exchange), exchange.bodies)
    this.#views.set(exchange.id, view)
    const idle = [...this.#views].filter(([id, { followers }]) => followers === 0 && id !== exchange.id)
    for (const [id] of idle.slice(0, Math.max(0, idle.length - idleViews))) this.#views.delete(id)
    return view
  }
}

function notFound(id: string): LazuliError {
  return new LazuliError({
    code: 'exchange_not_found',
    status: 404,
    message: `The exchange ${id} is not stored (any more).`,
    fix: 'It was cleared, or fell out of the limits of the store (journal.keep_days, journal.max_bytes).',
  })
}
