import type { ModelProfile } from '../../../core/models/profile.ts'
import { withoutReminders, type Asked } from './asked.ts'
import { chatText } from './chat-request.ts'
import { SimulatedFailure } from './failure.ts'
import { listOf, objectOf, textOf, type JsonObject } from './json.ts'
import { invalidValue, reasons, refuseSampling, wholeNumber } from './openai-parameters.ts'
import { verifyThinking } from './thinking-signature.ts'
import { countTokens } from './tokens.ts'

/**
 * Reads a Responses request as Azure would, refusing what Azure refuses. Nothing is stored, so nothing can be
 * continued by id.
 * @throws SimulatedFailure
 */
export function readResponsesRequest(body: JsonObject, model: string, profile: ModelProfile): Asked {
  if (!profile.apis.includes('responses') && profile.family !== 'unknown') {
    throw new SimulatedFailure(400, 'OperationNotSupported', `${model} does not answer Responses (simulated).`)
  }
  const input = body['input']
  if (typeof input !== 'string' && (!Array.isArray(input) || input.length === 0)) {
    throw invalidValue('input', 'A text or a list of items is required.')
  }
  const previous = textOf(body['previous_response_id'])
  if (previous !== '') {
    throw new SimulatedFailure(400, 'previous_response_not_found', `There is no response ${previous} (simulated).`, {
      param: 'previous_response_id',
    })
  }
  const effort = objectOf(body['reasoning'])['effort']
  refuseSampling(body, profile, effort, 'reasoning.effort')
  const limit = body['max_output_tokens']
  if (limit !== undefined && limit !== null && (wholeNumber(limit) ?? 0) < 16) {
    throw invalidValue('max_output_tokens', "'max_output_tokens' must be a whole number of at least 16.")
  }
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input).map(objectOf)
  refuseItems(items)
  const users = items.filter((item) => item['role'] === 'user')
  const last = users.at(-1) ?? {}
  const format = objectOf(objectOf(body['text'])['format'])
  return {
    model,
    text: withoutReminders(chatText(last['content'])),
    turn: users.length,
    attachments: listOf(last['content']).filter((part) => objectOf(part)['type'] !== 'input_text').length,
    tools: listOf(body['tools'])
      .map(objectOf)
      .filter((tool) => tool['type'] === 'function')
      .map((tool) => ({ name: textOf(tool['name']), schema: tool['parameters'] ?? {} })),
    choice: choiceOf(body['tool_choice']),
    parallel: body['parallel_tool_calls'] !== false,
    results: resultsOf(items),
    format:
      format['type'] === 'json_schema'
        ? { kind: 'schema', schema: format['schema'] }
        : { kind: format['type'] === 'json_object' ? 'json' : 'text' },
    wire: 'Responses',
    thinks: reasons(profile, effort),
    inputTokens: [body['instructions'], input, body['tools']]
      .filter((part) => part !== undefined && part !== null)
      .reduce((sum: number, part) => sum + countTokens(JSON.stringify(part)), 0),
    maxTokens: wholeNumber(limit),
    stop: [],
    stream: body['stream'] === true,
  }
}

/** Results need their calls, and reasoning must come back as it was. */
function refuseItems(items: readonly JsonObject[]): void {
  const calls = new Set<string>()
  items.forEach((item, index) => {
    switch (item['type']) {
      case 'function_call':
        calls.add(textOf(item['call_id']))
        return
      case 'function_call_output':
        if (!calls.has(textOf(item['call_id']))) {
          throw invalidValue('input', `No tool call found for function call output ${textOf(item['call_id'])}.`)
        }
        return
      case 'reasoning': {
        const encrypted = item['encrypted_content']
        if (typeof encrypted !== 'string') {
          throw new SimulatedFailure(404, '404', `Item with id '${textOf(item['id'])}' not found (simulated).`)
        }
        if (!verifyThinking('', encrypted)) {
          throw new SimulatedFailure(
            400,
            'invalid_encrypted_content',
            `The encrypted content of input[${index}] could not be verified (simulated).`,
          )
        }
        return
      }
      default:
    }
  })
}

function choiceOf(choice: unknown): Asked['choice'] {
  if (choice === 'none' || choice === 'required') return choice
  const { type, name } = objectOf(choice)
  return type === 'function' && typeof name === 'string' ? { name } : 'auto'
}

function resultsOf(items: readonly JsonObject[]): Asked['results'] {
  const names = new Map(
    items
      .filter((item) => item['type'] === 'function_call')
      .map((item) => [textOf(item['call_id']), textOf(item['name'])]),
  )
  const start = items.findLastIndex((item) => item['type'] !== 'function_call_output') + 1
  return items
    .slice(start)
    .map((item) => ({ name: names.get(textOf(item['call_id'])) ?? 'a tool', text: chatText(item['output']) }))
}
