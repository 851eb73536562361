/**
 * The Dify provider's own wire form, read as Chat (azure.md §7.4): `input` is an object with `messages`, and messages,
 * parts and tools are written down as Dify keeps them.
 */
import { fieldsAt, invalid, isFields, optionalArray, optionalFields } from '../../core/openai/fields.ts'
import type { Fields } from '../../core/openai/fields.ts'
import { isThinking } from './request.ts'

/** Fields with a place of their own in Chat; all others go on as they are. */
const RENAMED = new Set(['input', 'reasoning', 'max_output_tokens', 'response_format', 'tools', 'thinking', 'stream'])

/**
 * @returns the body of a Chat request
 * @throws LazuliError 400 with the path of what is missing or of the wrong type
 */
export function asChat(value: unknown): Fields {
  const body = fieldsAt(value, 'body')
  const input = fieldsAt(body['input'], 'input')
  const messages = optionalArray(input['messages'], 'input.messages')
  if (messages === undefined || messages.length === 0) {
    throw invalid('input.messages', 'input.messages must hold at least one message.')
  }
  const chat: Fields = {}
  for (const [key, each] of Object.entries(body)) if (!RENAMED.has(key)) chat[key] = each
  chat['messages'] = messages.map((message, index) => chatMessage(message, `input.messages[${index}]`))
  if (body['stream'] === true) {
    chat['stream'] = true
    chat['stream_options'] = { include_usage: true }
  }
  const put = (key: string, each: unknown): void => {
    if (each !== undefined && each !== null) chat[key] = each
  }
  put('user', input['user'])
  put('modalities', modalities(input['modalities']))
  put('max_completion_tokens', body['max_output_tokens'])
  const effort = optionalFields(body['reasoning'], 'reasoning')?.['effort']
  put('reasoning_effort', effort ?? (isThinking(body['thinking']) ? 'medium' : undefined))
  put('response_format', chatFormat(body['response_format']))
  put('tools', optionalArray(body['tools'], 'tools')?.map(chatTool))
  return chat
}

/** `vision` says that there are pictures, which are in the messages anyway; the rest is Chat's own. */
function modalities(value: unknown): unknown {
  if (!Array.isArray(value)) return undefined
  const kept = value.filter((each) => each !== 'vision' && each !== 'text')
  return kept.length === 0 ? undefined : ['text', ...(kept as unknown[])]
}

function chatMessage(value: unknown, path: string): Fields {
  const message = fieldsAt(value, path)
  const { content, role } = message
  const read = Array.isArray(content) ? content.map((part) => chatPart(part)) : (content ?? '')
  // Dify leaves out to which call a result belongs.
  const orphan = role === 'tool' && typeof message['tool_call_id'] !== 'string'
  return { ...message, content: read, ...(orphan ? { role: 'user' } : {}) }
}

/** A part as Dify keeps it, as Responses has it, or as Chat has it. */
function chatPart(value: unknown): unknown {
  if (!isFields(value)) return typeof value === 'string' ? { type: 'text', text: value } : value
  switch (value['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', text: value['text'] ?? value['data'] ?? '' }
    case 'image':
    case 'input_image':
      return { type: 'image_url', image_url: imageOf(value) }
    case 'audio': {
      const format = value['format'] ?? 'wav'
      return { type: 'input_audio', input_audio: { data: value['base64_data'] ?? value['data'], format } }
    }
    case 'document': {
      const name = value['filename'] ?? 'document'
      return { type: 'file', file: { filename: name, file_data: addressOf(value, 'application/octet-stream') } }
    }
    default:
      return value
  }
}

function imageOf(part: Fields): Fields {
  const { image_url: image, detail } = part
  const url = isFields(image) ? image['url'] : (image ?? addressOf(part, 'image/png'))
  return { url, ...(typeof detail === 'string' ? { detail } : {}) }
}

/** Where the bytes are: an address, or in the part itself. */
function addressOf(part: Fields, usualType: string): unknown {
  const { url, data, base64_data: base64, mime_type: mime } = part
  if (typeof url === 'string' && url !== '') return url
  if (typeof base64 !== 'string' || base64 === '') return data
  return `data:${typeof mime === 'string' && mime !== '' ? mime : usualType};base64,${base64}`
}

/** A schema may stand in `json_schema` as it is, without the name that OpenAI wants. */
function chatFormat(value: unknown): unknown {
  const format = isFields(value) ? value['json_schema'] : undefined
  if (!isFields(value) || !isFields(format)) return value
  const named = isFields(format['schema']) ? format : { schema: format }
  return { ...value, json_schema: { name: 'output', ...named } }
}

/** Dify's tools are name, description and parameters; Responses' are as flat. */
function chatTool(value: unknown): unknown {
  if (!isFields(value) || isFields(value['function']) || typeof value['name'] !== 'string') return value
  if (value['type'] !== undefined && value['type'] !== 'function') return value
  const { name, description, parameters, strict } = value
  return { type: 'function', function: { name, description, parameters, strict } }
}
