/** Counters and histograms by model, instance and deployment, as a monitoring system wants them: they only grow. */
import type { Outcome } from '../core/accounting.ts'
import type { EndedExchange } from '../core/ended-exchange.ts'
import { Histogram } from './histogram.ts'

/** What tells one series from the others. */
export interface SeriesNames {
  operation: string
  provider: string
  model: string
  instance: string
  deployment: string
}

export interface Series {
  names: SeriesNames
  requests: Record<Outcome, number>
  calls: { good: number; failed: number }
  tokens: { input: number; output: number }
  /** Parts of the above. */
  details: { cached: number; cacheWrite: number; reasoning: number }
  /** USD of those that have a price. */
  cost: number
  priced: number
  /** Requests of which no cost is known. */
  unpriced: number
  /** Seconds. */
  duration: Histogram
  ttft: Histogram
}

/** Callers choose the names of models; beyond this many series, what is new is counted as `other`. */
const MOST_SERIES = 1000
const LONGEST_NAME = 200

/** As OpenTelemetry advises for `gen_ai.server.request.duration` and `gen_ai.server.time_to_first_token`. */
const DURATION_BOUNDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]
const TTFT_BOUNDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** OpenTelemetry's names of providers, by ours. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([['azure', 'azure.ai.openai']])

export class DeploymentSeries {
  readonly #series = new Map<string, Series>()

  add(exchange: EndedExchange, outcome: Outcome): void {
    const { summary, calls } = exchange
    const { usage, cost } = summary
    const series = this.#of(namesOf(exchange))
    const failedCalls = calls.filter(({ error }) => error !== undefined).length
    series.requests[outcome]++
    series.calls.failed += failedCalls
    series.calls.good += calls.length - failedCalls
    series.tokens.input += usage?.input ?? 0
    series.tokens.output += usage?.output ?? 0
    series.details.cached += usage?.cached ?? 0
    series.details.cacheWrite += usage?.cacheWrite ?? 0
    series.details.reasoning += usage?.reasoning ?? 0
    if (cost !== undefined) {
      series.cost += cost
      series.priced++
    } else if (usage !== undefined || outcome === 'answered') series.unpriced++
    if (summary.durationMs !== undefined) series.duration.add(summary.durationMs / 1000)
    // The first byte of an answer that comes whole says nothing about its first token.
    if (summary.stream && outcome === 'answered' && summary.ttftMs !== undefined) {
      series.ttft.add(summary.ttftMs / 1000)
    }
  }

  all(): Series[] {
    return [...this.#series.values()]
  }

  #of(names: SeriesNames): Series {
    const key = JSON.stringify(names)
    const known = this.#series.get(key)
    if (known !== undefined) return known
    if (this.#series.size >= MOST_SERIES && names.model !== 'other') {
      return this.#of({ operation: 'other', provider: 'other', model: 'other', instance: 'other', deployment: 'other' })
    }
    const series: Series = {
      names,
      requests: { answered: 0, failed: 0, abandoned: 0 },
      calls: { good: 0, failed: 0 },
      tokens: { input: 0, output: 0 },
      details: { cached: 0, cacheWrite: 0, reasoning: 0 },
      cost: 0,
      priced: 0,
      unpriced: 0,
      duration: new Histogram(DURATION_BOUNDS),
      ttft: new Histogram(TTFT_BOUNDS),
    }
    this.#series.set(key, series)
    return series
  }
}

function namesOf({ summary, providerType }: EndedExchange): SeriesNames {
  const name = (text: string | undefined): string => text?.slice(0, LONGEST_NAME) ?? 'none'
  return {
    operation: operationOf(summary),
    provider: name(providerType === undefined ? undefined : (PROVIDERS.get(providerType) ?? providerType)),
    model: name(summary.askedModel),
    instance: name(summary.instance),
    deployment: name(summary.deployment),
  }
}

function operationOf({ clientDialect, path }: EndedExchange['summary']): string {
  if (clientDialect !== undefined) return 'chat'
  return /\/embeddings(?:\?|$)/.test(path) ? 'embeddings' : 'generate_content'
}
