import { entryOf, type SumEntry } from '../core/accounting.ts'
import type { EndedExchange } from '../core/ended-exchange.ts'
import type { Log } from '../core/log.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import type { Row } from './feed.ts'

/** An ended exchange that is not settled yet. */
interface Ended extends Omit<EndedExchange, 'summary'> {
  row: Row
  /** It began while recording was paused. */
  unseen: boolean
}

/** Ended exchanges until they are settled, and who is to be told of each of them, once. */
export class Untold {
  readonly #onEnded: ((exchange: EndedExchange) => void) | undefined
  readonly #log: Log
  readonly #ended = new Map<string, Ended & { told: boolean }>()

  constructor(onEnded: ((exchange: EndedExchange) => void) | undefined, log: Log) {
    this.#onEnded = onEnded
    this.#log = log
  }

  add(id: string, ended: Ended): void {
    this.#ended.set(id, { ...ended, told: false })
  }

  /**
   * Tells the listener, unless that was done before.
   * @param summary the row with its figures, once they are known
   */
  tell(id: string, summary?: ExchangeSummary): { unseen: boolean } | undefined {
    const ended = this.#ended.get(id)
    if (ended === undefined) return undefined
    if (summary !== undefined) ended.row = { id, summary: () => summary }
    if (ended.told) return ended
    ended.told = true
    const { row, unseen: _unseen, told: _told, ...facts } = ended
    try {
      this.#onEnded?.({ summary: row.summary(), ...facts })
    } catch (error) {
      this.#log.error({ err: error, exchange: id }, 'An exchange could not be counted.')
    }
    return ended
  }

  /** It is stored or given up: nobody will ask for it again. */
  settled(id: string): void {
    this.tell(id)
    this.#ended.delete(id)
  }

  /** What they add to the sums, as far as that is known. */
  entriesOf(ids: readonly string[]): { id: string; entry: SumEntry }[] {
    return ids.flatMap((id) => {
      const ended = this.#ended.get(id)
      const entry = ended && entryOf(ended.row.summary(), ended.providerType)
      return entry === undefined ? [] : [{ id, entry }]
    })
  }
}
