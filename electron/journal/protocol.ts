/**
 * What the journal and its thread say to each other. Records go one way and are acknowledged once they are committed;
 * questions are answered in order, so an answer knows of every record that was sent before its question.
 */
import type { BundledExchange } from '../../shared/bundle.ts'
import type { SumEntry } from '../core/accounting.ts'
import type { OwnPrices } from '../../shared/config.ts'
import type { FilterProblem, SessionSummary, SuggestedField } from '../../shared/contract.ts'
import type { Attempt, ExchangeDetail, ExchangeSummary, Failure, Lane, LanePage } from '../../shared/exchange.ts'
import type { SumRow, SumsQuestion } from '../../shared/spending.ts'
import type { ExchangeFacts } from './describe.ts'
import type { LaneParts } from './lane-buffer.ts'
import type { FoundRows } from './search.ts'

export interface Limits {
  /** Exchanges that began more days ago go. */
  keepDays: number
  /** Bound of the store, in bytes. */
  maxBytes: number
  /** Store bodies and lanes? */
  bodies: boolean
}

/** A piece of an attempt's body: bytes of its own, or `length` bytes of the client's body from `from` on. */
export type BodyPiece = Uint8Array | { from: number; length: number }

export interface BodyParts {
  pieces: BodyPiece[]
  /** Bytes seen. */
  total: number
  truncated: boolean
}

/** One ended exchange. Values are not redacted yet, names are: the thread does it before anything is stored. */
export interface ExchangeRecord {
  summary: ExchangeSummary
  /** Everything of the detail but bodies and summary. */
  detail: RecordedDetail
  secrets: readonly string[]
  /** What answered, as far as its price depends on it; absent when nothing was asked. */
  served?: { baseModel: string; providerType: string | undefined }
  /** Prices of the user's own. */
  prices?: OwnPrices
  /** Only its figures are wanted, because recording is paused: nothing of it is stored. */
  unseen?: true
  /** Keep bodies and lanes? If not, they are read for their figures alone. */
  bodies: boolean
  request: BodyParts
  /** One per attempt. */
  attemptBodies: BodyParts[]
  upstream: LaneParts
  client: LaneParts
}

/** One ended exchange as it leaves the main thread: nothing is put into shape yet, let alone redacted. */
export interface HandedRecord extends Omit<ExchangeRecord, 'summary' | 'detail' | 'secrets'> {
  facts: ExchangeFacts
  /** Secrets that are known without looking at the exchange. */
  known: readonly string[]
}

/** Records on their way; see `record-batch.ts`. */
export interface RecordBatch {
  heads: string
  /** The small pieces, in the order in which the heads name them. */
  bytes: Uint8Array<ArrayBuffer>
  /** The large ones. */
  moved: Uint8Array<ArrayBuffer>[]
}

export type RecordedDetail = Omit<ExchangeDetail, 'summary' | 'requestBody' | 'attempts'> & {
  attempts: Omit<Attempt, 'requestBody'>[]
}

export interface WorkerSettings {
  directory: string | undefined
  limits: Limits
  /** Milliseconds since the epoch. */
  now: number
  /** How long to wait before trying again after a failure, in milliseconds. */
  retryMs: number
}

export type Question =
  /** `now`: milliseconds since the epoch, for a filter's ages. */
  | { type: 'list'; limit: number; before: string | undefined; filter: string; now: number }
  | { type: 'match'; filter: string; ids: readonly string[]; now: number }
  | { type: 'suggest'; field: SuggestedField; prefix: string }
  | { type: 'sessions'; limit: number; filter: string; now: number }
  | { type: 'get'; id: string }
  | { type: 'events'; id: string; lane: Lane; from: number; limit: number }
  | { type: 'sums'; of: SumsQuestion }
  /** Which of these ids are taken. */
  | { type: 'stored'; ids: readonly string[] }
  /** Stores exchanges of a bundle under these ids, redacted already. */
  | { type: 'import'; exchanges: readonly { id: string; exchange: BundledExchange }[]; now: number }
  | { type: 'clear' }
  | { type: 'flush' }
  | { type: 'close' }

export interface Answers {
  list: FoundRows
  match: string[]
  suggest: { value: string; count: number }[]
  sessions: { sessions: SessionSummary[]; problem?: FilterProblem }
  get: ExchangeDetail | undefined
  events: LanePage | undefined
  sums: SumRow[]
  stored: string[]
  /** The rows as they are stored. */
  import: ExchangeSummary[]
  clear: undefined
  flush: undefined
  close: undefined
}

export type ToWorker =
  | { type: 'records'; batch: RecordBatch; now: number }
  /** Requests whose records did not arrive. `unlessStored`: it may have, in which case it is counted already. */
  | { type: 'count'; entries: { entry: SumEntry; unlessStored?: string }[]; now: number }
  | { type: 'ask'; number: number; question: Question }
  | { type: 'limits'; limits: Limits; now: number }
  | { type: 'prune'; now: number }

export type FromWorker =
  /** Rows as they are stored: with the figures that were read from the bytes. */
  | { type: 'rows'; rows: ExchangeSummary[] }
  /** These are committed, or given up (`kept: false`). */
  | { type: 'settled'; ids: string[]; kept: boolean }
  | { type: 'answer'; number: number; value: Answers[keyof Answers] }
  | { type: 'failed'; number: number; failure: Failure }
  | { type: 'problem'; problem: Failure | undefined }
