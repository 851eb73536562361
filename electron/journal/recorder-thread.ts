/**
 * The journal's end of the recorder's thread: sends what has ended in batches, bounded by what the thread has not
 * settled yet, asks questions, and starts the thread once more if it dies.
 */
import { Worker } from 'node:worker_threads'
import { PendingSums, type SumEntry } from '../core/accounting.ts'
import { LazuliError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { ExchangeSummary, Failure } from '../../shared/exchange.ts'
import type { Answers, BodyParts, HandedRecord, FromWorker, Limits, Question, ToWorker } from './protocol.ts'
import { buffersOf, packRecords } from './record-batch.ts'

/** How long ended exchanges are collected before they are sent, in milliseconds: the first after a pause, and in a row. */
const collectMs = 25
const busyCollectMs = 150
/** So many bytes do not wait. */
const mostCollected = 4 * 1024 * 1024
/**
 * Beyond this many bytes on the way, records wait: the thread holds what it works at several times over. Beyond
 * `mostWaiting`, they go without their bytes.
 */
const mostSent = 8 * 1024 * 1024
const mostWaiting = 88 * 1024 * 1024
/** Rows on the way and waiting; beyond, an exchange is not recorded. */
const mostRecords = 20_000
/** Sums of what could not be sent. */
const mostSums = 5000
const closeMs = 10_000
/**
 * For what the thread has just made. Left to itself, that grows to 128 MB before it is looked through, and is never given
 * back. The bound of what lives longer stays as it is: the thread must not die of it.
 */
const youngMb = 24

export interface RecorderThreadOptions {
  workerUrl: URL
  directory: string | undefined
  limits: Limits
  retryMs: number
  /** Milliseconds since the epoch. */
  now: () => number
  log: Log
  /** Rows as stored. */
  rows: (rows: ExchangeSummary[]) => void
  /** These are stored, or given up. */
  settled: (ids: string[], kept: boolean) => void
  /** Counts of those of which it is not known whether they were stored, because the thread died. */
  unknown: (ids: string[]) => { id: string; entry: SumEntry }[]
  problem: () => void
}

interface Pending {
  resolve: (value: Answers[keyof Answers]) => void
  reject: (error: LazuliError) => void
}

const stopped = (): LazuliError =>
  new LazuliError({
    code: 'journal_stopped',
    status: 503,
    message: 'The recorder has stopped; the traffic goes on without being recorded.',
    fix: 'Restart Lazuli.',
  })

const errorOf = ({ code, message, fix }: Failure): LazuliError =>
  new LazuliError({ code, status: 500, message, ...(fix === undefined ? {} : { fix }) })

const bytesOf = (parts: BodyParts): number =>
  parts.pieces.reduce((sum, piece) => sum + (piece instanceof Uint8Array ? piece.length : 0), 0)

function sizeOf(record: HandedRecord): number {
  const lanes = [record.upstream, record.client]
    .flatMap((lane) => lane.slabs)
    .reduce((sum, slab) => sum + slab.length, 0)
  return lanes + bytesOf(record.request) + record.attemptBodies.reduce((sum, parts) => sum + bytesOf(parts), 0)
}

const withoutBytes = (parts: BodyParts): BodyParts => ({ pieces: [], total: parts.total, truncated: parts.total > 0 })

/** What is left of a record when there is no room for its bytes. */
function strip(record: HandedRecord): HandedRecord {
  const at = new Float64Array()
  const ends = new Uint32Array()
  const lane = { mirrored: 0, slabs: [], at, ends, truncated: true }
  return {
    ...record,
    request: withoutBytes(record.request),
    attemptBodies: record.attemptBodies.map(withoutBytes),
    upstream: { ...lane, total: record.upstream.total },
    client: { ...lane, total: record.client.total },
  }
}

export class RecorderThread {
  readonly #options: RecorderThreadOptions
  #limits: Limits
  #worker: Worker | undefined
  #restarted = false
  #closing = false
  #waiting: { record: HandedRecord; size: number }[] = []
  #waitingBytes = 0
  /** Sizes of what was sent and is not settled. */
  readonly #sent = new Map<string, number>()
  #sentBytes = 0
  /** What is counted without a record. */
  readonly #sums = new PendingSums(mostSums)
  #timer: NodeJS.Timeout | undefined
  #isSendingSoon = false
  /** On a clock that never jumps. */
  #lastSent = -Infinity
  readonly #pending = new Map<number, Pending>()
  #questions = 0
  /** Exchanges that went unrecorded because the thread was behind. */
  #skipped = 0
  #storeProblem: Failure | undefined
  #threadProblem: Failure | undefined

  constructor(options: RecorderThreadOptions) {
    this.#options = options
    this.#limits = options.limits
    this.#worker = this.#start()
  }

  problem(): Failure | undefined {
    return this.#storeProblem ?? this.#threadProblem
  }

  /** Hands a record over; its bytes must not be used afterwards. False when it cannot be recorded. */
  record(record: HandedRecord): boolean {
    if (this.#worker === undefined || this.#closing) return false
    if (this.#waiting.length + this.#sent.size >= mostRecords) {
      this.#skipped++
      this.#setThreadProblem({ code: 'journal_behind', message: 'The recorder cannot keep up: not all is recorded.' })
      return false
    }
    const size = sizeOf(record)
    const fits = this.#waitingBytes + size <= mostWaiting
    this.#waiting.push(fits ? { record, size } : { record: strip(record), size: 0 })
    if (fits) this.#waitingBytes += size
    if (this.#waitingBytes < mostCollected) this.#sendLater()
    else this.#sendSoon()
    return true
  }

  /** Counts a request that could not be recorded. */
  count(entry: SumEntry): void {
    this.#sums.add(entry)
    this.#sendLater()
  }

  /** Asks; the answer knows of everything that was recorded before. Rejects with a LazuliError. */
  async ask<T extends Question['type']>(question: Extract<Question, { type: T }>): Promise<Answers[T]> {
    this.#send(true)
    const worker = this.#worker
    if (worker === undefined) throw stopped()
    const number = ++this.#questions
    const answer = new Promise<Answers[keyof Answers]>((resolve, reject) => {
      this.#pending.set(number, { resolve, reject })
    })
    this.#post({ type: 'ask', number, question })
    return (await answer) as Answers[T]
  }

  setLimits(limits: Limits): void {
    this.#limits = limits
    this.#post({ type: 'limits', limits, now: this.#options.now() })
  }

  /** Takes out what has grown too old. */
  prune(): void {
    this.#post({ type: 'prune', now: this.#options.now() })
  }

  /** Stores what is left, then ends the thread. */
  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    const closed = this.ask({ type: 'close' })
    this.#closing = true
    const late = setTimeout(() => void worker.terminate(), closeMs)
    await closed.catch(() => undefined)
    await ended
    clearTimeout(late)
  }

  #start(): Worker {
    const { workerUrl, directory, retryMs, now } = this.#options
    const worker = new Worker(workerUrl, {
      name: 'journal',
      workerData: { directory, limits: this.#limits, now: now(), retryMs },
      // None of the process's own flags, such as a debugger's port.
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    })
    let cause: unknown
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => this.#exited(worker, cause))
    return worker
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case 'rows':
        this.#options.rows(message.rows)
        break
      case 'settled':
        this.#settled(message.ids, message.kept)
        break
      case 'answer':
        this.#pending.get(message.number)?.resolve(message.value)
        this.#pending.delete(message.number)
        break
      case 'failed': {
        const { failure } = message
        this.#pending.get(message.number)?.reject(errorOf(failure))
        this.#pending.delete(message.number)
        break
      }
      case 'problem':
        if (message.problem?.message === this.#storeProblem?.message) break
        this.#storeProblem = message.problem
        if (message.problem !== undefined)
          this.#options.log.warn({ code: message.problem.code }, message.problem.message)
        this.#options.problem()
        break
    }
  }

  #settled(ids: string[], kept: boolean): void {
    for (const id of ids) {
      this.#sentBytes -= this.#sent.get(id) ?? 0
      this.#sent.delete(id)
    }
    this.#options.settled(ids, kept)
    if (this.#skipped > 0 && this.#waiting.length === 0 && this.#sent.size === 0) {
      this.#options.log.warn({ skipped: this.#skipped }, 'The recorder was behind; exchanges were not recorded.')
      this.#skipped = 0
      this.#setThreadProblem(undefined)
    }
    if (this.#waiting.length > 0) this.#sendSoon()
  }

  /** A transaction costs as much as several exchanges: where they come in a row, more of them share one. */
  #sendLater(): void {
    if (this.#timer !== undefined) return
    const isBusy = performance.now() - this.#lastSent < 2 * busyCollectMs
    this.#timer = setTimeout(() => this.#send(), isBusy ? busyCollectMs : collectMs)
  }

  /** As soon as what runs now has run; what cannot go because the thread is behind is sent when it has caught up. */
  #sendSoon(): void {
    if (this.#sentBytes >= mostSent || this.#isSendingSoon) return
    this.#isSendingSoon = true
    setImmediate(() => {
      this.#isSendingSoon = false
      this.#send()
    })
  }

  /** Sends what waits, as far as the thread is not behind; `all` sends it in any case. */
  #send(all = false): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const records: HandedRecord[] = []
    while (this.#waiting.length > records.length && (all || this.#sentBytes < mostSent)) {
      const { record, size } = this.#waiting[records.length]!
      records.push(record)
      this.#sent.set(record.facts.id, size)
      this.#sentBytes += size
      this.#waitingBytes -= size
    }
    this.#waiting.splice(0, records.length)
    if (this.#sums.size > 0 && this.#worker !== undefined) {
      const entries = this.#sums.all().map((entry) => ({ entry }))
      this.#post({ type: 'count', entries, now: this.#options.now() })
      this.#sums.clear()
    }
    if (records.length === 0) return
    this.#lastSent = performance.now()
    const batch = packRecords(records)
    this.#post({ type: 'records', batch, now: this.#options.now() }, buffersOf(batch))
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer)
  }

  #exited(worker: Worker, cause: unknown): void {
    if (worker !== this.#worker) return
    this.#worker = undefined
    for (const { reject } of this.#pending.values()) reject(stopped())
    this.#pending.clear()
    const lost = [...this.#sent.keys()]
    this.#sent.clear()
    this.#sentBytes = 0
    if (this.#closing) return
    const unknown = this.#options.unknown(lost)
    this.#options.log.error({ err: cause, lost: lost.length, again: !this.#restarted }, 'The recorder has stopped.')
    const what = `${lost.length} exchange${lost.length === 1 ? ' was' : 's were'} lost`
    if (this.#restarted) {
      lost.push(...this.#waiting.splice(0).map(({ record }) => record.facts.id))
      this.#waitingBytes = 0
      this.#setThreadProblem(stopped().toFailure())
    } else {
      this.#restarted = true
      this.#worker = this.#start()
      const entries = unknown.map(({ id, entry }) => ({ entry, unlessStored: id }))
      this.#post({ type: 'count', entries, now: this.#options.now() })
      this.#setThreadProblem({
        code: 'journal_restarted',
        message: `The recorder stopped and was started again; ${what}.`,
      })
      if (this.#waiting.length > 0) this.#sendSoon()
    }
    this.#options.settled(lost, false)
  }

  #setThreadProblem(problem: Failure | undefined): void {
    if (problem?.message === this.#threadProblem?.message) return
    this.#threadProblem = problem
    this.#options.problem()
  }
}
