import type { FollowedDetail } from './contract.ts'
import type { ExchangeDetail } from './exchange.ts'

/** A detail as it stands after a batch: bodies that were not sent again are those of the detail before. */
export function mergeDetail(before: ExchangeDetail | undefined, news: FollowedDetail): ExchangeDetail {
  return {
    ...news,
    requestBody: news.requestBody ?? before?.requestBody ?? { text: '', bytes: 0, truncated: false },
    attempts: news.attempts.map((attempt, index) => {
      const known = before?.attempts[index]?.requestBody
      return attempt.requestBody === undefined && known !== undefined ? { ...attempt, requestBody: known } : attempt
    }),
  }
}
