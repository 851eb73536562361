/**
 * Tells any number of listeners which rows have changed. Nothing is queued per change: a listener that is slow gets the
 * latest state of each row, and one that is far behind is told to begin anew.
 */
import type { FeedBatch } from '../../shared/contract.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { pause, signalled } from './waiting.ts'

/** A row whose content is made when it is sent. */
export interface Row {
  readonly id: string
  summary(): ExchangeSummary
}

/** At most one batch in this time, in milliseconds: one frame. */
const frameMs = 16
const batchRows = 500
/** Rows that wait for one listener; beyond, it begins anew with the latest. */
const mostWaiting = 5000
const latestRows = 1000

interface Listener {
  waiting: Map<string, Row>
  cleared: boolean
  behind: boolean
  wake: () => void
}

export class Feed {
  readonly #listeners = new Set<Listener>()

  /** Does anybody listen? */
  get heard(): boolean {
    return this.#listeners.size > 0
  }

  changed(row: Row): void {
    for (const listener of this.#listeners) {
      if (listener.waiting.size >= mostWaiting && !listener.waiting.has(row.id)) {
        listener.waiting.clear()
        listener.behind = true
      }
      // While it is behind, the latest rows are read from the store anyway.
      if (!listener.behind) listener.waiting.set(row.id, row)
      listener.wake()
    }
  }

  /** All rows are gone. */
  cleared(): void {
    for (const listener of this.#listeners) {
      listener.waiting.clear()
      listener.cleared = true
      listener.wake()
    }
  }

  /**
   * Ends with the signal, or when the consumer stops.
   *
   * @param latest reads so many of the latest rows, newest first
   */
  async *listen(
    signal: AbortSignal | undefined,
    latest: (limit: number) => Promise<ExchangeSummary[]>,
  ): AsyncGenerator<FeedBatch, void> {
    const listener: Listener = { waiting: new Map(), cleared: false, behind: false, wake: () => {} }
    this.#listeners.add(listener)
    try {
      while (!signal?.aborted) {
        if (listener.behind) {
          listener.behind = false
          listener.cleared = false
          const rows = await latest(latestRows)
          yield { type: 'cleared' }
          yield { type: 'rows', rows: rows.toReversed() }
        } else if (listener.cleared) {
          listener.cleared = false
          yield { type: 'cleared' }
        } else if (listener.waiting.size > 0) {
          yield { type: 'rows', rows: takeRows(listener.waiting) }
        } else {
          await signalled(signal, (wake) => {
            listener.wake = wake
          })
          continue
        }
        await pause(frameMs, signal)
      }
    } finally {
      this.#listeners.delete(listener)
    }
  }
}

/** The next rows, oldest first; ids sort by time. */
function takeRows(waiting: Map<string, Row>): ExchangeSummary[] {
  const rows: ExchangeSummary[] = []
  for (const [id, row] of waiting) {
    if (rows.length === batchRows) break
    waiting.delete(id)
    rows.push(row.summary())
  }
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
