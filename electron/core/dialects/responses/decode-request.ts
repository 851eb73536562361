import type { HubRequest, ResponseFormat } from '../../hub.ts'
import { LossList } from '../../loss-list.ts'
import { decodeEffort } from '../../openai/effort.ts'
import type { Fields } from '../../openai/fields.ts'
import {
  defined,
  fieldsAt,
  invalid,
  optionalArray,
  optionalBoolean,
  optionalFields,
  optionalNumber,
  optionalString,
  stringAt,
} from '../../openai/fields.ts'
import type { DecodedRequest } from '../dialect.ts'
import { decodeInput } from './decode-input.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'

const knownFields = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'include',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'user',
  'safety_identifier',
  'metadata',
  'service_tier',
  'prompt_cache_key',
  'stream',
  'stream_options',
])

/** Fields that an answer repeats. `store` is not among them: nothing is stored where a request was translated. */
const echoed = [
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'text',
  'reasoning',
  'max_output_tokens',
  'max_tool_calls',
  'temperature',
  'top_p',
  'top_logprobs',
  'metadata',
  'truncation',
  'service_tier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'user',
] as const

export const opaqueInclude = 'reasoning.encrypted_content'
export const logprobsInclude = 'message.output_text.logprobs'

/**
 * A Responses body → hub. Throws LazuliError 400 with the path of what is missing or of the wrong type. Fields that
 * refer to stored state are kept in `extra`: each encoder of another dialect refuses them.
 */
export function decodeRequest(value: unknown): DecodedRequest {
  const body = fieldsAt(value, 'body')
  const losses = new LossList()
  const include = (optionalArray(body['include'], 'include') ?? []).map((entry, at) =>
    stringAt(entry, `include[${at}]`),
  )
  const reasoning = optionalFields(body['reasoning'], 'reasoning') ?? {}
  const text = optionalFields(body['text'], 'text') ?? {}
  const input = decodeInput(body['input'])
  const instructions = optionalString(body['instructions'], 'instructions')
  const leading: HubRequest['turns'] =
    instructions === undefined || instructions === ''
      ? []
      : [{ role: 'system', parts: [{ type: 'text', text: instructions }] }]

  const request: HubRequest = {
    model: optionalString(body['model'], 'model') ?? '',
    dialect: 'responses',
    turns: [...leading, ...input.turns],
    tools: decodeTools(body['tools'], input.tools, losses),
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
    includeUsage: true,
    extra: extraOf(body, include),
    echo: echoOf(body),
    ...defined({
      toolChoice: decodeToolChoice(body['tool_choice']),
      parallelTools: optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls'),
      format: decodeFormat(text['format']),
      verbosity: optionalString(text['verbosity'], 'text.verbosity'),
      effort: decodeEffort(reasoning['effort'], 'reasoning.effort'),
      showReasoning: decodeSummary(reasoning),
      wantOpaque: include.includes(opaqueInclude) || undefined,
      maxTokens: optionalNumber(body['max_output_tokens'], 'max_output_tokens'),
      temperature: optionalNumber(body['temperature'], 'temperature'),
      topP: optionalNumber(body['top_p'], 'top_p'),
      logprobs: decodeLogprobsWish(body, include),
      user: optionalString(body['safety_identifier'], 'safety_identifier') ?? optionalString(body['user'], 'user'),
      metadata: decodeMetadata(body['metadata']),
      serviceTier: optionalString(body['service_tier'], 'service_tier'),
      promptCacheKey: optionalString(body['prompt_cache_key'], 'prompt_cache_key'),
    }),
  }
  return { request, losses: losses.all }
}

function extraOf(body: Fields, include: readonly string[]): Record<string, unknown> {
  const extra: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(body)) {
    if (knownFields.has(key) || value === null || value === undefined) continue
    // The defaults say nothing.
    if ((key === 'truncation' && value === 'disabled') || (key === 'background' && value === false)) continue
    extra[key] = value
  }
  const others = include.filter((entry) => entry !== opaqueInclude && entry !== logprobsInclude)
  if (others.length > 0) extra['include'] = others
  for (const [key, value] of Object.entries(optionalFields(body['stream_options'], 'stream_options') ?? {})) {
    if (value !== null) extra[`stream_options.${key}`] = value
  }
  return extra
}

function echoOf(body: Fields): Record<string, unknown> {
  return Object.fromEntries(
    echoed.filter((key) => body[key] !== undefined && body[key] !== null).map((key) => [key, body[key]] as const),
  )
}

/** Without a word of it Responses shows no summary. `generate_summary` is the field's older name. */
function decodeSummary(reasoning: Fields): HubRequest['showReasoning'] {
  const summary =
    optionalString(reasoning['summary'], 'reasoning.summary') ??
    optionalString(reasoning['generate_summary'], 'reasoning.generate_summary')
  switch (summary) {
    case undefined:
      return undefined
    case 'concise':
    case 'detailed':
      return summary
    case 'none':
      return 'omit'
    default:
      return 'auto'
  }
}

/** `top_logprobs` is the number of alternatives; `include` asks for the chosen tokens. */
function decodeLogprobsWish(body: Fields, include: readonly string[]): number | undefined {
  const top = optionalNumber(body['top_logprobs'], 'top_logprobs') ?? 0
  return top > 0 || include.includes(logprobsInclude) ? top : undefined
}

/** `text.format`; plain text is the default and needs no word. */
function decodeFormat(value: unknown): ResponseFormat | undefined {
  const path = 'text.format'
  const format = optionalFields(value, path)
  if (format === undefined) return undefined
  switch (format['type'] ?? 'text') {
    case 'text':
      return undefined
    case 'json_object':
      return { kind: 'json' }
    case 'json_schema': {
      // Some clients nest it as Chat does.
      const declared = optionalFields(format['json_schema'], `${path}.json_schema`) ?? format
      const description = optionalString(declared['description'], `${path}.description`)
      const strict = optionalBoolean(declared['strict'], `${path}.strict`)
      return {
        kind: 'schema',
        name: stringAt(declared['name'], `${path}.name`),
        schema: optionalFields(declared['schema'], `${path}.schema`) ?? {},
        ...(description === undefined ? {} : { description }),
        ...(strict === undefined ? {} : { strict }),
      }
    }
    default:
      throw invalid(`${path}.type`, `${path}.type ${JSON.stringify(format['type'])} is not known.`)
  }
}

function decodeMetadata(value: unknown): Record<string, string> | undefined {
  const metadata = optionalFields(value, 'metadata')
  if (metadata === undefined) return undefined
  return Object.fromEntries(
    Object.entries(metadata).map(([key, entry]) => [key, stringAt(entry, `metadata.${key}`)] as const),
  )
}
