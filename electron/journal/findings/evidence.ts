/** What findings are made of: one ended exchange with its bytes, and what is remembered of those before it. */
import type { ExchangeSummary, Finding } from '../../../shared/exchange.ts'
import type { Section } from '../content.ts'
import type { RecordedDetail } from '../protocol.ts'
import type { Memory } from './memory.ts'
import type { ReadRequest } from './read-request.ts'

export interface Evidence {
  /** With its figures and flags. */
  summary: ExchangeSummary
  detail: RecordedDetail
  /** Digest of the client's body; absent for an empty one. */
  digest: string | undefined
  /** Absent when the body is no JSON object, or too large. */
  request: ReadRequest | undefined
  upstream: Section
  client: Section
}

/** Looks for one kind of finding. Pure: the same evidence and memory, the same finding. */
export type Find = (evidence: Evidence, memory: Memory) => Finding | undefined
