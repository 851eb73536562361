/** What a stream's events tell without being translated: has the model begun to speak, and did the stream end whole? */
import type { DialectId } from '../../shared/exchange.ts'
import { SseReader } from '../core/sse.ts'
import type { SseEvent } from '../core/sse.ts'

/** silent: nothing that a client would miss. speaks: the answer has begun. */
export type Opening = { type: 'silent' } | { type: 'speaks' } | { type: 'error'; status: number; body: string }

/**
 * Judges an event at the beginning of a stream. As long as all were silent, a failure can still be told as an HTTP
 * status: `message_start` and a chunk that names only the role commit to nothing.
 */
export function judgeOpening(dialect: DialectId, event: SseEvent): Opening {
  const data = objectOf(event.data)
  if (data === undefined) return { type: event.data.trim() === '' ? 'silent' : 'speaks' }
  if (isError(data)) return { type: 'error', status: statusOf(data), body: event.data }
  switch (dialect) {
    case 'chat':
      return { type: chatSpeaks(data) ? 'speaks' : 'silent' }
    case 'messages':
      return { type: messagesSpeaks(data) ? 'speaks' : 'silent' }
    case 'responses':
      if (data['type'] === 'response.failed') return failedResponse(data)
      return { type: /^response\.(created|queued|in_progress)$/.test(String(data['type'])) ? 'silent' : 'speaks' }
  }
}

/** A response that failed before its first delta because the service had no room is an error like any other. */
function failedResponse(data: Record<string, unknown>): Opening {
  const { error } = (data['response'] ?? {}) as { error?: unknown }
  if (typeof error !== 'object' || error === null) return { type: 'speaks' }
  const { code, type } = error as Record<string, unknown>
  const status = STATUS_OF_FAILED.find(([pattern]) => pattern.test(`${String(code)} ${String(type)}`))?.[1]
  return status === undefined ? { type: 'speaks' } : { type: 'error', status, body: JSON.stringify({ error }) }
}

/** What makes another call worth while; other failures go on as the events that they are. */
const STATUS_OF_FAILED: readonly [RegExp, number][] = [
  [/rate_limit|too_many_requests/, 429],
  [/overloaded|slow_down|server_is_busy/, 503],
  [/server_error|internal_error/, 500],
]

function chatSpeaks(data: Record<string, unknown>): boolean {
  const choices = Array.isArray(data['choices']) ? (data['choices'] as unknown[]) : []
  return choices.some((choice) => {
    const { delta, text, finish_reason: finish } = (choice ?? {}) as Record<string, unknown>
    // Completions have a text where chat has a delta.
    if ((finish !== null && finish !== undefined) || (typeof text === 'string' && text !== '')) return true
    return Object.entries(delta ?? {}).some(
      ([key, value]) => key !== 'role' && value !== null && value !== '' && value !== undefined,
    )
  })
}

function messagesSpeaks(data: Record<string, unknown>): boolean {
  if (data['type'] === 'message_start' || data['type'] === 'ping') return false
  if (data['type'] !== 'content_block_start') return true
  const block = (data['content_block'] ?? {}) as Record<string, unknown>
  // A block that starts with content of its own (redacted thinking, a search result) has spoken already.
  return (
    (block['type'] !== 'text' || block['text'] !== '') && (block['type'] !== 'thinking' || block['thinking'] !== '')
  )
}

export type Ending = 'whole' | 'error' | 'cut'

/**
 * How did the stream end?
 * @param tail its last bytes, from anywhere in it
 * @param framed did the HTTP body end as declared? Only then may a finish reason stand for a missing `[DONE]`
 */
export function judgeEnding(dialect: DialectId, tail: Buffer, framed: boolean): Ending {
  // Whoever kept the tail has bounded it.
  const reader = new SseReader({ limit: Infinity })
  const events = [...reader.push(tail), ...reader.end()]
  let ending: Ending = 'cut'
  for (const event of events) {
    if (dialect === 'chat' && event.data.trim() === '[DONE]') ending = 'whole'
    const data = objectOf(event.data)
    if (data === undefined) continue
    if (isError(data)) return 'error'
    if (endsAnswer(dialect, data, framed)) ending = 'whole'
  }
  return ending
}

function endsAnswer(dialect: DialectId, data: Record<string, unknown>, framed: boolean): boolean {
  switch (dialect) {
    case 'chat':
      return framed && hasFinish(data)
    case 'messages':
      return data['type'] === 'message_stop'
    case 'responses':
      return /^response\.(completed|incomplete|failed)$/.test(String(data['type']))
  }
}

function hasFinish(data: Record<string, unknown>): boolean {
  const choices = Array.isArray(data['choices']) ? (data['choices'] as unknown[]) : []
  return choices.some((choice) => typeof (choice as { finish_reason?: unknown } | null)?.finish_reason === 'string')
}

/** Is this event nothing but the usage that was asked for with `include_usage`? */
export function isUsageChunk(text: string): boolean {
  const data = objectOf(text)
  if (data === undefined) return false
  const { choices, usage } = data
  return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && usage !== null
}

function isError(data: Record<string, unknown>): boolean {
  return data['type'] === 'error' || (typeof data['error'] === 'object' && data['error'] !== null)
}

/** HTTP status that an error inside a stream would have had. */
function statusOf(data: Record<string, unknown>): number {
  const error = (typeof data['error'] === 'object' && data['error'] !== null ? data['error'] : data) as Record<
    string,
    unknown
  >
  for (const key of ['status', 'code', 'http_status']) {
    const status = Number(error[key])
    if (Number.isInteger(status) && status >= 400 && status <= 599) return status
  }
  const words = `${String(error['type'])} ${String(error['code'])}`
  return STATUS_OF_WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? 502
}

const STATUS_OF_WORDS: readonly [RegExp, number][] = [
  [/rate_limit|too_many_requests|insufficient_quota/, 429],
  [/overloaded/, 529],
  [/authentication|invalid_api_key/, 401],
  [/permission|forbidden/, 403],
  [/not_found/, 404],
  [/timeout/, 504],
  [/invalid_request|content_filter|context_length|invalid_prompt/, 400],
]

function objectOf(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
