/**
 * Writes records into the store and keeps it within its bounds, whatever the disk does: a damaged store is set aside, a
 * folder that cannot be written is replaced by memory, a full disk is waited for. Each is told as a problem that goes
 * away when it is over. Used in the recorder's thread alone.
 */
import { join } from 'node:path'
import { PendingSums, type SumEntry } from '../core/accounting.ts'
import type { ExchangeSummary, Failure } from '../../shared/exchange.ts'
import type { FinishedRecord } from './finish-record.ts'
import type { Limits } from './protocol.ts'
import { savedSums } from './saved-sums.ts'
import { isDamage, setAside, sqliteCode, Store, storeFile } from './store.ts'

const day = 24 * 60 * 60 * 1000
/** Bound of a store that lives in memory, in bytes. */
const memoryBytes = 64 * 1024 * 1024
/** What waits for a disk that is full. */
const mostWaiting = { records: 1000, bytes: 16 * 1024 * 1024, sums: 5000 }
/** Shares of the bound: when pruning begins, how far it goes, and where the database itself refuses more. */
const pruneAt = 0.85
const pruneTo = 0.8
const refuseAt = 0.95
/** One exchange takes at most this share of the bound. */
const largestShare = 1 / 16
/** Most bytes of a transaction of several exchanges. */
const mostBatch = 8 * 1024 * 1024

/** SQLite's primary result codes for a disk that does not take what is written. */
const diskTrouble: ReadonlySet<number> = new Set([
  3 /* PERM */, 5 /* BUSY */, 6 /* LOCKED */, 7 /* NOMEM */, 8 /* READONLY */, 10 /* IOERR */, 13 /* FULL */,
  14 /* CANTOPEN */, 22 /* NOLFS */,
])
const full = 13

export interface WriterEvents {
  /** These are committed (`kept`) or given up. */
  settled(ids: string[], kept: boolean): void
  problem(failure: Failure | undefined): void
}

export class Writer {
  #limits: Limits
  #now: number
  #store: Store
  /** Why the store is only in memory although there is a folder for it. */
  #displaced: Failure | undefined
  /** What is true until the end of the run, e.g. that the old store was damaged. */
  #note: Failure | undefined
  #trouble: Failure | undefined
  #waiting: FinishedRecord[] = []
  /** What is counted and not recorded: it goes into the next transaction. */
  readonly #owed = new PendingSums(mostWaiting.sums)
  readonly #directory: string | undefined
  readonly #events: WriterEvents
  readonly #open: (file: string) => Store

  /**
   * @param now milliseconds since the epoch
   * @param open makes a store; given so that a test can hand in a disk that fails
   */
  constructor(
    directory: string | undefined,
    limits: Limits,
    now: number,
    events: WriterEvents,
    open: (file: string) => Store = (file) => new Store(file),
  ) {
    this.#directory = directory
    this.#limits = limits
    this.#now = now
    this.#events = events
    this.#open = open
    this.#store = this.#openStore()
    this.#bound()
    this.#commit()
  }

  get store(): Store {
    return this.#store
  }

  /** Most bytes that one exchange may take. */
  get largestRecord(): number {
    return this.#bytes() * largestShare
  }

  /** Is there something that another try could mend? */
  get troubled(): boolean {
    return this.#displaced !== undefined || this.#waiting.length > 0 || this.#owed.size > 0
  }

  /** An exchange that could not be stored yet. */
  waiting(id: string): { summary: ExchangeSummary; content: Uint8Array } | undefined {
    return this.#waiting.find((record) => record.id === id)
  }

  /** @param sums of requests that are counted and not recorded */
  write(records: readonly FinishedRecord[], now: number, sums: readonly SumEntry[] = []): void {
    this.#now = now
    this.#waiting.push(...records)
    for (const entry of sums) this.#owed.add(entry)
    this.#commit()
  }

  /** Tries again what failed. */
  retry(): void {
    if (this.#displaced !== undefined) this.#moveHome()
    if (this.#waiting.length > 0 || this.#owed.size > 0) this.#commit()
  }

  setLimits(limits: Limits, now: number): void {
    this.#limits = limits
    this.#now = now
    this.#bound()
  }

  /** One small step towards the bounds; true when there is more to do. */
  prune(now: number): boolean {
    this.#now = now
    const bytes = this.#bytes()
    try {
      return this.#store.prune(
        now - this.#limits.keepDays * day,
        this.#store.used() > bytes * pruneAt ? bytes * pruneTo : bytes,
      )
    } catch (error) {
      this.#recover(error)
      return false
    }
  }

  /** Drops sums that are too old or too many. */
  pruneSums(now: number): void {
    try {
      this.#store.sums.prune(now, this.#bytes())
    } catch (error) {
      this.#recover(error)
    }
  }

  /** Takes out the traffic; the sums stay. */
  clear(): void {
    this.#giveUp(this.#waiting.splice(0))
    this.#trouble = undefined
    try {
      this.#store.clear()
    } catch (error) {
      this.#recover(error)
      this.#tell()
      throw error
    }
    this.#tell()
  }

  /** Last try for what waits, then the end. */
  close(): void {
    this.retry()
    this.#store.close()
  }

  #bytes(): number {
    const inMemory = this.#directory === undefined || this.#displaced !== undefined
    return inMemory ? Math.min(this.#limits.maxBytes, memoryBytes) : this.#limits.maxBytes
  }

  /** The database gets what its log may not need. */
  #bound(): void {
    this.#store.limitTo(this.#bytes() * refuseAt)
  }

