/**
 * What the upstream says and the load expects: streams of the three dialects whose every event carries its number and
 * the time at which it was sent, both of fixed width, so that a stream of n events always has the same length.
 */
import type { DialectId } from '../../shared/exchange.ts'

/** What an answer shall be; written into the request's prompt, so that it survives every translation. */
export interface AnswerPlan {
  /** Events with text; 0: a whole answer. */
  events: number
  /** Milliseconds between two of them; 0: as fast as the connection takes them. */
  everyMs: number
  /** Bytes of filler in each. */
  fill: number
}

export const PATHS: Readonly<Record<DialectId, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}

/** The same under the paths that an Azure resource has. */
export const UPSTREAM_PATHS: Readonly<Record<DialectId, string>> = {
  chat: '/openai/v1/chat/completions',
  responses: '/openai/v1/responses',
  messages: '/anthropic/v1/messages',
}

/** Ends of whole streams. */
const LAST_WORDS: Readonly<Record<DialectId, string>> = {
  chat: 'data: [DONE]',
  responses: 'event: response.completed',
  messages: 'event: message_stop',
}

const MARK = 0x23
const FILLER = 'the quick brown fox jumps over the lazy dog; '.repeat(100)
/** `#` + 6 digits + `@` + 15 digits + ` ` */
const STAMP_BYTES = 24

/** Microseconds of the system's monotonic clock, which all processes of a machine share. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

export function writePlan({ events, everyMs, fill }: AnswerPlan): string {
  return `plan:${events}/${everyMs}/${fill};`
}

/** Undefined where the bytes hold none. */
export function readPlan(body: Buffer): AnswerPlan | undefined {
  const at = body.indexOf('plan:')
  if (at === -1) return undefined
  const found = /^plan:(\d+)\/(\d+)\/(\d+);/.exec(body.toString('latin1', at, at + 60))
  if (found === null) return undefined
  return { events: Number(found[1]), everyMs: Number(found[2]), fill: Number(found[3]) }
}

/** A request body of about `bytes`. */
export function requestBody(dialect: DialectId, model: string, plan: AnswerPlan, bytes: number): Buffer {
  const content = writePlan(plan) + FILLER.repeat(Math.ceil(bytes / FILLER.length)).slice(0, Math.max(0, bytes - 200))
  const stream = plan.events > 0
  switch (dialect) {
    case 'chat':
      return json({ model, messages: [{ role: 'user', content }], stream })
    case 'responses':
      return json({ model, input: [{ role: 'user', content }], stream, store: false })
    case 'messages':
      return json({ model, max_tokens: 1024, messages: [{ role: 'user', content }], stream })
  }
}

/** An answer of one piece, about 1 kB. */
export function wholeAnswer(dialect: DialectId): Buffer {
  const text = FILLER.slice(0, 600)
  switch (dialect) {
    case 'chat':
      return json({
        ...CHAT,
        object: 'chat.completion',
        choices: [{ index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: 'stop' }],
        usage: CHAT_USAGE,
      })
    case 'responses':
      return json({ ...RESPONSE, status: 'completed', output: [outputItem(text, 'completed')], usage: USAGE })
    case 'messages':
      return json({ ...MESSAGE, content: [{ type: 'text', text }], stop_reason: 'end_turn', usage: USAGE })
  }
}

/** One stream as its upstream sends it. */
export interface StreamSource {
  /** What stands before the first text. */
  head: string
  /** The event with the n-th text. */
  next(): string
  /** What stands behind the last text. */
  tail(): string
}

export function streamSource(dialect: DialectId, { fill }: AnswerPlan): StreamSource {
  const texts: string[] = []
  const text = (): string => {
    const stamp = `#${String(texts.length).padStart(6, '0')}@${String(nowUs()).padStart(15, '0')} `
    const made = stamp + FILLER.slice(0, fill)
    texts.push(made)
    return made
  }
  switch (dialect) {
    case 'chat':
      return {
        head: chatEvent({ role: 'assistant', content: '', refusal: null }, null),
        next: () => chatEvent({ content: text() }, null),
        tail: () => `${chatEvent({}, 'stop')}data: [DONE]\n\n`,
      }
    case 'messages':
      return {
        head:
          event('message_start', { message: { ...MESSAGE, content: [], stop_reason: null, usage: USAGE } }) +
          event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
          event('ping', {}),
        next: () => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: text() } }),
        tail: () =>
          event('content_block_stop', { index: 0 }) +
          event('message_delta', {
            delta: { stop_reason: 'end_turn', stop_sequence: null },
            usage: { output_tokens: 100 },
          }) +
          event('message_stop', {}),
      }
    case 'responses':
      return responsesSource(texts, text)
  }
}

