/**
 * Reads token counts, the model and the reason why an answer ended from its recorded bytes, in any of the three dialects, streamed
 * or not. Runs off the hot path; only the few events that carry figures are parsed.
 */
import type { DialectId, ExchangeFlag, Usage } from '../../shared/exchange.ts'

/** What an answer's bytes tell about it. */
export interface Figures {
  usage?: Usage
  /** The model that it names. */
  model?: string
  flags: ExchangeFlag[]
}

type Json = Record<string, unknown>

/** A larger document is not parsed for its figures. */
const largestDocument = 8 * 1024 * 1024
/** How many candidates are looked at, from the end, before giving up. */
const mostTries = 16

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const object = (value: unknown): Json => (isObject(value) ? value : {})
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The data of the event's line around an offset. */
function lineAt(bytes: Buffer, offset: number): Json | undefined {
  const from = bytes.lastIndexOf(10, offset) + 1
  const end = bytes.indexOf(10, offset)
  const to = end === -1 ? bytes.length : end
  if (to - from > largestDocument) return undefined
  const line = bytes.toString('utf8', from, to)
  return line.startsWith('data:') ? parse(line.slice(5)) : undefined
}

/** The last event whose line contains `mark` and that `accepts` takes. */
function lastEvent(bytes: Buffer, mark: string, accepts: (data: Json) => boolean): Json | undefined {
  let at = bytes.lastIndexOf(mark)
  for (let tries = 0; at !== -1 && tries < mostTries; tries++) {
    const data = lineAt(bytes, at)
    if (data !== undefined && accepts(data)) return data
    const lineStart = bytes.lastIndexOf(10, at)
    at = lineStart <= 0 ? -1 : bytes.lastIndexOf(mark, lineStart - 1)
  }
  return undefined
}

function firstEvent(bytes: Buffer, mark: string): Json | undefined {
  const at = bytes.indexOf(mark)
  return at === -1 ? undefined : lineAt(bytes, at)
}

function usageOf(entries: { [K in keyof Usage]: number | undefined }): Usage | undefined {
  const known = Object.entries(entries).filter(([, value]) => value !== undefined)
  return known.length === 0 ? undefined : Object.fromEntries(known)
}

const chatUsage = (raw: Json): Usage | undefined =>
  usageOf({
    input: count(raw['prompt_tokens']),
    cached: count(object(raw['prompt_tokens_details'])['cached_tokens']),
    cacheWrite: count(object(raw['prompt_tokens_details'])['cache_write_tokens']),
    output: count(raw['completion_tokens']),
    reasoning: count(object(raw['completion_tokens_details'])['reasoning_tokens']),
  })

const responsesUsage = (raw: Json): Usage | undefined =>
  usageOf({
    input: count(raw['input_tokens']),
    cached: count(object(raw['input_tokens_details'])['cached_tokens']),
    cacheWrite: count(object(raw['input_tokens_details'])['cache_write_tokens']),
    output: count(raw['output_tokens']),
    reasoning: count(object(raw['output_tokens_details'])['reasoning_tokens']),
  })

/** Messages counts cached input apart from `input_tokens`. */
function messagesUsage(raw: Json): Usage | undefined {
  const cached = count(raw['cache_read_input_tokens'])
  const cacheWrite = count(raw['cache_creation_input_tokens'])
  const hour = count(object(raw['cache_creation'])['ephemeral_1h_input_tokens'])
  const input = count(raw['input_tokens'])
  return usageOf({
    input: input === undefined ? undefined : input + (cached ?? 0) + (cacheWrite ?? 0),
    cached,
    cacheWrite,
    cacheWrite1h: hour === 0 ? undefined : hour,
    output: count(raw['output_tokens']),
    reasoning: count(object(raw['output_tokens_details'])['thinking_tokens']),
  })
}

/** The one word of each dialect for why an answer ended, in the terms of the list's flags. */
function flagOf(reason: unknown): ExchangeFlag[] {
  switch (reason) {
    case 'content_filter':
    case 'refusal':
      return ['filtered']
    case 'length':
    case 'max_tokens':
    case 'max_output_tokens':
    case 'model_context_window_exceeded':
      return ['truncated']
    default:
      return []
  }
}

