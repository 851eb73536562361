import type { ModelProfile } from '../../../core/models/profile.ts'
import { SimulatedFailure } from './failure.ts'
import { isObject, listOf, objectOf, textOf, type JsonObject } from './json.ts'
import { verifyThinking } from './thinking-signature.ts'

/**
 * Refuses what Anthropic's API refuses in the parameters of a request.
 * @throws SimulatedFailure
 */
export function refuseMessagesParameters(body: JsonObject, profile: ModelProfile): void {
  const maxTokens = body['max_tokens']
  if (maxTokens === undefined) throw refused('max_tokens', 'Field required')
  if (typeof maxTokens !== 'number' || !Number.isInteger(maxTokens) || maxTokens < 1) {
    throw refused('max_tokens', 'Input should be a whole number of at least 1')
  }
  if (profile.outputCap !== undefined && maxTokens > profile.outputCap) {
    throw refused('max_tokens', `${maxTokens} > ${profile.outputCap}, the largest output of this model`)
  }
  for (const name of ['temperature', 'top_p', 'top_k'] as const) {
    if (body[name] !== undefined && profile.rejects.has(name)) throw refused(name, 'is not supported by this model')
  }
  const { temperature } = body
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 1)) {
    throw refused('temperature', 'range: 0..1')
  }
  if (temperature !== undefined && body['top_p'] !== undefined && profile.rejects.has('temperature_with_top_p')) {
    throw refused('temperature', '`temperature` and `top_p` cannot both be given for this model')
  }
  for (const stop of listOf(body['stop_sequences'])) {
    if (textOf(stop).trim() === '') throw refused('stop_sequences', 'each stop sequence must have a visible character')
  }
  const choice = textOf(objectOf(body['tool_choice'])['type'])
  const forced = choice === 'any' || choice === 'tool'
  if (forced && profile.rejects.has('forced_tool_choice'))
    throw refused('tool_choice', 'cannot be forced with this model')
  refuseThinking(body, profile, maxTokens, forced)
  const effort = objectOf(body['output_config'])['effort']
  if (typeof effort === 'string' && !profile.efforts.some((one) => one === effort)) {
    throw refused('output_config.effort', `'${effort}' is not supported by this model`)
  }
  if (isObject(objectOf(body['output_config'])['format']) && !profile.structuredOutput) {
    throw refused('output_config.format', 'is not supported by this model')
  }
}

function refuseThinking(body: JsonObject, profile: ModelProfile, maxTokens: number, forced: boolean): void {
  const thinking = objectOf(body['thinking'])
  const { type } = thinking
  if (type === undefined) return
  if (type === 'disabled') {
    if (!profile.thinkingOptional) throw refused('thinking', 'cannot be disabled with this model')
    return
  }
  if (type !== 'enabled' && type !== 'adaptive') throw refused('thinking.type', 'unknown value')
  const known = type === 'enabled' ? 'budget' : 'adaptive'
  if (profile.thinking !== known && profile.thinking !== 'both') {
    throw refused('thinking.type', `'${type}' is not supported by this model`)
  }
  if (type === 'enabled') {
    const budget = Number(thinking['budget_tokens'] ?? 0)
    if (!(budget >= 1024)) throw refused('thinking.enabled.budget_tokens', 'must be at least 1024')
    if (budget >= maxTokens) throw refused('max_tokens', 'must be greater than `thinking.budget_tokens`')
  }
  if (forced) throw refused('tool_choice', 'thinking may not be enabled when a tool is forced')
  if (body['temperature'] !== undefined && body['temperature'] !== 1) {
    throw refused('temperature', 'may only be 1 when thinking is enabled')
  }
}

/**
 * Refuses conversations that Anthropic's API refuses: results away from their calls, blank text, thinking that was
 * changed or left out.
 * @throws SimulatedFailure
 */
