/**
 * The journal: listens to the proxy's traffic, shows it while it runs, and has it stored when it ends. On the way of
 * the bytes it only copies them; decoding, redacting and storing happen later, the latter two in a thread of their own.
 */
import type { BundledExchange } from '../../shared/bundle.ts'
import type { EndedExchange } from '../core/ended-exchange.ts'
import type { Log } from '../core/log.ts'
import type { ExchangeStart, ExchangeTap, Tap } from '../core/tap.ts'
import type { OwnPrices } from '../../shared/config.ts'
import type { FeedBatch, FollowBatch } from '../../shared/contract.ts'
import type { ExchangeDetail, ExchangeSummary, Failure, Lane, LanePage } from '../../shared/exchange.ts'
import type { SumRow, SumsQuestion } from '../../shared/spending.ts'
import { callsOf, type ExchangeFacts, secretsOf, summarize } from './describe.ts'
import { Feed, type Row } from './feed.ts'
import { recordOf } from './hand-over.ts'
import { exchangeIds, isExchangeId } from './ids.ts'
import { type Clock, LiveExchange } from './live-exchange.ts'
import type { Limits } from './protocol.ts'
import { RecorderThread } from './recorder-thread.ts'
import { Redactor } from './redact.ts'
import { RequestRate } from './request-rate.ts'
import { type ListQuestion, RowQueries } from './row-queries.ts'
import type { FoundRows } from './search.ts'
import { Untold } from './untold.ts'
import { Views } from './views.ts'

/** Bounds of what is held in memory, in bytes. */
export interface MemoryLimits {
  /** One lane, or one request body. */
  lane: number
  /** All running exchanges together. */
  active: number
}

export interface JournalOptions {
  /** Folder of the database; undefined keeps it in memory (the data folder cannot be written). */
  directory: string | undefined
  /** `electron/journal/worker.ts`, or its bundle. */
  workerUrl: URL
  limits: Limits
  /** Values that must never be stored or shown. Read at the end of each exchange, and when a running one is shown. */
  secrets: () => readonly string[]
  /** Prices of the user's own. Read at the end of each exchange. */
  prices?: () => OwnPrices | undefined
  /**
   * Is told of each exchange once after its end, a paused recording or not: with usage and cost where they could be
   * read, which takes a moment.
   */
  onEnded?: (exchange: EndedExchange) => void
  log: Log
  clock?: Clock
  /** Makes exchange ids, which must sort in the order in which they are made. */
  newId?: () => string
  memory?: MemoryLimits
  /** How long to wait before a store that failed is tried again, in milliseconds. */
  retryMs?: number
}

const realClock: Clock = { wall: () => Date.now(), monotonic: () => performance.now() }
const defaultMemory: MemoryLimits = { lane: 32 * 1024 * 1024, active: 256 * 1024 * 1024 }
const defaultRetryMs = 5000
const pruneEveryMs = 10 * 60 * 1000

/** Opens the store in a thread and begins at once; a store that cannot be opened shows in `problem()`. */
export function openJournal(options: JournalOptions): Promise<Journal> {
  return Promise.resolve(new Journal(options))
}

export class Journal implements Tap {
  readonly rows: RowQueries
  readonly #options: JournalOptions
  readonly #clock: Clock
  readonly #memory: MemoryLimits
  readonly #newId: () => string
  readonly #thread: RecorderThread
  readonly #feed = new Feed()
  readonly #rate: RequestRate
  readonly #listeners = new Set<() => void>()
  readonly #pruning: NodeJS.Timeout
  /** Running exchanges that are recorded, oldest first. */
  readonly #active = new Map<string, LiveExchange>()
  /** Ended ones that are not stored yet. */
  readonly #ending = new Map<string, Row>()
  /** Running ones that began while recording was paused. */
  readonly #unseen = new Set<LiveExchange>()
  /** Ended ones whose figures are still to come. */
  readonly #untold: Untold
  readonly #views: Views
  #bodies: boolean
  #recording = true
  /** Bytes held for running exchanges. */
  #held = 0
  #redactor = { secrets: '', value: new Redactor([]) }