function responsesSource(texts: readonly string[], text: () => string): StreamSource {
  let number = 0
  const numbered = (type: string, fields: object): string => event(type, { sequence_number: number++, ...fields })
  const at = { output_index: 0, item_id: 'msg_0123456789' }
  const part = { type: 'output_text', annotations: [], logprobs: [] }
  const opening = outputItem('', 'in_progress')
  return {
    head:
      numbered('response.created', { response: { ...RESPONSE, status: 'in_progress', output: [], usage: null } }) +
      numbered('response.in_progress', { response: { ...RESPONSE, status: 'in_progress', output: [], usage: null } }) +
      numbered('response.output_item.added', { output_index: 0, item: { ...opening, content: [] } }) +
      numbered('response.content_part.added', { ...at, content_index: 0, part: { ...part, text: '' } }),
    next: () => numbered('response.output_text.delta', { ...at, content_index: 0, delta: text(), logprobs: [] }),
    tail: () => {
      const whole = texts.join('')
      return (
        numbered('response.output_text.done', { ...at, content_index: 0, text: whole, logprobs: [] }) +
        numbered('response.content_part.done', { ...at, content_index: 0, part: { ...part, text: whole } }) +
        numbered('response.output_item.done', { output_index: 0, item: outputItem(whole, 'completed') }) +
        numbered('response.completed', {
          response: { ...RESPONSE, status: 'completed', output: [outputItem(whole, 'completed')], usage: USAGE },
        })
      )
    },
  }
}

/** Follows a stream as a client reads it: every text once, in order, unchanged, and then the end. */
export class StreamCheck {
  /** Bytes of the body so far. */
  bytes = 0
  /** Texts so far. */
  seen = 0
  /** The first thing that was wrong. */
  fault: string | undefined
  readonly #last: string
  readonly #plan: AnswerPlan
  readonly #filler: Buffer
  readonly #delayed: (us: number) => void
  #rest: Buffer = Buffer.alloc(0)
  #ended = false

  /** @param delayed is told how long each text was on its way, in microseconds */
  constructor(dialect: DialectId, plan: AnswerPlan, delayed: (us: number) => void) {
    this.#last = LAST_WORDS[dialect]
    this.#plan = plan
    this.#filler = Buffer.from(FILLER.slice(0, plan.fill))
    this.#delayed = delayed
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length
    const now = nowUs()
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let from = 0
    while (this.seen < this.#plan.events) {
      const at = bytes.indexOf(MARK, from)
      const end = at + STAMP_BYTES + this.#filler.length
      if (at === -1) from = bytes.length
      if (at === -1 || end > bytes.length) break
      const number = Number(bytes.toString('latin1', at + 1, at + 7))
      const sent = Number(bytes.toString('latin1', at + 8, at + 23))
      if (number !== this.seen) this.fault ??= `text ${number} where ${this.seen} was due`
      if (bytes.compare(this.#filler, 0, this.#filler.length, at + STAMP_BYTES, end) !== 0) {
        this.fault ??= `text ${number} was changed`
      }
      this.#delayed(now - sent)
      this.seen++
      from = end
    }
    if (this.seen === this.#plan.events) {
      this.#ended ||= bytes.includes(this.#last, from)
      from = Math.max(from, bytes.length - this.#last.length)
    }
    this.#rest = bytes.subarray(from)
  }

  /** What is wrong with the stream now that it is over; undefined: nothing. */
  end(): string | undefined {
    if (this.fault !== undefined) return this.fault
    if (this.seen !== this.#plan.events) return `${this.#plan.events - this.seen} of ${this.#plan.events} texts missing`
    return this.#ended ? undefined : 'no end marker'
  }
}

const CHAT = {
  id: 'chatcmpl-0123456789abcdef0123456789',
  created: 1_700_000_000,
  model: 'gpt-4.1-2025-04-14',
  system_fingerprint: 'fp_0123456789',
}
const CHAT_USAGE = { prompt_tokens: 250, completion_tokens: 100, total_tokens: 350 }
const USAGE = { input_tokens: 250, output_tokens: 100, total_tokens: 350 }
const RESPONSE = {
  id: 'resp_0123456789abcdef0123456789',
  object: 'response',
  created_at: 1_700_000_000,
  model: 'gpt-4.1-2025-04-14',
  error: null,
  incomplete_details: null,
  instructions: null,
  parallel_tool_calls: true,
  tools: [],
  metadata: {},
}
const MESSAGE = {
  id: 'msg_0123456789abcdef0123456789',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  stop_sequence: null,
}

function outputItem(text: string, status: string): object {
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }]
  return { id: 'msg_0123456789', type: 'message', role: 'assistant', status, content }
}

function chatEvent(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish, content_filter_results: {} }]
  return `data: ${JSON.stringify({ ...CHAT, object: 'chat.completion.chunk', choices, obfuscation: 'x7Yq0' })}\n\n`
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
