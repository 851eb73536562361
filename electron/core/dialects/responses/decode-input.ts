/** `input` → turns. Items stand flat in Responses: what the assistant said in a row becomes one turn. */
import { openOpaque } from '../../envelope.ts'
import type { Opaque, Part, ReasoningPart, ToolCallPart, ToolResultPart, Turn } from '../../hub.ts'
import type { Fields } from '../../openai/fields.ts'
import { arrayAt, fieldsAt, invalid, isFields, optionalArray, optionalString, stringAt } from '../../openai/fields.ts'
import { decodeContent } from './decode-content.ts'

export interface DeclaredTools {
  tools: unknown[]
  path: string
}

export interface DecodedInput {
  turns: Turn[]
  /** Tools that stand in the conversation, where newer Codex declares them or loads them by a search. */
  tools: DeclaredTools[]
}

/** Items that hold a conversation which only their maker can read: nobody else could go on from there. */
const sealedHistory = new Set(['compaction', 'compaction_summary', 'context_compaction'])

/** Throws LazuliError 400 with the item's path for what is malformed. */
export function decodeInput(value: unknown): DecodedInput {
  const items = typeof value === 'string' ? [{ role: 'user', content: value }] : arrayAt(value, 'input')
  if (items.length === 0) throw invalid('input', 'input must hold at least one item.')
  const input = new InputReader()
  for (const [index, element] of items.entries()) {
    const path = `input[${index}]`
    // SDKs let a bare text stand for a message of the user.
    const item = typeof element === 'string' ? { role: 'user', content: element } : fieldsAt(element, path)
    input.read(item, path)
  }
  return { turns: input.turns, tools: input.tools }
}

class InputReader {
  readonly turns: Turn[] = []
  readonly tools: DeclaredTools[] = []

  read(item: Fields, path: string): void {
    const type = item['type'] ?? 'message'
    switch (type) {
      case 'message':
        this.#message(item, path)
        return
      case 'function_call':
      case 'custom_tool_call':
        this.#assistant([decodeCall(item, path)])
        return
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#result(decodeResult(item, path))
        return
      case 'reasoning': {
        const part = decodeReasoning(item, path)
        if (part !== undefined) this.#assistant([part])
        return
      }
      case 'additional_tools':
        this.tools.push({ tools: arrayAt(item['tools'], `${path}.tools`), path: `${path}.tools` })
        return
      case 'tool_search_output':
        this.tools.push({ tools: optionalArray(item['tools'], `${path}.tools`) ?? [], path: `${path}.tools` })
        this.#assistant([{ type: 'foreign', dialect: 'responses', raw: item }])
        return
      default: {
        const foreign: Part = { type: 'foreign', dialect: 'responses', raw: item }
        if (sealedHistory.has(stringAt(type, `${path}.type`))) this.turns.push({ role: 'user', parts: [foreign] })
        else this.#assistant([foreign])
      }
    }
  }

  #message(item: Fields, path: string): void {
    const role = stringAt(item['role'], `${path}.role`)
    const parts = decodeContent(item, path)
    switch (role) {
      case 'system':
      case 'developer':
        this.turns.push({ role: 'system', parts })
        return
      case 'user':
        this.turns.push({ role: 'user', parts })
        return
      case 'assistant': {
        const last = this.turns.at(-1)
        const before = last?.role === 'assistant' ? last.parts.at(-1) : undefined
        // A message right behind a message is another one; behind thoughts or calls it is the same turn.
        if (before?.type === 'text' || before?.type === 'refusal') this.turns.push({ role: 'assistant', parts })
        else this.#assistant(parts)
        return
      }
      default:
        throw invalid(`${path}.role`, `${path}.role "${role}" is not a role of Responses.`)
    }
  }

  #assistant(parts: Part[]): void {
    const last = this.turns.at(-1)
    if (last?.role === 'assistant') last.parts.push(...parts)
    else this.turns.push({ role: 'assistant', parts })
  }

  #result(part: ToolResultPart): void {
    const last = this.turns.at(-1)
    if (last?.role === 'tool') last.parts.push(part)
    else this.turns.push({ role: 'tool', parts: [part] })
  }
}

function decodeCall(item: Fields, path: string): ToolCallPart {
  const custom = item['type'] === 'custom_tool_call'
  const field = custom ? 'input' : 'arguments'
  const text = item[field]
  const itemId = optionalString(item['id'], `${path}.id`)
  const namespace = optionalString(item['namespace'], `${path}.namespace`)
  return {
    type: 'call',
    id: stringAt(item['call_id'], `${path}.call_id`),
    name: stringAt(item['name'], `${path}.name`),
    // Some clients send the arguments parsed.
    arguments: isFields(text) ? JSON.stringify(text) : (optionalString(text, `${path}.${field}`) ?? ''),
    ...(custom ? { custom: true } : {}),
    ...(itemId === undefined || itemId === '' ? {} : { itemId }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
  }
}

function decodeResult(item: Fields, path: string): ToolResultPart {
  const output = item['output']
  const content = isFields(output) ? JSON.stringify(output) : (output ?? '')
  return {
    type: 'result',
    id: stringAt(item['call_id'], `${path}.call_id`),
    parts: decodeContent({ content }, path, 'output'),
    ...(item['type'] === 'custom_tool_call_output' ? { custom: true } : {}),
  }
}

/** Undefined for an item that says nothing: without its text or its sealed content it is only an id. */
function decodeReasoning(item: Fields, path: string): ReasoningPart | undefined {
  const summary = textsOf(item['summary'], `${path}.summary`)
  const full = textsOf(item['content'], `${path}.content`)
  const sealed = optionalString(item['encrypted_content'], `${path}.encrypted_content`)
  const id = optionalString(item['id'], `${path}.id`)
  const isFull = summary.length === 0 && full.length > 0
  const text = isFull ? full : summary
  if (text.length === 0 && (sealed === undefined || sealed === '')) return undefined
  const part: ReasoningPart = { type: 'reasoning', text, kind: isFull ? 'full' : 'summary' }
  if (sealed === undefined || sealed === '') return part
  const opaque: Opaque = openOpaque(sealed) ?? {
    maker: 'openai',
    kind: 'encrypted',
    value: sealed,
    ...(id === undefined || id === '' ? {} : { itemId: id }),
  }
  // Claude's thinking is shown as a summary here and is whole again there.
  return { ...part, kind: opaque.maker === 'anthropic' ? 'full' : part.kind, opaque }
}

function textsOf(value: unknown, path: string): string[] {
  return (optionalArray(value, path) ?? []).flatMap((element, index) => {
    const text = isFields(element) ? optionalString(element['text'], `${path}[${index}].text`) : undefined
    return text === undefined || text === '' ? [] : [text]
  })
}
