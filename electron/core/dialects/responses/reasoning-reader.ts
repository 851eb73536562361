import type { HubEvent } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { remainder, type AnswerState, type ItemReader, type TextKind } from './item-reader.ts'

/** A reasoning item: one part of the hub, whose summary parts are its sections. */
export class ReasoningReader implements ItemReader {
  readonly #state: AnswerState
  readonly #texts = new Map<number, string>()
  #item: Fields
  #part: number | undefined
  #kind: 'summary' | 'reasoning' = 'summary'
  #last: number | undefined
  #ended = false

  constructor(item: Fields, state: AnswerState) {
    this.#state = state
    this.#item = item
  }

  delta(kind: TextKind, index: number, text: string): HubEvent[] {
    const events: HubEvent[] = []
    if (text !== '') this.#say(kind, index, text, events)
    return events
  }

  whole(kind: TextKind, index: number, text: string): HubEvent[] {
    const events: HubEvent[] = []
    const before = kind === this.#kind || this.#part === undefined ? this.#texts.get(index) : undefined
    const rest = remainder(before ?? '', text, this.#state.context)
    if (rest !== '') this.#say(kind, index, rest, events)
    return events
  }

  annotation(): HubEvent[] {
    return []
  }

  partDone(index: number, part: Fields): HubEvent[] {
    if (typeof part['text'] !== 'string') return []
    return this.whole(part['type'] === 'summary_text' ? 'summary' : 'reasoning', index, part['text'])
  }

  done(item: Fields): HubEvent[] {
    if (this.#ended) return []
    this.#item = { ...this.#item, ...item }
    const events = (['summary', 'content'] as const).flatMap((field) => {
      const texts = Array.isArray(item[field]) ? (item[field] as unknown[]) : []
      return texts.flatMap((part, index) => (isFields(part) ? this.partDone(index, part) : []))
    })
    const part = this.#open(this.#kind, events)
    const { encrypted_content: sealed, id } = this.#item
    if (typeof sealed === 'string' && sealed !== '') {
      const itemId = typeof id === 'string' && id !== '' ? { itemId: id } : {}
      events.push({ type: 'opaque', part, opaque: { maker: 'openai', kind: 'encrypted', value: sealed, ...itemId } })
    }
    return [...events, ...this.abandon()]
  }

  abandon(): HubEvent[] {
    if (this.#ended) return []
    this.#ended = true
    return this.#part === undefined ? [] : [{ type: 'close', part: this.#part }]
  }

  #say(kind: TextKind, index: number, text: string, events: HubEvent[]): void {
    if (this.#ended || (kind !== 'summary' && kind !== 'reasoning')) return
    const part = this.#open(kind, events)
    if (kind !== this.#kind) {
      // A summary and the thoughts behind it say the same twice.
      const reason = 'Of a summary and the full reasoning only the one that came first is passed on.'
      this.#state.context.lose({ path: 'output.reasoning', kind: 'degraded', reason })
      return
    }
    if (this.#last !== undefined && index !== this.#last) events.push({ type: 'section', part })
    this.#last = index
    this.#texts.set(index, (this.#texts.get(index) ?? '') + text)
    events.push({ type: 'delta', part, text })
  }

  #open(kind: 'summary' | 'reasoning', events: HubEvent[]): number {
    if (this.#part !== undefined) return this.#part
    this.#part = this.#state.nextPart()
    this.#kind = kind
    const { id } = this.#item
    events.push({
      type: 'open',
      part: this.#part,
      kind: 'reasoning',
      reasoning: kind === 'summary' ? 'summary' : 'full',
      ...(typeof id === 'string' && id !== '' ? { itemId: id } : {}),
    })
    return this.#part
  }
}
