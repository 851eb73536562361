import type { ExchangeSummary } from '../../../shared/exchange.ts'

/** A row that says as little as a row can, but for these. */
export const row = (change: Partial<ExchangeSummary>): ExchangeSummary => ({
  id: '01',
  startedAt: 1e12,
  state: 'done',
  client: 'curl',
  method: 'POST',
  path: '/v1/chat/completions',
  stream: false,
  attempts: 1,
  losses: 0,
  flags: [],
  ...change,
})
