import type { Finish, HubError, HubEvent } from '../../hub.ts'
import { decodeInlineError } from '../../openai/errors.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import type { SseEvent } from '../../sse.ts'
import type { AnswerContext, EventDecoder } from '../dialect.ts'
import { CallReader } from './call-reader.ts'
import { decodeContentFilters } from './content-filters.ts'
import type { AnswerState, ItemReader, TextKind } from './item-reader.ts'
import { readerFor } from './reader-for-item.ts'
import { decodeUsage } from './usage.ts'

interface OpenItem {
  type: unknown
  id: string | undefined
  callId: string | undefined
  reader: ItemReader
  done: boolean
}

/** Events that bring a text in pieces or whole: event → item type, kind of text, field with the text. */
const textEvents: Readonly<Record<string, { item: string; kind: TextKind; field: string; whole?: true }>> = {
  'response.output_text.delta': { item: 'message', kind: 'text', field: 'delta' },
  'response.output_text.done': { item: 'message', kind: 'text', field: 'text', whole: true },
  'response.refusal.delta': { item: 'message', kind: 'refusal', field: 'delta' },
  'response.refusal.done': { item: 'message', kind: 'refusal', field: 'refusal', whole: true },
  'response.reasoning_summary_text.delta': { item: 'reasoning', kind: 'summary', field: 'delta' },
  'response.reasoning_summary_text.done': { item: 'reasoning', kind: 'summary', field: 'text', whole: true },
  'response.reasoning_text.delta': { item: 'reasoning', kind: 'reasoning', field: 'delta' },
  'response.reasoning_text.done': { item: 'reasoning', kind: 'reasoning', field: 'text', whole: true },
  'response.function_call_arguments.delta': { item: 'function_call', kind: 'arguments', field: 'delta' },
  'response.function_call_arguments.done': {
    item: 'function_call',
    kind: 'arguments',
    field: 'arguments',
    whole: true,
  },
  'response.custom_tool_call_input.delta': { item: 'custom_tool_call', kind: 'arguments', field: 'delta' },
  'response.custom_tool_call_input.done': { item: 'custom_tool_call', kind: 'arguments', field: 'input', whole: true },
}

/** Reads a stream of Responses events. Events of unknown types are passed over. */
export class ResponsesDecoder implements EventDecoder {
  readonly #context: AnswerContext
  readonly #state: AnswerState
  /** By `output_index`. */
  readonly #items = new Map<number, OpenItem>()
  #parts = 0
  #started = false
  #ended = false

  constructor(context: AnswerContext) {
    this.#context = context
    this.#state = { context, nextPart: () => this.#parts++, textLength: 0, calls: 0 }
  }

