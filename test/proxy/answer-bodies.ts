/** Upstream answers as the services write them, built from what they say. */
import type { DialectId } from '../../shared/exchange.ts'

export type Fields = Record<string, unknown>

export interface AnswerBody {
  name: string
  dialect: DialectId
  /** A stream as text, or a whole answer. */
  body: string | Fields
  /** What a client of another API reads in place of what the native SDK does, where an exact equal cannot exist. */
  elsewhere: Fields | undefined
}

/** Text that tears what is careless with characters. */
export const WORDS = 'Über 漢字 🙂👩‍👩‍👧 שלום مرحبا \u2028 line, "quoted" \\ and\ttabbed.\r\n'
export const LONG = JSON.stringify({ path: 'a', text: `${WORDS}x`.repeat(400) })
export const FILTERS: Fields = {
  hate: { filtered: false, severity: 'safe' },
  violence: { filtered: true, severity: 'high' },
}

export type Case = [name: string, body: string | Fields, elsewhere?: Fields]

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const event = (value: Fields): string => `event: ${String(value['type'])}\n${data(value)}`

export const chatUsage: Fields = {
  prompt_tokens: 30,
  completion_tokens: 12,
  total_tokens: 42,
  prompt_tokens_details: { cached_tokens: 20, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 5, audio_tokens: 0 },
}

const typed = (type: string, ...fields: Fields[]): Fields => Object.assign({ type }, ...fields) as Fields

/** One chunk; `choice` holds what stands beside its delta. */
export function chunk(delta: unknown, choice: Fields = {}, rest: Fields = {}): Fields {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'deepseek-v3',
    system_fingerprint: 'fp_1',
    service_tier: 'default',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: null, ...choice }],
    ...rest,
  }
}

export const chatEnd = (reason: string, rest: Fields = {}): Fields => chunk({}, { finish_reason: reason }, rest)
export const usageChunk: Fields = { ...chunk({}), choices: [], usage: chatUsage }

export function chatStream(...chunks: (Fields | string)[]): string {
  return `${chunks.map((one) => (typeof one === 'string' ? one : data(one))).join('')}data: [DONE]\n\n`
}

export function completion(message: Fields, choice: Fields = {}, rest: Fields = {}): Fields {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'deepseek-v3',
    choices: [
      { index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', logprobs: null, ...choice },
    ],
    usage: chatUsage,
    ...rest,
  }
}

export const toolCall = (index: number, id: string, name: string, args: unknown): Fields => ({
  index,
  id,
  type: 'function',
  function: { name, arguments: args },
})
export const moreArguments = (index: number, args: string): Fields => ({
  tool_calls: [{ index, function: { arguments: args } }],
})

export const responseUsage: Fields = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 20 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 42,
}

export function response(output: Fields[], rest: Fields = {}): Fields {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: 'gpt-5-codex',
    output,
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    text: { format: { type: 'text' } },
    usage: responseUsage,
    ...rest,
  }
}

/** The stream in which the API writes these items one after the other, with its events numbered. */
export function responseStream(items: Fields[], rest: Fields = {}): string {
  const events: Fields[] = []
  const begun = response([], { status: 'in_progress', usage: null })
  events.push({ type: 'response.created', response: begun }, { type: 'response.in_progress', response: begun })
  for (const [index, item] of items.entries()) events.push(...itemEvents(item, index))
  const whole = response(items, rest)
  events.push({ type: `response.${String(whole['status'])}`, response: whole })
  return numbered(events)
}

export function numbered(events: Fields[]): string {
  return events.map((one, index) => event(Object.assign({}, one, { sequence_number: index }))).join('')
}

