/** What an answer says, in terms that all three APIs have, as their official SDKs assemble it. */
import type Anthropic from '@anthropic-ai/sdk'
import type OpenAI from 'openai'
import { openOpaque } from '../../electron/core/envelope.ts'

export interface SaidCall {
  id: string
  name: string
  /** Parsed arguments; the text itself where it is no JSON. */
  input: unknown
}

export interface Said {
  /** Text and refusals: Messages has no other place for a refusal. */
  text: string
  reasoning: string
  /** What only its maker can read, out of its envelope. */
  seals: string[]
  calls: SaidCall[]
  finish: 'stop' | 'length' | 'tool' | 'filter'
  usage: { input: number; cached: number; cacheWrite: number; output: number; reasoning: number }
  citations: { url: string; title: string }[]
}

type Fields = Record<string, unknown>

const NO_USAGE: Said['usage'] = { input: 0, cached: 0, cacheWrite: 0, output: 0, reasoning: 0 }

interface ChatMessage {
  content?: unknown
  refusal?: unknown
  reasoning_content?: unknown
  reasoning?: unknown
  reasoning_details?: unknown
  annotations?: unknown
  tool_calls?: unknown
  function_call?: unknown
}

/** Reads chunks or a whole answer, which is one large chunk. Understands what servers of open models add. */
export function saidInChat(chunks: readonly unknown[]): Said {
  const said: Said = { ...emptySaid(), finish: 'stop' }
  const calls = new Map<number, { id: string; name: string; json: string; custom: boolean }>()
  let refused = false
  let finish: unknown
  for (const chunk of chunks.map(fieldsOf)) {
    const choice =
      listOf(chunk['choices'])
        .map(fieldsOf)
        .find((one) => (one['index'] ?? 0) === 0) ?? {}
    const usage = chunk['usage'] ?? choice['usage']
    if (usage) said.usage = usageOfChat(fieldsOf(usage))
    const message = fieldsOf(choice['delta'] ?? choice['message']) as ChatMessage
    readChatText(message, said)
    if (typeof message.refusal === 'string' && message.refusal !== '') {
      refused = true
      said.text += message.refusal
    }
    for (const annotation of listOf(message.annotations).map(fieldsOf)) {
      const cited = fieldsOf(annotation['url_citation'])
      if (annotation['type'] === 'url_citation') said.citations.push(citationOf(cited))
    }
    const legacy = message.function_call ? [{ index: 0, function: message.function_call }] : []
    for (const [position, call] of [...listOf(message.tool_calls), ...legacy].map(fieldsOf).entries()) {
      const index = typeof call['index'] === 'number' ? call['index'] : position
      const body = fieldsOf(call['custom'] ?? call['function'])
      const known = calls.get(index) ?? { id: '', name: '', json: '', custom: 'custom' in call }
      known.id ||= textOf(call['id'])
      known.name ||= textOf(body['name'])
      const said = body['arguments'] ?? body['input']
      known.json += typeof said === 'object' && said !== null ? JSON.stringify(said) : textOf(said)
      calls.set(index, known)
    }
    if (choice['finish_reason']) finish = choice['finish_reason']
  }
  said.calls = [...calls.values()].map(({ id, name, json, custom }) => ({
    id,
    name,
    input: custom ? { input: json } : inputOf(json),
  }))
  if (finish === 'length') said.finish = 'length'
  else if (finish === 'content_filter' || refused) said.finish = 'filter'
  else said.finish = said.calls.length > 0 ? 'tool' : 'stop'
  return said
}

function readChatText(message: ChatMessage, said: Said): void {
  const details = listOf(message.reasoning_details).map(fieldsOf)
  const plain = textOf(message.reasoning_content ?? message.reasoning)
  said.reasoning += plain === '' ? details.map((one) => textOf(one['text']) + textOf(one['summary'])).join('') : plain
  for (const detail of details) {
    const seal = detail['signature'] ?? detail['data']
    if (typeof seal === 'string' && seal !== '') said.seals.push(openOpaque(seal)?.value ?? seal)
  }
  if (typeof message.content === 'string') said.text += message.content
  for (const part of listOf(message.content).map(fieldsOf)) {
    if (part['type'] === 'thinking') {
      for (const thought of listOf(part['thinking']).map(fieldsOf)) said.reasoning += textOf(thought['text'])
    } else said.text += textOf(part['text'])
  }
}