  constructor(options: JournalOptions) {
    this.#options = options
    this.#clock = options.clock ?? realClock
    this.#memory = options.memory ?? defaultMemory
    this.#newId = options.newId ?? exchangeIds(() => this.#clock.wall(), Math.random)
    this.#bodies = options.limits.bodies
    this.#rate = new RequestRate(() => this.#clock.monotonic())
    this.#untold = new Untold(options.onEnded, options.log)
    this.#thread = new RecorderThread({
      workerUrl: options.workerUrl,
      directory: options.directory,
      limits: options.limits,
      retryMs: options.retryMs ?? defaultRetryMs,
      now: () => this.#clock.wall(),
      log: options.log,
      rows: (rows) => this.#stored(rows),
      settled: (ids, kept) => {
        for (const id of ids) {
          this.#ending.delete(id)
          this.#untold.settled(id)
        }
        if (!kept && ids.length > 0) options.log.warn({ exchanges: ids.length }, 'Exchanges could not be stored.')
      },
      unknown: (ids) => this.#untold.entriesOf(ids),
      problem: () => this.#notify(),
    })
    this.#views = new Views(
      this.#thread,
      (id) => this.#active.get(id),
      (exchange) => this.#redactorOf(exchange),
    )
    this.rows = new RowQueries(
      this.#thread,
      () => this.#rowsInMemory(),
      () => this.#clock.wall(),
    )
    this.#pruning = setInterval(() => this.#thread.prune(), pruneEveryMs)
    this.#pruning.unref()
  }

  begin(start: ExchangeStart): ExchangeTap {
    const id = this.#newId()
    const counted = (): void => this.#rate.count()
    if (!this.#recording) return this.#beginUnseen(id, start, counted)
    const exchange = new LiveExchange(id, start, this.#clock, this.#memory.lane, {
      counted,
      changed: (changed) => this.#changed(changed),
      held: (bytes) => this.#hold(bytes),
      grew: (grown) => this.#views.wake(grown.id),
      ended: (ended) => this.#ended(ended),
    })
    exchange.bodies = this.#bodies
    this.#active.set(id, exchange)
    this.#changed(exchange)
    this.#notify()
    return exchange
  }

  /** Its bytes are held until its figures are read from them, and nowhere shown. */
  #beginUnseen(id: string, start: ExchangeStart, counted: () => void): ExchangeTap {
    const exchange = new LiveExchange(id, start, this.#clock, this.#memory.lane, {
      counted,
      changed() {},
      held: (bytes) => this.#hold(bytes),
      grew() {},
      ended: (ended) => {
        this.#unseen.delete(ended)
        this.#hand(ended, true)
        ended.release()
        this.#notify()
      },
    })
    exchange.bodies = false
    this.#unseen.add(exchange)
    this.#notify()
    return exchange
  }

  /** Running and stored exchanges, newest first; see `rows` for more questions. */
  list(question: ListQuestion): Promise<FoundRows> {
    return this.rows.list(question)
  }

  /** Undefined when there is no such exchange (any more). */
  get(id: string): Promise<ExchangeDetail | undefined> {
    return this.#views.get(id)
  }

  /** Events of a lane; rejects with `exchange_not_found`. A page may hold fewer than asked for. */
  events(input: { id: string; lane: Lane; from: number; limit: number }): Promise<LanePage> {
    return this.#views.events(input)
  }

  /** An exchange so far, then what is added until it ends; rejects with `exchange_not_found`. */
  follow(id: string, signal?: AbortSignal): AsyncGenerator<FollowBatch, void> {
    return this.#views.follow(id, signal)
  }

  /** New and changed rows, from now on. */
  feed(signal?: AbortSignal): AsyncGenerator<FeedBatch, void> {
    return this.#feed.listen(signal, async (limit) => (await this.list({ limit })).rows)
  }

  /**
   * Stores exchanges out of a bundle, each under its own id where that is free; resolves to the ids in the same order.
   * They are shown, and counted in no sum.
   */
  async import(exchanges: readonly BundledExchange[]): Promise<string[]> {
    const ids = exchanges.map(({ detail }) => detail.summary.id)
    const taken = new Set(await this.#thread.ask({ type: 'stored', ids }))
    const named = exchanges.map((exchange) => {
      const { id, startedAt } = exchange.detail.summary
      const isFree = isExchangeId(id) && !taken.has(id) && !this.#active.has(id) && !this.#ending.has(id)
      // A new one sorts where the old one did.
      return { id: isFree ? id : exchangeIds(() => startedAt, Math.random)(), exchange }
    })
    const rows = await this.#thread.ask({ type: 'import', exchanges: named, now: this.#clock.wall() })
    for (const summary of rows) this.#feed.changed({ id: summary.id, summary: () => summary })
    return named.map(({ id }) => id)
  }

  /** Known secrets in a text are masked; JSON stays valid. */
  redacted(text: string): string {
    return this.#redactorFor(this.#options.secrets()).text(text)
  }

  /** Takes out all that has ended; what runs stays. */
  async clear(): Promise<void> {
    await this.#thread.ask({ type: 'clear' })
    this.#feed.cleared()
    for (const row of this.#rowsInMemory()) this.#feed.changed(row)
  }

  /** Sums of every request, recorded or not; rejects when the store cannot be read. */
  sums(of: SumsQuestion): Promise<SumRow[]> {
    return this.#thread.ask({ type: 'sums', of })
  }

  get recording(): boolean {
    return this.#recording
  }

  /** While it is off, exchanges that begin are counted, and nothing of them is shown or stored. */
  setRecording(on: boolean): void {
    if (on === this.#recording) return
    this.#recording = on
    this.#notify()
  }

  /** Model requests that began in the last 60 s, and exchanges that run. */
  stats(): { requestsPerMinute: number; active: number } {
    return { requestsPerMinute: this.#rate.perMinute(), active: this.#active.size + this.#unseen.size }
  }

  /** What keeps the journal from recording, e.g. a full disk; gone when it is over. */
  problem(): Failure | undefined {
    return this.#thread.problem()
  }

  /** Calls back when figures, recording or the problem have changed; returns the way to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  setLimits(limits: Limits): void {
    this.#bodies = limits.bodies
    this.#thread.setLimits(limits)
  }

  /** Resolves when everything that has ended so far is stored (or known not to be storable now). */
  async flush(): Promise<void> {
    await this.#thread.ask({ type: 'flush' })
  }

  /** Ends what runs, stores everything and closes the store. */
  async close(): Promise<void> {
    clearInterval(this.#pruning)
    for (const exchange of [...this.#active.values(), ...this.#unseen]) {
      exchange.end('failed', { code: 'proxy_stopped', message: 'Lazuli was stopped before the answer had ended.' })
    }
    await this.#thread.close()
  }

  *#rowsInMemory(): Generator<Row> {
    for (const row of this.#ending.values()) yield row
    for (const exchange of this.#active.values()) yield this.#row(exchange)
  }

  #row(exchange: LiveExchange): Row {
    return {
      id: exchange.id,
      summary: () => this.#ending.get(exchange.id)?.summary() ?? this.#redactorOf(exchange).deep(summarize(exchange)),
    }
  }

  #changed(exchange: LiveExchange): void {
    if (this.#feed.heard) this.#feed.changed(this.#row(exchange))
    if (exchange.watched) this.#views.wake(exchange.id)
  }

  #hold(bytes: number): void {
    this.#held += bytes
    if (bytes <= 0 || this.#held <= this.#memory.active) return
    for (const exchange of [...this.#active.values(), ...this.#unseen]) {
      if (this.#held <= this.#memory.active) return
      exchange.shed()
    }
  }

  #ended(exchange: LiveExchange): void {
    this.#active.delete(exchange.id)
    const row = this.#hand(exchange)
    const view = this.#views.drop(exchange.id)
    if (row !== undefined) this.#feed.changed(row)
    exchange.release()
    view?.wake()
    this.#notify()
  }

  /** Hands an ended exchange to the thread; undefined when not even its row could be made. */
  #hand(exchange: LiveExchange, unseen = false): Row | undefined {
    const { id } = exchange
    try {
      this.#views.finish(id)
      const record = recordOf(exchange, this.#options.secrets(), this.#options.prices?.())
      const { facts, known } = record
      const row = this.#lazyRow(facts, known)
      const providerType = record.served?.providerType
      const calls = callsOf(facts).map((one) =>
        one.error === undefined ? one : this.#redactorOf(facts, known).deep(one),
      )
      this.#untold.add(id, { row, calls, unseen, ...(providerType === undefined ? {} : { providerType }) })
      const isTaken = this.#thread.record(unseen ? { ...record, unseen: true } : record)
      if (!isTaken) this.#countBare(id)
      else if (!unseen) this.#ending.set(id, row)
      return row
    } catch (error) {
      this.#options.log.error({ err: error, exchange: id }, 'An exchange could not be recorded.')
      return undefined
    }
  }

  /** The thread does not take it. */
  #countBare(id: string): void {
    for (const { entry } of this.#untold.entriesOf([id])) this.#thread.count(entry)
    this.#untold.settled(id)
  }

  /** The rows as they are stored, with the figures that were read from the bytes. */
  #stored(rows: readonly ExchangeSummary[]): void {
    for (const summary of rows) {
      if (this.#untold.tell(summary.id, summary)?.unseen === true) continue
      const row = { id: summary.id, summary: () => summary }
      if (this.#ending.has(summary.id)) this.#ending.set(summary.id, row)
      this.#feed.changed(row)
    }
  }

  /** A row that is put into shape when somebody looks at it. */
  #lazyRow(facts: ExchangeFacts, known: readonly string[]): Row {
    let clean: ExchangeSummary | undefined
    const make = (): ExchangeSummary => this.#redactorOf(facts, known).deep(summarize(facts))
    return { id: facts.id, summary: () => (clean ??= make()) }
  }

  #redactorOf(exchange: ExchangeFacts, known = this.#options.secrets()): Redactor {
    return this.#redactorFor(secretsOf(exchange, known))
  }

  /** Most exchanges know the same secrets: their redactor is made once. */
  #redactorFor(secrets: readonly string[]): Redactor {
    const key = secrets.join('\n')
    if (key !== this.#redactor.secrets) this.#redactor = { secrets: key, value: new Redactor(secrets) }
    return this.#redactor.value
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}
