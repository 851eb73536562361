/** A Messages request, and the blocks in it, as a conversation. */
import { array, object, text, type Json } from '../read-json.ts'
import { imageSource, unknownBlock, type Block, type Conversation, type Tool } from './block.ts'

const APART = new Set(['messages', 'tools', 'system'])

export function messagesConversation(body: Json): Conversation {
  const system = messagesContent(body['system'])
  return {
    turns: [
      ...(system.length === 0 ? [] : [{ role: 'system', path: 'system', blocks: system }]),
      ...array(body['messages']).map((value, index) => {
        const message = object(value)
        const role = text(message['role']) ?? 'unknown'
        return { role, path: `messages[${index}]`, blocks: messagesContent(message['content']) }
      }),
    ],
    tools: array(body['tools']).map(toolOf),
    parameters: Object.entries(body).filter(([name]) => !APART.has(name)),
  }
}

/** The content of a message, of a tool's result, or of an answer. */
export function messagesContent(content: unknown): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }]
  return array(content).map((value) => messagesBlock(object(value)))
}

/** One content block; also as `content_block_start` announces it. */
export function messagesBlock(block: Json): Block {
  const type = text(block['type'])
  switch (type) {
    case 'text':
      return { kind: 'text', text: text(block['text']) ?? '' }
    case 'thinking': {
      const sealed = text(block['signature'])?.length ?? 0
      return { kind: 'thinking', text: text(block['thinking']) ?? '', sealed, hidden: false }
    }
    case 'redacted_thinking':
      return { kind: 'thinking', text: '', sealed: text(block['data'])?.length ?? 0, hidden: true }
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use':
      return {
        kind: 'call',
        tool: text(block['name']) ?? '',
        id: text(block['id']) ?? '',
        input: inputText(block['input']),
        hosted: type !== 'tool_use',
      }
    case 'tool_result':
    case 'mcp_tool_result':
      return {
        kind: 'result',
        id: text(block['tool_use_id']) ?? '',
        blocks: messagesContent(block['content']),
        failed: block['is_error'] === true,
      }
    case 'image':
      return imageBlock(object(block['source']))
    case 'document':
      return documentBlock(block)
    default:
      return unknownBlock(type, block)
  }
}

/** An empty object is what a call begins with, before its input streams. */
function inputText(input: unknown): string {
  if (input === undefined || (typeof input === 'object' && input !== null && Object.keys(input).length === 0)) return ''
  return JSON.stringify(input)
}

function imageBlock(source: Json): Block {
  const data = text(source['data'])
  const url =
    data === undefined
      ? (text(source['url']) ?? text(source['file_id']) ?? 'image')
      : `data:${text(source['media_type']) ?? 'image/png'};base64,${data}`
  return { kind: 'image', source: imageSource(url) }
}

function documentBlock(block: Json): Block {
  const source = object(block['source'])
  const name = text(block['title']) ?? text(source['url']) ?? text(source['file_id']) ?? 'document'
  return { kind: 'file', name, note: text(source['media_type']) ?? text(source['type']) ?? '' }
}

function toolOf(value: unknown): Tool {
  const tool = object(value)
  const type = text(tool['type'])
  return {
    name: text(tool['name']) ?? type ?? '',
    type: type === undefined || type === 'custom' ? 'function' : type,
    description: text(tool['description']) ?? '',
    ...(tool['input_schema'] === undefined ? {} : { schema: tool['input_schema'] }),
  }
}