export function refuseMessages(body: JsonObject, profile: ModelProfile): void {
  const messages = body['messages']
  if (!Array.isArray(messages)) throw refused('messages', 'Field required')
  if (messages.length === 0) throw refused('messages', 'at least one message is required')
  let open = new Set<string>()
  messages.forEach((raw, index) => {
    const message = objectOf(raw)
    const path = `messages.${index}`
    const { role } = message
    if (role !== 'user' && role !== 'assistant' && !(role === 'system' && profile.midConversationSystem)) {
      throw refused(`${path}.role`, "Input should be 'user' or 'assistant'")
    }
    if (typeof message['content'] !== 'string' && !Array.isArray(message['content'])) {
      throw refused(`${path}.content`, 'Field required')
    }
    const blocks = listOf(message['content']).map(objectOf)
    blocks.forEach((block, at) => refuseBlock(block, `${path}.content.${at}`))
    if (role === 'system') return
    open = refuseLooseResults(blocks, open, path)
  })
  if (open.size > 0) throw missingResults(open, `messages.${messages.length - 1}`)
  const last = objectOf(messages.at(-1))
  if (last['role'] === 'assistant' && (profile.thinking === 'adaptive' || profile.thinking === 'both')) {
    throw refused('messages', 'this model does not continue an assistant message; the last one must be of the user')
  }
  if (thinksNow(body)) refuseLostThinking(messages)
}

/** Does the request switch thinking on? */
export function thinksNow(body: JsonObject): boolean {
  const { type } = objectOf(body['thinking'])
  return type === 'enabled' || type === 'adaptive'
}

function refuseBlock(block: JsonObject, path: string): void {
  switch (block['type']) {
    case 'text':
      if (textOf(block['text']).trim() === '') throw refused(path, 'text content blocks must be non-empty')
      return
    case 'thinking':
      if (!verifyThinking(textOf(block['thinking']), textOf(block['signature']))) {
        throw refused(path, 'Invalid `signature` in `thinking` block')
      }
      return
    case 'redacted_thinking':
      if (!verifyThinking('', textOf(block['data']))) throw refused(path, 'Invalid `data` in `redacted_thinking` block')
      return
    case 'tool_use':
      if (!/^[a-zA-Z0-9_-]+$/.test(textOf(block['id'])))
        throw refused(`${path}.id`, 'String should match ^[a-zA-Z0-9_-]+$')
      if (!isObject(block['input'])) throw refused(`${path}.input`, 'Input should be an object')
      return
    case undefined:
      throw refused(`${path}.type`, 'Field required')
    default:
  }
}

/** Returns the calls of this message that the next one must answer. */
function refuseLooseResults(blocks: readonly JsonObject[], open: ReadonlySet<string>, path: string): Set<string> {
  const waiting = new Set(open)
  let other = false
  for (const block of blocks) {
    if (block['type'] !== 'tool_result') {
      other = true
      continue
    }
    const id = textOf(block['tool_use_id'])
    if (!waiting.delete(id))
      throw refused(path, `unexpected \`tool_result\` ${id}: the message before has no such call`)
    if (other) throw refused(path, '`tool_result` blocks must come first in the content')
  }
  if (waiting.size > 0) throw missingResults(waiting, path)
  return new Set(blocks.filter((block) => block['type'] === 'tool_use').map((block) => textOf(block['id'])))
}

function missingResults(ids: ReadonlySet<string>, path: string): SimulatedFailure {
  return refused(path, `\`tool_use\` without \`tool_result\` right after: ${[...ids].join(', ')}`)
}

/** With thinking on, a turn that called tools must be sent back with its thinking in front. */
function refuseLostThinking(messages: readonly unknown[]): void {
  const index = messages.findLastIndex((message) => objectOf(message)['role'] === 'assistant')
  const blocks = listOf(objectOf(messages[index])['content']).map(objectOf)
  const first = blocks[0]?.['type']
  const results = listOf(objectOf(messages.at(-1))['content']).some(
    (block) => objectOf(block)['type'] === 'tool_result',
  )
  if (results && first !== 'thinking' && first !== 'redacted_thinking') {
    throw refused(
      `messages.${index}.content.0.type`,
      `Expected \`thinking\` or \`redacted_thinking\`, but found \`${String(first)}\``,
    )
  }
}

function refused(path: string, message: string): SimulatedFailure {
  return new SimulatedFailure(400, 'invalid_request_error', `${path}: ${message} (simulated)`, { param: path })
}
