/**
 * The full text index: words of the row, the request and the answer. It holds no texts, only where words stand, and is
 * written after the exchanges themselves, when there is time: in the order of their places, so the last one tells how
 * far it has come. Some builds of SQLite lack it; then words cannot be looked for, and nothing else is missing.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { rowText } from '../../shared/filter/match.ts'
import { segmented } from '../../shared/filter/words.ts'

const textsSchema = `create virtual table if not exists texts using fts5(
  line, body, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2')`

export interface Untexted {
  place: number
  summary: ExchangeSummary
  content: Uint8Array
}

export class TextsTable {
  readonly #db: DatabaseSync
  readonly #statements: Record<'add' | 'drop' | 'last' | 'next' | 'behind', StatementSync> | undefined
  /** Place of the last exchange that is in the index; undefined: to be read. */
  #reached: number | undefined

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#statements = prepare(db)
  }

  /** Can words be looked for? */
  get available(): boolean {
    return this.#statements !== undefined
  }

  /** Exchanges that are not in it yet, oldest first; read one at a time, because each may be large. */
  *next(): Generator<Untexted> {
    for (const row of this.#statements?.next.iterate(this.#from()) ?? []) {
      yield {
        place: Number(row['seq']),
        summary: JSON.parse(String(row['summary'])) as ExchangeSummary,
        content: row['data'] as Uint8Array,
      }
    }
  }

  /** How many are not in it yet. */
  behind(): number {
    return Number(this.#statements?.behind.get(this.#from())?.['n'] ?? 0)
  }

  add(place: number, summary: ExchangeSummary, body: string): void {
    this.#statements?.add.run(place, segmented(rowText(summary)), body)
    this.#reached = place
  }

  drop(place: number): void {
    if (place <= this.#from()) this.#statements?.drop.run(place)
    this.forget()
  }

  clear(): void {
    if (this.available) this.#db.exec(`insert into texts (texts) values ('delete-all')`)
    this.forget()
  }

  /** What was thought to be in it may have been rolled back or taken out. */
  forget(): void {
    this.#reached = undefined
  }

  #from(): number {
    this.#reached ??= Number(this.#statements?.last.get()?.['rowid'] ?? 0)
    return this.#reached
  }
}

function prepare(db: DatabaseSync): Record<'add' | 'drop' | 'last' | 'next' | 'behind', StatementSync> | undefined {
  try {
    db.exec(textsSchema)
  } catch (error) {
    if (error instanceof Error && error.message.includes('no such module')) return undefined
    throw error
  }
  return {
    add: db.prepare('insert into texts (rowid, line, body) values (?, ?, ?)'),
    drop: db.prepare('delete from texts where rowid = ?'),
    last: db.prepare('select rowid from texts order by rowid desc limit 1'),
    // By the index of facts: ordered by `seq`, which is the same, SQLite would sort all that is left, contents and all.
    next: db.prepare(
      `select seq, summary, data from contents join facts on facts.content = seq join exchanges using (id)
       where facts.content > ? order by facts.content`,
    ),
    behind: db.prepare('select count(*) as n from contents where seq > ?'),
  }
}
