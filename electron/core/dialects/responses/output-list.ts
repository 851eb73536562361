import type { Loss } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import type { AnswerContext } from '../dialect.ts'
import { partsOf, type OutputItem } from './output-items.ts'

/** Takes one event of the stream: its type and its fields. */
export type EventSink = (type: string, fields: Fields) => void

/** The output of one answer: its items by `output_index`, and the ids that are taken. */
export class OutputList {
  readonly context: AnswerContext
  readonly write: EventSink
  readonly items: Fields[] = []
  readonly #ids = new Set<string>()
  readonly #told = new Set<string>()
  #next = 0

  constructor(context: AnswerContext, write: EventSink) {
    this.context = context
    this.write = write
  }

  /** The place of the next item. */
  nextIndex(): number {
    return this.#next++
  }

  /** The given id, or a new one where there is none or another item has it: clients know items by their ids. */
  freeId(given: string | undefined, prefix: string): string {
    const isFree = given !== undefined && given !== '' && !this.#ids.has(given)
    const id = isFree ? given : this.context.newId(prefix)
    this.#ids.add(id)
    return id
  }

  add(index: number, item: Fields): void {
    this.items[index] = item
    this.write('response.output_item.added', { output_index: index, item })
  }

  /** @param source for whoever wants to know the item again when a later request refers to it */
  done(index: number, item: Fields, source?: OutputItem): void {
    this.items[index] = item
    this.write('response.output_item.done', { output_index: index, item })
    if (source !== undefined) this.context.issued?.(source.id, partsOf(source))
  }

  lose(path: string, reason: string, kind: Loss['kind'] = 'dropped'): void {
    if (this.#told.has(reason)) return
    this.#told.add(reason)
    this.context.lose({ path, kind, reason })
  }
}
