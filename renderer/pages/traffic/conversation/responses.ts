/** A Responses request, and the items in it, as a conversation. */
import { array, object, text, type Json } from '../read-json.ts'
import { imageSource, unknownBlock, type Block, type Conversation, type Tool, type Turn } from './block.ts'

const APART = new Set(['input', 'tools', 'instructions'])

export function responsesConversation(body: Json): Conversation {
  const instructions = text(body['instructions'])
  const { input } = body
  const turns: Turn[] =
    typeof input === 'string'
      ? [{ role: 'user', path: 'input', blocks: [{ kind: 'text', text: input }] }]
      : array(input).map((value, index) => turnOf(object(value), `input[${index}]`))
  return {
    turns: [
      ...(instructions === undefined
        ? []
        : [{ role: 'system', path: 'instructions', blocks: [{ kind: 'text', text: instructions } as const] }]),
      ...turns,
    ],
    tools: array(body['tools']).map(toolOf),
    parameters: Object.entries(body).filter(([name]) => !APART.has(name)),
  }
}

function turnOf(item: Json, path: string): Turn {
  const type = text(item['type']) ?? 'message'
  if (type === 'message') return { role: text(item['role']) ?? 'user', path, blocks: itemBlocks(item) }
  return { role: type.endsWith('_output') ? 'tool' : 'assistant', path, blocks: itemBlocks(item) }
}

/** The blocks of one item, of a request's input or of an answer's output. */
export function itemBlocks(item: Json): Block[] {
  const type = text(item['type']) ?? 'message'
  switch (type) {
    case 'message':
      return contentOf(item['content'])
    case 'reasoning': {
      const parts = [...array(item['summary']), ...array(item['content'])].map(
        (part) => text(object(part)['text']) ?? '',
      )
      const sealed = text(item['encrypted_content'])?.length ?? 0
      const read = parts.filter((part) => part !== '').join('\n\n')
      return [{ kind: 'thinking', text: read, sealed, hidden: read === '' }]
    }
    case 'function_call':
    case 'custom_tool_call':
      return [
        {
          kind: 'call',
          tool: text(item['name']) ?? '',
          id: text(item['call_id']) ?? '',
          input: text(item['arguments']) ?? text(item['input']) ?? '',
          hosted: false,
        },
      ]
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [{ kind: 'result', id: text(item['call_id']) ?? '', blocks: contentOf(item['output']), failed: false }]
    default:
      return [unknownBlock(type, item)]
  }
}

function contentOf(content: unknown): Block[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }]
  return array(content).map((value) => responsesPart(object(value)))
}

/** One content part, of an input or of an answer. */
export function responsesPart(part: Json): Block {
  const type = text(part['type'])
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      return { kind: 'text', text: text(part['text']) ?? '' }
    case 'refusal':
      return { kind: 'refusal', text: text(part['refusal']) ?? '' }
    case 'input_image':
      return { kind: 'image', source: imageSource(text(part['image_url']) ?? text(part['file_id']) ?? 'image') }
    case 'input_file':
      return {
        kind: 'file',
        name: text(part['filename']) ?? text(part['file_url']) ?? text(part['file_id']) ?? 'file',
        note: '',
      }
    default:
      return unknownBlock(type, part)
  }
}

function toolOf(value: unknown): Tool {
  const tool = object(value)
  const type = text(tool['type']) ?? 'function'
  return {
    name: text(tool['name']) ?? text(tool['server_label']) ?? type,
    type,
    description: text(tool['description']) ?? '',
    ...(tool['parameters'] === undefined
      ? type === 'function'
        ? {}
        : { schema: tool }
      : { schema: tool['parameters'] }),
  }
}
