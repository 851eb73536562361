import type { ExchangeDetail, ExchangeSummary } from '../../shared/exchange.ts'
import type { Content, Section } from './content.ts'

/** A stored exchange as it is shown. */
export function detailOf(summary: ExchangeSummary, content: Content): ExchangeDetail {
  const text = ({ bytes, total, truncated }: Section): ExchangeDetail['requestBody'] => ({
    text: bytes.toString('utf8'),
    bytes: total,
    truncated,
  })
  return {
    ...content.detail,
    summary,
    requestBody: text(content.request),
    attempts: content.detail.attempts.map((attempt, index) => {
      const body = content.attempts[index]
      return body === undefined ? attempt : { ...attempt, requestBody: text(body) }
    }),
  }
}
