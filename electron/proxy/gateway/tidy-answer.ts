/** Brings a gateway's answer into the form of Responses, before anybody decodes it. What is in that form stays as it is. */
import { isFields } from '../../core/openai/fields.ts'
import type { Fields } from '../../core/openai/fields.ts'
import { textIn } from './answer-text.ts'

export interface Maker {
  /** Milliseconds since the epoch. */
  now: () => number
  newId: (prefix: string) => string
}

/**
 * A whole answer as a response. Accepted are texts under `text`, `output_text`, `content` and `choices`, and usage under
 * Chat's names.
 * @returns the same value where nothing is odd about it, or where nothing of an answer is in it
 */
export function tidyAnswer(body: unknown, maker: Maker): unknown {
  if (!isFields(body) || isFields(body['error'])) return body
  const usage = tidyUsage(body['usage'])
  if (isOutput(body['output'])) return usage === body['usage'] ? body : { ...body, usage }
  const text = textIn(body)
  const calls = callsIn(body['choices'], maker)
  if (text === undefined && calls.length === 0) return body
  return response({ ...head(body, maker), text: text ?? '', calls, usage, cut: isCut(body) }, maker)
}

/** `prompt_tokens` and `completion_tokens` also under the names of Responses; the same object where they are there. */
export function tidyUsage(usage: unknown): unknown {
  if (!isFields(usage) || 'input_tokens' in usage) return usage
  const { prompt_tokens: input, completion_tokens: output } = usage
  if (typeof input !== 'number' && typeof output !== 'number') return usage
  const count = (value: unknown): number => (typeof value === 'number' ? value : 0)
  const { prompt_tokens_details: inputDetails, completion_tokens_details: outputDetails } = usage
  return {
    ...usage,
    input_tokens: count(input),
    input_tokens_details: { cached_tokens: 0, ...(isFields(inputDetails) ? inputDetails : {}) },
    output_tokens: count(output),
    output_tokens_details: { reasoning_tokens: 0, ...(isFields(outputDetails) ? outputDetails : {}) },
    total_tokens: typeof usage['total_tokens'] === 'number' ? usage['total_tokens'] : count(input) + count(output),
  }
}

export interface ResponseParts {
  id: string
  model: string
  /** Seconds since the epoch. */
  created: number
  text: string
  itemId?: string | undefined
  calls?: readonly Fields[]
  usage: unknown
  /** The model had to stop for want of room. */
  cut?: boolean
}

/** A complete response of these parts. */
export function response(parts: ResponseParts, maker: Maker): Fields {
  const { id, model, created, text, calls = [], usage, cut = false } = parts
  const status = cut ? 'incomplete' : 'completed'
  const message = {
    type: 'message',
    id: parts.itemId ?? maker.newId('msg_'),
    status,
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
  return {
    id,
    object: 'response',
    created_at: created,
    status,
    error: null,
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    model,
    output: [...(text === '' && calls.length > 0 ? [] : [message]), ...calls],
    usage: usage ?? null,
  }
}

/** What an odd answer or event tells of itself. */
export function head(body: Fields, maker: Maker): Pick<ResponseParts, 'id' | 'model' | 'created'> {
  const { id, model } = body
  const created = body['created_at'] ?? body['created']
  return {
    id: typeof id === 'string' && id !== '' ? id : maker.newId('resp_'),
    model: typeof model === 'string' ? model : '',
    created: typeof created === 'number' && created > 0 ? Math.floor(created) : Math.floor(maker.now() / 1000),
  }
}

/** Did the model stop for want of room, in Chat's words? */
export function isCut({ choices }: Fields): boolean {
  return Array.isArray(choices) && choices.some((choice) => isFields(choice) && choice['finish_reason'] === 'length')
}

/** Is it a list of items such as Responses has? */
function isOutput(output: unknown): boolean {
  return (
    Array.isArray(output) &&
    output.every(
      (item) =>
        isFields(item) &&
        typeof item['type'] === 'string' &&
        (item['type'] !== 'message' || (Array.isArray(item['content']) && item['content'].every(isFields))),
    )
  )
}

function callsIn(choices: unknown, maker: Maker): Fields[] {
  if (!Array.isArray(choices)) return []
  return choices.flatMap((choice): Fields[] => {
    const message = isFields(choice) ? choice['message'] : undefined
    const calls = isFields(message) ? message['tool_calls'] : undefined
    return Array.isArray(calls) ? calls.flatMap((call) => callOf(call, maker)) : []
  })
}

function callOf(call: unknown, maker: Maker): Fields[] {
  const asked = isFields(call) ? call['function'] : undefined
  if (!isFields(call) || !isFields(asked) || typeof asked['name'] !== 'string') return []
  const given = asked['arguments']
  return [
    {
      type: 'function_call',
      id: maker.newId('fc_'),
      call_id: typeof call['id'] === 'string' ? call['id'] : maker.newId('call_'),
      name: asked['name'],
      arguments: typeof given === 'string' ? given : JSON.stringify(given ?? {}),
      status: 'completed',
    },
  ]
}
