/** Limits of what may be spent: which are used up, for whom, and until when. */
import type { Budget, Config } from '../../shared/config.ts'
import type { BudgetUse, BudgetView, Spent, SumRow, SumsQuestion } from '../../shared/spending.ts'
import type { Configuration } from '../config/configuration.ts'
import type { SumEntry } from '../core/accounting.ts'
import type { Log } from '../core/log.ts'
import type { TellTrouble } from '../core/trouble.ts'
import type { Period, Spending, SpendingScope } from './spending.ts'

export type BudgetScope = BudgetView['of']

/** One limit of one budget. */
interface Limit {
  of: BudgetScope
  period: Period
  usd: number
  blocks: boolean
  /** Spent so far in the running period. */
  spent: Spent
}

/** A limit that is used up. */
export interface UsedUp {
  /** In a sentence: `the local key ci`. */
  what: string
  period: Period
  usd: number
  spent: number
  blocks: boolean
  /** When the next period begins, milliseconds since the epoch. */
  resetsAt: number
  /** Of one deployment alone: another one may be asked. */
  isOfDeployment: boolean
}

/** A request, as far as limits look at it. */
export interface Spender {
  key?: string | undefined
  instance: string
  deployment: string
}

export interface BudgetsOptions {
  spending: Spending
  /** The current one: a limit that is changed counts at once. */
  configuration: () => Pick<Configuration, 'config'>
  /** Milliseconds since the epoch. */
  now: () => number
  trouble: TellTrouble
}

export class Budgets {
  readonly spending: Spending
  readonly #options: BudgetsOptions
  /** The limits with what is spent of each, for a configuration and a day. */
  #kept: { budgets: Config['budgets']; server: Config['server']; today: string; limits: Limit[] } | undefined

  constructor(options: BudgetsOptions) {
    this.#options = options
    this.spending = options.spending
  }

