/** The pages of statistics, in the Python proxy's shapes (azure.md §7.3). */
import type { Configuration } from '../../config/configuration.ts'
import { LazuliError } from '../../core/error.ts'
import { longestWindow } from '../../routing/statistics.ts'
import type { OverallCounts, Statistics } from '../../routing/statistics.ts'
import type { Traffic } from '../attempts.ts'
import { healthPage, instancesPage, rateOf, statusPage } from './instance-statistics.ts'
import { metricsText } from './metrics.ts'
import type { StatisticsPage } from './table.ts'

/** What the pages are made from. */
export interface StatisticsSource {
  counted: Statistics
  /** Resolves when everything that has ended is counted. */
  settled: () => Promise<void>
  traffic: Traffic
  /** Exchanges that run now. */
  inFlight: () => number
}

type Page = Record<string, unknown>

/** A page is not kept waiting longer for what ended a moment ago. */
const LONGEST_SETTLING_MS = 2000

/**
 * One page; the text is that of `/metrics`.
 * @param query without `?`
 * @throws LazuliError 400 for a parameter that cannot be served
 */
export async function serveStatistics(
  page: StatisticsPage,
  query: string,
  configuration: Configuration,
  source: StatisticsSource,
): Promise<Page | string> {
  const asked = new URLSearchParams(query)
  await settled(source)
  const facts = { configuration, ...source }
  switch (page) {
    case 'overall':
      return overallPage(asked.get('window'), configuration, source)
    case 'windows':
      return windowsPage(asked.get('windows'), configuration, source)
    case 'instances':
      return instancesPage(facts, asked)
    case 'health':
      return healthPage(facts)
    case 'status':
      return statusPage(facts)
    case 'reset':
      source.counted.reset()
      return { status: 'success', message: 'The statistics begin anew.' }
    case 'metrics':
      return metricsText(source.counted.series.all(), source.inFlight())
  }
}

async function settled({ settled: wait }: StatisticsSource): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_SETTLING_MS)
  })
  // A journal that has stopped has told everything it knew.
  await Promise.race([late, wait().catch(() => {})])
  clearTimeout(timer)
}

function overallPage(window: string | null, { config }: Configuration, source: StatisticsSource): Page {
  const { monitoring } = config
  const minutes = window === null ? monitoring.stats_window_minutes : minutesOf(window, longestWindow(monitoring))
  return { status: 'success', metrics: { ...windowOf(minutes, source), ...totalsOf(source) } }
}

function windowsPage(windows: string | null, { config }: Configuration, source: StatisticsSource): Page {
  const { monitoring } = config
  const { stats_window_minutes: first, additional_windows: more } = monitoring
  const texts = (windows ?? '').split(',').filter((text) => text.trim() !== '')
  const minutes =
    texts.length === 0 ? [first, ...more] : texts.map((text) => minutesOf(text, longestWindow(monitoring)))
  const pages = [...new Set(minutes)].map((one) => [`${one}min`, { ...windowOf(one, source), ...totalsOf(source) }])
  return { status: 'success', windows: Object.fromEntries(pages) }
}

function minutesOf(text: string, longest: number): number {
  const minutes = Number(text)
  if (text.trim() !== '' && Number.isInteger(minutes) && minutes >= 1 && minutes <= longest) return minutes
  throw new LazuliError({
    code: 'invalid_window',
    status: 400,
    message: `A window is a whole number of minutes from 1 to ${longest}.`,
    fix: 'Longer ones are kept once monitoring.additional_windows has them.',
  })
}

function windowOf(minutes: number, { counted }: StatisticsSource): Page {
  const counts = counted.overall.within(minutes * 60_000)
  const failed = failedOf(counts)
  return {
    window_minutes: minutes,
    requests_per_minute: rounded(counts.requests / minutes),
    tokens_per_minute: rounded(counts.tokens / minutes),
    // Without a request nothing went wrong.
    success_rate: counts.requests === 0 ? 1 : rateOf(counts.answered, counts.requests),
    error_rate: rateOf(failed, counts.requests),
    upstream_error_rate: rateOf(counts.failedCalls, counts.calls),
    total_requests_in_window: counts.requests,
    successful_requests_in_window: counts.answered,
    failed_requests_in_window: failed,
    abandoned_requests_in_window: counts.abandoned,
    total_tokens_in_window: counts.tokens,
    client_errors_500: counts.errors500,
    client_errors_503: counts.errors503,
    client_errors_other: counts.errorsOther,
    upstream_errors_in_window: counts.failedCalls,
  }
}

function totalsOf({ counted, inFlight }: StatisticsSource): Page {
  const counts = counted.overall.totals()
  return {
    total_requests: counts.requests,
    total_successful_requests: counts.answered,
    total_abandoned_requests: counts.abandoned,
    total_client_errors_500: counts.errors500,
    total_client_errors_503: counts.errors503,
    total_client_errors_other: counts.errorsOther,
    total_client_errors: failedOf(counts),
    total_upstream_errors: counts.failedCalls,
    total_tokens_served: counts.tokens,
    requests_in_flight: inFlight(),
  }
}

function failedOf({ errors500, errors503, errorsOther }: OverallCounts): number {
  return errors500 + errors503 + errorsOther
}

/** To two digits. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
