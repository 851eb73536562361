/**
 * Answers questions about stored rows, and keeps the full text index: in small steps while nothing else is to do, and as
 * far as it takes (or a moment allows) before words are looked for. Runs in the recorder's thread.
 */
import type { FilterProblem, SessionSummary, SuggestedField } from '../../shared/contract.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { parseFilter } from '../../shared/filter/parse.ts'
import { letGo } from '../core/let-go.ts'
import { unpackContent } from './content.ts'
import { asksTexts, type Condition, filterSql } from './filter-sql.ts'
import { smallestMoved } from './record-batch.ts'
import { searchableText } from './searchable-text.ts'
import type { Store } from './store.ts'
import { type Words, wordsOf } from './texts.ts'

/** The recorder rests so long before texts are indexed, in milliseconds; when it never does, they wait no longer than that. */
const restMs = 400
const longestRestMs = 5000
/** While it is busy, between two steps. */
const busyMs = 250
/** A step of indexing, and what a question waits for it. */
const stepMs = 15
const patienceMs = 60
/** Matches are counted up to here. */
const mostCounted = 10_000
const suggestions = 30

export interface FoundRows {
  rows: ExchangeSummary[]
  total: number
  capped: boolean
  problem?: FilterProblem
  /** Exchanges whose texts could not be looked into yet. */
  unsearched?: number
}

export class Search {
  readonly #store: () => Store
  readonly #monotonic: () => number
  #timer: NodeJS.Timeout | undefined
  /** When something was stored first and last since all was indexed. */
  #waitingSince: number | undefined
  #lastStored = 0

  /**
   * @param store the one in use; it may be replaced by another
   * @param monotonic milliseconds of a clock that never jumps
   */
  constructor(store: () => Store, monotonic: () => number) {
    this.#store = store
    this.#monotonic = monotonic
  }

  /** Something was stored: its texts are indexed once nothing more comes, or when they have waited long enough. */
  later(): void {
    this.#lastStored = this.#monotonic()
    this.#waitingSince ??= this.#lastStored
    this.#timer ??= setTimeout(() => this.#step(), restMs)
  }

  /** Words wait for the index in memory, and there is no room for more: some are put there now. */
  makeRoom(): void {
    if (!this.#store().texts.hasRoom) this.#index(stepMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  /** @param now milliseconds since the epoch */
  list(filter: string, limit: number, before: string | undefined, now: number): FoundRows {
    const read = this.#read(filter, now)
    if ('problem' in read) return { rows: [], total: 0, capped: false, problem: read.problem }
    const { rows, count } = this.#store().facts.list(read.condition, limit, before, mostCounted + 1)
    return {
      rows,
      total: Math.min(count, mostCounted),
      capped: count > mostCounted,
      ...(read.unsearched === 0 ? {} : { unsearched: read.unsearched }),
    }
  }

  /** Those of the ids that match. */
  match(filter: string, ids: readonly string[], now: number): string[] {
    const read = this.#read(filter, now)
    return 'problem' in read ? [] : this.#store().facts.among(read.condition, ids)
  }

  suggest(field: SuggestedField, prefix: string): { value: string; count: number }[] {
    return this.#store().facts.values(field, prefix, suggestions)
  }

  sessions(filter: string, limit: number, now: number): { sessions: SessionSummary[]; problem?: FilterProblem } {
    const read = this.#read(filter, now)
    if ('problem' in read) return { sessions: [], problem: read.problem }
    return { sessions: this.#store().facts.sessions(read.condition, limit) }
  }

  #read(text: string, now: number): { condition: Condition; unsearched: number } | { problem: FilterProblem } {
    const { filter, problem } = parseFilter(text)
    if (problem !== undefined) return { problem }
    const condition = filterSql(filter, now)
    if (!asksTexts(filter)) return { condition, unsearched: 0 }
    if (!this.#store().texts.available) {
      return {
        problem: {
          message: 'This build has no full text search: only terms with a field work.',
          from: 0,
          to: text.length,
        },
      }
    }
    this.#index(patienceMs)
    return { condition, unsearched: this.#store().texts.behind() }
  }

  #step(): void {
    const now = this.#monotonic()
    this.#timer = undefined
    const isBusy = now - this.#lastStored < restMs
    const isDue = now - (this.#waitingSince ?? now) >= longestRestMs
    if (isBusy && !isDue) this.#again(restMs)
    // Between two steps, what was asked or ended meanwhile has its turn.
    else if (this.#index(stepMs)) this.#again(isBusy ? busyMs : 0)
    else this.#waitingSince = undefined
  }

  #again(ms: number): void {
    this.#timer ??= setTimeout(() => this.#step(), ms)
  }

  /** Goes on for so many milliseconds; true when there is more to do. A disk that takes nothing is tried again later. */
  #index(ms: number): boolean {
    const until = this.#monotonic() + ms
    try {
      return this.#store().indexTexts(() => this.#monotonic() < until, readWords)
    } catch {
      this.#again(longestRestMs)
    }
    return false
  }
}

/** What cannot be read has no words. The content is not to be used afterwards. */
export function readWords(summary: ExchangeSummary, content: Uint8Array): Words {
  try {
    return wordsOf(summary, searchableText(unpackContent(content, false), summary))
  } catch {
    return wordsOf(summary, '')
  } finally {
    if (content.length >= smallestMoved) letGo(content)
  }
}
