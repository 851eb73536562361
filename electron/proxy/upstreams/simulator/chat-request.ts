import type { ModelProfile } from '../../../core/models/profile.ts'
import { withoutReminders, type Asked } from './asked.ts'
import { SimulatedFailure } from './failure.ts'
import {
  invalidValue as wrong,
  reasons,
  refuseSampling,
  unsupportedParameter,
  wholeNumber,
} from './openai-parameters.ts'
import { isObject, listOf, objectOf, textOf, type JsonObject } from './json.ts'
import { countTokens } from './tokens.ts'

/**
 * Reads a Chat Completions request as Azure would, refusing what Azure refuses.
 * @throws SimulatedFailure
 */
export function readChatRequest(body: JsonObject, model: string, profile: ModelProfile): Asked {
  if (!profile.apis.includes('chat')) {
    throw new SimulatedFailure(
      400,
      'OperationNotSupported',
      `The chatCompletion operation does not work with the model ${model} (simulated).`,
    )
  }
  const messages = body['messages']
  if (!Array.isArray(messages) || messages.length === 0) throw wrong('messages', 'A list of messages is required.')
  refuseParameters(body, profile)
  refuseRoles(messages)
  refuseLooseTools(messages)
  const tools = readTools(body, profile)
  const last = objectOf(messages.findLast((message) => objectOf(message)['role'] === 'user'))
  const parts = listOf(last['content'])
  const format = objectOf(body['response_format'])
  return {
    model,
    text: withoutReminders(chatText(last['content'])),
    turn: messages.filter((message) => objectOf(message)['role'] === 'user').length,
    attachments: parts.filter((part) => objectOf(part)['type'] !== 'text').length,
    tools,
    choice: readChoice(body['tool_choice']),
    parallel: body['parallel_tool_calls'] !== false,
    results: readResults(messages),
    format:
      format['type'] === 'json_schema'
        ? { kind: 'schema', schema: objectOf(format['json_schema'])['schema'] }
        : { kind: format['type'] === 'json_object' ? 'json' : 'text' },
    wire: 'Chat',
    thinks: reasons(profile, body['reasoning_effort']),
    inputTokens:
      countTokens(JSON.stringify(messages)) + (tools.length === 0 ? 0 : countTokens(JSON.stringify(body['tools']))),
    maxTokens: wholeNumber(body['max_completion_tokens']) ?? wholeNumber(body['max_tokens']),
    stop: typeof body['stop'] === 'string' ? [body['stop']] : listOf(body['stop']).map(textOf),
    stream: body['stream'] === true,
  }
}

/** Text of a message's content, whatever its form. */
export function chatText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => textOf(objectOf(part)['text']))
    .filter((text) => text !== '')
    .join('\n')
}

function refuseParameters(body: JsonObject, profile: ModelProfile): void {
  if ('max_tokens' in body && profile.maxTokensField === 'max_completion_tokens') {
    throw unsupportedParameter('max_tokens', "Use 'max_completion_tokens' instead.")
  }
  refuseSampling(body, profile, body['reasoning_effort'], 'reasoning_effort')
  if (isObject(body['stream_options']) && body['stream'] !== true) {
    throw wrong('stream_options', "'stream_options' is only allowed when 'stream' is true.")
  }
  if ((wholeNumber(body['n']) ?? 1) > 1) throw wrong('n', 'The simulator gives one choice only.')
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const value = body[name]
    if (value !== undefined && value !== null && (wholeNumber(value) ?? 0) < 1) {
      throw wrong(name, `'${name}' must be a whole number of at least 1.`)
    }
  }
}

function refuseRoles(messages: readonly unknown[]): void {
  const roles = new Set(messages.map((message) => objectOf(message)['role']))
  for (const role of roles) {
    if (!['system', 'developer', 'user', 'assistant', 'tool'].includes(textOf(role))) {
      throw wrong('messages', `'${String(role)}' is not a role.`)
    }
  }
  if (roles.has('system') && roles.has('developer')) {
    throw wrong('messages', 'System and developer messages cannot be used together.')
  }
}

/** Every call has its result right behind it, and every result its call. */
function refuseLooseTools(messages: readonly unknown[]): void {
  let open = new Set<string>()
  messages.forEach((raw, index) => {
    const message = objectOf(raw)
    if (message['role'] === 'tool') {
      const id = textOf(message['tool_call_id'])
      if (!open.delete(id)) {
        throw wrong(`messages.[${index}].role`, `A message of role 'tool' must answer a tool call; '${id}' is none.`)
      }
      return
    }
    if (open.size > 0) throw unanswered(open, index)
    open = new Set(listOf(message['tool_calls']).map((call) => textOf(objectOf(call)['id'])))
  })
  if (open.size > 0) throw unanswered(open, messages.length)
}

function unanswered(ids: ReadonlySet<string>, index: number): SimulatedFailure {
  return wrong(`messages.[${index}].role`, `These tool calls have no answer: ${[...ids].join(', ')}.`)
}

function readTools(body: JsonObject, profile: ModelProfile): Asked['tools'] {
  const tools = listOf(body['tools'])
  if (tools.length === 0) {
    for (const name of ['tool_choice', 'parallel_tool_calls']) {
      if (body[name] !== undefined && body[name] !== null) {
        throw wrong(name, `'${name}' is only allowed when 'tools' are given.`)
      }
    }
  }
  return tools.flatMap((tool, index) => {
    const { type, function: declared } = objectOf(tool)
    const name = textOf(objectOf(declared)['name'])
    // Taken, as the real models take them, but never called: free text cannot be made from a schema.
    if (type === 'custom' && profile.customTools === true) return []
    if (type !== 'function') throw wrong(`tools[${index}].type`, 'This model knows function tools only.')
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      throw wrong(`tools[${index}].function.name`, 'A name has up to 64 letters, digits, dashes and underscores.')
    }
    return [{ name, schema: objectOf(declared)['parameters'] ?? {} }]
  })
}

function readChoice(choice: unknown): Asked['choice'] {
  if (choice === 'none' || choice === 'required') return choice
  const name = textOf(objectOf(objectOf(choice)['function'])['name'])
  return name === '' ? 'auto' : { name }
}

function readResults(messages: readonly unknown[]): Asked['results'] {
  const names = new Map<string, string>()
  for (const message of messages) {
    for (const raw of listOf(objectOf(message)['tool_calls'])) {
      const call = objectOf(raw)
      names.set(textOf(call['id']), textOf(objectOf(call['function'])['name']))
    }
  }
  const start = messages.findLastIndex((message) => objectOf(message)['role'] !== 'tool') + 1
  return messages.slice(start).map((raw) => {
    const message = objectOf(raw)
    return { name: names.get(textOf(message['tool_call_id'])) ?? 'a tool', text: chatText(message['content']) }
  })
}
