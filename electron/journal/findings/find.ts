/** All that is looked for in an ended exchange. Runs in the recorder's thread. */
import type { Finding } from '../../../shared/exchange.ts'
import { findCacheBreak } from './cache-break.ts'
import { findClientLeft } from './client-left.ts'
import { findContentFilter } from './content-filter.ts'
import type { Evidence, Find } from './evidence.ts'
import { findMaxTokens } from './max-tokens.ts'
import type { Memory } from './memory.ts'
import { findRetryStorm } from './retry-storm.ts'
import { findStall } from './stall.ts'
import { findTruncatedStream } from './truncated-stream.ts'

const finders: readonly Find[] = [
  findContentFilter,
  findTruncatedStream,
  findMaxTokens,
  findRetryStorm,
  findCacheBreak,
  findStall,
  findClientLeft,
]

/** The worst first; then remembers the exchange for those to come. */
export function findAll(evidence: Evidence, memory: Memory): Finding[] {
  const found = finders.flatMap((find) => find(evidence, memory) ?? [])
  memory.add(evidence.summary, evidence.digest, evidence.request?.segments ?? [])
  return found
}
