import type { HubError, HubEvent, ReasoningPart, Usage } from '../../hub.ts'
import type { SseEvent } from '../../sse.ts'
import type { AnswerContext, EventDecoder } from '../dialect.ts'
import { decodeLogprobs } from '../../openai/logprobs.ts'
import { decodeAnnotations } from './annotations.ts'
import { hasFinding } from '../../openai/content-filter.ts'
import { decodeInlineError } from '../../openai/errors.ts'
import { isFields, type Fields } from '../../openai/fields.ts'
import { decodeFinish } from './finish.ts'
import { readDetails } from './reasoning-details.ts'
import { ToolCallParts } from './tool-call-parts.ts'
import { decodeUsage } from './usage.ts'

interface OpenPart {
  part: number
  kind: 'text' | 'refusal' | 'reasoning'
  /** Of reasoning: the index of its elements in `reasoning_details`. */
  index?: number
}

/** Chat chunks → hub events. Also reads a whole answer, which is one large chunk. */
export class ChatDecoder implements EventDecoder {
  readonly #context: AnswerContext
  readonly #calls: ToolCallParts
  readonly #told = new Set<string>()
  #parts = 0
  #open: OpenPart | undefined
  #started = false
  #ended = false
  #finish: string | undefined
  #usage: Usage | undefined
  /** Verdicts that came before the answer had an id. */
  #early: HubEvent[] = []

  constructor(context: AnswerContext) {
    this.#context = context
    this.#calls = new ToolCallParts(context, () => this.#parts++)
  }

