/** A Chat Completions request, and the messages in it, as a conversation. */
import { array, object, text, type Json } from '../read-json.ts'
import { imageSource, unknownBlock, type Block, type Conversation, type Tool, type Turn } from './block.ts'

const APART = new Set(['messages', 'tools', 'functions'])

export function chatConversation(body: Json): Conversation {
  return {
    turns: array(body['messages']).map((message, index) => chatTurn(object(message), `messages[${index}]`)),
    tools: [...array(body['tools']).map(toolOf), ...array(body['functions']).map((value) => functionOf(object(value)))],
    parameters: Object.entries(body).filter(([name]) => !APART.has(name)),
  }
}

/** One message, of a request or of an answer. */
export function chatTurn(message: Json, path: string): Turn {
  const role = text(message['role']) ?? 'unknown'
  const content = contentOf(message['content'])
  const name = text(message['name'])
  const turn = { role, path, ...(name === undefined ? {} : { name }) }
  if (role === 'tool' || role === 'function') {
    const id = text(message['tool_call_id']) ?? name ?? ''
    return { ...turn, blocks: [{ kind: 'result', id, blocks: content, failed: false }] }
  }
  const thinking = text(message['reasoning_content']) ?? text(message['reasoning'])
  const refusal = text(message['refusal'])
  const legacy = object(message['function_call'])
  return {
    ...turn,
    blocks: [
      ...(thinking ? [{ kind: 'thinking', text: thinking, sealed: 0, hidden: false } as const] : []),
      ...content,
      ...(refusal ? [{ kind: 'refusal', text: refusal } as const] : []),
      ...array(message['tool_calls']).map((call) => callOf(object(call))),
      ...(text(legacy['name']) === undefined ? [] : [callOf({ function: legacy })]),
    ],
  }
}

function contentOf(content: unknown): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }]
  return array(content).map((value) => partOf(object(value)))
}

function partOf(part: Json): Block {
  const type = text(part['type'])
  switch (type) {
    case 'text':
      return { kind: 'text', text: text(part['text']) ?? '' }
    case 'refusal':
      return { kind: 'refusal', text: text(part['refusal']) ?? '' }
    case 'image_url': {
      const url = text(part['image_url']) ?? text(object(part['image_url'])['url']) ?? ''
      return { kind: 'image', source: imageSource(url) }
    }
    case 'file': {
      const file = object(part['file'])
      return { kind: 'file', name: text(file['filename']) ?? text(file['file_id']) ?? 'file', note: sizeNote(file) }
    }
    case 'input_audio':
      return { kind: 'file', name: 'audio', note: text(object(part['input_audio'])['format']) ?? '' }
    default:
      return unknownBlock(type, part)
  }
}

function sizeNote(file: Json): string {
  const data = text(file['file_data'])
  return data === undefined ? '' : `${Math.round((data.length * 3) / 4 / 1000)} kB`
}

function callOf(call: Json): Block {
  const fn = object(call['function'])
  const custom = object(call['custom'])
  return {
    kind: 'call',
    tool: text(fn['name']) ?? text(custom['name']) ?? '',
    id: text(call['id']) ?? '',
    input: text(fn['arguments']) ?? text(custom['input']) ?? '',
    hosted: false,
  }
}

function toolOf(value: unknown): Tool {
  const tool = object(value)
  const type = text(tool['type']) ?? 'function'
  if (type === 'function') return functionOf(object(tool['function']))
  const inner = object(tool[type])
  return { name: text(inner['name']) ?? type, type, description: text(inner['description']) ?? '', schema: tool }
}

function functionOf(fn: Json): Tool {
  const tool = { name: text(fn['name']) ?? '', type: 'function', description: text(fn['description']) ?? '' }
  return fn['parameters'] === undefined ? tool : { ...tool, schema: fn['parameters'] }
}
