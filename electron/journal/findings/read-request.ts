/** A recorded request, as far as findings and filters want to know it. */
import type { DialectId, RequestPart } from '../../../shared/exchange.ts'
import { digestOfText, shortened, withoutLongRuns } from './digest.ts'

/** One piece of what the provider caches, in the order in which it reads it. */
export interface Segment {
  path: string
  digest: string
}

export interface ReadRequest {
  parts: RequestPart[]
  /** The limit that the client set, and where. */
  limit?: { path: string; value: number }
  segments: Segment[]
}

type Json = Record<string, unknown>

const cacheMark = 'cache_control'

/** What is larger without its files and pictures is not parsed: it takes no model's context. */
const largest = 8 * 1024 * 1024
/** In larger bodies, looking for the name of a type in the bytes takes longer than looking through what was parsed. */
const largestSearched = 64 * 1024

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * @param dialect of the client
 * @param short the body without its long runs
 */
export function readRequest(
  body: Buffer,
  dialect: DialectId | undefined,
  short = withoutLongRuns(body),
): ReadRequest | undefined {
  if (dialect === undefined || short.length === 0 || short.length > largest) return undefined
  try {
    const request = parsed(body, short)
    if (!isObject(request)) return undefined
    const limit = limitOf(request)
    return {
      parts: partsOf(request, body),
      segments: segmentsOf(request, body),
      ...(limit === undefined ? {} : { limit }),
    }
  } catch {
    return undefined
  }
}

function parsed(body: Buffer, short: Buffer): unknown {
  if (short !== body) {
    try {
      return JSON.parse(short.toString('utf8'))
    } catch (error) {
      // What was taken out was no text.
      if (body.length > largest) throw error
    }
  }
  return JSON.parse(body.toString('utf8'))
}

function limitOf(request: Json): ReadRequest['limit'] {
  for (const path of ['max_completion_tokens', 'max_output_tokens', 'max_tokens']) {
    const value = request[path]
    if (typeof value === 'number') return { path, value }
  }
  return undefined
}

/** Content parts are found by their types, wherever in the request they stand. */
function partsOf(request: Json, body: Buffer): RequestPart[] {
  const has = (...types: string[]): boolean =>
    (body.length > largestSearched || types.some((type) => body.includes(`"${type}"`))) &&
    typed(request, new Set(types), 0)
  const text = isObject(request['text']) ? request['text']['format'] : undefined
  const output = isObject(request['output_config']) ? request['output_config']['format'] : undefined
  const formats = [request['response_format'], text, output]
  const thinking = request['thinking'] ?? request['reasoning'] ?? request['reasoning_effort']
  return [
    ...(Array.isArray(request['tools']) && request['tools'].length > 0 ? (['tools'] as const) : []),
    ...(has('image_url', 'input_image', 'image') ? (['images'] as const) : []),
    ...(has('file', 'input_file', 'document') ? (['files'] as const) : []),
    ...(formats.some((format) => isObject(format) && format['type'] === 'json_schema') ? (['schema'] as const) : []),
    ...(thinking === undefined || thinking === null || (isObject(thinking) && thinking['type'] === 'disabled')
      ? []
      : (['thinking'] as const)),
  ]
}

/** Messages, their parts, and the results of tools in them. */
const deepest = 8

function typed(value: unknown, types: ReadonlySet<unknown>, depth: number): boolean {
  if (depth > deepest || typeof value !== 'object' || value === null) return false
  if (!Array.isArray(value) && types.has((value as Json)['type'])) return true
  return Object.entries(value).some(
    ([key, member]) => (depth > 0 || key === 'messages' || key === 'input') && typed(member, types, depth + 1),
  )
}

/** Tools come first, then the instructions, then the conversation: so all providers cache. */
function segmentsOf(request: Json, body: Buffer): Segment[] {
  const digestOf = body.length > largestSearched || body.includes(cacheMark) ? digestOfMarked : digestOfPlain
  return ['tools', 'instructions', 'system', 'input', 'messages'].flatMap((field): Segment[] => {
    const value = request[field]
    if (value === undefined || value === null) return []
    return Array.isArray(value)
      ? value.map((one, index) => ({ path: `${field}[${index}]`, digest: digestOf(one) }))
      : [{ path: field, digest: digestOf(value) }]
  })
}

/** Of what has neither marks nor long texts in it: the same as of anything else, in a third of the time. */
const digestOfPlain = (value: unknown): string => digestOfText(JSON.stringify(value))

/** Marks of where to cache move from turn to turn and are no part of what is cached. */
function digestOfMarked(value: unknown): string {
  return digestOfText(
    JSON.stringify(value, (key, member: unknown) => {
      if (key === cacheMark) return undefined
      return typeof member === 'string' ? shortened(member) : member
    }),
  )
}
