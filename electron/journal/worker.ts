/** The recorder's thread: takes records and questions from the journal and works them off in order. */
import { parentPort, workerData } from 'node:worker_threads'
import { entryOf, type SumEntry } from '../core/accounting.ts'
import { LazuliError } from '../core/error.ts'
import { letGo } from '../core/let-go.ts'
import type { ExchangeSummary, Lane } from '../../shared/exchange.ts'
import { type Content, type Section, unpackContent } from './content.ts'
import { Memory } from './findings/memory.ts'
import { describeRecord } from './describe.ts'
import { type FinishedRecord, finishRecord } from './finish-record.ts'
import { importedRecord } from './imported-record.ts'
import { causesAt } from './lane-buffer.ts'
import { isEventStream, LaneEvents } from './lane-events.ts'
import { letGoOf } from './let-go.ts'
import { detailOf } from './stored-detail.ts'
import type {
  Answers,
  ExchangeRecord,
  FromWorker,
  RecordBatch,
  Question,
  ToWorker,
  WorkerSettings,
} from './protocol.ts'
import { smallestMoved, unpackRecords } from './record-batch.ts'
import { Redactor } from './redact.ts'
import { Search } from './search.ts'
import { Writer } from './writer.ts'

/** Lanes that were looked at last, decoded, so that paging through one does not begin anew each time. */
const keptLanes = 4
/** Bytes that are ready to be stored: no more are made ready before these are. */
const mostReady = 4 * 1024 * 1024
/** What is larger costs more to be read again for its words than others lose by waiting. */
const largeRequest = 256 * 1024
/** Most bytes of a page of events. */
const pageBytes = 8 * 1024 * 1024

const settings = workerData as WorkerSettings
const port = parentPort
if (port === null) throw new Error('this file runs as a worker thread')

const say = (message: FromWorker): void => port.postMessage(message)

class Recorder {
  readonly #writer: Writer
  readonly #search: Search
  readonly #memory = new Memory()
  readonly #lanes = new Map<string, { events: LaneEvents; truncated: boolean }>()
  #secrets: readonly string[] = []
  #redactor = new Redactor([])
  #retry: NodeJS.Timeout | undefined
  #pruning = false

