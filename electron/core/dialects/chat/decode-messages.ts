import type { CacheMark, Media, MediaPart, Part, TextPart, ToolCallPart, Turn } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import {
  arrayAt,
  fieldsAt,
  invalid,
  isFields,
  optionalArray,
  optionalFields,
  optionalString,
  stringAt,
} from '../../openai/fields.ts'
import { sourceOfUrl } from '../../openai/media.ts'
import { reasoningParts } from './reasoning-details.ts'

/** What a message is made of besides its hub parts; anything else is kept in `extra` by its path. */
const knownFields = new Set([
  'role',
  'content',
  'name',
  'refusal',
  'tool_calls',
  'tool_call_id',
  'function_call',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  // Parts of an answer that clients send back as they got them; a request has no use for them.
  'annotations',
  'audio',
])

/** State over all messages: legacy function calls have no ids, so they get one that their results find again. */
interface CallMemory {
  customIds: Set<string>
  functionIds: Map<string, string>
}

/** `messages` → turns, one for one. Fields that nobody knows go to `extra` under their path. */
export function decodeMessages(value: unknown, extra: Record<string, unknown>): Turn[] {
  const messages = arrayAt(value, 'messages')
  if (messages.length === 0) throw invalid('messages', 'messages must hold at least one message.')
  const memory: CallMemory = { customIds: new Set(), functionIds: new Map() }
  return messages.map((element, index) => {
    const path = `messages[${index}]`
    const message = fieldsAt(element, path)
    for (const key of Object.keys(message)) {
      if (!knownFields.has(key) && message[key] !== null) extra[`${path}.${key}`] = message[key]
    }
    const turn = decodeMessage(message, path, memory, index)
    const name = message['role'] === 'function' ? undefined : optionalString(message['name'], `${path}.name`)
    if (name !== undefined) turn.name = name
    return turn
  })
}

function decodeMessage(message: Fields, path: string, memory: CallMemory, index: number): Turn {
  const role = stringAt(message['role'], `${path}.role`)
  const content = message['content']
  const contentPath = `${path}.content`
  switch (role) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: decodeContent(content, contentPath) }
    case 'user':
      if (content === null || content === undefined) throw invalid(contentPath, `${contentPath} is missing.`)
      return { role: 'user', parts: decodeContent(content, contentPath) }
    case 'assistant':
      return { role: 'assistant', parts: decodeAssistant(message, path, memory, index) }
    case 'tool': {
      const id = stringAt(message['tool_call_id'], `${path}.tool_call_id`)
      const custom = memory.customIds.has(id) ? { custom: true as const } : {}
      return { role: 'tool', parts: [{ type: 'result', id, parts: decodeContent(content, contentPath), ...custom }] }
    }
    case 'function': {
      const name = stringAt(message['name'], `${path}.name`)
      const id = memory.functionIds.get(name) ?? functionCallId(index)
      return { role: 'tool', parts: [{ type: 'result', id, parts: decodeContent(content, contentPath) }] }
    }
    default:
      throw invalid(`${path}.role`, `${path}.role "${role}" is not a role of Chat Completions.`)
  }
}

function decodeAssistant(message: Fields, path: string, memory: CallMemory, index: number): Part[] {
  const parts: Part[] = reasoningParts(
    message['reasoning_details'],
    message['reasoning_content'] ?? message['reasoning'],
  )
  parts.push(...decodeContent(message['content'], `${path}.content`))
  const refusal = optionalString(message['refusal'], `${path}.refusal`)
  if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal })
  for (const [position, call] of (optionalArray(message['tool_calls'], `${path}.tool_calls`) ?? []).entries()) {
    const part = decodeCall(call, `${path}.tool_calls[${position}]`)
    if (part.custom) memory.customIds.add(part.id)
    parts.push(part)
  }
  const legacy = optionalFields(message['function_call'], `${path}.function_call`)
  if (legacy !== undefined) {
    const id = functionCallId(index)
    const name = stringAt(legacy['name'], `${path}.function_call.name`)
    memory.functionIds.set(name, id)
    const text = optionalString(legacy['arguments'], `${path}.function_call.arguments`) ?? ''
    parts.push({ type: 'call', id, name, arguments: text })
  }
  return parts
}

