/** Counts what has ended: every request for a model once, whether it was answered, failed or was abandoned. */
import type { Config } from '../../shared/config.ts'
import { isModelRequest, outcomeOf } from '../core/accounting.ts'
import type { EndedCall, EndedExchange } from '../core/ended-exchange.ts'
import { DeploymentSeries } from './deployment-series.ts'
import { placeOf } from './health.ts'
import { WindowedCounts } from './windowed-counts.ts'

const OVERALL = [
  'requests',
  'answered',
  'abandoned',
  'errors500',
  'errors503',
  'errorsOther',
  'calls',
  'failedCalls',
  'tokens',
] as const
export type OverallCounts = Readonly<Record<(typeof OVERALL)[number], number>>

const OF_INSTANCE = [
  'requests',
  'clientErrors',
  'calls',
  'calls429',
  'calls400',
  'calls500',
  'callsOther',
  'tokens',
] as const
type InstanceCount = (typeof OF_INSTANCE)[number]
export type InstanceCounts = Readonly<Record<InstanceCount, number>>

const OF_DEPLOYMENT = ['calls', 'failedCalls', 'tokens'] as const
type DeploymentCounts = WindowedCounts<(typeof OF_DEPLOYMENT)[number]>

/** What is known of one instance. Times are milliseconds since the epoch. */
export interface InstanceFigures {
  counts: WindowedCounts<InstanceCount>
  failuresInARow: number
  lastError?: string
  lastUsed?: number
}

/** Callers can name resources of their own, so there must be an end to it. */
const MOST_INSTANCES = 1000
/** Deployments of which the last minutes are known; callers choose names here, too. */
const MOST_DEPLOYMENTS = 500
/** How far back the figures of one deployment reach. */
export const DEPLOYMENT_MINUTES = 5
/** What tools of the Python proxy ask for, whatever is configured. */
const LONGEST_ASKED_MINUTES = 60

interface StatisticsOptions {
  /** Milliseconds of a clock that never goes back. */
  now: () => number
  monitoring: () => Config['monitoring']
}

export class Statistics {
  readonly overall: WindowedCounts<(typeof OVERALL)[number]>
  /** Since the start of the program: a reset does not touch it, as counters of Prometheus do not fall. */
  readonly series = new DeploymentSeries()
  readonly #options: StatisticsOptions
  readonly #instances = new Map<string, InstanceFigures>()
  /** By place. */
  readonly #deployments = new Map<string, DeploymentCounts>()

  constructor(options: StatisticsOptions) {
    this.#options = options
    this.overall = new WindowedCounts(OVERALL, options.now, this.#longestMs)
  }

  /** Takes in one exchange. Those that asked no model for anything are not counted. */
  ended(exchange: EndedExchange): void {
    const { summary, calls } = exchange
    if (!isModelRequest(summary)) return
    const outcome = outcomeOf(summary)
    const tokens = (summary.usage?.input ?? 0) + (summary.usage?.output ?? 0)
    const failed = outcome === 'failed' ? 1 : 0
    const { status } = summary
    this.overall.add({
      requests: 1,
      answered: outcome === 'answered' ? 1 : 0,
      abandoned: outcome === 'abandoned' ? 1 : 0,
      errors500: status === 500 ? failed : 0,
      errors503: status === 503 ? failed : 0,
      errorsOther: status === 500 || status === 503 ? 0 : failed,
      calls: calls.length,
      failedCalls: calls.filter(({ error }) => error !== undefined).length,
      tokens,
    })
    const endedAt = summary.startedAt + (summary.durationMs ?? 0)
    for (const call of calls) this.#called(call, endedAt)
    if (calls.length > 0 && summary.instance !== undefined) {
      this.#of(summary.instance)?.counts.add({ requests: 1, clientErrors: failed, tokens })
      this.#at(summary.instance, summary.deployment)?.add({ tokens })
    }
    this.series.add(exchange, outcome)
  }

  instance(name: string): Readonly<InstanceFigures> | undefined {
    return this.#instances.get(name)
  }

  /** Calls and tokens of the last minutes, by deployment, of those that were called. */
  deploymentsOf(name: string): [deployment: string, counts: Readonly<DeploymentCounts>][] {
    const start = placeOf({ instance: { name }, deployment: '' })
    return [...this.#deployments].flatMap(([place, counts]) =>
      place.startsWith(start) ? [[place.slice(start.length), counts]] : [],
    )
  }

  reset(): void {
    this.overall.reset()
    this.#instances.clear()
    this.#deployments.clear()
  }

  #called({ instance, deployment, status, error }: EndedCall, endedAt: number): void {
    this.#at(instance, deployment)?.add({ calls: 1, failedCalls: error === undefined ? 0 : 1 })
    const figures = this.#of(instance)
    if (figures === undefined) return
    figures.counts.add({ calls: 1, ...(error === undefined ? {} : { [kindOf(status)]: 1 }) })
    figures.lastUsed = endedAt
    figures.failuresInARow = error === undefined ? 0 : figures.failuresInARow + 1
    if (error !== undefined) figures.lastError = error
  }

  #of(name: string): InstanceFigures | undefined {
    const known = this.#instances.get(name)
    if (known !== undefined || this.#instances.size >= MOST_INSTANCES) return known
    const counts = new WindowedCounts(OF_INSTANCE, this.#options.now, this.#longestMs)
    const figures: InstanceFigures = { counts, failuresInARow: 0 }
    this.#instances.set(name, figures)
    return figures
  }

  #at(instance: string, deployment: string | undefined): DeploymentCounts | undefined {
    if (deployment === undefined || deployment === '') return undefined
    const place = placeOf({ instance: { name: instance }, deployment })
    const known = this.#deployments.get(place)
    if (known !== undefined || this.#deployments.size >= MOST_DEPLOYMENTS) return known
    const counts = new WindowedCounts(OF_DEPLOYMENT, this.#options.now, () => DEPLOYMENT_MINUTES * 60_000)
    this.#deployments.set(place, counts)
    return counts
  }

  #longestMs = (): number => longestWindow(this.#options.monitoring()) * 60_000
}

/** The longest window that can be asked for, in minutes. */
export function longestWindow({ stats_window_minutes: first, additional_windows: more }: Config['monitoring']): number {
  return Math.max(LONGEST_ASKED_MINUTES, first, ...more)
}

function kindOf(status: number | undefined): 'calls429' | 'calls400' | 'calls500' | 'callsOther' {
  if (status === 429) return 'calls429'
  if (status === 400) return 'calls400'
  return status !== undefined && status >= 500 ? 'calls500' : 'callsOther'
}
