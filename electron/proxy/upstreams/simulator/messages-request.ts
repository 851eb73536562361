import type { ModelProfile } from '../../../core/models/profile.ts'
import { withoutReminders, type Asked } from './asked.ts'
import { SimulatedFailure } from './failure.ts'
import { listOf, objectOf, textOf, type JsonObject } from './json.ts'
import { refuseMessages, refuseMessagesParameters, thinksNow } from './messages-rules.ts'
import { countTokens } from './tokens.ts'

/**
 * Reads a Messages request as Claude in Foundry would, refusing what it refuses.
 * @throws SimulatedFailure
 */
export function readMessagesRequest(body: JsonObject, model: string, profile: ModelProfile): Asked {
  refuseOtherModels(model, profile)
  refuseMessagesParameters(body, profile)
  refuseMessages(body, profile)
  const messages = listOf(body['messages']).map(objectOf)
  const users = messages.filter((message) => message['role'] === 'user')
  const spoken = users.findLast((message) => userText(message['content']) !== '')
  const format = objectOf(objectOf(body['output_config'])['format'])
  const choice = objectOf(body['tool_choice'])
  return {
    model,
    text: userText(spoken?.['content']),
    turn: users.filter((message) => userText(message['content']) !== '').length,
    attachments: listOf(spoken?.['content']).filter((block) =>
      ['image', 'document'].includes(textOf(objectOf(block)['type'])),
    ).length,
    tools: listOf(body['tools'])
      .map(objectOf)
      .filter((tool) => tool['type'] === undefined || tool['type'] === 'custom')
      .map((tool) => ({ name: textOf(tool['name']), schema: tool['input_schema'] ?? {} })),
    choice: choiceOf(choice),
    parallel: choice['disable_parallel_tool_use'] !== true,
    results: resultsOf(messages),
    format: format['type'] === 'json_schema' ? { kind: 'schema', schema: format['schema'] } : { kind: 'text' },
    wire: 'Messages',
    thinks: thinksNow(body),
    inputTokens: countMessagesTokens(body),
    maxTokens: Number(body['max_tokens']),
    stop: listOf(body['stop_sequences']).map(textOf),
    stream: body['stream'] === true,
  }
}

/** @throws SimulatedFailure for a model that does not speak Messages */
export function refuseOtherModels(model: string, profile: ModelProfile): void {
  if (!profile.apis.includes('messages') && profile.family !== 'unknown') {
    throw new SimulatedFailure(404, 'not_found_error', `model: ${model} does not speak Messages (simulated)`)
  }
}

/** Tokens of system, messages and tools. */
export function countMessagesTokens(body: JsonObject): number {
  return ['system', 'messages', 'tools']
    .filter((name) => body[name] !== undefined)
    .reduce((sum, name) => sum + countTokens(JSON.stringify(body[name])), 0)
}

/** The last text block speaks for the user; those before it are often context that a tool put there. */
function userText(content: unknown): string {
  if (typeof content === 'string') return withoutReminders(content)
  return (
    listOf(content)
      .map((block) => withoutReminders(textOf(objectOf(block)['text'])))
      .findLast((text) => text !== '') ?? ''
  )
}

function choiceOf(choice: JsonObject): Asked['choice'] {
  switch (choice['type']) {
    case 'none':
      return 'none'
    case 'any':
      return 'required'
    case 'tool':
      return { name: textOf(choice['name']) }
    default:
      return 'auto'
  }
}

function resultsOf(messages: readonly JsonObject[]): Asked['results'] {
  const names = new Map<string, string>()
  for (const message of messages) {
    for (const raw of listOf(message['content'])) {
      const block = objectOf(raw)
      if (block['type'] === 'tool_use') names.set(textOf(block['id']), textOf(block['name']))
    }
  }
  // Behind the results Claude Code may add a system message.
  const last = messages.findLast((message) => message['role'] !== 'system')
  return listOf(last?.['content'])
    .map(objectOf)
    .filter((block) => block['type'] === 'tool_result')
    .map((block) => ({ name: names.get(textOf(block['tool_use_id'])) ?? 'a tool', text: resultText(block['content']) }))
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((block) => textOf(objectOf(block)['text']))
    .join('\n')
}