  #commit(): void {
    let failed = false
    while ((this.#waiting.length > 0 || this.#owed.size > 0) && !failed) {
      const batch = this.#nextBatch()
      failed = !this.#insert(batch)
      if (failed) break
      this.#waiting.splice(0, batch.length)
      this.#trouble = undefined
      this.#settle(batch, true)
      if (this.#store.used() > this.#bytes() * pruneAt) this.#pruneTo(pruneTo)
    }
    if (failed) this.#shorten()
    // Words can be read again: what waits for a disk is bounded by its content.
    for (const record of this.#waiting) delete record.words
    this.#tell()
  }

  /** What goes into one transaction: bounded, so that the log is. */
  #nextBatch(): FinishedRecord[] {
    let bytes = 0
    const end = this.#waiting.findIndex((record, index) => {
      bytes += record.content.length
      return index > 0 && bytes > Math.min(this.largestRecord, mostBatch)
    })
    return this.#waiting.slice(0, end === -1 ? this.#waiting.length : end)
  }

  #insert(batch: readonly FinishedRecord[]): boolean {
    for (let tries = 0; tries < 3; tries++) {
      try {
        this.#store.insert(batch, this.#owed.all())
        this.#owed.clear()
        return true
      } catch (error) {
        if (!this.#recover(error)) return false
      }
    }
    return false
  }

  /** @param share of the bound that may stay in use */
  #pruneTo(share: number): void {
    const bytes = this.#bytes() * share
    try {
      while (this.#store.used() > bytes && this.#store.prune(-Infinity, bytes));
    } catch (error) {
      this.#recover(error)
    }
  }

  /** Does what can be done about an error; true when another try makes sense. */
  #recover(error: unknown): boolean {
    if (isDamage(error) && this.#directory !== undefined && this.#displaced === undefined) {
      this.#store.close()
      this.#store = this.#openStore()
      this.#bound()
      return true
    }
    const code = sqliteCode(error)
    if (code === full && this.#store.used() > this.#bytes() * pruneAt && this.#store.count > 0) {
      // It was our own bound, after a change of limits: there is room to be made.
      this.#pruneTo(pruneTo)
      return true
    }
    if (code === undefined || !diskTrouble.has(code)) this.#giveUp(this.#waiting.splice(0))
    this.#trouble = troubleOf(code, error)
    return false
  }

  /** What waits is bounded: the oldest is given up. */
  #shorten(): void {
    let bytes = this.#waiting.reduce((sum, record) => sum + record.content.length, 0)
    const given: FinishedRecord[] = []
    while (this.#waiting.length > mostWaiting.records || bytes > mostWaiting.bytes) {
      const record = this.#waiting.shift()
      if (record === undefined) break
      bytes -= record.content.length
      given.push(record)
    }
    this.#giveUp(given)
  }

  #openStore(): Store {
    const directory = this.#directory
    if (directory === undefined) {
      this.#note = {
        code: 'journal_memory_only',
        message: 'The data folder cannot be written: traffic is kept in memory and is gone when Lazuli ends.',
      }
      return this.#open(':memory:')
    }
    try {
      try {
        return this.#open(storeFile(directory))
      } catch (error) {
        if (!isDamage(error)) throw error
        const name = setAside(directory, this.#now)
        for (const entry of savedSums(join(directory, name))) this.#owed.add(entry)
        this.#note = {
          code: 'journal_damaged',
          message: 'The stored traffic could not be read and was set aside; a new store was begun.',
          fix: `The old one is ${name} in the data folder; delete it if you do not need it.`,
        }
        return this.#open(storeFile(directory))
      }
    } catch (error) {
      this.#displaced = {
        code: 'journal_unwritable',
        message: `The data folder cannot be written (${reason(error)}); traffic is recorded in memory only.`,
        fix: `Make ${directory} writable; what was recorded is then stored.`,
      }
      return this.#open(':memory:')
    }
  }

  /** The folder may be writable again: takes what is in memory there. */
  #moveHome(): void {
    const { store } = this
    const displaced = this.#displaced
    this.#displaced = undefined
    const home = this.#openStore()
    if (this.#displaced !== undefined) {
      home.close()
      return
    }
    try {
      home.limitTo(this.#limits.maxBytes * refuseAt)
      home.insert([...store.records()], [...store.sums.entries()])
    } catch {
      home.close()
      this.#displaced = displaced
      return
    }
    store.close()
    this.#store = home
    this.#tell()
  }

  /** They are not stored; they happened all the same. */
  #giveUp(records: readonly FinishedRecord[]): void {
    for (const { sum } of records) if (sum !== undefined) this.#owed.add(sum)
    this.#settle(records, false)
  }

  #settle(records: readonly FinishedRecord[], kept: boolean): void {
    if (records.length > 0)
      this.#events.settled(
        records.map((record) => record.id),
        kept,
      )
  }

  #tell(): void {
    this.#events.problem(this.#trouble ?? this.#displaced ?? this.#note)
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function troubleOf(code: number | undefined, error: unknown): Failure {
  if (code === full) {
    return {
      code: 'journal_disk_full',
      message: 'The disk is full: traffic goes on, but new exchanges are not stored.',
      fix: 'Make room on the disk of the data folder; recording goes on by itself.',
    }
  }
  return {
    code: 'journal_write_failed',
    message: `The traffic could not be stored (${reason(error)}); it goes on without being recorded.`,
    fix: 'Check the disk of the data folder; recording goes on by itself when it can.',
  }
}
