/**
 * Tool-call ids as each API takes them. The mapping is a pure function of the id, so calls and results of one request
 * stay paired without a table; ids of an answer are new and are never mapped back.
 */
import type { DialectId } from './hub.ts'
import { sha256Hex } from './sha256.ts'

interface CallIdRule {
  maxLength: number
  /** Are only `[A-Za-z0-9_-]` allowed? */
  safeOnly: boolean
}

/**
 * Chat refuses ids over 40 characters, Responses over 64 (OpenAI's specification); Messages wants
 * `^[a-zA-Z0-9_-]+$` and names no length (its error text), 64 is kept there as a bound.
 */
const rules: Record<DialectId, CallIdRule> = {
  chat: { maxLength: 40, safeOnly: false },
  responses: { maxLength: 64, safeOnly: false },
  messages: { maxLength: 64, safeOnly: true },
}

const hashLength = 8

/** The id that an API takes for this id: itself where legal, else its legal start and a short hash of the whole. */
export function fitCallId(id: string, dialect: DialectId): string {
  const rule = rules[dialect]
  const legal = rule.safeOnly ? id.replace(/[^A-Za-z0-9_-]/g, '_') : id
  if (legal === id && id.length > 0 && id.length <= rule.maxLength) return id
  const start = legal.slice(0, rule.maxLength - hashLength - 1).replace(/[\uD800-\uDBFF]$/, '')
  return `${start}_${sha256Hex(id).slice(0, hashLength)}`
}
