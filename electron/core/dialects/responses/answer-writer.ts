import type { HubEvent, Logprob } from '../../hub.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { refusalText } from '../../openai/refusal-text.ts'
import type { AnswerContext } from '../dialect.ts'
import { CallWriter } from './call-writer.ts'
import { contentFilterEntries } from './content-filters.ts'
import { errorFields } from './errors.ts'
import { MessageWriter, type WrittenText } from './message-writer.ts'
import { OutputList, type EventSink } from './output-list.ts'
import { ReasoningWriter } from './reasoning-writer.ts'
import { failureOf, headOf, incompleteReason, responseObject, type ResponseHead } from './response-object.ts'
import { encodeUsage } from './usage.ts'

type OpenEvent = Extract<HubEvent, { type: 'open' }>
type EndEvent = Extract<HubEvent, { type: 'end' }>

/** A part of the hub and what it is written to; nothing until it has something to say. */
interface WrittenPart {
  open: OpenEvent
  text?: WrittenText
  reasoning?: ReasoningWriter
  call?: CallWriter
}

/**
 * Writes an answer as Responses: its items in the order in which they first had something to say, each with its own
 * order of events; items may be written side by side. Any sequence of hub events is taken: what comes before `start`
 * starts the answer, what belongs to no open part or comes after the end is passed over.
 */
export class AnswerWriter {
  /** The complete response; undefined until the answer ended. */
  response: Fields | undefined

  readonly #output: OutputList
  readonly #messages: MessageWriter
  readonly #parts = new Map<number, WrittenPart>()
  readonly #closed = new Set<number>()
  readonly #filters: Fields[] = []
  #head: ResponseHead | undefined

  constructor(context: AnswerContext, sink: EventSink) {
    this.#output = new OutputList(context, sink)
    this.#messages = new MessageWriter(this.#output)
  }

  push(event: HubEvent): void {
    if (this.response !== undefined) return
    this.#start(event.type === 'start' ? event : undefined)
    switch (event.type) {
      case 'start':
        return
      case 'open':
        this.#open(event)
        return
      case 'note':
        this.#filters.push(...contentFilterEntries(event.key, event.value))
        return
      case 'end':
        this.#end(event)
        return
      case 'error':
        this.#output.write('error', errorFields(event.error))
        this.#finish('failed', { error: failureOf(event.error) })
        return
      case 'delta':
      case 'section':
      case 'citation':
      case 'opaque':
      case 'foreign':
      case 'close': {
        const part = this.#parts.get(event.part)
        if (part !== undefined) this.#change(part, event)
      }
    }
  }

  #start(event: Extract<HubEvent, { type: 'start' }> | undefined): void {
    if (this.#head !== undefined) return
    this.#head = headOf(event, this.#output.context)
    const response = responseObject(this.#head, 'in_progress', this.#output.context)
    this.#output.write('response.created', { response })
    this.#output.write('response.in_progress', { response })
  }

  #open(event: OpenEvent): void {
    if (this.#parts.has(event.part) || this.#closed.has(event.part)) return
    const part: WrittenPart = { open: event }
    this.#parts.set(event.part, part)
    switch (event.kind) {
      case 'call':
        this.#messages.leave()
        part.call = new CallWriter(this.#output, event)
        return
      // What has an id at the upstream is there, even if it says nothing.
      case 'text':
      case 'refusal':
        if (event.itemId !== undefined) this.#textOf(part)
        return
      case 'reasoning':
        if (event.itemId !== undefined) this.#reasoningOf(part)
        return
      case 'foreign':
      case 'image':
      case 'file':
      case 'audio':
      case 'result':
    }
  }

  #change(part: WrittenPart, event: Exclude<Extract<HubEvent, { part: number }>, OpenEvent>): void {
    switch (event.type) {
      case 'delta':
        if (event.text !== '' || event.logprobs !== undefined) this.#delta(part, event.text, event.logprobs)
        return
      case 'section':
        part.reasoning?.section()
        return
      case 'citation':
        if (part.open.kind === 'text') this.#messages.cite(this.#textOf(part), event.citation)
        return
      case 'opaque':
        if (part.open.kind === 'reasoning') this.#reasoningOf(part).seal(event.opaque)
        return
      case 'foreign':
        this.#foreign(event.dialect, event.raw)
        return
      case 'close':
        this.#parts.delete(event.part)
        this.#closed.add(event.part)
        this.#close(part, false)
    }
  }

  #delta(part: WrittenPart, text: string, logprobs: Logprob[] | undefined): void {
    switch (part.open.kind) {
      case 'text':
      case 'refusal':
        this.#messages.say(this.#textOf(part), text, logprobs)
        return
      case 'reasoning':
        if (text !== '') this.#reasoningOf(part).say(text)
        return
      case 'call':
        if (text !== '') part.call?.say(text)
        return
      case 'foreign':
      case 'image':
      case 'file':
      case 'audio':
      case 'result':
    }
  }

