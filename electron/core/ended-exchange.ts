import type { ExchangeSummary } from '../../shared/exchange.ts'

/** One call upstream, as far as it is counted. */
export interface EndedCall {
  instance: string
  /** Empty where the call named no model. */
  deployment: string
  /** Absent when no head came. */
  status?: number
  /** What went wrong, as a sentence; absent for a call that was answered well, or left by its client. */
  error?: string
}

/** An exchange after its end, with the usage and the cost that were read from its bytes, where they could be. */
export interface EndedExchange {
  summary: ExchangeSummary
  calls: readonly EndedCall[]
  providerType?: string
}
