/**
 * A bundle: recorded exchanges as a file. JSON Lines: a header that names the format and its version, then one exchange
 * per line with both lanes, their times and causes. What the journal hides (keys, tokens) is hidden in it, too.
 */
import * as z from 'zod'
import { ExchangeDetail, LaneEvent } from './exchange.ts'

/** What a bundle is written as. A later version that older programs cannot read has another number. */
export const bundleVersion = 1
export const bundleMediaType = 'application/jsonl'

const Header = z.object({ lazuli: z.literal('bundle'), version: z.number().int().min(1) })

/** One lane as it was recorded, see `LaneEvent`. */
export const BundledLane = z.object({
  events: z.array(LaneEvent),
  /** The lane was longer than the recorder keeps. */
  truncated: z.boolean(),
})
export type BundledLane = z.infer<typeof BundledLane>

export const BundledExchange = z.object({ detail: ExchangeDetail, upstream: BundledLane, client: BundledLane })
export type BundledExchange = z.infer<typeof BundledExchange>

/** What is wrong with a file, and in which line of it, from 1. */
export interface BundleProblem {
  line: number
  message: string
}

export type BundleReading = { exchanges: BundledExchange[] } | { problem: BundleProblem }

/** First line of every bundle. */
export const bundleHeader = `${JSON.stringify({ lazuli: 'bundle', version: bundleVersion })}\n`

/** One exchange as a line, its members in the order of the schema. That it was imported says nothing elsewhere. */
export function bundleLine(exchange: BundledExchange): string {
  const { detail, upstream, client } = BundledExchange.parse(exchange)
  const { imported: _imported, ...summary } = detail.summary
  return `${JSON.stringify({ detail: { ...detail, summary }, upstream, client })}\n`
}

/** Reads a whole bundle, strictly: the first thing that is wrong ends it. Blank lines are passed over. */
export function readBundle(text: string): BundleReading {
  const exchanges: BundledExchange[] = []
  const seen = new Map<string, number>()
  let headed = false
  for (const [at, content] of text.split('\n').entries()) {
    const line = at + 1
    const bare = line === 1 ? content.replace(/^\uFEFF/, '') : content
    if (bare.trim() === '') continue
    const value = parsed(bare)
    if (value === undefined) return { problem: { line, message: headed ? 'It is not JSON.' : notOne } }
    if (!headed) {
      const header = Header.safeParse(value)
      if (!header.success) return { problem: { line, message: notOne } }
      if (header.data.version > bundleVersion) {
        const message = `It has version ${header.data.version}; this Lazuli reads versions up to ${bundleVersion}.`
        return { problem: { line, message } }
      }
      headed = true
      continue
    }
    const read = BundledExchange.safeParse(value)
    if (!read.success) return { problem: { line, message: sentenceOf(read.error) } }
    const { id } = read.data.detail.summary
    const before = seen.get(id)
    if (before !== undefined) return { problem: { line, message: `The exchange ${id} stands in line ${before}, too.` } }
    seen.set(id, line)
    exchanges.push(read.data)
  }
  return headed ? { exchanges } : { problem: { line: 1, message: 'The file is empty.' } }
}

const notOne = 'It is no bundle of Lazuli: the first line must be {"lazuli":"bundle","version":1}.'

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The first mistake, with its path; what stands there is not repeated. */
function sentenceOf(error: z.ZodError): string {
  const [issue] = error.issues
  const path = (issue?.path ?? []).reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
  return `${path === '' ? 'The line' : path} is not what a bundle holds there: ${issue?.message ?? 'unknown'}.`
}
