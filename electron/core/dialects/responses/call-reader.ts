import { CustomInputReader } from '../../custom-input.ts'
import type { HubEvent } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { remainder, type AnswerState, type ItemReader, type TextKind } from './item-reader.ts'

/** A call of a function or of a free-text tool, with what was done to its name on the way in undone. */
export class CallReader implements ItemReader {
  readonly #state: AnswerState
  readonly #custom: boolean
  #item: Fields
  #part: number | undefined
  /** Set for a free-text tool that was sent as a function: its text is inside the arguments. */
  #wrapped: CustomInputReader | undefined
  #text = ''
  #ended = false

  constructor(item: Fields, state: AnswerState) {
    this.#state = state
    this.#item = item
    this.#custom = item['type'] === 'custom_tool_call'
    state.calls += 1
  }

  /** The call is told at once, before its arguments come; but not before its name is known. */
  open(): HubEvent[] {
    const events: HubEvent[] = []
    if (this.#name !== '') this.#open(events)
    return events
  }

  delta(_kind: TextKind, _index: number, text: string): HubEvent[] {
    const events: HubEvent[] = []
    if (text !== '' && !this.#ended) this.#say(text, events)
    return events
  }

  whole(_kind: TextKind, _index: number, text: string): HubEvent[] {
    if (this.#ended) return []
    return this.delta('arguments', 0, remainder(this.#text, text, this.#state.context))
  }

  annotation(): HubEvent[] {
    return []
  }

  partDone(): HubEvent[] {
    return []
  }

  done(item: Fields): HubEvent[] {
    if (this.#ended) return []
    this.#item = { ...this.#item, ...item }
    const text = this.#custom ? item['input'] : item['arguments']
    const whole = typeof text === 'string' ? text : isFields(text) ? JSON.stringify(text) : this.#text
    return [...this.whole('arguments', 0, whole), ...this.abandon()]
  }

  abandon(): HubEvent[] {
    if (this.#ended) return []
    const events: HubEvent[] = []
    const part = this.#open(events)
    const rest = this.#wrapped?.end() ?? ''
    if (rest !== '') events.push({ type: 'delta', part, text: rest })
    this.#ended = true
    events.push({ type: 'close', part })
    return events
  }

  get #name(): string {
    return typeof this.#item['name'] === 'string' ? this.#item['name'] : ''
  }

  #say(text: string, events: HubEvent[]): void {
    const part = this.#open(events)
    this.#text += text
    const said = this.#wrapped ? this.#wrapped.push(text) : text
    if (said !== '') events.push({ type: 'delta', part, text: said })
  }

  #open(events: HubEvent[]): number {
    if (this.#part !== undefined) return this.#part
    const { context } = this.#state
    const { undo } = context
    const { id, call_id: callId, namespace: own } = this.#item
    const sent = this.#name
    const isWrapped = undo.wrappedCustomTools.has(sent)
    if (isWrapped && !this.#custom) this.#wrapped = new CustomInputReader()
    const namespace = undo.namespaces.get(sent) ?? (typeof own === 'string' && own !== '' ? own : undefined)
    this.#part = this.#state.nextPart()
    events.push({
      type: 'open',
      part: this.#part,
      kind: 'call',
      id: typeof callId === 'string' && callId !== '' ? callId : context.newId('call_'),
      name: undo.toolNames.get(sent) ?? sent,
      ...(isWrapped || this.#custom ? { custom: true } : {}),
      ...(typeof id === 'string' && id !== '' ? { itemId: id } : {}),
      ...(namespace === undefined ? {} : { namespace }),
    })
    return this.#part
  }
}
