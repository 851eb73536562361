/** The Response around the items: the same in the first event, in the last one and in a whole answer. */
import type { Finish, HubError, HubEvent } from '../../hub.ts'
import { answerModel } from '../../models/answer-model.ts'
import type { Fields } from '../../openai/fields.ts'
import { isFields } from '../../openai/fields.ts'
import type { AnswerContext } from '../dialect.ts'

type StartEvent = Extract<HubEvent, { type: 'start' }>

export interface ResponseHead {
  id: string
  model: string
  /** Seconds since the epoch. */
  created: number
}

export function headOf(start: StartEvent | undefined, context: AnswerContext): ResponseHead {
  const created = start?.created ?? 0
  return {
    id: responseId(start?.id, context),
    model: answerModel(context.request.model, start?.model || context.request.model),
    created: created > 0 ? created : Math.floor(context.now() / 1000),
  }
}

/** A Responses id stays; another API's keeps its tail behind the prefix that clients know. */
function responseId(id: string | undefined, context: AnswerContext): string {
  const tail = (id ?? '').replace(/^(?:resp|msg|chatcmpl)[_-]/, '')
  return tail === '' ? context.newId('resp_') : `resp_${tail}`
}

/** The response with the request's fields repeated, as the API does; strict clients miss what is left out. */
export function responseObject(head: ResponseHead, status: string, context: AnswerContext): Fields {
  const echo = context.request.echo ?? {}
  const text = isFields(echo['text']) ? echo['text'] : {}
  return {
    id: head.id,
    object: 'response',
    created_at: head.created,
    status,
    background: false,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: head.model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    prompt_cache_retention: null,
    safety_identifier: null,
    service_tier: 'default',
    // Nothing is stored where an answer was translated, whatever was asked for.
    store: false,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    user: null,
    metadata: {},
    ...echo,
    reasoning: { effort: null, summary: null, ...(isFields(echo['reasoning']) ? echo['reasoning'] : {}) },
    text: { ...text, format: text['format'] ?? { type: 'text' } },
    usage: null,
  }
}

/** Why an answer is not complete; undefined for one that is. */
export function incompleteReason(finish: Finish): 'max_output_tokens' | 'content_filter' | undefined {
  switch (finish) {
    case 'length':
    case 'context':
      return 'max_output_tokens'
    case 'filter':
    case 'refusal':
      return 'content_filter'
    case 'stop':
    case 'stop_sequence':
    case 'tool':
    case 'pause':
      return undefined
  }
}

/** `error` of a failed response: its codes are a closed list. */
export function failureOf(error: HubError): Fields {
  const code =
    error.type === 'rate_limit_error'
      ? 'rate_limit_exceeded'
      : error.type === 'invalid_request_error'
        ? 'invalid_prompt'
        : 'server_error'
  return { code, message: error.message }
}