function functionCallId(messageIndex: number): string {
  return `call_function_${messageIndex}`
}

function decodeCall(value: unknown, path: string): ToolCallPart {
  const call = fieldsAt(value, path)
  const id = stringAt(call['id'], `${path}.id`)
  if (call['type'] === 'custom') {
    const custom = fieldsAt(call['custom'], `${path}.custom`)
    const name = stringAt(custom['name'], `${path}.custom.name`)
    return {
      type: 'call',
      id,
      name,
      arguments: optionalString(custom['input'], `${path}.custom.input`) ?? '',
      custom: true,
    }
  }
  const called = fieldsAt(call['function'], `${path}.function`)
  const text = called['arguments']
  return {
    type: 'call',
    id,
    name: stringAt(called['name'], `${path}.function.name`),
    // Some clients send the arguments parsed.
    arguments: isFields(text) ? JSON.stringify(text) : (optionalString(text, `${path}.function.arguments`) ?? ''),
  }
}

function decodeContent(value: unknown, path: string): Part[] {
  if (value === null || value === undefined || value === '') return []
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (!Array.isArray(value)) throw invalid(path, `${path} must be a string or an array of parts.`)
  return value.map((part, index) => decodePart(fieldsAt(part, `${path}[${index}]`), `${path}[${index}]`))
}

function decodePart(part: Fields, path: string): Part {
  switch (part['type']) {
    case 'text':
    case 'input_text':
      return withCache<TextPart>({ type: 'text', text: stringAt(part['text'], `${path}.text`) }, part)
    case 'refusal':
      return { type: 'refusal', text: stringAt(part['refusal'], `${path}.refusal`) }
    case 'image_url':
      return withCache<MediaPart>({ type: 'image', media: decodeImage(part['image_url'], `${path}.image_url`) }, part)
    case 'input_audio': {
      const audio = fieldsAt(part['input_audio'], `${path}.input_audio`)
      const data = stringAt(audio['data'], `${path}.input_audio.data`)
      const format = stringAt(audio['format'], `${path}.input_audio.format`)
      return withCache<MediaPart>(
        { type: 'audio', media: { source: { type: 'data', data, mime: `audio/${format}` } } },
        part,
      )
    }
    case 'file':
      return withCache<MediaPart>({ type: 'file', media: decodeFile(part['file'], `${path}.file`) }, part)
    default:
      return { type: 'foreign', dialect: 'chat', raw: part }
  }
}

function decodeImage(value: unknown, path: string): Media {
  if (typeof value === 'string') return { source: sourceOfUrl(value) }
  const image = fieldsAt(value, path)
  const detail = optionalString(image['detail'], `${path}.detail`)
  return { source: sourceOfUrl(stringAt(image['url'], `${path}.url`)), ...(detail === undefined ? {} : { detail }) }
}

function decodeFile(value: unknown, path: string): Media {
  const file = fieldsAt(value, path)
  const filename = optionalString(file['filename'], `${path}.filename`)
  const name = filename === undefined ? {} : { name: filename }
  const fileId = optionalString(file['file_id'], `${path}.file_id`)
  if (fileId !== undefined) return { source: { type: 'file', fileId }, ...name }
  const data = stringAt(file['file_data'], `${path}.file_data`)
  if (data.startsWith('data:')) return { source: sourceOfUrl(data), ...name }
  const mime = filename?.toLowerCase().endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream'
  return { source: { type: 'data', data, mime }, ...name }
}

function withCache<P extends TextPart | MediaPart>(part: P, raw: Fields): P {
  const mark: unknown = raw['prompt_cache_breakpoint'] ?? raw['cache_control']
  return isFields(mark) ? { ...part, cache: mark satisfies CacheMark } : part
}
