import type { DecodedRequest } from '../dialect.ts'
import { LazuliError } from '../../error.ts'
import type { Effort, HubRequest, Part, TextPart, Turn } from '../../hub.ts'
import { LossList } from '../../loss-list.ts'
import { decodeAssistantContent, decodeText, decodeUserContent } from './decode-content.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import {
  type Fields,
  fieldsAt,
  invalid,
  isFields,
  listAt,
  optionalBoolean,
  optionalFields,
  optionalNumber,
  optionalText,
  textAt,
} from './fields.ts'
import { isStrictSchema } from '../../strict-schema.ts'

/** Fields that are read below, or that are hints without meaning elsewhere (`cache_control` asks for automatic caching). */
const known = new Set([
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
  'stream',
  'cache_control',
  'thread',
])

/** Claude Code's first system block: a note for Anthropic's billing, not for the model. */
const billingHeader = 'x-anthropic-billing-header:'

const efforts = new Set<string>(['low', 'medium', 'high', 'xhigh', 'max'])

/**
 * A Messages body in neutral form. Throws LazuliError 400 with the field's path for what is missing or malformed, and
 * for what only an Anthropic upstream could serve (unknown content in a user message, files, threads).
 */
export function decodeRequest(body: unknown): DecodedRequest {
  const fields = fieldsAt(body, 'body')
  const losses = new LossList()
  if (fields['thread'] !== undefined && fields['thread'] !== null) {
    throw new LazuliError({
      code: 'thread_unsupported_request',
      status: 400,
      param: 'thread',
      message: 'Threads are kept by Anthropic; this model is served elsewhere. Send the whole conversation instead.',
    })
  }
  const maxTokens = optionalNumber(fields['max_tokens'], 'max_tokens')
  if (maxTokens === undefined) throw invalid('max_tokens', 'Field required.')
  if (!Number.isInteger(maxTokens) || maxTokens < 1) throw invalid('max_tokens', 'Input should be at least 1.')

  const conversation = decodeMessages(fields['messages'], losses)
  const request: HubRequest = {
    model: textAt(fields['model'], 'model'),
    dialect: 'messages',
    turns: [...decodeSystem(fields['system']), ...conversation.turns],
    tools: decodeTools(fields['tools'], losses),
    maxTokens,
    stream: optionalBoolean(fields['stream'], 'stream') ?? false,
    includeUsage: true,
    extra: Object.fromEntries(
      Object.entries(fields).filter(([name, value]) => !known.has(name) && value !== null && value !== undefined),
    ),
  }
  Object.assign(request, decodeToolChoice(fields['tool_choice']), decodeSampling(fields), decodeThinking(fields))
  Object.assign(request, decodeOutput(fields, conversation.effort))

  const user = optionalText(optionalFields(fields['metadata'], 'metadata')?.['user_id'], 'metadata.user_id')
  if (user !== undefined) request.user = user
  const tier = optionalText(fields['service_tier'], 'service_tier')
  if (tier !== undefined) request.serviceTier = tier === 'standard_only' ? 'default' : tier
  return { request, losses: losses.all }
}

function decodeSystem(system: unknown): Turn[] {
  if (system === undefined || system === null) return []
  const parts: TextPart[] =
    typeof system === 'string'
      ? [{ type: 'text', text: system }]
      : listAt(system, 'system').map((block, index) => decodeText(block, `system[${index}]`))
  return parts
    .filter((part, index) => part.text !== '' && !(index === 0 && part.text.startsWith(billingHeader)))
    .map((part) => ({ role: 'system', parts: [part] }))
}