  constructor() {
    this.#writer = new Writer(settings.directory, settings.limits, settings.now, {
      settled: (ids, kept) => say({ type: 'settled', ids, kept }),
      problem: (problem) => say({ type: 'problem', problem }),
    })
    this.#search = new Search(
      () => this.#writer.store,
      () => performance.now(),
    )
    this.#search.later()
    this.#afterWork()
    this.#writer.pruneSums(settings.now)
    this.#prune(settings.now)
  }

  take(message: ToWorker): void {
    switch (message.type) {
      case 'records':
        this.#record(message.batch, message.now)
        break
      case 'ask':
        this.#answer(message.number, message.question)
        break
      case 'limits':
        this.#writer.setLimits(message.limits, message.now)
        this.#prune(message.now)
        break
      case 'count':
        this.#count(message)
        break
      case 'prune':
        this.#writer.pruneSums(message.now)
        this.#prune(message.now)
        break
    }
  }

  #record(batch: RecordBatch, now: number): void {
    let finished: FinishedRecord[] = []
    let sums: SumEntry[] = []
    let bytes = 0
    const unseen: string[] = []
    const store = (): void => {
      this.#store(finished, now, sums)
      finished = []
      sums = []
      bytes = 0
    }
    for (const handed of unpackRecords(batch)) {
      const record = describeRecord(handed)
      try {
        if (handed.request.total >= largeRequest) this.#search.makeRoom()
        const { largestRecord, store: into } = this.#writer
        const redactor = this.#redactorFor(record.secrets)
        const readsWords = record.unseen !== true && into.texts.hasRoom
        const one = finishRecord(record, redactor, largestRecord, this.#memory, readsWords)
        if (record.unseen !== true) finished.push(one)
        else {
          if (one.sum !== undefined) sums.push(one.sum)
          unseen.push(one.id)
          say({ type: 'rows', rows: [one.summary] })
        }
        bytes += one.content.length
      } catch {
        // Without memory for one exchange the others are still stored.
        sums.push(...this.#bareSum(record))
        say({ type: 'settled', ids: [record.summary.id], kept: false })
      }
      letGoOf(handed, batch)
      if (bytes >= mostReady) store()
    }
    store()
    letGo(batch.bytes)
    if (unseen.length > 0) say({ type: 'settled', ids: unseen, kept: true })
    this.#search.later()
    this.#afterWork()
    this.#prune(now)
  }

  #store(finished: readonly FinishedRecord[], now: number, sums: readonly SumEntry[]): void {
    if (finished.length > 0) say({ type: 'rows', rows: finished.map((record) => record.summary) })
    this.#writer.write(finished, now, sums)
    // The writer keeps what the disk does not take yet.
    for (const { id, content } of finished) {
      if (content.length >= smallestMoved && this.#writer.waiting(id) === undefined) letGo(content)
    }
  }

  /** The count of a request of which nothing else is left. */
  #bareSum({ summary, served, secrets }: ExchangeRecord): SumEntry[] {
    const entry = entryOf(summary, served?.providerType)
    if (entry === undefined) return []
    return [{ ...entry, names: this.#redactorFor(secrets).deep(entry.names) }]
  }

  #count({ entries, now }: Extract<ToWorker, { type: 'count' }>): void {
    const { store } = this.#writer
    const isStored = (id: string | undefined): boolean => id !== undefined && store.has(id)
    const missing = entries.flatMap(({ entry, unlessStored }) => (isStored(unlessStored) ? [] : [entry]))
    this.#writer.write([], now, missing)
    this.#afterWork()
  }

  #answer(number: number, question: Question): void {
    try {
      say({ type: 'answer', number, value: this.#ask(question) })
    } catch (error) {
      const failure =
        error instanceof LazuliError
          ? error.toFailure()
          : {
              code: 'journal_unreadable',
              message: `The stored traffic could not be read: ${error instanceof Error ? error.message : String(error)}`,
            }
      say({ type: 'failed', number, failure })
    }
    if (question.type === 'close') port?.close()
  }

  #ask(question: Question): Answers[keyof Answers] {
    const writer = this.#writer
    switch (question.type) {
      case 'list':
        return question.filter === ''
          ? { rows: writer.store.list(question.limit, question.before), total: writer.store.count, capped: false }
          : this.#search.list(question.filter, question.limit, question.before, question.now)
      case 'match':
        return this.#search.match(question.filter, question.ids, question.now)
      case 'suggest':
        return this.#search.suggest(question.field, question.prefix)
      case 'sessions':
        return this.#search.sessions(question.filter, question.limit, question.now)
      case 'get': {
        const found = this.#find(question.id)
        return found && detailOf(found.summary, found.content)
      }
      case 'events': {
        const lane = this.#lane(question.id, question.lane)
        if (lane === undefined) return undefined
        const events = lane.events.slice(question.from, question.limit, pageBytes)
        const next = question.from + events.length
        return { events, truncated: lane.truncated, ...(next < lane.events.count ? { next } : {}) }
      }
      case 'sums':
        return writer.store.sums.read(question.of)
      case 'stored':
        return question.ids.filter((id) => writer.waiting(id) !== undefined || writer.store.has(id))
      case 'import':
        return this.#import(question.exchanges, question.now)
      case 'clear':
        this.#lanes.clear()
        writer.clear()
        return undefined
      case 'flush':
        return undefined
      case 'close':
        clearTimeout(this.#retry)
        this.#search.stop()
        writer.close()
        return undefined
    }
  }

  #import(exchanges: Extract<Question, { type: 'import' }>['exchanges'], now: number): ExchangeSummary[] {
    const records = exchanges.map(({ id, exchange }) => importedRecord(exchange, id, now, this.#writer.largestRecord))
    this.#writer.write(records, now)
    this.#search.later()
    this.#afterWork()
    this.#prune(now)
    return records.map(({ summary }) => summary)
  }

  #find(id: string): { summary: ExchangeSummary; content: Content } | undefined {
    const found = this.#writer.waiting(id) ?? this.#writer.store.get(id)
    return found && { summary: found.summary, content: unpackContent(found.content) }
  }

  #lane(id: string, lane: Lane): { events: LaneEvents; truncated: boolean } | undefined {
    const key = `${id} ${lane}`
    const known = this.#lanes.get(key)
    if (known !== undefined) {
      this.#lanes.delete(key)
      this.#lanes.set(key, known)
      return known
    }
    const content = this.#find(id)?.content
    if (content === undefined) return undefined
    const headers =
      lane === 'client' ? content.detail.responseHeaders : (content.detail.attempts.at(-1)?.responseHeaders ?? [])
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
    const decoded = { events: eventsOf(content[lane], isEventStream(type)), truncated: content[lane].truncated }
    this.#lanes.set(key, decoded)
    for (const old of this.#lanes.keys()) {
      if (this.#lanes.size <= keptLanes) break
      this.#lanes.delete(old)
    }
    return decoded
  }

  /** Most exchanges know the same secrets: their redactor is made once. */
  #redactorFor(secrets: readonly string[]): Redactor {
    const same =
      secrets.length === this.#secrets.length && secrets.every((secret, index) => secret === this.#secrets[index])
    if (!same) {
      this.#secrets = secrets
      this.#redactor = new Redactor(secrets)
    }
    return this.#redactor
  }

  /** Small steps, so that questions are answered in between. */
  #prune(now: number): void {
    if (this.#pruning || !this.#writer.prune(now)) return
    this.#pruning = true
    setImmediate(() => {
      this.#pruning = false
      this.#prune(now)
    })
  }

  #afterWork(): void {
    if (!this.#writer.troubled || this.#retry !== undefined) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#writer.retry()
      this.#afterWork()
    }, settings.retryMs)
  }
}

function eventsOf(section: Section, stream: boolean): LaneEvents {
  const events = new LaneEvents(stream)
  let from = 0
  for (const [index, end] of section.ends.entries()) {
    events.push(section.bytes.subarray(from, end), section.at[index] ?? 0, causesAt(section.causes, index))
    from = end
  }
  events.end()
  return events
}

const recorder = new Recorder()
port.on('message', (message: ToWorker) => recorder.take(message))