  #textOf(part: WrittenPart): WrittenText {
    part.text ??= this.#messages.begin(part.open)
    return part.text
  }

  #reasoningOf(part: WrittenPart): ReasoningWriter {
    if (part.reasoning === undefined) {
      this.#messages.leave()
      part.reasoning = new ReasoningWriter(this.#output, part.open)
    }
    return part.reasoning
  }

  /** A step of a hosted tool comes whole, and only its own dialect can say it again. */
  #foreign(dialect: string, raw: unknown): void {
    if (dialect !== 'responses' || !isFields(raw) || typeof raw['type'] !== 'string') {
      this.#output.lose('output', 'Steps of hosted tools are known to their own API alone.')
      return
    }
    this.#messages.leave()
    const id = this.#output.freeId(typeof raw['id'] === 'string' ? raw['id'] : undefined, 'item_')
    const index = this.#output.nextIndex()
    this.#output.add(index, { ...raw, id })
    this.#output.done(index, { ...raw, id })
  }

  /** @param isCut the answer ended for want of room or by a filter, and this part with it */
  #close(part: WrittenPart, isCut: boolean): void {
    if (part.text !== undefined) this.#messages.close(part.text, isCut ? 'incomplete' : 'completed')
    part.reasoning?.close()
    part.call?.close(isCut)
  }

  #end(event: EndEvent): void {
    const reason = incompleteReason(event.finish)
    const status = reason === undefined ? 'completed' : 'incomplete'
    const open = [...this.#parts.values()]
    this.#parts.clear()
    for (const part of open) this.#close(part, reason !== undefined)
    if (event.finish === 'refusal' && !this.#messages.hasRefused) this.#refuse(refusalText(event.detail))
    this.#messages.leave(status)
    if (event.finish === 'pause') {
      const reasonOfLoss = 'The upstream paused its turn; Responses can only say that it is complete.'
      this.#output.lose('status', reasonOfLoss, 'degraded')
    }
    this.#finish(status, {
      ...(reason === undefined ? { completed_at: Math.floor(this.#output.context.now() / 1000) } : {}),
      incomplete_details: reason === undefined ? null : { reason },
      usage: encodeUsage(event.usage),
    })
  }

  /** Why a model refused, where it says so only beside the answer. */
  #refuse(text: string | undefined): void {
    if (text === undefined) return
    const written = this.#messages.begin({ kind: 'refusal' })
    this.#messages.say(written, text, undefined)
    this.#messages.close(written, 'completed')
  }

  #finish(status: 'completed' | 'incomplete' | 'failed', fields: Fields): void {
    if (this.#head === undefined) return
    const { items, context } = this.#output
    this.response = {
      ...responseObject(this.#head, status, context),
      ...(this.#filters.length === 0 ? {} : { content_filters: this.#filters }),
      ...fields,
      output: status === 'failed' ? items.map(unfinished) : items,
    }
    this.#output.write(`response.${status}`, { response: this.response })
  }
}

/** An item as it stands when the answer failed amid it. */
function unfinished(item: Fields): Fields {
  return item['status'] === 'in_progress' ? Object.assign({}, item, { status: 'incomplete' }) : item
}
