import { isFields } from '../../core/openai/fields.ts'
import type { Fields } from '../../core/openai/fields.ts'
import { formatEvent } from '../../core/sse.ts'
import type { SseEvent } from '../../core/sse.ts'
import { textIn } from './answer-text.ts'
import { head, isCut, response, tidyUsage } from './tidy-answer.ts'
import type { Maker } from './tidy-answer.ts'

/**
 * Brings a gateway's events into the form of Responses. Those that are in it stay as they are; a text that stands only in
 * events of other types (`text`, `choices`) becomes deltas; and where the gateway ends without `response.completed`,
 * but says by `[DONE]` or a `…done` that it is at its end, that event is made up.
 */
export class TidyStream {
  readonly #maker: Maker
  /** What the stream told of the answer, if it did. */
  #head: ReturnType<typeof head> | undefined
  #itemId: string | undefined
  #text = ''
  #usage: unknown
  #cut = false
  /** The beginning of our own item was told. */
  #opened = false
  /** It begins as Responses does; then it also ends so, or with `[DONE]`. */
  #proper = false
  /** The gateway said that the text is complete. */
  #saidDone = false
  #ended = false

  constructor(maker: Maker) {
    this.#maker = maker
  }

  /** Text to send in place of the event; undefined: it stays as it is. */
  push(event: SseEvent): string | undefined {
    const data = event.data.trim()
    if (data === '' || this.#ended) return undefined
    if (data === '[DONE]') {
      this.#saidDone = true
      const end = this.end()
      return end === '' ? undefined : `${end}data: [DONE]\n\n`
    }
    const value = parse(data)
    if (value === undefined) return undefined
    const type = typeof value['type'] === 'string' ? value['type'] : (event.event ?? '')
    return type.startsWith('response.') || type === 'error' || isFields(value['error'])
      ? this.#known(type, value)
      : this.#odd(type, value)
  }

  /** What is to be added where the stream ends here. */
  end(): string {
    if (this.#ended || !this.#saidDone || (this.#head === undefined && this.#text === '')) return ''
    this.#ended = true
    const made = this.#head ?? head({}, this.#maker)
    const whole = response(
      { ...made, text: this.#text, itemId: this.#itemId, usage: this.#usage, cut: this.#cut },
      this.#maker,
    )
    const [item] = whole['output'] as Fields[]
    const closing = this.#opened
      ? write('response.output_text.done', { ...this.#place(), text: this.#text, logprobs: [] }) +
        write('response.content_part.done', { ...this.#place(), part: (item!['content'] as Fields[])[0] }) +
        write('response.output_item.done', { output_index: 0, item })
      : ''
    return closing + write(this.#cut ? 'response.incomplete' : 'response.completed', { response: whole })
  }

  /** An event of Responses: only its usage may be called otherwise. */
  #known(type: string, value: Fields): string | undefined {
    const inner = isFields(value['response']) ? value['response'] : undefined
    if (inner !== undefined) this.#head ??= head(inner, this.#maker)
    if (type === 'response.created') this.#proper = true
    const said = inner?.['usage'] ?? value['usage']
    const usage = tidyUsage(said)
    if (isFields(usage)) this.#usage = usage
    if (typeof value['item_id'] === 'string' && type.startsWith('response.output_text.')) {
      this.#itemId = value['item_id']
    }
    if (type === 'response.output_text.delta' && typeof value['delta'] === 'string') this.#text += value['delta']
    if (type === 'response.output_text.done') {
      this.#saidDone ||= !this.#proper
      if (typeof value['text'] === 'string') this.#text = value['text']
    }
    if (/^(?:error|response\.(?:completed|incomplete|failed|cancelled))$/.test(type) || isFields(value['error'])) {
      this.#ended = true
      const misses = inner !== undefined && isFields(usage) && usage !== inner['usage']
      if (misses) return formatEvent(type, JSON.stringify({ ...value, type, response: { ...inner, usage } }))
    }
    return undefined
  }

  /** An event of any other kind: its text counts, wherever it stands. */
  #odd(type: string, value: Fields): string {
    const usage = tidyUsage(value['usage'])
    if (isFields(usage)) this.#usage = usage
    this.#head ??= head(value, this.#maker)
    this.#cut ||= isCut(value)
    const complete = /(?:^|[._])(?:done|completed?|end)$/.test(type)
    if (complete || finishes(value)) this.#saidDone = true
    const text = textIn(value)
    if (text === undefined || text === '') return ''
    // The whole of what came in pieces, said again.
    const rest = complete && text.startsWith(this.#text) ? text.slice(this.#text.length) : text
    const begin = this.#open()
    this.#text += rest
    return rest === ''
      ? begin
      : begin + write('response.output_text.delta', { ...this.#place(), delta: rest, logprobs: [] })
  }

  #open(): string {
    if (this.#opened || this.#itemId !== undefined) return ''
    this.#opened = true
    this.#itemId = this.#maker.newId('msg_')
    const made = this.#head ?? head({}, this.#maker)
    this.#head = made
    const item = { type: 'message', id: this.#itemId, status: 'in_progress', role: 'assistant', content: [] }
    const begun = { ...response({ ...made, text: '', usage: null }, this.#maker), status: 'in_progress', output: [] }
    return (
      write('response.created', { response: begun }) +
      write('response.output_item.added', { output_index: 0, item }) +
      write('response.content_part.added', {
        ...this.#place(),
        part: { type: 'output_text', text: '', annotations: [] },
      })
    )
  }

  #place(): Fields {
    return { item_id: this.#itemId, output_index: 0, content_index: 0 }
  }
}

function write(type: string, fields: Fields): string {
  return formatEvent(type, JSON.stringify({ type, ...fields }))
}

function finishes({ choices }: Fields): boolean {
  return (
    Array.isArray(choices) && choices.some((choice) => isFields(choice) && typeof choice['finish_reason'] === 'string')
  )
}

function parse(data: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