  push(event: SseEvent): HubEvent[] {
    if (this.#ended || event.comment !== undefined) return []
    const data = event.data.trim()
    if (data === '' || data === '[DONE]') return []
    let value: unknown
    try {
      value = JSON.parse(data)
    } catch {
      return this.#fail(malformed('The upstream sent an event that is not JSON.'))
    }
    if (!isFields(value)) return []
    return this.read(typeof value['type'] === 'string' ? value : { ...value, type: event.event })
  }

  /** The body ended; nothing had ended the answer. */
  end(): HubEvent[] {
    return this.#fail({
      status: 502,
      type: 'api_error',
      code: 'proxy_upstream_incomplete',
      message: 'The upstream ended its answer before it was complete.',
    })
  }

  /** One event of the stream as parsed JSON. */
  read(event: Fields): HubEvent[] {
    if (this.#ended) return []
    const type = typeof event['type'] === 'string' ? event['type'] : ''
    const response = isFields(event['response']) ? event['response'] : {}
    const text = Object.hasOwn(textEvents, type) ? textEvents[type] : undefined
    if (text !== undefined) return this.#text(event, text)
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return this.#start(response)
      case 'response.output_item.added':
        return this.#added(event)
      case 'response.output_item.done':
        return this.#done(event)
      case 'response.content_part.done':
      case 'response.reasoning_summary_part.done':
        return this.#partDone(event)
      case 'response.output_text.annotation.added': {
        const events: HubEvent[] = []
        const item = this.#item(event, 'message', events)
        return [...events, ...item.reader.annotation(numberOf(event['content_index']), event['annotation'])]
      }
      case 'response.completed':
      case 'response.incomplete':
        return this.finish(response)
      case 'response.failed':
      case 'response.cancelled':
        return this.#failed(response)
      case 'error':
        return this.#fail(decodeErrorEvent(event))
      default:
        // Some gateways send a bare error.
        return isFields(event['error']) ? this.#fail(decodeInlineError(event['error'], 500)) : []
    }
  }

  /** The answer as a whole: what its items left out is made up from it. */
  finish(response: Fields): HubEvent[] {
    const events = this.#start(response)
    const output = Array.isArray(response['output']) ? (response['output'] as unknown[]) : []
    for (const [index, item] of output.entries()) if (isFields(item)) events.push(...this.#complete(item, index))
    for (const item of this.#items.values()) events.push(...item.reader.abandon())
    events.push(...decodeContentFilters(response['content_filters']))
    const usage = decodeUsage(response['usage'])
    this.#ended = true
    events.push({
      type: 'end',
      finish: finishOf(response, this.#state.calls > 0),
      ...(usage === undefined ? {} : { usage }),
    })
    return events
  }

  #start(response: Fields): HubEvent[] {
    if (this.#started) return []
    this.#started = true
    const { id, model, created_at: created } = response
    const context = this.#context
    return [
      {
        type: 'start',
        id: typeof id === 'string' && id !== '' ? id : context.newId('resp_'),
        model: typeof model === 'string' && model !== '' ? model : context.request.model,
        created: typeof created === 'number' && created > 0 ? created : Math.floor(context.now() / 1000),
      },
    ]
  }

  #added(event: Fields): HubEvent[] {
    const events = this.#start({})
    const item = event['item']
    // An item of no type begins with what is said of it later.
    if (!isFields(item) || typeof item['type'] !== 'string') return events
    const index = typeof event['output_index'] === 'number' ? event['output_index'] : this.#nextIndex()
    if (this.#items.has(index)) return events
    events.push(...this.#begin(index, item))
    return events
  }

  #begin(index: number, item: Fields): HubEvent[] {
    const reader = readerFor(item, this.#state)
    this.#items.set(index, {
      type: item['type'],
      id: textOf(item['id']),
      callId: textOf(item['call_id']),
      reader,
      done: false,
    })
    return reader instanceof CallReader ? reader.open() : []
  }

  #done(event: Fields): HubEvent[] {
    const item = event['item']
    if (!isFields(item)) return []
    const events = this.#start({})
    const known = this.#find(event['output_index'], textOf(item['id']))
    if (known === undefined) {
      const index = typeof event['output_index'] === 'number' ? event['output_index'] : this.#nextIndex()
      events.push(...this.#begin(index, item))
    }
    const found = known ?? this.#find(event['output_index'], textOf(item['id'])) ?? [...this.#items.values()].at(-1)
    if (found === undefined) return events
    found.done = true
    return [...events, ...found.reader.done(item)]
  }

  /** An item of the complete answer: new, or one of which something is missing. */
  #complete(item: Fields, index: number): HubEvent[] {
    const [id, callId] = [textOf(item['id']), textOf(item['call_id'])]
    const all = [...this.#items.values()]
    const known =
      all.find((one) => (id !== undefined && one.id === id) || (callId !== undefined && one.callId === callId)) ??
      this.#atSamePlace(item, index)
    if (known !== undefined) {
      if (known.done) return []
      known.done = true
      return known.reader.done(item)
    }
    const at = this.#nextIndex()
    return [...this.#begin(at, item), ...this.#done({ output_index: at, item })]
  }

  /** Some servers give an item another id in each event; it is the same one where its place and its type are. */
  #atSamePlace(item: Fields, index: number): OpenItem | undefined {
    const known = this.#items.get(index)
    if (known === undefined) return undefined
    const isNameless = item['id'] === undefined && item['call_id'] === undefined
    const isOther = known.callId !== undefined && textOf(item['call_id']) !== undefined
    return isNameless || (known.type === item['type'] && !isOther) ? known : undefined
  }

  #text(event: Fields, { item, kind, field, whole }: (typeof textEvents)[string] & object): HubEvent[] {
    const text = event[field]
    if (typeof text !== 'string') return []
    const events = this.#start({})
    const { reader } = this.#item(event, item, events)
    const index = numberOf(event[kind === 'summary' ? 'summary_index' : 'content_index'])
    const logprobs = event['logprobs']
    events.push(...(whole ? reader.whole(kind, index, text, logprobs) : reader.delta(kind, index, text, logprobs)))
    return events
  }

  #partDone(event: Fields): HubEvent[] {
    const part = event['part']
    if (!isFields(part)) return []
    const events = this.#start({})
    const isReasoning = part['type'] === 'reasoning_text' || part['type'] === 'summary_text'
    const { reader } = this.#item(event, isReasoning ? 'reasoning' : 'message', events)
    const index = numberOf(event[part['type'] === 'summary_text' ? 'summary_index' : 'content_index'])
    return [...events, ...reader.partDone(index, part)]
  }

  /** The item that an event belongs to; one that was never announced begins here. */
  #item(event: Fields, type: string, events: HubEvent[]): OpenItem {
    const id = textOf(event['item_id'])
    const known = this.#find(event['output_index'], id)
    if (known !== undefined) return known
    const index = typeof event['output_index'] === 'number' ? event['output_index'] : this.#nextIndex()
    const item = {
      type,
      ...(id === undefined ? {} : { id }),
      ...(textOf(event['name']) ? { name: event['name'] } : {}),
    }
    events.push(...this.#begin(index, item))
    return this.#items.get(index) as OpenItem
  }

  #find(index: unknown, id: string | undefined): OpenItem | undefined {
    if (typeof index === 'number') return this.#items.get(index)
    return id === undefined ? undefined : [...this.#items.values()].find((item) => item.id === id)
  }

  #nextIndex(): number {
    return Math.max(-1, ...this.#items.keys()) + 1
  }

  #failed(response: Fields): HubEvent[] {
    const error = response['error']
    if (isFields(error)) return this.#fail(decodeInlineError(error, 500))
    return this.#fail({
      status: 502,
      type: 'api_error',
      message: 'The upstream gave up on its answer and did not say why.',
      raw: response,
    })
  }

  #fail(error: HubError): HubEvent[] {
    if (this.#ended) return []
    this.#ended = true
    return [{ type: 'error', error }]
  }
}

/** The published schema is flat; what comes over the wire is often nested. */
function decodeErrorEvent(event: Fields): HubError {
  if (isFields(event['error'])) return decodeInlineError(event['error'], 500)
  const { type: _, sequence_number: __, ...error } = event
  return decodeInlineError(error, 500)
}

/** Finish is derived: `completed` also stands for an answer that calls tools. */
function finishOf(response: Fields, hasCalls: boolean): Finish {
  if (response['status'] !== 'incomplete') return hasCalls ? 'tool' : 'stop'
  const details = response['incomplete_details']
  return isFields(details) && details['reason'] === 'content_filter' ? 'filter' : 'length'
}

export function malformed(message: string, raw?: unknown): HubError {
  return { status: 502, type: 'api_error', code: 'proxy_upstream_malformed', message, ...(raw ? { raw } : {}) }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
