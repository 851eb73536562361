/**
 * The journal's SQLite database. Synchronous; used in the recorder's thread alone. Writes go through the write-ahead
 * log without a sync each, so a killed process loses nothing that was committed and a power cut at most the last moments.
 */
import { chmodSync, closeSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { PendingSums, type SumEntry } from '../core/accounting.ts'
import type { FinishedRecord } from './finish-record.ts'
import { FactsTable, fillFacts } from './facts.ts'
import { sumsSchema, SumsTable } from './sums.ts'
import { TextsTable, type Words } from './texts.ts'

const fileName = 'journal.db'
const setAsidePrefix = 'journal.damaged-'

/** Steps from each version to the next. */
const migrations: readonly (string | ((db: DatabaseSync) => void))[] = [
  `create table contents (seq integer primary key, data blob not null);
   create table exchanges (
     id text primary key,
     started_at integer not null,
     content integer not null,
     summary text not null
   ) without rowid;`,
  sumsSchema,
  fillFacts,
  // What came from a bundle is older than the time at which it was stored, which is the one that counts.
  'create index exchanges_by_time on exchanges (started_at, id);',
]
const schemaVersion = migrations.length

/** Rows deleted in one transaction, so that a question never waits long. */
const pruneRows = 64
const vacuumPages = 256
const mostLog = 4 * 1024 * 1024

/** SQLite's primary result codes that mean that the file is no usable database. */
const damage: ReadonlySet<number> = new Set([11 /* CORRUPT */, 26 /* NOTADB */])

/** Primary result code of an error that SQLite raised. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}
export class DamagedStore extends Error {
  override readonly name = 'DamagedStore'
}
export const isDamage = (error: unknown): boolean =>
  error instanceof DamagedStore || damage.has(sqliteCode(error) ?? -1)

interface Row {
  id: string
  started_at: number
  content: number
}

export class Store {
  /** Rows stored. */
  count: number
  readonly sums: SumsTable
  readonly facts: FactsTable
  readonly texts: TextsTable
  readonly #db: DatabaseSync
  readonly #statements: Record<
    'row' | 'content' | 'first' | 'before' | 'read' | 'oldest' | 'dropRow' | 'dropContent' | 'pages',
    StatementSync
  >
  readonly #pageSize: number
  /** Pages were given back and the log does not show in the file's size yet. */
  #shrunk = false

  /** @param file path, or `:memory:`. Throws SQLite's errors, and `DamagedStore` for a version from the future. */
  constructor(file: string) {
    if (file !== ':memory:') {
      // SQLite gives its log the mode of the database.
      closeSync(openSync(file, 'a', 0o600))
      chmodSync(file, 0o600)
    }
    const db = new DatabaseSync(file, { timeout: 2000 })
    this.#db = db
    try {
      db.exec(
        `pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = normal;
         pragma temp_store = memory; pragma secure_delete = fast; pragma cache_size = -4096;`,
      )
      this.#migrate()
      this.#pageSize = Number(db.prepare('pragma page_size').get()?.['page_size'])
      this.count = Number(db.prepare('select count(*) as n from exchanges').get()?.['n'])
      this.sums = new SumsTable(db)
      this.facts = new FactsTable(db)
      this.texts = new TextsTable(db)
      this.#statements = {
        row: db.prepare('insert into exchanges (id, started_at, content, summary) values (?, ?, ?, ?)'),
        content: db.prepare('insert into contents (data) values (?)'),
        first: db.prepare('select summary from exchanges order by id desc limit ?'),
        before: db.prepare('select summary from exchanges where id < ? order by id desc limit ?'),
        read: db.prepare('select summary, data from exchanges join contents on seq = content where id = ?'),
        oldest: db.prepare('select id, started_at, content from exchanges order by started_at, id limit ?'),
        dropRow: db.prepare('delete from exchanges where id = ?'),
        dropContent: db.prepare('delete from contents where seq = ?'),
        pages: db.prepare('select page_count - freelist_count as used from pragma_page_count, pragma_freelist_count'),
      }
    } catch (error) {
      db.close()
      throw error
    }
  }

  /** All or nothing, each record with what it adds to the sums. @param more further sums, of what is not recorded */
  insert(records: readonly FinishedRecord[], more: readonly SumEntry[] = []): void {
    const places: number[] = []
    // Most of a batch go into the same few rows.
    const sums = new PendingSums(Infinity)
    for (const entry of more) sums.add(entry)
    for (const { sum } of records) if (sum !== undefined) sums.add(sum)
    this.#transaction(() => {
      for (const entry of sums.all()) this.sums.add(entry)
      for (const { id, startedAt, summary, content } of records) {
        const place = Number(this.#statements.content.run(content).lastInsertRowid)
        this.#statements.row.run(id, startedAt, place, JSON.stringify(summary))
        this.facts.add(summary, place)
        places.push(place)
      }
    })
    for (const [index, { words }] of records.entries()) {
      if (words !== undefined) this.texts.hold(places[index]!, words)
    }
    this.count += records.length
    // A large transaction leaves a large log behind.
    if (records.reduce((sum, record) => sum + record.content.length, 0) > mostLog) this.#checkpoint()
  }

  /** Newest first. */
  list(limit: number, before: string | undefined): ExchangeSummary[] {
    const { first, before: older } = this.#statements
    const rows = before === undefined ? first.all(limit) : older.all(before, limit)
    return rows.map((row) => JSON.parse(String(row['summary'])) as ExchangeSummary)
  }

  has(id: string): boolean {
    return this.#statements.read.get(id) !== undefined
  }

  get(id: string): { summary: ExchangeSummary; content: Uint8Array } | undefined {
    const row = this.#statements.read.get(id)
    if (row === undefined) return undefined
    return { summary: JSON.parse(String(row['summary'])) as ExchangeSummary, content: row['data'] as Uint8Array }
  }

  /**
   * Puts the texts of exchanges into the index, oldest first, in one transaction: at least one, then as long as
   * `goOn` says so. True when there may be more to do.
   */
  indexTexts(goOn: () => boolean, read: (summary: ExchangeSummary, content: Uint8Array) => Words): boolean {
    const done: number[] = []
    let more = false
    try {
      this.#transaction(() => {
        for (const { place, words } of this.texts.next(read)) {
          this.texts.add(place, words)
          done.push(place)
          more = !goOn()
          if (more) break
        }
      })
    } catch (error) {
      this.texts.forget()
      throw error
    }
    for (const place of done) this.texts.release(place)
    return more
  }

  /** Bytes in use, without pages that are free. */
  used(): number {
    return Number(this.#statements.pages.get()?.['used']) * this.#pageSize
  }

  /**
   * Takes some of the oldest exchanges out: those that began before `since`, and as many as it takes to come down to
   * `bytes`. True when there may be more to do.
   */
  prune(since: number, bytes: number): boolean {
    const excess = this.used() - bytes
    const { oldest } = this.#statements
    const [first] = oldest.all(1) as unknown as Row[]
    const { count } = this
    if (first !== undefined && (excess > 0 || first.started_at < since)) {
      this.#drop(oldest.all(pruneRows) as unknown as Row[], since, excess)
    }
    const more = this.#shrink(bytes) || this.count < count
    // The file itself becomes shorter only when the log is worked in.
    if (this.#shrunk && !more) this.#checkpoint()
    return more
  }

  /** Drops those that began before `since`, and further ones until so many bytes are free. */
  #drop(oldest: readonly Row[], since: number, excess: number): void {
    this.#transaction(() => {
      let freed = 0
      for (const row of oldest) {
        if (row.started_at >= since && freed >= excess) continue
        const before = this.used()
        this.#statements.dropContent.run(row.content)
        this.#statements.dropRow.run(row.id)
        this.facts.drop(row.id)
        this.texts.drop(row.content)
        this.count--
        freed += before - this.used()
      }
    })
  }

  /** Takes everything out, and gives the space back. */
  clear(): void {
    this.#transaction(() => {
      this.#db.exec('delete from contents; delete from exchanges; delete from facts;')
      this.texts.clear()
    })
    this.count = 0
    this.#db.exec('pragma incremental_vacuum')
    this.#checkpoint()
  }

  /** All rows, oldest first. */
  *records(): Generator<FinishedRecord> {
    const rows = this.#db.prepare(
      'select summary, started_at, data from exchanges join contents on seq = content order by id',
    )
    for (const row of rows.iterate()) {
      const summary = JSON.parse(String(row['summary'])) as ExchangeSummary
      yield {
        id: summary.id,
        startedAt: Number(row['started_at']),
        summary,
        content: Buffer.from(row['data'] as Uint8Array),
      }
    }
  }

  close(): void {
    this.#db.close()
  }

  /** A hard bound of the database, in bytes; what does not fit then fails as on a full disk. Its log is bounded in proportion. */
  limitTo(bytes: number): void {
    const log = Math.min(mostLog, bytes / 16)
    this.#db.exec(
      `pragma max_page_count = ${Math.floor(bytes / this.#pageSize)}; pragma journal_size_limit = ${Math.floor(log)};
       pragma wal_autocheckpoint = ${Math.floor(log / this.#pageSize)};`,
    )
  }

  /** Gives free pages back, a few at a time; some stay, to be used again. True when there is more to do. */
  #shrink(bytes: number): boolean {
    const free = Number(this.#db.prepare('pragma freelist_count').get()?.['freelist_count'])
    const pages = Number(this.#db.prepare('pragma page_count').get()?.['page_count'])
    if (free < vacuumPages || (free < pages / 4 && pages * this.#pageSize <= bytes)) return false
    this.#db.exec(`pragma incremental_vacuum(${vacuumPages})`)
    this.#shrunk = true
    return true
  }

  /** Writes the log into the database and cuts it to nothing, unless a reader holds it. */
  #checkpoint(): void {
    this.#shrunk = false
    this.#db.exec('pragma wal_checkpoint(truncate)')
  }

  #transaction(work: () => void): void {
    const { count } = this
    this.#db.exec('begin immediate')
    try {
      work()
      this.#db.exec('commit')
    } catch (error) {
      this.count = count
      // A full disk may have rolled back already.
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
  }

  #migrate(): void {
    const version = Number(this.#db.prepare('pragma user_version').get()?.['user_version'])
    if (version > schemaVersion) throw new DamagedStore(`the store has version ${version}, newer than ${schemaVersion}`)
    for (const [index, step] of migrations.entries()) {
      if (index < version) continue
      this.#transaction(() => {
        if (typeof step === 'string') this.#db.exec(step)
        else step(this.#db)
        this.#db.exec(`pragma user_version = ${index + 1}`)
      })
    }
  }
}

/** Path of the store in a folder. */
export const storeFile = (directory: string): string => join(directory, fileName)

/**
 * Moves a damaged store out of the way and returns the name that it has now. One such file is kept, for who wants to
 * rescue something from it.
 */
export function setAside(directory: string, now: number): string {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(setAsidePrefix)) rmSync(join(directory, name), { force: true })
  }
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-')
  const name = `${setAsidePrefix}${stamp}.db`
  renameSync(storeFile(directory), join(directory, name))
  for (const suffix of ['-wal', '-shm']) rmSync(`${storeFile(directory)}${suffix}`, { force: true })
  return name
}
