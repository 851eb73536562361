/** What a Messages body for `count_tokens` holds, in terms that a tokenizer can count. */
import { LazuliError } from '../../core/error.ts'

export interface Countable {
  texts: string[]
  /** Tokens of what is no text, and of the marks between messages. */
  extra: number
}

type Fields = Record<string, unknown>

/**
 * Marks around a message, and around a tool: what OpenAI's cookbook counts for its chat models, which are the ones
 * behind a local count.
 */
const PER_MESSAGE = 4
const PER_TOOL = 8
/** Ahead of the answer. */
const PER_REQUEST = 3
/**
 * A picture of 1.15 megapixels, the largest that Claude is shown: width · height / 750. GPT models count less (85 and
 * 170 for each square of 512 pixels), so the estimate is on the safe side.
 */
const PER_IMAGE = 1600
/** Anthropic: 1,500 to 3,000 tokens a page; a page of a PDF is taken for 75 kB. */
const PER_PAGE = 2000
const PAGE_BYTES = 75_000

/**
 * The parts of a body that a model would be shown: system, messages, tools, tool results, pictures. Thinking of earlier
 * turns is not counted: it is not sent to another API as text.
 * @throws LazuliError 400 with the field's path for a body that is none
 */
export function countable(body: unknown): Countable {
  if (!isFields(body)) throw invalid('body', 'Input should be an object.')
  const { messages, system, tools } = body
  if (!Array.isArray(messages)) {
    throw invalid('messages', messages === undefined ? 'Field required.' : 'Input should be a list.')
  }
  const found: Countable = { texts: [], extra: PER_REQUEST }
  if (system !== undefined && system !== null) addContent(found, system, 'system')
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (!isFields(message)) throw invalid(path, 'Input should be an object.')
    found.extra += PER_MESSAGE
    addContent(found, message['content'], `${path}.content`)
  }
  if (Array.isArray(tools)) for (const tool of tools) addTool(found, tool)
  else if (tools !== undefined && tools !== null) throw invalid('tools', 'Input should be a list.')
  return found
}

function addContent(found: Countable, content: unknown, path: string): void {
  if (typeof content === 'string') found.texts.push(content)
  else if (Array.isArray(content)) for (const block of content) addBlock(found, block)
  else throw invalid(path, 'Input should be a string or a list.')
}

function addBlock(found: Countable, block: unknown): void {
  if (typeof block === 'string') found.texts.push(block)
  if (!isFields(block)) return
  switch (block['type']) {
    case 'text':
      addText(found, block['text'])
      break
    case 'thinking':
    case 'redacted_thinking':
      break
    case 'image':
      found.extra += PER_IMAGE
      break
    case 'document':
      addText(found, block['title'])
      addText(found, block['context'])
      addDocument(found, block['source'])
      break
    case 'tool_use':
    case 'server_tool_use':
      found.extra += PER_TOOL
      addText(found, block['name'])
      found.texts.push(JSON.stringify(block['input'] ?? {}))
      break
    case 'tool_result':
      found.extra += PER_MESSAGE
      if (block['content'] !== undefined && block['content'] !== null) addNested(found, block['content'])
      break
    case 'search_result':
      addText(found, block['title'])
      addText(found, block['source'])
      addNested(found, block['content'])
      break
    default:
      // Of whatever may come, the text is what counts; sealed values are not shown to a model.
      addText(found, block['text'])
      addText(found, block['tool_name'])
      addNested(found, block['content'])
  }
}

function addNested(found: Countable, content: unknown): void {
  if (typeof content === 'string') found.texts.push(content)
  else if (Array.isArray(content)) for (const block of content) addBlock(found, block)
}

function addDocument(found: Countable, source: unknown): void {
  if (!isFields(source)) return
  switch (source['type']) {
    case 'text':
      addText(found, source['data'])
      break
    case 'content':
      addNested(found, source['content'])
      break
    case 'base64': {
      const { data } = source
      const bytes = typeof data === 'string' ? (data.length * 3) / 4 : 0
      found.extra += PER_PAGE * Math.max(1, Math.ceil(bytes / PAGE_BYTES))
      break
    }
    default:
      found.extra += PER_PAGE
  }
}

function addTool(found: Countable, tool: unknown): void {
  if (!isFields(tool)) return
  found.extra += PER_TOOL
  addText(found, tool['name'])
  addText(found, tool['description'])
  if (isFields(tool['input_schema'])) found.texts.push(JSON.stringify(tool['input_schema']))
}

function addText(found: Countable, text: unknown): void {
  if (typeof text === 'string') found.texts.push(text)
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(path: string, message: string): LazuliError {
  return new LazuliError({ code: 'proxy_invalid_request', status: 400, param: path, message: `${path}: ${message}` })
}
