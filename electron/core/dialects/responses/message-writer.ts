import type { Citation, HubEvent, Logprob } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import { encodeLogprobs } from '../../openai/logprobs.ts'
import { encodeAnnotation } from './annotations.ts'
import { contentPart, messageFields, type MessageItem, type TextContent } from './output-items.ts'
import type { OutputList } from './output-list.ts'

type OpenEvent = Extract<HubEvent, { type: 'open' }>

/** A text of the hub and its place in a message. */
export interface WrittenText {
  message: MessageItem
  content: TextContent
}

/** Messages of an answer: text that follows text stands in one message, until something else is said. */
export class MessageWriter {
  hasRefused = false
  readonly #output: OutputList
  #current: MessageItem | undefined
  /** UTF-16 units of text so far; citations are placed by it. */
  #textLength = 0

  constructor(output: OutputList) {
    this.#output = output
  }

  /** A new text, in the message at hand or in a new one. */
  begin({ itemId, phase, kind }: Pick<OpenEvent, 'itemId' | 'phase' | 'kind'>): WrittenText {
    let message = this.#current
    if (message === undefined || message.itemId !== itemId || message.phase !== phase) {
      this.leave()
      message = {
        type: 'message',
        id: this.#output.freeId(itemId, 'msg_'),
        index: this.#output.nextIndex(),
        phase,
        itemId,
        content: [],
        open: 0,
        sealed: false,
      }
      this.#current = message
      this.#output.add(message.index, messageFields(message, 'in_progress'))
    }
    const content: TextContent = {
      kind: kind === 'refusal' ? 'refusal' : 'text',
      index: message.content.length,
      base: this.#textLength,
      text: '',
      annotations: [],
      citations: [],
      logprobs: [],
    }
    message.content.push(content)
    message.open += 1
    const text = { message, content }
    this.#output.write('response.content_part.added', { ...placeOf(text), part: contentPart(content, true) })
    return text
  }

  say(written: WrittenText, text: string, logprobs: Logprob[] | undefined): void {
    const { content } = written
    content.text += text
    if (content.kind === 'refusal') {
      if (text === '') return
      this.hasRefused = true
      this.#output.write('response.refusal.delta', { ...placeOf(written), delta: text })
      return
    }
    this.#textLength += text.length
    if (logprobs !== undefined) content.logprobs.push(...logprobs)
    const fields = { ...placeOf(written), delta: text, logprobs: encodeLogprobs(logprobs ?? []) }
    this.#output.write('response.output_text.delta', fields)
  }

  cite(written: WrittenText, citation: Citation): void {
    const { content } = written
    const annotation = encodeAnnotation(citation, content.base, content.text.length)
    if (annotation === undefined) {
      this.#output.lose('output.content.annotations', 'Of other APIs, Responses cites URLs only.')
      return
    }
    const annotation_index = content.annotations.length
    this.#output.write('response.output_text.annotation.added', { ...placeOf(written), annotation_index, annotation })
    content.annotations.push(annotation)
    content.citations.push(citation)
  }

  close(written: WrittenText, status: 'completed' | 'incomplete'): void {
    const { message, content } = written
    const place = placeOf(written)
    if (content.kind === 'refusal') this.#output.write('response.refusal.done', { ...place, refusal: content.text })
    else {
      const logprobs = encodeLogprobs(content.logprobs)
      this.#output.write('response.output_text.done', { ...place, text: content.text, logprobs })
    }
    this.#output.write('response.content_part.done', { ...place, part: contentPart(content) })
    message.open -= 1
    if (message.sealed && message.open === 0) this.#done(message, status)
  }

  /** Something else is said: the message is complete, or will be with its last open text. */
  leave(status: 'completed' | 'incomplete' = 'completed'): void {
    const message = this.#current
    if (message === undefined) return
    this.#current = undefined
    message.sealed = true
    if (message.open === 0) this.#done(message, status)
  }

  #done(message: MessageItem, status: 'completed' | 'incomplete'): void {
    this.#output.done(message.index, messageFields(message, status), message)
  }
}

function placeOf({ message, content }: WrittenText): Fields {
  return { item_id: message.id, output_index: message.index, content_index: content.index }
}
