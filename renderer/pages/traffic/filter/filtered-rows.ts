/**
 * The rows that a filter matches: what is stored, then what comes. A row that comes is decided here where the row
 * alone tells, else by the store, a moment later.
 */
import type { FeedBatch } from '../../../../shared/contract.ts'
import type { ExchangeSummary } from '../../../../shared/exchange.ts'
import { compileFilter, type RowTest } from '../../../../shared/filter/match.ts'
import { parseFilter } from '../../../../shared/filter/parse.ts'
import type { Console } from '../../../console.ts'
import { RowBuffer } from '../../../row-buffer.ts'
import { pause, type Wait } from '../../../watch.ts'

const ROWS_KEPT = 10_000
const FIRST_PAGE = 300
/** The store writes its index when there is time: rows that it must decide are asked for after this pause. */
const ASK_AFTER_MS = 400
const MOST_ASKED = 1_000

export interface FilteredRowsOptions {
  console: Pick<Console['traffic'], 'list' | 'match'>
  /** A filter that was understood. */
  filter: string
  frame: (draw: () => void) => void
  /** Milliseconds since the epoch, for ages. */
  now: () => number
  wait?: Wait
}

export class FilteredRows {
  readonly rows: RowBuffer
  /** All that match; `capped`: at least so many. Absent until the store has answered. */
  total: { count: number; capped: boolean } | undefined
  readonly #options: FilteredRowsOptions
  readonly #test: RowTest
  readonly #asked = new Map<string, ExchangeSummary>()
  /** Rows that were counted. */
  readonly #known = new Set<string>()
  #asking = false

  constructor(options: FilteredRowsOptions) {
    this.#options = options
    this.rows = new RowBuffer({ capacity: ROWS_KEPT, frame: options.frame })
    this.#test = compileFilter(parseFilter(options.filter).filter, options.now)
  }

  /** Reads the first page. Throws what the console throws. */
  async load(signal: AbortSignal): Promise<void> {
    const { console, filter } = this.#options
    const page = await console.list({ limit: FIRST_PAGE, filter }, { signal })
    if (signal.aborted) return
    for (const row of page.rows) this.#known.add(row.id)
    this.total = { count: page.total, capped: page.capped }
    this.rows.load(page.rows, page.total)
  }

  /** A batch of the live feed. */
  take(batch: FeedBatch, signal: AbortSignal): void {
    if (batch.type === 'cleared') {
      this.#known.clear()
      this.#asked.clear()
      this.total = { count: 0, capped: false }
      this.rows.clear()
      return
    }
    for (const row of batch.rows) {
      const verdict = this.#test(row)
      if (verdict === true) this.#add(row)
      else if (verdict === false) this.#drop(row.id)
      // While it runs, words of its answer are still to come.
      else if (row.state !== 'active') this.#asked.set(row.id, row)
    }
    if (this.#asked.size > 0) void this.#ask(signal)
  }

  #add(row: ExchangeSummary): void {
    if (!this.#known.has(row.id)) {
      this.#known.add(row.id)
      if (this.total) this.total = { ...this.total, count: this.total.count + 1 }
    }
    this.rows.merge([row])
  }

  #drop(id: string): void {
    if (!this.#known.delete(id)) return
    if (this.total) this.total = { ...this.total, count: Math.max(0, this.total.count - 1) }
    this.rows.remove(id)
  }

  async #ask(signal: AbortSignal): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      const { console, filter, wait = pause } = this.#options
      while (this.#asked.size > 0 && !signal.aborted) {
        await wait(ASK_AFTER_MS, signal)
        const batch = new Map([...this.#asked].slice(0, MOST_ASKED))
        for (const id of batch.keys()) this.#asked.delete(id)
        const { ids } = await console.match({ filter, ids: [...batch.keys()] }, { signal })
        for (const id of ids) {
          const row = batch.get(id)
          if (row) this.#add(row)
        }
      }
    } catch {
      // The console is gone; the list is read anew when it is back.
    } finally {
      this.#asking = false
    }
  }
}
