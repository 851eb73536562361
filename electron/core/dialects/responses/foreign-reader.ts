import type { HubEvent } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import type { AnswerState, ItemReader } from './item-reader.ts'

/** A hosted tool's step, told when it is complete. */
export class ForeignReader implements ItemReader {
  readonly #state: AnswerState
  #item: Fields
  #ended = false

  constructor(item: Fields, state: AnswerState) {
    this.#state = state
    this.#item = item
  }

  delta(): HubEvent[] {
    return []
  }

  whole(): HubEvent[] {
    return []
  }

  annotation(): HubEvent[] {
    return []
  }

  partDone(): HubEvent[] {
    return []
  }

  done(item: Fields): HubEvent[] {
    this.#item = { ...item, type: this.#item['type'] ?? item['type'] }
    return this.abandon()
  }

  abandon(): HubEvent[] {
    if (this.#ended) return []
    this.#ended = true
    if (typeof this.#item['type'] !== 'string') return []
    const part = this.#state.nextPart()
    return [
      { type: 'open', part, kind: 'foreign' },
      { type: 'foreign', part, dialect: 'responses', raw: this.#item },
      { type: 'close', part },
    ]
  }
}
