import type { HubRequest } from '../../hub.ts'
import type { DecodedRequest } from '../dialect.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeFormat, decodeToolChoice, decodeTools } from './decode-tools.ts'
import { decodeEffort } from '../../openai/effort.ts'
import type { Fields } from '../../openai/fields.ts'
import {
  arrayAt,
  defined,
  fieldsAt,
  optionalBoolean,
  optionalFields,
  optionalNumber,
  optionalString,
  stringAt,
} from '../../openai/fields.ts'

const knownFields = new Set([
  'model',
  'messages',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'max_completion_tokens',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'n',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'user',
  'safety_identifier',
  'metadata',
  'service_tier',
  'verbosity',
  'prompt_cache_key',
  'stream',
  'stream_options',
])

/**
 * A Chat Completions body → hub. Throws LazuliError 400 with the path of what is missing or of the wrong type. A missing
 * `model` becomes '': on Azure's deployment URLs the path names it.
 */
export function decodeRequest(value: unknown): DecodedRequest {
  const body = fieldsAt(value, 'body')
  const extra: Record<string, unknown> = {}
  for (const key of Object.keys(body)) {
    if (!knownFields.has(key) && body[key] !== null) extra[key] = body[key]
  }
  const options = optionalFields(body['stream_options'], 'stream_options') ?? {}
  for (const key of Object.keys(options)) {
    if (key !== 'include_usage' && options[key] !== null) extra[`stream_options.${key}`] = options[key]
  }

  const request: HubRequest = {
    model: optionalString(body['model'], 'model') ?? '',
    dialect: 'chat',
    turns: decodeMessages(body['messages'], extra),
    tools: decodeTools(body),
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
    includeUsage: optionalBoolean(options['include_usage'], 'stream_options.include_usage') ?? false,
    extra,
    ...defined({
      toolChoice: decodeToolChoice(body),
      parallelTools: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
      format: decodeFormat(body['response_format']),
      effort: decodeEffort(body['reasoning_effort'], 'reasoning_effort'),
      maxTokens:
        optionalNumber(body['max_completion_tokens'], 'max_completion_tokens') ??
        optionalNumber(body['max_tokens'], 'max_tokens'),
      temperature: optionalNumber(body['temperature'], 'temperature'),
      topP: optionalNumber(body['top_p'], 'top_p'),
      topK: optionalNumber(body['top_k'], 'top_k'),
      stop: decodeStop(body['stop']),
      seed: optionalNumber(body['seed'], 'seed'),
      n: optionalNumber(body['n'], 'n'),
      presencePenalty: optionalNumber(body['presence_penalty'], 'presence_penalty'),
      frequencyPenalty: optionalNumber(body['frequency_penalty'], 'frequency_penalty'),
      logitBias: optionalFields(body['logit_bias'], 'logit_bias') as Record<string, number> | undefined,
      logprobs: decodeLogprobs(body),
      user: optionalString(body['safety_identifier'], 'safety_identifier') ?? optionalString(body['user'], 'user'),
      metadata: decodeMetadata(body['metadata']),
      serviceTier: optionalString(body['service_tier'], 'service_tier'),
      verbosity: optionalString(body['verbosity'], 'verbosity'),
      promptCacheKey: optionalString(body['prompt_cache_key'], 'prompt_cache_key'),
    }),
  }
  return { request, losses: [] }
}

function decodeStop(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return [value]
  return arrayAt(value, 'stop').map((element, index) => stringAt(element, `stop[${index}]`))
}

/** `logprobs` is a switch, `top_logprobs` the number of alternatives. */
function decodeLogprobs(body: Fields): number | undefined {
  const top = optionalNumber(body['top_logprobs'], 'top_logprobs')
  return (optionalBoolean(body['logprobs'], 'logprobs') ?? false) ? (top ?? 0) : undefined
}

function decodeMetadata(value: unknown): Record<string, string> | undefined {
  const metadata = optionalFields(value, 'metadata')
  if (metadata === undefined) return undefined
  return Object.fromEntries(
    Object.entries(metadata).map(([key, entry]) => [key, stringAt(entry, `metadata.${key}`)] as const),
  )
}