const figures = (usage: Usage | undefined, flags: ExchangeFlag[], model?: unknown): Figures => ({
  ...(usage === undefined ? {} : { usage }),
  ...(typeof model === 'string' && model !== '' ? { model } : {}),
  flags: [...new Set(flags)],
})

function chatFlags(answer: Json): ExchangeFlag[] {
  const choices = list(answer['choices'])
  const refused = choices.some((choice) => typeof object(choice['message'])['refusal'] === 'string')
  return [...choices.flatMap((choice) => flagOf(choice['finish_reason'])), ...(refused ? flagOf('refusal') : [])]
}

function responsesFlags(response: Json): ExchangeFlag[] {
  const refused = list(response['output']).some((item) =>
    list(item['content']).some((part) => part['type'] === 'refusal'),
  )
  return [...flagOf(object(response['incomplete_details'])['reason']), ...(refused ? flagOf('refusal') : [])]
}

/** An error answer; Azure's filter refuses a prompt with `code: content_filter`. */
function errorFlags(answer: Json): ExchangeFlag[] {
  const error = object(answer['error'])
  const inner = object(error['innererror'])['code']
  return error['code'] === 'content_filter' || inner === 'ResponsibleAIPolicyViolation' ? flagOf('content_filter') : []
}

function fromDocument(dialect: DialectId, answer: Json): Figures {
  const usage = object(answer['usage'])
  if (answer['error'] !== undefined && answer['error'] !== null) return figures(undefined, errorFlags(answer))
  switch (dialect) {
    case 'chat':
      return figures(chatUsage(usage), chatFlags(answer), answer['model'])
    case 'messages':
      return figures(messagesUsage(usage), flagOf(answer['stop_reason']), answer['model'])
    case 'responses':
      return figures(responsesUsage(usage), responsesFlags(answer), answer['model'])
  }
}

function fromEvents(dialect: DialectId, bytes: Buffer): Figures {
  switch (dialect) {
    case 'chat': {
      const counted = lastEvent(bytes, '"usage"', (data) => isObject(data['usage']))
      const ended = lastEvent(bytes, '"finish_reason":', (data) =>
        list(data['choices']).some((choice) => typeof choice['finish_reason'] === 'string'),
      )
      const model = ended?.['model'] ?? counted?.['model']
      return figures(chatUsage(object(counted?.['usage'])), chatFlags(ended ?? {}), model)
    }
    case 'messages': {
      const message = object(firstEvent(bytes, '"message_start"')?.['message'])
      const delta = lastEvent(bytes, '"message_delta"', (data) => data['type'] === 'message_delta') ?? {}
      // The delta's counts are cumulative: they replace those of the start where they are numbers, and never add.
      const later = Object.entries(object(delta['usage'])).filter(([, value]) => value !== null)
      return figures(
        messagesUsage({ ...object(message['usage']), ...Object.fromEntries(later) }),
        flagOf(object(delta['delta'])['stop_reason']),
        message['model'],
      )
    }
    case 'responses': {
      const closing = new Set(['response.completed', 'response.incomplete', 'response.failed'])
      const isClosing = (data: Json): boolean => closing.has(String(data['type']))
      const last = lastEvent(bytes, '"response":', isClosing) ?? lastEvent(bytes, '"response" :', isClosing)
      const response = object(last?.['response'])
      const flags = [...responsesFlags(response), ...errorFlags(response)]
      return figures(responsesUsage(object(response['usage'])), flags, response['model'])
    }
  }
}

/**
 * Figures of an answer.
 *
 * @param bytes what was kept of the body; a cut one gives what can be read of it
 */
export function readFigures(dialect: DialectId, isEventStream: boolean, bytes: Buffer): Figures {
  if (isEventStream) return fromEvents(dialect, bytes)
  if (bytes.length === 0 || bytes.length > largestDocument) return { flags: [] }
  return fromDocument(dialect, parse(bytes.toString('utf8')) ?? {})
}