export function saidInResponse(response: OpenAI.Responses.Response): Said {
  const said: Said = { ...emptySaid(), finish: 'stop' }
  const thoughts: string[] = []
  let refused = false
  for (const item of response.output) {
    if (item.type === 'reasoning') {
      const summary = item.summary.map(({ text }) => text)
      const texts = summary.length > 0 ? summary : (item.content ?? []).map(({ text }) => text)
      thoughts.push(...texts)
      const sealed = item.encrypted_content
      if (sealed) said.seals.push(openOpaque(sealed)?.value ?? sealed)
    }
    if (item.type === 'function_call') {
      said.calls.push({ id: item.call_id, name: item.name, input: inputOf(item.arguments) })
    }
    if (item.type === 'custom_tool_call') {
      said.calls.push({ id: item.call_id, name: item.name, input: { input: item.input } })
    }
    if (item.type !== 'message') continue
    for (const part of item.content) {
      refused ||= part.type === 'refusal'
      said.text += part.type === 'refusal' ? part.refusal : part.text
      if (part.type !== 'output_text') continue
      for (const cited of part.annotations ?? []) {
        if (cited.type === 'url_citation') said.citations.push(citationOf({ ...cited }))
      }
    }
  }
  said.reasoning = joinThoughts(thoughts)
  const why = response.incomplete_details?.reason
  if (response.status === 'incomplete' && why !== 'content_filter') said.finish = 'length'
  else if (response.status === 'incomplete' || refused) said.finish = 'filter'
  else said.finish = said.calls.length > 0 ? 'tool' : 'stop'
  const { usage } = response
  if (usage) {
    const details = fieldsOf(usage.input_tokens_details)
    said.usage = {
      input: usage.input_tokens,
      cached: numberOf(details['cached_tokens']),
      cacheWrite: numberOf(details['cache_write_tokens']),
      output: usage.output_tokens,
      reasoning: numberOf(fieldsOf(usage.output_tokens_details)['reasoning_tokens']),
    }
  }
  return said
}

export function saidInMessage(message: Anthropic.Message): Said {
  const said: Said = { ...emptySaid(), finish: 'stop' }
  const thoughts: string[] = []
  for (const block of message.content) {
    if (block.type === 'text') {
      said.text += block.text
      for (const cited of (block.citations ?? []).map((one) => fieldsOf(one))) {
        const url = cited['url'] ?? cited['source']
        if (typeof url === 'string' && /^https?:/.test(url)) said.citations.push(citationOf({ ...cited, url }))
      }
    }
    if (block.type === 'thinking') {
      thoughts.push(block.thinking)
      if (block.signature) said.seals.push(openOpaque(block.signature)?.value ?? block.signature)
    }
    if (block.type === 'redacted_thinking') said.seals.push(block.data)
    if (block.type === 'tool_use') said.calls.push({ id: block.id, name: block.name, input: block.input })
  }
  said.reasoning = joinThoughts(thoughts)
  const details = fieldsOf(message.stop_details)
  const explained = textOf(details['explanation'])
  // Where the upstream had nothing to explain, the proxy's own words stand there.
  if (message.stop_reason === 'refusal' && !/^(?:The content filter|The model refused)/.test(explained)) {
    said.text += explained
  }
  said.finish = finishOfMessage(message)
  const { usage } = message
  const [cached, cacheWrite] = [usage.cache_read_input_tokens ?? 0, usage.cache_creation_input_tokens ?? 0]
  said.usage = {
    input: usage.input_tokens + cached + cacheWrite,
    cached,
    cacheWrite,
    output: usage.output_tokens,
    reasoning: numberOf(fieldsOf(fieldsOf(usage)['output_tokens_details'])['thinking_tokens']),
  }
  return said
}

function finishOfMessage(message: Anthropic.Message): Said['finish'] {
  switch (message.stop_reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'refusal':
      return 'filter'
    case 'tool_use':
      return 'tool'
    default:
      return 'stop'
  }
}

/** Ids are the same wherever they are legal. */
export function isLegalEverywhere(id: string): boolean {
  return /^[A-Za-z0-9_-]{1,40}$/.test(id)
}

function emptySaid(): Omit<Said, 'finish'> {
  return { text: '', reasoning: '', seals: [], calls: [], usage: NO_USAGE, citations: [] }
}

function usageOfChat(usage: Fields): Said['usage'] {
  const prompt = fieldsOf(usage['prompt_tokens_details'])
  return {
    input: numberOf(usage['prompt_tokens']),
    cached: numberOf(prompt['cached_tokens']),
    cacheWrite: numberOf(prompt['cache_write_tokens']),
    output: numberOf(usage['completion_tokens']),
    reasoning: numberOf(fieldsOf(usage['completion_tokens_details'])['reasoning_tokens']),
  }
}

function citationOf(cited: Fields): Said['citations'][number] {
  const url = textOf(cited['url'])
  return { url, title: textOf(cited['title']) || url }
}

function joinThoughts(thoughts: readonly string[]): string {
  return thoughts.filter((text) => text !== '').join('\n\n')
}

function inputOf(text: string): unknown {
  try {
    return JSON.parse(text.trim() === '' ? '{}' : text)
  } catch {
    return text
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