  push(event: SseEvent): HubEvent[] {
    if (this.#ended || event.comment !== undefined) return []
    const data = event.data
    if (data === '[DONE]' || data.trim() === '[DONE]') return this.end()
    let chunk: unknown
    try {
      chunk = JSON.parse(data)
    } catch {
      return data.trim() === '' ? [] : this.#fail(malformed)
    }
    if (event.event === 'error' && isFields(chunk) && !isFields(chunk['error'])) return this.error(chunk, 500)
    return this.chunk(chunk)
  }

  /** The whole answer is there. An answer without a finish reason is not whole. */
  end(): HubEvent[] {
    if (this.#ended) return []
    if (this.#finish === undefined) return this.#fail(incomplete)
    if (failedFinishes.has(this.#finish)) return this.#fail(gaveUp(this.#finish))
    const events: HubEvent[] = []
    this.#start(undefined, events)
    this.#closeOpen(events)
    this.#calls.finish(events)
    this.#ended = true
    events.push({
      type: 'end',
      finish: decodeFinish(this.#finish, this.#calls.any),
      ...(this.#usage === undefined ? {} : { usage: this.#usage }),
    })
    return events
  }

  /** One parsed chunk. */
  chunk(value: unknown): HubEvent[] {
    if (this.#ended || !isFields(value)) return []
    if (value['error'] !== undefined && value['error'] !== null) return this.error(value['error'], 500)
    const events: HubEvent[] = []
    const choices = Array.isArray(value['choices']) ? value['choices'] : []
    const choice = this.#firstChoice(choices)
    if (!this.#started && (choice !== undefined || isText(value['id']))) this.#start(value, events)
    if (value['prompt_filter_results'] !== undefined)
      this.#note('prompt_filter', value['prompt_filter_results'], events)
    if (choice !== undefined) this.#choice(choice, events)
    const usage = decodeUsage(value['usage']) ?? decodeUsage(choice?.['usage'])
    if (usage !== undefined) this.#usage = usage
    return events
  }

  /** An error in place of the (rest of the) answer. */
  error(error: unknown, fallbackStatus: number): HubEvent[] {
    return this.#fail(decodeInlineError(error, fallbackStatus))
  }

  /** A whole answer that lacks a finish reason is taken as it is: some servers leave it out of complete bodies. */
  endWhole(): HubEvent[] {
    this.#finish ??= 'stop'
    return this.end()
  }

  #firstChoice(choices: readonly unknown[]): Fields | undefined {
    let first: Fields | undefined
    for (const choice of choices) {
      if (!isFields(choice)) continue
      if ((choice['index'] ?? 0) === 0) first ??= choice
      else this.#lose('n', 'Only the first choice crosses to another API.')
    }
    return first
  }

  #start(chunk: Fields | undefined, events: HubEvent[]): void {
    if (this.#started) return
    this.#started = true
    const context = this.#context
    const created = chunk?.['created']
    events.push({
      type: 'start',
      id: isText(chunk?.['id']) ? chunk['id'] : context.newId('chatcmpl-'),
      model: isText(chunk?.['model']) ? chunk['model'] : context.request.model,
      created: typeof created === 'number' && created > 0 ? created : Math.floor(context.now() / 1000),
    })
    events.push(...this.#early)
    this.#early = []
  }

  #note(key: 'prompt_filter' | 'content_filter', value: unknown, events: HubEvent[]): void {
    ;(this.#started ? events : this.#early).push({ type: 'note', key, value })
  }

  #choice(choice: Fields, events: HubEvent[]): void {
    if (hasFinding(choice['content_filter_results'])) {
      this.#note('content_filter', choice['content_filter_results'], events)
    }
    const delta = choice['delta'] ?? choice['message']
    if (isFields(delta)) this.#delta(delta, choice, events)
    const finish = choice['finish_reason']
    if (typeof finish === 'string' && finish !== '') this.#finish = finish
  }

  #delta(delta: Fields, choice: Fields, events: HubEvent[]): void {
    this.#reasoning(delta, events)
    const content = delta['content']
    if (typeof content === 'string') this.#text(content, choice['logprobs'], events)
    else if (Array.isArray(content)) for (const part of content) this.#contentPart(part, events)
    const refusal = delta['refusal']
    if (isText(refusal)) events.push({ type: 'delta', part: this.#part('refusal', events).part, text: refusal })
    for (const citation of decodeAnnotations(delta['annotations'])) {
      if (this.#open?.kind === 'text') events.push({ type: 'citation', part: this.#open.part, citation })
      else this.#lose('annotations', 'The citation belongs to no text.')
    }
    const calls = delta['tool_calls']
    if (Array.isArray(calls)) for (const call of calls) this.#call(call, events)
    if (isFields(delta['function_call'])) this.#call({ index: 0, function: delta['function_call'] }, events)
    if (isFields(delta['audio'])) this.#lose('audio', 'Audio does not cross to another API.')
  }

  #text(text: string, logprobs: unknown, events: HubEvent[]): void {
    const probabilities = isFields(logprobs) ? decodeLogprobs(logprobs['content']) : undefined
    if (text === '' && probabilities === undefined) return
    const { part } = this.#part('text', events)
    events.push({ type: 'delta', part, text, ...(probabilities === undefined ? {} : { logprobs: probabilities }) })
  }

  /** Mistral's models write content as a list, with their thoughts in it. */
  #contentPart(value: unknown, events: HubEvent[]): void {
    if (!isFields(value)) return
    if (value['type'] === 'thinking' && Array.isArray(value['thinking'])) {
      for (const thought of value['thinking']) {
        if (isFields(thought) && isText(thought['text'])) this.#thought(thought['text'], 'full', undefined, events)
      }
    } else if (isText(value['text'])) this.#text(value['text'], undefined, events)
  }

  /** Details say more than the plain text beside them, which is the same text again. */
  #reasoning(delta: Fields, events: HubEvent[]): void {
    const details = delta['reasoning_details'] === undefined ? [] : readDetails(delta['reasoning_details'])
    for (const detail of details) {
      if (detail.text !== '') this.#thought(detail.text, detail.kind, detail.index, events)
      if (detail.opaque !== undefined) {
        const { part } = this.#reasoningPart(detail.kind, detail.index, events)
        events.push({ type: 'opaque', part, opaque: detail.opaque })
      } else if (detail.foreign)
        this.#lose('reasoning_details', 'Nothing tells which model wrote the encrypted reasoning.')
    }
    if (details.some((detail) => detail.text !== '')) return
    const text = delta['reasoning_content'] ?? delta['reasoning']
    if (isText(text)) this.#thought(text, 'full', undefined, events)
  }

  #thought(text: string, kind: ReasoningPart['kind'], index: number | undefined, events: HubEvent[]): void {
    events.push({ type: 'delta', part: this.#reasoningPart(kind, index, events).part, text })
  }

  #reasoningPart(kind: ReasoningPart['kind'], index: number | undefined, events: HubEvent[]): OpenPart {
    const open = this.#open
    if (open?.kind === 'reasoning' && (index === undefined || open.index === undefined || open.index === index)) {
      if (index !== undefined) open.index = index
      return open
    }
    this.#closeOpen(events)
    this.#calls.settle(events)
    const opened: OpenPart = { part: this.#parts++, kind: 'reasoning', ...(index === undefined ? {} : { index }) }
    this.#open = opened
    events.push({ type: 'open', part: opened.part, kind: 'reasoning', reasoning: kind })
    return opened
  }

  #part(kind: 'text' | 'refusal', events: HubEvent[]): OpenPart {
    if (this.#open?.kind === kind) return this.#open
    this.#closeOpen(events)
    this.#calls.settle(events)
    const opened: OpenPart = { part: this.#parts++, kind }
    this.#open = opened
    events.push({ type: 'open', part: opened.part, kind })
    return opened
  }

  #call(fragment: unknown, events: HubEvent[]): void {
    this.#closeOpen(events)
    this.#calls.fragment(fragment, events)
  }

  #closeOpen(events: HubEvent[]): void {
    if (this.#open === undefined) return
    events.push({ type: 'close', part: this.#open.part })
    this.#open = undefined
  }

  #fail(error: HubError): HubEvent[] {
    this.#ended = true
    return [{ type: 'error', error }]
  }

  #lose(path: string, reason: string): void {
    if (this.#told.has(path)) return
    this.#told.add(path)
    this.#context.lose({ path, kind: 'dropped', reason })
  }
}

/** What DeepSeek's and OpenRouter's servers call a finish when they could not go on. */
const failedFinishes: ReadonlySet<string> = new Set(['insufficient_system_resource', 'error'])

function gaveUp(reason: string): HubError {
  const message = `The upstream gave up on its answer (finish_reason "${reason}").`
  return { status: 503, type: 'api_error', code: reason, message }
}

const incomplete: HubError = {
  status: 502,
  type: 'api_error',
  code: 'proxy_upstream_incomplete',
  message: 'The upstream ended its answer before it was complete.',
}

const malformed: HubError = {
  status: 502,
  type: 'api_error',
  code: 'proxy_upstream_malformed',
  message: 'The upstream sent an event that is not JSON.',
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
