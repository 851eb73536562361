/**
 * The rows of the traffic list, oldest first, outside of React: rows come in bursts, the list draws once per frame.
 * Bounded; what falls out at the old end can be loaded again.
 */
import type { ExchangeSummary } from '../shared/exchange.ts'

export interface RowsSnapshot {
  rows: readonly ExchangeSummary[]
  /** Running number of `rows[0]`; it falls when older rows are put before, and rises when old rows drop out. */
  first: number
  /** Older rows are stored that are not in the buffer. */
  more: boolean
  /** Changes with every change of the rows. */
  version: number
  /** False until the first page is there. */
  loaded: boolean
}

export interface RowBufferOptions {
  /** Most rows kept. */
  capacity: number
  /** Runs the callback before the next frame is drawn. */
  frame(draw: () => void): void
}

export class RowBuffer {
  readonly #options: RowBufferOptions
  readonly #listeners = new Set<() => void>()
  readonly #numbers = new Map<string, number>()
  #rows: ExchangeSummary[] = []
  #first = 0
  #more = false
  #loaded = false
  #scheduled = false
  #snapshot: RowsSnapshot = { rows: [], first: 0, more: false, version: 0, loaded: false }

  constructor(options: RowBufferOptions) {
    this.#options = options
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly snapshot = (): RowsSnapshot => this.#snapshot

  get(id: string): ExchangeSummary | undefined {
    const number = this.#numbers.get(id)
    return number === undefined ? undefined : this.#rows[number - this.#first]
  }

  /** Rows of the live feed: known ids are changed in place, new ones are added at the new end. */
  merge(rows: readonly ExchangeSummary[]): void {
    for (const row of rows) {
      const number = this.#numbers.get(row.id)
      if (number !== undefined) this.#rows[number - this.#first] = row
      else if (!this.#isBeforeBuffer(row)) this.#insert(row)
    }
    this.#trim()
    this.#changed()
  }

  /** The newest page, newest first as the engine sends it. Rows of the feed that came in between are newer and stay. */
  load(page: readonly ExchangeSummary[], total: number): void {
    const fresh = page.filter((row) => !this.#numbers.has(row.id))
    for (const row of fresh.toReversed()) this.#insert(row)
    this.#more = total > this.#rows.length
    this.#loaded = true
    this.#trim()
    this.#changed()
  }

  /** A page that comes before the first row, newest first. */
  prepend(page: readonly ExchangeSummary[]): void {
    const older = page.filter((row) => !this.#numbers.has(row.id)).toReversed()
    this.#more = page.length > 0
    this.#rows = [...older, ...this.#rows]
    this.#first -= older.length
    older.forEach((row, index) => this.#numbers.set(row.id, this.#first + index))
    this.#changed()
  }

  /** Takes a row out, e.g. one that a filter does not match any more. */
  remove(id: string): void {
    const number = this.#numbers.get(id)
    if (number === undefined) return
    const at = number - this.#first
    this.#rows.splice(at, 1)
    this.#numbers.delete(id)
    for (let index = at; index < this.#rows.length; index += 1) {
      const moved = this.#rows[index]
      if (moved) this.#numbers.set(moved.id, this.#first + index)
    }
    this.#changed()
  }

  clear(): void {
    this.#rows = []
    this.#numbers.clear()
    this.#first = 0
    this.#more = false
    this.#changed()
  }

  #isBeforeBuffer(row: ExchangeSummary): boolean {
    const oldest = this.#rows[0]
    return this.#more && oldest !== undefined && row.startedAt < oldest.startedAt
  }

  /** Nearly always at the end; rows of one burst may come out of order. */
  #insert(row: ExchangeSummary): void {
    let at = this.#rows.length
    while (at > 0 && (this.#rows[at - 1]?.startedAt ?? 0) > row.startedAt) at -= 1
    this.#rows.splice(at, 0, row)
    for (let index = at; index < this.#rows.length; index += 1) {
      const moved = this.#rows[index]
      if (moved) this.#numbers.set(moved.id, this.#first + index)
    }
  }

  #trim(): void {
    const extra = this.#rows.length - this.#options.capacity
    if (extra <= 0) return
    for (const row of this.#rows.splice(0, extra)) this.#numbers.delete(row.id)
    this.#first += extra
    this.#more = true
  }

  #changed(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#options.frame(() => {
      this.#scheduled = false
      this.#snapshot = {
        rows: this.#rows.slice(),
        first: this.#first,
        more: this.#more,
        version: this.#snapshot.version + 1,
        loaded: this.#loaded,
      }
      for (const listener of this.#listeners) listener()
    })
  }
}
