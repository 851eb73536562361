/**
 * Some tools post the body of one API to the path of another. It is read as what it is, but only where it cannot be
 * valid for its path and clearly is of another API: what both would take belongs to the path.
 */
import type { DialectId, Step } from '../../shared/exchange.ts'
import type { Asked } from './asked.ts'

export interface RecognisedBody {
  /** Spoken by the client. */
  dialect: DialectId
  /** For the explanation, where this is not the dialect of the path. */
  step?: Step
}

type Fields = Record<string, unknown>

const NAMES: Readonly<Record<DialectId, string>> = {
  chat: 'Chat Completions',
  responses: 'Responses',
  messages: 'Messages',
}

/** Without `input`, a Responses body lives on one of these. */
const RESPONSES_ONLY = ['previous_response_id', 'conversation', 'prompt', 'instructions'] as const
/** Fields that Messages refuses; each of them alone may be a stray. */
const CHAT_ONLY = [
  'max_completion_tokens',
  'response_format',
  'stream_options',
  'reasoning_effort',
  'frequency_penalty',
  'presence_penalty',
  'parallel_tool_calls',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'functions',
  'function_call',
  'n',
  'seed',
  'stop',
] as const

export function recogniseBody(asked: Asked, path: DialectId): RecognisedBody {
  const dialect = dialectOfBody(asked, path)
  if (dialect === path) return { dialect }
  const step: Step = {
    verdict: 'warn',
    text: `Read as a ${NAMES[dialect]} request`,
    why: `It was sent to the path of ${NAMES[path]}, but its body is of the other API; it is answered in that`,
  }
  return { dialect, step }
}

function dialectOfBody(asked: Asked, path: DialectId): DialectId {
  const has = (key: string): boolean => asked.field(key) !== undefined
  if (path === 'responses') {
    if (has('input') || !has('messages') || RESPONSES_ONLY.some(has)) return path
    return isMessages(asked) ? 'messages' : 'chat'
  }
  if (!has('messages')) return has('input') ? 'responses' : path
  if (path === 'chat') return isMessages(asked) ? 'messages' : path
  return isChat(asked) ? 'chat' : path
}

/** Has the body what only Messages has, and what it insists on? */
function isMessages(asked: Asked): boolean {
  if (asked.field('max_tokens') === undefined) return false
  if (CHAT_ONLY.some((key) => asked.field(key) !== undefined)) return false
  if (holds(asked, 'tools', ['"function"']) && someTool(asked, isChatTool)) return false
  const messages = holds(asked, 'messages', ['"tool"', '"developer"', '"image_url"', '"tool_calls"'])
  if (messages && someMessage(asked, isChatMessage)) return false
  if (asked.field('system') !== undefined) return true
  if (holds(asked, 'tools', ['"input_schema"']) && someTool(asked, isMessagesTool)) return true
  return holds(asked, 'messages', ['"tool_use"', '"tool_result"', '"source"']) && someMessage(asked, isMessagesMessage)
}

/** Has the body what Messages refuses, and what only Chat has? */
function isChat(asked: Asked): boolean {
  if (asked.field('system') !== undefined) return false
  if (holds(asked, 'tools', ['"function"'])) return someTool(asked, isChatTool)
  if (asked.field('tools') !== undefined) return false
  if (typeof asked.value('tool_choice') === 'string') return true
  const written = holds(asked, 'messages', ['"tool"', '"developer"', '"image_url"', '"tool_calls"'])
  if (written && someMessage(asked, isChatMessage)) return true
  if (asked.field('max_tokens') !== undefined) return false
  if (CHAT_ONLY.some((key) => asked.field(key) !== undefined)) return true
  return holds(asked, 'messages', ['"system"']) && someMessage(asked, ({ role }) => role === 'system')
}

/** A look at the bytes, which saves the parsing of megabytes for nothing. */
function holds(asked: Asked, key: string, words: readonly string[]): boolean {
  const member = asked.field(key)
  if (member === undefined) return false
  const bytes = asked.body.subarray(member.valueStart, member.valueEnd)
  return words.some((word) => bytes.includes(word))
}

function someTool(asked: Asked, test: (tool: Fields) => boolean): boolean {
  return fieldsIn(asked.value('tools')).some(test)
}

function someMessage(asked: Asked, test: (message: Fields) => boolean): boolean {
  return fieldsIn(asked.value('messages')).some(test)
}

function isChatTool(tool: Fields): boolean {
  return tool['type'] === 'function' && isFields(tool['function'])
}

function isMessagesTool(tool: Fields): boolean {
  return typeof tool['name'] === 'string' && isFields(tool['input_schema'])
}

function isChatMessage(message: Fields): boolean {
  const { role } = message
  if (role === 'tool' || role === 'developer' || role === 'function') return true
  if (Array.isArray(message['tool_calls'])) return true
  return fieldsIn(message['content']).some((part) => part['type'] === 'image_url' && isFields(part['image_url']))
}

function isMessagesMessage(message: Fields): boolean {
  return fieldsIn(message['content']).some((part) => {
    switch (part['type']) {
      case 'tool_use':
        return typeof part['id'] === 'string'
      case 'tool_result':
        return typeof part['tool_use_id'] === 'string'
      case 'image':
      case 'document':
        return isFields(part['source'])
      default:
        return false
    }
  })
}

function fieldsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : []
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