export function itemEvents(item: Fields, index: number): Fields[] {
  const place = { output_index: index, item_id: item['id'] }
  const type = String(item['type'])
  const begun = { ...item, ...(type === 'message' ? { content: [] } : {}), status: 'in_progress' }
  return [
    { type: 'response.output_item.added', output_index: index, item: without(begun, type) },
    ...innerEvents(item, type, place),
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

function without(item: Fields, type: string): Fields {
  if (type === 'function_call') return { ...item, arguments: '' }
  if (type === 'custom_tool_call') return { ...item, input: '' }
  return type === 'reasoning' ? { ...item, summary: [] } : item
}

function innerEvents(item: Fields, type: string, place: Fields): Fields[] {
  if (type === 'function_call') {
    const args = String(item['arguments'])
    return [
      ...pieces(args).map((delta) => typed('response.function_call_arguments.delta', place, { delta })),
      { type: 'response.function_call_arguments.done', ...place, name: item['name'], arguments: args },
    ]
  }
  if (type === 'custom_tool_call') {
    const input = String(item['input'])
    return [
      ...pieces(input).map((delta) => typed('response.custom_tool_call_input.delta', place, { delta })),
      { type: 'response.custom_tool_call_input.done', ...place, input },
    ]
  }
  if (type === 'reasoning') {
    const summary = item['summary'] as Fields[]
    return summary.flatMap((part, at) => summaryEvents(part, Object.assign({ summary_index: at }, place)))
  }
  return type === 'message' ? (item['content'] as Fields[]).flatMap((part, at) => contentEvents(part, at, place)) : []
}

function summaryEvents(part: Fields, where: Fields): Fields[] {
  const text = String(part['text'])
  return [
    { type: 'response.reasoning_summary_part.added', ...where, part: { type: 'summary_text', text: '' } },
    ...pieces(text).map((delta) => typed('response.reasoning_summary_text.delta', where, { delta })),
    { type: 'response.reasoning_summary_text.done', ...where, text },
    { type: 'response.reasoning_summary_part.done', ...where, part },
  ]
}

function contentEvents(part: Fields, at: number, place: Fields): Fields[] {
  const where = { ...place, content_index: at }
  if (part['type'] === 'refusal') {
    const refusal = String(part['refusal'])
    return [
      { type: 'response.content_part.added', ...where, part: { type: 'refusal', refusal: '' } },
      ...pieces(refusal).map((delta) => typed('response.refusal.delta', where, { delta })),
      { type: 'response.refusal.done', ...where, refusal },
      { type: 'response.content_part.done', ...where, part },
    ]
  }
  const text = String(part['text'])
  return [
    { type: 'response.content_part.added', ...where, part: { ...part, text: '', annotations: [] } },
    ...pieces(text).map((delta) => typed('response.output_text.delta', where, { delta, logprobs: [] })),
    ...(part['annotations'] as Fields[]).map((annotation, annotation_index) =>
      typed('response.output_text.annotation.added', where, { annotation_index, annotation }),
    ),
    { type: 'response.output_text.done', ...where, text, logprobs: [] },
    { type: 'response.content_part.done', ...where, part },
  ]
}

/** Pieces by UTF-16 units, as a careless server cuts them: inside of surrogate pairs, too. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,7}/g) ?? []
}

export const outputText = (text: string, annotations: Fields[] = []): Fields => ({
  type: 'output_text',
  text,
  annotations,
  logprobs: [],
})
export const messageItem = (id: string, ...content: Fields[]): Fields => ({
  id,
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content,
})
export const callItem = (id: string, callId: string, name: string, args: string): Fields => ({
  id,
  type: 'function_call',
  status: 'completed',
  call_id: callId,
  name,
  arguments: args,
})
export const reasoningItem = (id: string, sealed: string | undefined, ...summary: string[]): Fields => ({
  id,
  type: 'reasoning',
  summary: summary.map((text) => ({ type: 'summary_text', text })),
  ...(sealed === undefined ? {} : { encrypted_content: sealed }),
})

export const messageUsage: Fields = {
  input_tokens: 10,
  cache_creation_input_tokens: 4,
  cache_read_input_tokens: 16,
  output_tokens: 12,
  service_tier: 'standard',
}

export function messageBody(content: Fields[], rest: Fields = {}): Fields {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-6',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: messageUsage,
    ...rest,
  }
}

/** The stream in which the API writes these blocks. */
export function messageStream(content: Fields[], rest: Fields = {}): string {
  const { stop_reason, stop_sequence, stop_details, usage, ...whole } = messageBody([], rest)
  return [
    {
      type: 'message_start',
      message: { ...whole, stop_reason: null, stop_sequence: null, usage: { ...(usage as Fields), output_tokens: 1 } },
    },
    { type: 'ping' },
    ...content.flatMap(blockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence, ...(stop_details === undefined ? {} : { stop_details }) },
      usage: { output_tokens: 12 },
    },
    { type: 'message_stop' },
  ]
    .map(event)
    .join('')
}

export function blockEvents(block: Fields, index: number): Fields[] {
  const delta = (value: Fields): Fields => ({ type: 'content_block_delta', index, delta: value })
  const around = (start: Fields, deltas: Fields[]): Fields[] => [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map(delta),
    { type: 'content_block_stop', index },
  ]
  switch (block['type']) {
    case 'text':
      return around({ ...block, text: '', ...('citations' in block ? { citations: [] } : {}) }, [
        ...((block['citations'] ?? []) as Fields[]).map((citation) => ({ type: 'citations_delta', citation })),
        ...pieces(String(block['text'])).map((text) => ({ type: 'text_delta', text })),
      ])
    case 'thinking':
      return around({ type: 'thinking', thinking: '', signature: '' }, [
        ...pieces(String(block['thinking'])).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block['signature'] },
      ])
    case 'tool_use':
    case 'server_tool_use':
    case 'mcp_tool_use': {
      const input = JSON.stringify(block['input'])
      const parts = ['', ...(input === '{}' ? [] : pieces(input))]
      return around(
        { ...block, input: {} },
        parts.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      )
    }
    default:
      return around(block, [])
  }
}
