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

/** The words of one exchange: those of its row, and those of request and answer. */
export interface Words {
  line: string
  body: string
}

/** What was just stored and waits for the index, as words, so that it need not be read again: about so many characters. */
const mostHeld = 4 * 1024 * 1024

export const wordsOf = (summary: ExchangeSummary, body: string): Words => ({
  line: segmented(rowText(summary)),
  body,
})

export class TextsTable {
  readonly #db: DatabaseSync
  readonly #statements: Statements | undefined
  readonly #held = new Map<number, Words>()
  #heldLength = 0
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

  /** Is it of use to read words before their turn comes? */
  get hasRoom(): boolean {
    return this.available && this.#heldLength < mostHeld
  }

  /** Words of an exchange that was stored, for when its turn comes; they are dropped when there is no room. */
  hold(place: number, words: Words): void {
    const length = words.line.length + words.body.length
    if (!this.hasRoom) return
    this.#held.set(place, words)
    this.#heldLength += length
  }

  /** Exchanges that are not in it yet, oldest first. @param read finds the words of one: one at a time, as each may be large */
  *next(read: (summary: ExchangeSummary, content: Uint8Array) => Words): Generator<{ place: number; words: Words }> {
    const statements = this.#statements
    for (const { place } of (statements?.next.iterate(this.#from()) ?? []) as Iterable<{ place: number }>) {
      const held = this.#held.get(place)
      if (held !== undefined) {
        yield { place, words: held }
        continue
      }
      const row = statements?.read.get(place)
      if (row === undefined) continue
      yield { place, words: read(JSON.parse(String(row['summary'])) as ExchangeSummary, row['data'] as Uint8Array) }
    }
  }

  /** How many are not in it yet. */
  behind(): number {
    return Number(this.#statements?.behind.get(this.#from())?.['n'] ?? 0)
  }

  add(place: number, { line, body }: Words): void {
    this.#statements?.add.run(place, line, body)
    this.#reached = place
  }

  drop(place: number): void {
    if (place <= this.#from()) this.#statements?.drop.run(place)
    this.release(place)
    this.forget()
  }

  clear(): void {
    if (this.available) this.#db.exec(`insert into texts (texts) values ('delete-all')`)
    this.#held.clear()
    this.#heldLength = 0
    this.forget()
  }

  /** Its words are not needed any more. */
  release(place: number): void {
    const held = this.#held.get(place)
    if (held === undefined) return
    this.#held.delete(place)
    this.#heldLength -= held.line.length + held.body.length
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

type Statements = Record<'add' | 'drop' | 'last' | 'next' | 'read' | 'behind', StatementSync>

function prepare(db: DatabaseSync): Statements | undefined {
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
    // By the index of facts, which holds nothing else.
    next: db.prepare('select content as place from facts where content > ? order by content'),
    read: db.prepare(
      `select summary, data from contents join facts on facts.content = seq join exchanges using (id)
       where facts.content = ?`,
    ),
    behind: db.prepare('select count(*) as n from contents where seq > ?'),
  }
}
