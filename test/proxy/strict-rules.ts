/** What the services refuse beyond the simulator's rules: fields that they do not know, and ids of a wrong form. */
import { listOf, objectOf, textOf } from '../../electron/proxy/upstreams/simulator/json.ts'
import type { JsonObject } from '../../electron/proxy/upstreams/simulator/json.ts'

const CHAT_FIELDS = words(
  'model messages tools tool_choice parallel_tool_calls response_format reasoning_effort max_completion_tokens',
  'max_tokens temperature top_p stop seed n presence_penalty frequency_penalty logit_bias logprobs top_logprobs user',
  'safety_identifier metadata service_tier verbosity prompt_cache_key stream stream_options store prediction modalities',
)
const CHAT_MESSAGE = words('role content name tool_calls tool_call_id refusal annotations')
const MESSAGES_FIELDS = words(
  'model messages system tools tool_choice max_tokens temperature top_p top_k stop_sequences thinking output_config',
  'metadata service_tier stream',
)
const MESSAGES_BLOCKS: Readonly<Record<string, ReadonlySet<string>>> = {
  text: words('type text citations cache_control'),
  image: words('type source cache_control'),
  document: words('type source title context citations cache_control'),
  thinking: words('type thinking signature'),
  redacted_thinking: words('type data'),
  tool_use: words('type id name input cache_control'),
  tool_result: words('type tool_use_id content is_error cache_control'),
}
const RESPONSES_FIELDS = words(
  'model input instructions tools tool_choice parallel_tool_calls text reasoning include max_output_tokens',
  'temperature top_p top_logprobs user safety_identifier metadata service_tier prompt_cache_key store stream truncation',
)
const RESPONSES_ITEMS = words(
  'message reasoning function_call function_call_output custom_tool_call custom_tool_call_output',
)
const ID_PREFIX: Readonly<Record<string, string>> = {
  message: 'msg_',
  reasoning: 'rs_',
  function_call: 'fc_',
  custom_tool_call: 'ctc_',
}

/** @returns the first thing that Chat Completions would refuse */
export function objectionToChat(body: JsonObject): string | undefined {
  const unknown = stranger(body, CHAT_FIELDS, 'body')
  if (unknown !== undefined) return unknown
  if (textOf(body['user']).length > 64) return 'user is longer than 64 characters'
  for (const [index, raw] of listOf(body['messages']).entries()) {
    const message = objectOf(raw)
    const path = `messages[${index}]`
    const odd = stranger(message, CHAT_MESSAGE, path)
    if (odd !== undefined) return odd
    const allowed = message['role'] === 'user' ? ['text', 'image_url', 'file', 'input_audio'] : ['text', 'refusal']
    for (const part of listOf(message['content']).map(objectOf)) {
      if (!allowed.includes(textOf(part['type']))) return `${path} has a part of type ${String(part['type'])}`
      if ('cache_control' in part) return `${path} has a cache mark`
    }
    for (const call of listOf(message['tool_calls']).map(objectOf)) {
      if (textOf(call['id']).length > 40) return `${path} has a call id of more than 40 characters`
      const said =
        call['type'] === 'custom' ? objectOf(call['custom'])['input'] : objectOf(call['function'])['arguments']
      if (typeof said !== 'string') return `${path} has arguments that are no text`
    }
    const empty = message['content'] === undefined || message['content'] === null
    if (empty && listOf(message['tool_calls']).length === 0) return `${path} has no content`
  }
  return undefined
}

/** @returns the first thing that Anthropic Messages would refuse */
export function objectionToMessages(body: JsonObject): string | undefined {
  const unknown = stranger(body, MESSAGES_FIELDS, 'body')
  if (unknown !== undefined) return unknown
  const blocks = listOf(body['messages']).flatMap((message, index) =>
    listOf(objectOf(message)['content']).map((block, at) => ({
      block: objectOf(block),
      path: `messages[${index}].content[${at}]`,
    })),
  )
  for (const { block, path } of blocks) {
    const known = MESSAGES_BLOCKS[textOf(block['type'])]
    if (known === undefined) return `${path} has the type ${String(block['type'])}`
    const odd = stranger(block, known, path)
    if (odd !== undefined) return odd
  }
  for (const message of listOf(body['messages']).map(objectOf)) {
    if (Array.isArray(message['content']) && message['content'].length === 0) return 'a message has no content'
  }
  for (const [index, tool] of listOf(body['tools']).map(objectOf).entries()) {
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(textOf(tool['name']))) return `tools[${index}] has a bad name`
    if (objectOf(tool['input_schema'])['type'] !== 'object') return `tools[${index}] has no schema of an object`
    const odd = stranger(tool, words('name description input_schema strict cache_control type'), `tools[${index}]`)
    if (odd !== undefined) return odd
  }
  const marks = JSON.stringify(body).match(/"cache_control":\{/g)?.length ?? 0
  return marks > 4 ? `${marks} cache marks` : undefined
}

/** @returns the first thing that Responses would refuse */
export function objectionToResponses(body: JsonObject): string | undefined {
  const unknown = stranger(body, RESPONSES_FIELDS, 'body')
  if (unknown !== undefined) return unknown
  const items = listOf(body['input']).map(objectOf)
  for (const [index, item] of items.entries()) {
    const path = `input[${index}]`
    const type = textOf(item['type']) || 'message'
    if (!RESPONSES_ITEMS.has(type)) return `${path} has the type ${type}`
    const { id } = item
    if (id !== undefined && !textOf(id).startsWith(ID_PREFIX[type] ?? 'fco_')) return `${path} has the id ${textOf(id)}`
    if (
      id !== undefined &&
      body['store'] === false &&
      type === 'reasoning' &&
      item['encrypted_content'] === undefined
    ) {
      return `${path}: Item with id '${textOf(id)}' not found`
    }
    if (type === 'reasoning') {
      const next = objectOf(items[index + 1])
      const follows = next['role'] === 'assistant' || /^(?:reasoning|.*_call)$/.test(textOf(next['type']))
      if (!follows) return `${path}: reasoning was provided without its required following item`
    }
    if (item['role'] === 'assistant' && JSON.stringify(item['content']).includes('"input_text"')) {
      return `${path}: input_text in a message of the assistant`
    }
    if ('call_id' in item && !/^.{1,64}$/.test(textOf(item['call_id']))) return `${path} has a bad call_id`
  }
  for (const [index, tool] of listOf(body['tools']).map(objectOf).entries()) {
    if (tool['type'] === 'function' && tool['strict'] === undefined)
      return `tools[${index}] leaves strict to the default`
  }
  return undefined
}

function stranger(fields: JsonObject, known: ReadonlySet<string>, path: string): string | undefined {
  const odd = Object.keys(fields).find((key) => !known.has(key))
  return odd === undefined ? undefined : `${path} has the unknown field ${odd}`
}

function words(...lines: string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '))
}
