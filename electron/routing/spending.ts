/**
 * What was spent today and this month, in memory: for the limits, which are asked before each request, and for what is
 * shown all the time. Loaded from the stored sums at the start and fed with each request that ends.
 */
import { localDay, OTHER, type SumNames } from '../core/accounting.ts'
import type { Spent, Sums } from '../../shared/spending.ts'

export type Period = 'day' | 'month'

/** A part of all spending; an absent name: whatever it is. Compared without case. */
export interface SpendingScope {
  instance?: string | undefined
  deployment?: string | undefined
  key?: string | undefined
}

interface Entry {
  names: Required<SpendingScope>
  day: Spent
  month: Spent
}

/** Callers choose names of deployments, so there must be an end to it. */
const MOST_ENTRIES = 5000

export class Spending {
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  #today: string

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now
    this.#today = localDay(now())
  }

  /** Days of which the stored sums are wanted at the start. */
  wanted(): { from: string; to: string } {
    return { from: `${this.#today.slice(0, 7)}-01`, to: this.#today }
  }

  add({ day, instance, deployment, key }: Omit<SumNames, 'model' | 'client'>, sums: Sums): void {
    this.#turn()
    if (!isSameMonth(day, this.#today)) return
    const entry = this.#of({ instance, deployment, key })
    entry.month.usd += sums.cost
    entry.month.unpriced += sums.unpriced
    if (day !== this.#today) return
    entry.day.usd += sums.cost
    entry.day.unpriced += sums.unpriced
  }

  /** What was spent in the running period. */
  spent(scope: SpendingScope, period: Period): Spent {
    this.#turn()
    const total = { usd: 0, unpriced: 0 }
    for (const entry of this.#matching(scope)) {
      total.usd += entry[period].usd
      total.unpriced += entry[period].unpriced
    }
    return total
  }

  /** Deployments with requests of this month that have no price, as `instance/deployment`. */
  unpriced(): string[] {
    this.#turn()
    const found = [...this.#entries.values()].filter(
      (entry) => entry.month.unpriced > 0 && entry.names.deployment !== '',
    )
    return [...new Set(found.map(({ names }) => `${names.instance}/${names.deployment}`))]
  }

  /** The running day, `YYYY-MM-DD`. */
  today(): string {
    this.#turn()
    return this.#today
  }

  *#matching({ instance, deployment, key }: SpendingScope): Generator<Entry> {
    for (const entry of this.#entries.values()) {
      const { names } = entry
      const isIn = isNamed(names.instance, instance) && isNamed(names.deployment, deployment) && isNamed(names.key, key)
      if (isIn) yield entry
    }
  }

  #of(names: Required<SpendingScope>): Entry {
    const id = JSON.stringify([names.instance, names.deployment, names.key])
    const known = this.#entries.get(id)
    if (known !== undefined) return known
    if (this.#entries.size >= MOST_ENTRIES && names.deployment !== OTHER) {
      return this.#of({ instance: OTHER, deployment: OTHER, key: names.key })
    }
    const entry: Entry = { names, day: { usd: 0, unpriced: 0 }, month: { usd: 0, unpriced: 0 } }
    this.#entries.set(id, entry)
    return entry
  }

  /** A new day begins at nothing, a new month forgets the old one. */
  #turn(): void {
    const today = localDay(this.#now())
    if (today === this.#today) return
    const isMonthOver = !isSameMonth(today, this.#today)
    this.#today = today
    for (const entry of this.#entries.values()) {
      entry.day = { usd: 0, unpriced: 0 }
      if (isMonthOver) entry.month = { usd: 0, unpriced: 0 }
    }
  }
}

function isSameMonth(one: string, other: string): boolean {
  return one.slice(0, 7) === other.slice(0, 7)
}

function isNamed(name: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || name?.toLowerCase() === wanted.toLowerCase()
}
