import type { HubEvent, Opaque } from '../../hub.ts'
import { formatEvent } from '../../sse.ts'
import type { AnswerContext, EventEncoder } from '../dialect.ts'
import { encodeLogprobs } from '../../openai/logprobs.ts'
import { answerModel } from '../../models/answer-model.ts'
import { AnswerParts, type WirePart } from './answer-parts.ts'
import { refusalText } from '../../openai/refusal-text.ts'
import { choiceFilterResults, promptFilterResults } from '../../openai/content-filter.ts'
import { encodeErrorEvent } from './errors.ts'
import { encodeFinish } from './finish.ts'
import { opaqueDetail, textDetail } from './reasoning-details.ts'
import { encodeUsage } from './usage.ts'

type Delta = Extract<HubEvent, { type: 'delta' }>
type End = Extract<HubEvent, { type: 'end' }>

/**
 * Hub events → a stream of `chat.completion.chunk`. Any sequence is taken: what comes before `start` starts the answer,
 * what belongs to no open part or comes after the end is passed over.
 */
export class ChatEncoder implements EventEncoder {
  readonly #context: AnswerContext
  readonly #parts: AnswerParts
  readonly #includeUsage: boolean
  /** Start of every chunk, up to the value of `choices`. */
  #head = ''
  #tail = ''
  #ended = false
  /** Verdicts that ride on the next chunk. */
  #promptFilter: unknown[] | undefined
  #choiceFilter: Record<string, unknown> | undefined
  /** Length of the reasoning text so far; a later part is set apart by an empty line. */
  #reasoningLength = 0

  constructor(context: AnswerContext) {
    this.#context = context
    this.#parts = new AnswerParts(context)
    this.#includeUsage = context.request.includeUsage
  }

  push(event: HubEvent): string {
    if (this.#ended) return ''
    if (event.type === 'error') {
      this.#ended = true
      return encodeErrorEvent(event.error)
    }
    if (event.type === 'start') return this.#head === '' ? this.#start(event.id, event.model, event.created) : ''
    return this.#beginning() + this.#body(event)
  }

  #body(event: Exclude<HubEvent, { type: 'start' | 'error' }>): string {
    switch (event.type) {
      case 'open':
        return this.#open(event)
      case 'delta':
        return this.#delta(event)
      case 'section': {
        const part = this.#parts.get(event.part)
        return part?.kind === 'reasoning' && part.hasText ? this.#thought(part, '\n\n') : ''
      }
      case 'citation': {
        const annotation = this.#parts.annotation(this.#parts.get(event.part), event.citation)
        return annotation === undefined ? '' : this.#chunk(JSON.stringify({ annotations: [annotation] }))
      }
      case 'opaque': {
        // Held until the part is whole: a later value replaces an earlier one.
        const part = this.#parts.get(event.part)
        if (part?.kind === 'reasoning') part.opaque = event.opaque
        return ''
      }
      case 'foreign':
        this.#parts.foreign()
        return ''
      case 'close': {
        const part = this.#parts.get(event.part)
        this.#parts.close(event.part)
        return part === undefined ? '' : this.#seal(part)
      }
      case 'note':
        if (event.key === 'prompt_filter') this.#promptFilter = promptFilterResults(event.value)
        else this.#choiceFilter = choiceFilterResults(event.value)
        return ''
      case 'end':
        return this.#end(event)
    }
  }

  #beginning(): string {
    if (this.#head !== '') return ''
    const created = Math.floor(this.#context.now() / 1000)
    return this.#start(this.#context.newId('chatcmpl-'), this.#context.request.model, created)
  }

  #start(id: string, model: string, created: number): string {
    const head = {
      id: id === '' ? this.#context.newId('chatcmpl-') : id,
      object: 'chat.completion.chunk',
      created,
      model: answerModel(this.#context.request.model, model),
    }
    this.#head = `data: ${JSON.stringify(head).slice(0, -1)},"choices":`
    this.#tail = this.#includeUsage ? ',"usage":null}\n\n' : '}\n\n'
    return this.#chunk('{"role":"assistant","content":""}')
  }

  #open(event: Extract<HubEvent, { type: 'open' }>): string {
    const part = this.#parts.open(event)
    if (part?.kind !== 'call') return ''
    const { index } = part
    const id = event.id ?? this.#context.newId('call_')
    const name = event.name ?? ''
    const call = part.custom
      ? { index, id, type: 'custom', custom: { name, input: '' } }
      : { index, id, type: 'function', function: { name, arguments: '' } }
    return this.#chunk(JSON.stringify({ tool_calls: [call] }))
  }

