/**
 * What the rate-limit headers of an answer say, in words. Azure and OpenAI: `x-ratelimit-{limit,remaining,reset}-
 * {tokens,requests}`; Anthropic: `anthropic-ratelimit-{tokens,input-tokens,output-tokens,requests}-{limit,remaining,
 * reset}`; both: `retry-after` in seconds.
 */
import type { Header } from '../../../../shared/exchange.ts'
import { count } from '../../../ui/format.ts'

export interface QuotaFact {
  /** What is counted, e.g. `tokens`. */
  name: string
  remaining?: number
  limit?: number
  /** When it is full again, as the header said. */
  reset?: string
}

const OPENAI = /^x-ratelimit-(limit|remaining|reset)-(tokens|requests)$/
const ANTHROPIC = /^anthropic-ratelimit-((?:input-|output-)?tokens|requests)-(limit|remaining|reset)$/

export function quotaFacts(headers: readonly Header[]): QuotaFact[] {
  const facts = new Map<string, QuotaFact>()
  for (const [header, value] of headers) {
    const name = header.toLowerCase()
    const openai = OPENAI.exec(name)
    const anthropic = ANTHROPIC.exec(name)
    const [what, of] = openai ? [openai[1], openai[2]] : [anthropic?.[2], anthropic?.[1]]
    if (what === undefined || of === undefined) continue
    const fact = facts.get(of) ?? { name: of.replace('-', ' ') }
    if (what === 'reset') fact.reset = value
    else if (value.trim() !== '' && Number.isFinite(Number(value))) fact[what as 'limit' | 'remaining'] = Number(value)
    facts.set(of, fact)
  }
  return [...facts.values()].filter(({ remaining, limit }) => remaining !== undefined || limit !== undefined)
}

/** `146,400 of 240,000 (61 %)` */
export function quotaText({ remaining, limit }: QuotaFact): string {
  if (remaining === undefined) return `limit ${count(limit ?? 0)}`
  if (limit === undefined || limit <= 0) return count(remaining)
  return `${count(remaining)} of ${count(limit)} (${Math.round((remaining / limit) * 100)} %)`
}

/** Seconds that the upstream asked to wait, if it did. */
export function retryAfter(headers: readonly Header[]): string | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1]
  if (value === undefined) return undefined
  return Number.isFinite(Number(value)) ? `${value} s` : value
}
