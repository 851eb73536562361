/** What a filter over exchanges says, after it was read. `parse.ts` makes it; predicate, SQL and sentence follow it. */
import type { ExchangeFlag, ExchangeState, DialectId, FindingKind, RequestPart } from '../exchange.ts'

/** Compared as a whole, case ignored; `*` stands for any characters. */
export type TextField =
  | 'model'
  | 'client'
  | 'key'
  | 'instance'
  | 'deployment'
  | 'session'
  | 'id'
  | 'path'
  | 'method'
  | 'code'

/** `ttft`, `duration` in milliseconds; `size` in bytes of request and answer; `cost` in USD. */
export type NumberField = 'status' | 'ttft' | 'duration' | 'tokens' | 'cost' | 'size' | 'attempts'

export type Comparison = '=' | '>' | '>=' | '<' | '<='

/** What an exchange may have or not have. */
export type Having = RequestPart | 'session' | 'usage' | 'cost' | 'losses' | 'findings' | 'failure'

export type Filter =
  | { type: 'and' | 'or'; parts: Filter[] }
  | { type: 'not'; part: Filter }
  | { type: 'text'; field: TextField; pattern: string }
  | { type: 'number'; field: NumberField; comparison: Comparison; value: number }
  /** Status codes of one hundred, `4xx`. */
  | { type: 'status-class'; hundred: number }
  /** Began before or after a moment, in milliseconds since the epoch. */
  | { type: 'began'; side: 'before' | 'after'; at: number }
  /** Milliseconds since it began. */
  | { type: 'age'; comparison: Comparison; ms: number }
  | { type: 'state'; state: ExchangeState }
  | { type: 'dialect'; side: 'client' | 'upstream'; dialect: DialectId }
  | { type: 'flag'; flag: ExchangeFlag }
  | { type: 'stream' }
  /** Failed, or answered with a status of 400 or more. */
  | { type: 'error' }
  | { type: 'finding'; kind: FindingKind | '*' }
  | { type: 'has'; what: Having }
  /** Words one after the other, in the row, the request or the answer. `prefix`: the last may go on. */
  | { type: 'words'; words: string[]; prefix: boolean }