  #delta(event: Delta): string {
    const part = this.#parts.get(event.part)
    switch (part?.kind) {
      case 'text':
        this.#parts.textLength += event.text.length
        if (event.logprobs === undefined) {
          return event.text === '' ? '' : this.#chunk(`{"content":${JSON.stringify(event.text)}}`)
        }
        return this.#chunk(
          JSON.stringify({ content: event.text }),
          `,"logprobs":${JSON.stringify({ content: encodeLogprobs(event.logprobs), refusal: null })}`,
        )
      case 'refusal':
        return event.text === '' ? '' : this.#chunk(JSON.stringify({ refusal: event.text }))
      case 'call': {
        if (event.text === '') return ''
        part.hasText = true
        const text = JSON.stringify(event.text)
        return part.custom
          ? this.#chunk(`{"tool_calls":[{"index":${part.index},"custom":{"input":${text}}}]}`)
          : this.#chunk(`{"tool_calls":[{"index":${part.index},"function":{"arguments":${text}}}]}`)
      }
      case 'reasoning':
        return event.text === '' ? '' : this.#thought(part, event.text)
      case undefined:
        return ''
    }
  }

  /** Text for people in `reasoning_content`, and again in `reasoning_details` for the way back. */
  #thought(part: Extract<WirePart, { kind: 'reasoning' }>, text: string): string {
    const isNext = !part.hasText && this.#reasoningLength > 0
    part.hasText = true
    this.#reasoningLength += text.length
    const reasoning_content = isNext ? `\n\n${text}` : text
    const reasoning_details = [textDetail(part.style, text, part.index)]
    return this.#chunk(JSON.stringify({ reasoning_content, reasoning_details }))
  }

  /** What is only known when a part is whole. Chat clients parse arguments: none at all are written as `{}`. */
  #seal(part: WirePart): string {
    if (part.kind === 'call' && !part.custom && !part.hasText) {
      return this.#chunk(`{"tool_calls":[{"index":${part.index},"function":{"arguments":"{}"}}]}`)
    }
    if (part.kind !== 'reasoning' || part.opaque === undefined) return ''
    const opaque: Opaque = part.opaque
    return this.#chunk(JSON.stringify({ reasoning_details: [opaqueDetail(opaque, part.index)] }))
  }

  #end(event: End): string {
    let text = this.#parts
      .takeOpen()
      .map((part) => this.#seal(part))
      .join('')
    const refusal = event.finish === 'refusal' && !this.#parts.hasRefusal ? refusalText(event.detail) : undefined
    if (refusal !== undefined) text += this.#chunk(JSON.stringify({ refusal }))
    this.#parts.finished(event.finish)
    text += this.#chunk('{}', '', JSON.stringify(encodeFinish(event.finish, this.#parts.calls > 0)))
    const usage = this.#includeUsage ? encodeUsage(event.usage) : undefined
    if (usage !== undefined) text += `${this.#head}[],"usage":${JSON.stringify(usage)}}\n\n`
    this.#ended = true
    return `${text}${formatEvent(undefined, '[DONE]')}`
  }

  /** @param rest further fields of the choice, each with its leading comma */
  #chunk(delta: string, rest = '', finish = 'null'): string {
    let choiceRest = rest
    let tail = this.#tail
    if (this.#choiceFilter !== undefined) {
      choiceRest += `,"content_filter_results":${JSON.stringify(this.#choiceFilter)}`
      this.#choiceFilter = undefined
    }
    if (this.#promptFilter !== undefined) {
      tail = `,"prompt_filter_results":${JSON.stringify(this.#promptFilter)}${tail}`
      this.#promptFilter = undefined
    }
    return `${this.#head}[{"index":0,"delta":${delta}${choiceRest},"finish_reason":${finish}}]${tail}`
  }
}
