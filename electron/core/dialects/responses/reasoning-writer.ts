import type { HubEvent, Opaque } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import { reasoningFields, type ReasoningItem } from './output-items.ts'
import type { OutputList } from './output-list.ts'

/** One reasoning item: its texts come one after the other, what only its maker can read at the end. */
export class ReasoningWriter {
  readonly #output: OutputList
  readonly #item: ReasoningItem
  /** Is the last text still being written? */
  #isWriting = false

  constructor(output: OutputList, open: Extract<HubEvent, { type: 'open' }>) {
    this.#output = output
    const isNative = output.context.upstreamDialect === 'responses'
    this.#item = {
      type: 'reasoning',
      id: output.freeId(open.itemId, 'rs_'),
      index: output.nextIndex(),
      // Clients show summaries; full thoughts of other APIs take their place.
      kind: isNative && open.reasoning === 'full' ? 'full' : 'summary',
      texts: [],
      opaque: undefined,
    }
    output.add(this.#item.index, reasoningFields(this.#item, false))
  }

  say(text: string): void {
    const item = this.#item
    if (!this.#isWriting) {
      this.#isWriting = true
      item.texts.push('')
      this.#write('response.reasoning_summary_part.added', 'response.content_part.added', { part: this.#part('') })
    }
    item.texts[item.texts.length - 1] += text
    this.#write('response.reasoning_summary_text.delta', 'response.reasoning_text.delta', { delta: text })
  }

  /** The text at hand is complete; another one may follow. */
  section(): void {
    if (!this.#isWriting) return
    this.#isWriting = false
    const text = this.#item.texts.at(-1) ?? ''
    this.#write('response.reasoning_summary_text.done', 'response.reasoning_text.done', { text })
    this.#write('response.reasoning_summary_part.done', 'response.content_part.done', { part: this.#part(text) })
  }

  seal(opaque: Opaque): void {
    this.#item.opaque = opaque
  }

  close(): void {
    this.section()
    this.#output.done(this.#item.index, reasoningFields(this.#item, true), this.#item)
  }

  #write(summaryType: string, fullType: string, fields: Fields): void {
    const item = this.#item
    const isSummary = item.kind === 'summary'
    const position = item.texts.length - 1
    this.#output.write(isSummary ? summaryType : fullType, {
      item_id: item.id,
      output_index: item.index,
      ...(isSummary ? { summary_index: position } : { content_index: position }),
      ...fields,
    })
  }

  #part(text: string): Fields {
    return { type: this.#item.kind === 'summary' ? 'summary_text' : 'reasoning_text', text }
  }
}
