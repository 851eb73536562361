/** Responses as the Dify provider writes and reads them (azure.md §7.4), whatever API the model behind it speaks. */
import type { DecodedRequest, Dialect, EventEncoder } from '../../core/dialects/dialect.ts'
import { dialectOf } from '../../core/dialects/registry.ts'
import { LazuliError } from '../../core/error.ts'
import type { HubEvent } from '../../core/hub.ts'
import { isFields } from '../../core/openai/fields.ts'
import type { Fields } from '../../core/openai/fields.ts'
import { formatEvent, SseReader } from '../../core/sse.ts'
import type { Asked } from '../asked.ts'
import type { Exchange } from '../exchange.ts'
import { asChat } from './form-request.ts'

const OPEN_BRACE = 0x7b
/** Where that reader looks for text in an event. */
const TEXT_PLACES = ['text', 'output_text', 'content'] as const

/** Is this a request of that form? Nobody else's `input` on a deployment's path is an object. */
export function isForm({ dialect, deployment }: Exchange, asked: Asked): boolean {
  const input = asked.field('input')
  return (
    dialect === 'responses' &&
    deployment !== undefined &&
    input !== undefined &&
    asked.body[input.valueStart] === OPEN_BRACE
  )
}

export function formDialect(): Dialect {
  const responses = dialectOf('responses')
  const chat = dialectOf('chat')
  return {
    ...responses,
    decodeRequest: (body) => decode(body, chat),
    encodeAnswer: (events, context) => withCopies(responses.encodeAnswer(events, context)),
    createEventEncoder: (context) => new FormEncoder(responses.createEventEncoder(context)),
  }
}

/** Paths are told as the client wrote them. */
function decode(body: unknown, chat: Dialect): DecodedRequest {
  const read = asChat(body)
  try {
    return chat.decodeRequest(read)
  } catch (error) {
    if (!(error instanceof LazuliError) || error.param?.startsWith('messages') !== true) throw error
    throw new LazuliError({
      code: error.code,
      status: error.status,
      param: `input.${error.param}`,
      message: error.message.replace(error.param, `input.${error.param}`),
      cause: error,
    })
  }
}

/** The text once more as one string, and the usage under Chat's names, too. */
function withCopies(body: unknown): unknown {
  if (!isFields(body)) return body
  return { ...body, output_text: textOf(body['output']), usage: withChatNames(body['usage']) }
}

function withChatNames(usage: unknown): unknown {
  if (!isFields(usage)) return usage
  return { ...usage, prompt_tokens: usage['input_tokens'], completion_tokens: usage['output_tokens'] }
}

function textOf(output: unknown): string {
  if (!Array.isArray(output)) return ''
  const parts = output.flatMap((item): unknown[] =>
    isFields(item) && item['type'] === 'message' && Array.isArray(item['content']) ? item['content'] : [],
  )
  return parts
    .map((part) => (isFields(part) ? (part['text'] ?? part['refusal']) : undefined))
    .filter((text) => typeof text === 'string')
    .join('')
}

/**
 * Responses events in which each piece of the answer's text stands once under `text`, as it comes; nothing else does: the
 * reader joins whatever it finds there, thoughts included.
 */
class FormEncoder implements EventEncoder {
  readonly #encoder: EventEncoder

  constructor(encoder: EventEncoder) {
    this.#encoder = encoder
  }

  push(event: HubEvent): string {
    const text = this.#encoder.push(event)
    if (text === '') return ''
    const reader = new SseReader()
    return [...reader.push(Buffer.from(text)), ...reader.end()]
      .map(({ event: name, data }) => formatEvent(name, JSON.stringify(formEvent(JSON.parse(data) as Fields))))
      .join('')
  }
}

function formEvent(event: Fields): Fields {
  const { type, response, delta } = event
  const kept = Object.fromEntries(Object.entries(event).filter(([key]) => !TEXT_PLACES.some((place) => place === key)))
  if (type === 'response.output_text.delta' || type === 'response.refusal.delta') return { ...kept, text: delta }
  return isFields(response) && isFields(response['usage']) ? { ...kept, response: withCopies(response) } : kept
}