  /** Takes in what was spent before the start. Without it the limits begin at nothing, which is told in the log. */
  async load(read: (question: SumsQuestion) => Promise<SumRow[]>, log: Log): Promise<void> {
    try {
      const rows = await read({ ...this.spending.wanted(), by: ['day', 'instance', 'deployment', 'key'] })
      for (const { day = '', instance = '', deployment = '', key = '', sums } of rows) {
        this.spending.add({ day, instance, deployment, key }, sums)
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ reason }, 'What was spent so far could not be read: budgets begin at nothing')
    }
    this.#kept = undefined
  }

  /** Whether there is any limit. */
  get areSet(): boolean {
    return this.#limits().length > 0
  }

  /** Takes in one ended request, and tells of each limit that it has used up. */
  ended({ names, sums }: SumEntry): void {
    const today = this.spending.today()
    const limits = this.#limits()
    this.spending.add(names, sums)
    if (sums.cost === 0 && sums.unpriced === 0) return
    for (const limit of limits) {
      if (names.day !== today && (limit.period === 'day' || names.day.slice(0, 7) !== today.slice(0, 7))) continue
      if (!isOf(limit.of, names)) continue
      const before = limit.spent.usd
      limit.spent.usd += sums.cost
      limit.spent.unpriced += sums.unpriced
      if (before < limit.usd && limit.spent.usd >= limit.usd) this.#tell(limit)
    }
  }

  /** The limits that are used up and apply to a request for a place; those that block stand first. */
  usedUp(spender: Spender): UsedUp[] {
    const found = this.#limits().filter((limit) => limit.spent.usd >= limit.usd && isOf(limit.of, spender))
    return found.map((limit) => this.#usedUp(limit)).toSorted((a, b) => Number(b.blocks) - Number(a.blocks))
  }

  /** The configured budgets with what is spent of each. */
  views(): BudgetView[] {
    const { budgets, server } = this.#options.configuration().config
    return budgets.map((budget) => {
      const of = scopeOf(budget.scope, server.keys)
      return { budget, of, uses: this.#usesOf(of, budget) }
    })
  }

  /** What is spent of a scope's limits; only the limits that are set. */
  #usesOf(of: BudgetScope, { daily, monthly }: Pick<Budget, 'daily' | 'monthly'>): BudgetUse[] {
    const use = (period: Period, limit: number | undefined): BudgetUse[] => {
      if (limit === undefined) return []
      const spent = this.spending.spent(namesOf(of), period)
      return [{ period, limit, spent, resetsAt: endOf(period, this.#options.now()) }]
    }
    return [...use('day', daily), ...use('month', monthly)]
  }

  #limits(): Limit[] {
    const { budgets, server } = this.#options.configuration().config
    if (budgets.length === 0 && server.keys.length === 0) return []
    const today = this.spending.today()
    const kept = this.#kept
    if (kept?.budgets === budgets && kept.server === server && kept.today === today) return kept.limits
    const limits = [
      ...budgets.flatMap((budget) => this.#limitsOf(scopeOf(budget.scope, server.keys), budget)),
      ...server.keys.flatMap((key) => this.#limitsOf({ type: 'key', name: key.name }, key)),
    ]
    this.#kept = { budgets, server, today, limits }
    return limits
  }

  #limitsOf(of: BudgetScope, budget: Pick<Budget, 'daily' | 'monthly' | 'on_exceed'>): Limit[] {
    const blocks = budget.on_exceed === 'block'
    return this.#usesOf(of, budget).map(({ period, limit: usd, spent }) => ({ of, period, usd, blocks, spent }))
  }

  #usedUp({ of, period, usd, blocks, spent }: Limit): UsedUp {
    return {
      what: wordsOf(of),
      period,
      usd,
      spent: spent.usd,
      blocks,
      resetsAt: endOf(period, this.#options.now()),
      isOfDeployment: of.type === 'deployment',
    }
  }

  #tell(limit: Limit): void {
    const { what, period, usd, spent, blocks } = this.#usedUp(limit)
    this.#options.trouble({ kind: 'budget', what, period, usd, spent, blocks })
  }
}

/** What a budget's scope means: a plain name is that of a local key if there is one, else of a deployment. */
export function scopeOf(scope: string, keys: readonly { name: string }[]): BudgetScope {
  if (scope.toLowerCase() === 'all') return { type: 'all' }
  const [, kind, rest] = /^(key|deployment):\s*(.+)$/i.exec(scope) ?? []
  const name = rest ?? scope
  const key = keys.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (kind?.toLowerCase() === 'key') return { type: 'key', name: key?.name ?? name }
  if (kind === undefined && key !== undefined) return { type: 'key', name: key.name }
  const slash = name.indexOf('/')
  if (slash <= 0) return { type: 'deployment', deployment: name }
  return { type: 'deployment', instance: name.slice(0, slash), deployment: name.slice(slash + 1) }
}

/** The scope in a sentence. */
export function wordsOf(of: BudgetScope): string {
  switch (of.type) {
    case 'all':
      return 'all spending'
    case 'key':
      return `the local key ${of.name}`
    case 'deployment':
      return `the deployment ${of.instance === undefined ? '' : `${of.instance}/`}${of.deployment}`
  }
}

function namesOf(of: BudgetScope): SpendingScope {
  switch (of.type) {
    case 'all':
      return {}
    case 'key':
      return { key: of.name }
    case 'deployment':
      return { instance: of.instance, deployment: of.deployment }
  }
}

function isOf(of: BudgetScope, { key = '', instance, deployment }: Spender): boolean {
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
  switch (of.type) {
    case 'all':
      return true
    case 'key':
      return isSame(of.name, key)
    case 'deployment':
      return isSame(of.deployment, deployment) && (of.instance === undefined || isSame(of.instance, instance))
  }
}

/** Days and months are those of this machine's calendar. */
function endOf(period: Period, now: number): number {
  const at = new Date(now)
  return period === 'day'
    ? new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime()
    : new Date(at.getFullYear(), at.getMonth() + 1, 1).getTime()
}
