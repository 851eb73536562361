import type { HubEvent, Logprob } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { decodeLogprobs } from '../../openai/logprobs.ts'
import { decodeAnnotation } from './annotations.ts'
import { remainder, type AnswerState, type ItemReader, type TextKind } from './item-reader.ts'

interface OpenText {
  part: number
  kind: 'text' | 'refusal'
  base: number
  text: string
  annotations: number
  hasLogprobs: boolean
  closed: boolean
}

/** A message of the assistant: each of its content parts becomes a part of the hub. */
export class MessageReader implements ItemReader {
  readonly #state: AnswerState
  readonly #parts = new Map<number, OpenText>()
  #item: Fields
  #ended = false

  constructor(item: Fields, state: AnswerState) {
    this.#state = state
    this.#item = item
  }

  delta(kind: TextKind, index: number, text: string, logprobs?: unknown): HubEvent[] {
    const events: HubEvent[] = []
    const open = this.#open(kind === 'refusal' ? 'refusal' : 'text', index, events)
    if (!open.closed) this.#say(open, text, decodeLogprobs(logprobs), events)
    return events
  }

  whole(kind: TextKind, index: number, text: string, logprobs?: unknown): HubEvent[] {
    const events: HubEvent[] = []
    const open = this.#open(kind === 'refusal' ? 'refusal' : 'text', index, events)
    if (open.closed) return events
    const rest = remainder(open.text, text, this.#state.context)
    const probabilities = open.hasLogprobs ? undefined : decodeLogprobs(logprobs)
    this.#say(open, rest, probabilities, events)
    return events
  }

  annotation(index: number, raw: unknown): HubEvent[] {
    const events: HubEvent[] = []
    const open = this.#open('text', index, events)
    if (!open.closed) this.#cite(open, raw, events)
    return events
  }

  partDone(index: number, part: Fields): HubEvent[] {
    const isRefusal = part['type'] === 'refusal'
    const text = isRefusal ? part['refusal'] : part['text']
    if (typeof text !== 'string') return []
    const events = this.whole(isRefusal ? 'refusal' : 'text', index, text, part['logprobs'])
    const open = this.#open(isRefusal ? 'refusal' : 'text', index, events)
    if (open.closed) return events
    const annotations = Array.isArray(part['annotations']) ? (part['annotations'] as unknown[]) : []
    for (const raw of annotations.slice(open.annotations)) this.#cite(open, raw, events)
    this.#close(open, events)
    return events
  }

  done(item: Fields): HubEvent[] {
    if (this.#ended) return []
    this.#item = { ...this.#item, ...item }
    const content = Array.isArray(item['content']) ? (item['content'] as unknown[]) : []
    const events = content.flatMap((part, index) => (isFields(part) ? this.partDone(index, part) : []))
    return [...events, ...this.abandon()]
  }

  abandon(): HubEvent[] {
    this.#ended = true
    const events: HubEvent[] = []
    for (const open of this.#parts.values()) this.#close(open, events)
    return events
  }

  #open(kind: OpenText['kind'], index: number, events: HubEvent[]): OpenText {
    const known = this.#parts.get(index)
    if (known) return known
    const { phase, id } = this.#item
    const opened: OpenText = {
      part: this.#state.nextPart(),
      kind,
      base: this.#state.textLength,
      text: '',
      annotations: 0,
      hasLogprobs: false,
      closed: false,
    }
    this.#parts.set(index, opened)
    events.push({
      type: 'open',
      part: opened.part,
      kind,
      ...(phase === 'commentary' || phase === 'final_answer' ? { phase } : {}),
      ...(typeof id === 'string' && id !== '' ? { itemId: id } : {}),
    })
    return opened
  }

  #say(open: OpenText, text: string, logprobs: Logprob[] | undefined, events: HubEvent[]): void {
    if (text === '' && logprobs === undefined) return
    open.text += text
    if (open.kind === 'text') this.#state.textLength += text.length
    if (logprobs) open.hasLogprobs = true
    events.push({ type: 'delta', part: open.part, text, ...(logprobs ? { logprobs } : {}) })
  }

  #cite(open: OpenText, raw: unknown, events: HubEvent[]): void {
    open.annotations += 1
    if (isFields(raw) && open.kind === 'text') {
      events.push({ type: 'citation', part: open.part, citation: decodeAnnotation(raw, open.base) })
    }
  }

  #close(open: OpenText, events: HubEvent[]): void {
    if (open.closed) return
    open.closed = true
    events.push({ type: 'close', part: open.part })
  }
}
