/** Sums of what was used: which requests are counted, under which names, and how sums are put together. */
import type { ExchangeSummary } from '../../shared/exchange.ts'
import type { Sums } from '../../shared/spending.ts'

/** What tells one sum from the others. Empty: there is none. */
export interface SumNames {
  /** Of this machine's calendar, `YYYY-MM-DD`. */
  day: string
  instance: string
  deployment: string
  /** As it was asked for. */
  model: string
  client: string
  /** Name of the local key. */
  key: string
}

export interface SumEntry {
  names: SumNames
  sums: Sums
}

export type Outcome = 'answered' | 'failed' | 'abandoned'

/** Stands for the names that are too many to be told apart. */
export const OTHER = 'other'

const LONGEST_NAME = 200

/** Embeddings and the like name a model without being a conversation; a dry run asks nobody. */
export function isModelRequest(summary: ExchangeSummary): boolean {
  const namesModel = summary.clientDialect !== undefined || summary.askedModel !== undefined
  return namesModel && !(summary.state === 'done' && summary.attempts === 0)
}

export function outcomeOf(summary: ExchangeSummary): Outcome {
  if (summary.state === 'aborted') return 'abandoned'
  return summary.state === 'done' && (summary.status ?? 200) < 400 ? 'answered' : 'failed'
}

/** The day on which something happened here, `YYYY-MM-DD`. */
export function localDay(atMs: number): string {
  const at = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/**
 * What an ended exchange adds to the sums; undefined when it is none that is counted.
 *
 * @param providerType a simulated answer and one that is played again cost nothing; anything else without a known cost is unpriced
 */
export function entryOf(summary: ExchangeSummary, providerType: string | undefined): SumEntry | undefined {
  if (!isModelRequest(summary)) return undefined
  const { usage, cost } = summary
  const outcome = outcomeOf(summary)
  const name = (text: string | undefined): string => text?.slice(0, LONGEST_NAME) ?? ''
  const hasPrice = cost !== undefined || providerType === 'simulator' || providerType === 'recording'
  return {
    names: {
      day: localDay(summary.startedAt),
      instance: name(summary.instance),
      deployment: name(summary.deployment),
      model: name(summary.askedModel),
      client: name(summary.client),
      key: name(summary.key),
    },
    sums: {
      requests: 1,
      failures: outcome === 'failed' ? 1 : 0,
      input: usage?.input ?? 0,
      cached: usage?.cached ?? 0,
      cacheWrite: usage?.cacheWrite ?? 0,
      output: usage?.output ?? 0,
      reasoning: usage?.reasoning ?? 0,
      cost: cost ?? 0,
      unpriced: !hasPrice && (usage !== undefined || outcome === 'answered') ? 1 : 0,
      last: summary.startedAt,
    },
  }
}

/** Adds sums to others, in place. */
export function addSums(into: Sums, more: Sums): void {
  into.requests += more.requests
  into.failures += more.failures
  into.input += more.input
  into.cached += more.cached
  into.cacheWrite += more.cacheWrite
  into.output += more.output
  into.reasoning += more.reasoning
  into.cost += more.cost
  into.unpriced += more.unpriced
  into.last = Math.max(into.last, more.last)
}

/** Names under which sums are kept that find no room of their own; the local keys are few, and stay. */
export function withoutDetail({ day, key }: SumNames): SumNames {
  return { day, instance: OTHER, deployment: OTHER, model: OTHER, client: OTHER, key }
}

/** Sums that wait to be stored: as few rows as there are names, and never more than so many. */
export class PendingSums {
  readonly #mostRows: number
  readonly #rows = new Map<string, SumEntry>()

  constructor(mostRows: number) {
    this.#mostRows = mostRows
  }

  get size(): number {
    return this.#rows.size
  }

  add({ names, sums }: SumEntry): void {
    const isNew = !this.#rows.has(keyOf(names))
    const kept = isNew && this.#rows.size >= this.#mostRows ? withoutDetail(names) : names
    const known = this.#rows.get(keyOf(kept))
    if (known === undefined) this.#rows.set(keyOf(kept), { names: kept, sums: { ...sums } })
    else addSums(known.sums, sums)
  }

  all(): SumEntry[] {
    return [...this.#rows.values()]
  }

  clear(): void {
    this.#rows.clear()
  }
}

function keyOf({ day, instance, deployment, model, client, key }: SumNames): string {
  return JSON.stringify([day, instance, deployment, model, client, key])
}