function decodeMessages(value: unknown, losses: LossList): { turns: Turn[]; effort: Effort | undefined } {
  const turns: Turn[] = []
  let effort: Effort | undefined
  const messages = listAt(value, 'messages')
  if (messages.length === 0) throw invalid('messages', 'At least one message is required.')
  for (const [index, entry] of messages.entries()) {
    const path = `messages[${index}]`
    const message = fieldsAt(entry, path)
    const content = contentBlocks(message['content'], `${path}.content`)
    switch (message['role']) {
      case 'user':
        turns.push(...groupByRole(decodeUserContent(content, `${path}.content`, losses)))
        break
      case 'assistant':
        turns.push({ role: 'assistant', parts: decodeAssistantContent(content, `${path}.content`, losses) })
        break
      case 'system': {
        turns.push({
          role: 'system',
          parts: content.map((block, at) => decodeText(block, `${path}.content[${at}]`)),
        })
        // Newer Claude Code changes the effort in the middle of a conversation; the last word counts.
        effort = effortIn(message['output_config']) ?? effort
        break
      }
      default:
        throw invalid(`${path}.role`, 'Input should be "user", "assistant" or "system".')
    }
  }
  if (isBegun(turns.at(-1))) {
    losses.degraded('messages', 'Only Anthropic models continue an answer that is begun; others answer anew.')
  }
  return { turns, effort }
}

function isBegun(last: Turn | undefined): boolean {
  return last?.role === 'assistant' && last.parts.some((part) => part.type === 'text' && part.text !== '')
}

function contentBlocks(content: unknown, path: string): unknown[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listAt(content, path)
}

/** Tool results are turns of their own in the hub; what a user message holds beside them keeps its place. */
function groupByRole(parts: Part[]): Turn[] {
  const turns: Turn[] = []
  for (const part of parts) {
    const role = part.type === 'result' ? 'tool' : 'user'
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(part)
    else turns.push({ role, parts: [part] })
  }
  return turns
}

function decodeSampling(fields: Fields): Partial<HubRequest> {
  const sampling: Partial<HubRequest> = {}
  const temperature = optionalNumber(fields['temperature'], 'temperature')
  const topP = optionalNumber(fields['top_p'], 'top_p')
  const topK = optionalNumber(fields['top_k'], 'top_k')
  if (temperature !== undefined) sampling.temperature = temperature
  if (topP !== undefined) sampling.topP = topP
  if (topK !== undefined) sampling.topK = topK
  const stop = fields['stop_sequences']
  if (stop !== undefined && stop !== null) {
    const sequences = listAt(stop, 'stop_sequences')
    if (sequences.length > 0) sampling.stop = sequences.map((text, at) => textAt(text, `stop_sequences[${at}]`))
  }
  return sampling
}

function decodeThinking(fields: Fields): Partial<HubRequest> {
  const thinking = optionalFields(fields['thinking'], 'thinking')
  if (!thinking) return {}
  const display = optionalText(thinking['display'], 'thinking.display')
  const show = display === undefined ? {} : ({ showReasoning: display === 'omitted' ? 'omit' : 'auto' } as const)
  switch (thinking['type']) {
    case 'enabled': {
      const budget = optionalNumber(thinking['budget_tokens'], 'thinking.budget_tokens')
      if (budget === undefined) throw invalid('thinking.budget_tokens', 'Field required.')
      return { thinking: { mode: 'enabled', budget }, ...show }
    }
    case 'disabled':
      return { thinking: { mode: 'disabled' } }
    // `between_tools` and what may follow: the model thinks as it sees fit.
    default:
      textAt(thinking['type'], 'thinking.type')
      return { thinking: { mode: 'adaptive' }, ...show }
  }
}

function decodeOutput(fields: Fields, laterEffort: Effort | undefined): Partial<HubRequest> {
  const config = optionalFields(fields['output_config'], 'output_config')
  const output: Partial<HubRequest> = {}
  const effort = laterEffort ?? effortIn(config)
  if (effort !== undefined) output.effort = effort
  // `output_format` is the spelling of the time when structured output was a beta.
  const inConfig = optionalFields(config?.['format'], 'output_config.format')
  const format = inConfig ?? optionalFields(fields['output_format'], 'output_format')
  if (format) {
    const path = inConfig ? 'output_config.format' : 'output_format'
    if (format['type'] !== 'json_schema') throw invalid(`${path}.type`, 'Input should be "json_schema".')
    const schema = fieldsAt(format['schema'], `${path}.schema`)
    output.format = { kind: 'schema', name: 'output', schema, strict: isStrictSchema(schema) }
  }
  return output
}

function effortIn(config: unknown): Effort | undefined {
  const effort = isFields(config) ? config['effort'] : undefined
  return typeof effort === 'string' && efforts.has(effort) ? (effort as Effort) : undefined
}
