/** Local keys, budgets, prices and sums of the scripted console: as after some weeks of work, or before any of it. */
import { implement } from '@orpc/server'
import { contract } from '../../shared/contract.ts'
import type { OwnPrices, Source } from '../../shared/config.ts'
import type { BudgetView, LocalKeyView, SumRow, Sums, SumsQuestion } from '../../shared/spending.ts'

const TODAY = '2026-11-21'
const noon = Date.parse('2026-11-21T11:42:00Z')
const midnight = new Date(2026, 10, 22).getTime()
const month = new Date(2026, 11, 1).getTime()
const dayMs = 24 * 60 * 60 * 1000

const KEYS: LocalKeyView[] = [
  {
    name: 'ci',
    models: ['gpt-5-mini', 'gpt-4.1*'],
    daily: 5,
    on_exceed: 'block',
    source: 'settings',
    created: '2026-10-02T09:00:00Z',
    expired: false,
    lastUsed: noon - 3_600_000,
    today: { usd: 4.12, unpriced: 0 },
    month: { usd: 61.4, unpriced: 3 },
  },
  {
    name: 'kims laptop',
    on_exceed: 'block',
    source: 'settings',
    expired: false,
    lastUsed: noon - 2 * dayMs,
    today: { usd: 0, unpriced: 0 },
    month: { usd: 22.08, unpriced: 0 },
  },
  {
    name: 'demo',
    models: ['claude-haiku-4-5'],
    monthly: 10,
    on_exceed: 'warn',
    expires: '2026-11-15',
    source: 'file',
    expired: true,
    today: { usd: 0, unpriced: 0 },
    month: { usd: 0.42, unpriced: 0 },
  },
]

const BUDGETS: BudgetView[] = [
  {
    budget: { scope: 'all', daily: 20, monthly: 300, on_exceed: 'warn' },
    of: { type: 'all' },
    uses: [
      { period: 'day', limit: 20, spent: { usd: 4.82, unpriced: 2 }, resetsAt: midnight },
      { period: 'month', limit: 300, spent: { usd: 251.7, unpriced: 14 }, resetsAt: month },
    ],
  },
  {
    budget: { scope: 'deployment:foundry-eastus2/gpt-5-1-prod', daily: 2.5, on_exceed: 'block' },
    of: { type: 'deployment', instance: 'foundry-eastus2', deployment: 'gpt-5-1-prod' },
    uses: [{ period: 'day', limit: 2.5, spent: { usd: 2.61, unpriced: 0 }, resetsAt: midnight }],
  },
]

const PLACES = [
  { instance: 'foundry-eastus2', deployment: 'gpt-5-1-prod', model: 'gpt-5.1', client: 'Codex', key: '', share: 0.5 },
  {
    instance: 'foundry-swe',
    deployment: 'claude-opus',
    model: 'claude-opus-4-5',
    client: 'Claude Code',
    key: '',
    share: 0.35,
  },
  { instance: 'foundry-eastus2', deployment: 'mini', model: 'gpt-5-mini', client: 'Python', key: 'ci', share: 0.1 },
  {
    instance: 'foundry-swe',
    deployment: 'llama-house',
    model: 'llama-house',
    client: 'curl',
    key: 'kims laptop',
    share: 0,
  },
]

/** A working week goes up and down; the same each time. */
function sumsOf(day: number, share: number): Sums {
  const requests = Math.round((20 + ((day * 37) % 90)) * (day % 7 < 5 ? 1 : 0.1) * (share + 0.05))
  const cost = share === 0 ? 0 : requests * 0.084 * share
  return {
    requests,
    failures: day % 9 === 0 ? 1 : 0,
    input: requests * 8200,
    cached: requests * 5100,
    cacheWrite: 0,
    output: requests * 640,
    reasoning: requests * 210,
    cost,
    unpriced: share === 0 ? requests : 0,
    last: noon - day * dayMs,
  }
}

function rowsFor({ from, to, by }: SumsQuestion): SumRow[] {
  const rows = new Map<string, SumRow>()
  for (let day = 0; day < 30; day++) {
    const name = new Date(noon - day * dayMs).toISOString().slice(0, 10)
    if (name < from || name > to) continue
    for (const { share, ...names } of PLACES) {
      const all = { day: name, ...names }
      const row: SumRow = { sums: sumsOf(day, share) }
      for (const dimension of by) row[dimension] = all[dimension]
      const key = JSON.stringify(by.map((dimension) => all[dimension]))
      const known = rows.get(key)
      if (known === undefined) rows.set(key, row)
      else for (const figure of Object.keys(known.sums) as (keyof Sums)[]) known.sums[figure] += row.sums[figure]
    }
  }
  return [...rows.values()].toSorted((a, b) => b.sums.cost - a.sums.cost)
}

/**
 * @param used false: nothing was made and nothing was asked for yet
 * @param byInstance sums of the instances that the Models page shows
 */
export function moneyRoutes(used: boolean, source: Source, byInstance: readonly SumRow[] = []) {
  const os = implement(contract)
  let keys = used ? KEYS : []
  let budgets = used ? BUDGETS : []
  let own: OwnPrices = used ? { 'foundry-swe/llama-house': { input: 0.2, output: 0.6 } } : {}
  const prices = () => ({
    own,
    source,
    listed: used
      ? [
          {
            model: 'claude-opus-4-5',
            input: 5,
            cached: 0.5,
            cacheWrite: 6.25,
            output: 25,
            asOf: '2026-11-20',
            source: 'platform.claude.com',
          },
          { model: 'gpt-5.1', input: 1.25, cached: 0.125, output: 10, asOf: '2026-08-21', source: 'models.dev' },
          { model: 'gpt-5.4', input: 2.5, cached: 0.25, output: 15, asOf: '2026-08-21', source: 'models.dev' },
          {
            model: 'gpt-5.4',
            above: 272_000,
            input: 5,
            cached: 0.5,
            output: 22.5,
            asOf: '2026-08-21',
            source: 'models.dev',
          },
        ]
      : [],
    names: ['gpt-5.1', 'claude-opus-4-5', 'foundry-eastus2/gpt-5-1-prod', 'foundry-swe/claude-opus'],
  })
  const limits = () => ({ budgets, source, unpriced: used ? ['foundry-swe/llama-house'] : [] })
  return {
    accounting: {
      today: os.accounting.today.handler(() => ({ usd: used ? 4.82 : 0, unpriced: 0 })),
      sums: os.accounting.sums.handler(({ input }) => {
        const isByInstance = input.by.join() === 'instance'
        return { rows: isByInstance ? [...byInstance] : used ? rowsFor(input) : [], today: TODAY }
      }),
    },
    budgets: {
      list: os.budgets.list.handler(limits),
      save: os.budgets.save.handler(({ input }) => {
        budgets = input.budgets.map((budget) => ({ budget, of: { type: 'all' as const }, uses: [] }))
        return limits()
      }),
    },
    keys: {
      list: os.keys.list.handler(() => ({ keys, auth: 'token' as const })),
      create: os.keys.create.handler(({ input }) => {
        const nothing = { usd: 0, unpriced: 0 }
        keys = [...keys, { ...input, source: 'settings' as const, expired: false, today: nothing, month: nothing }]
        return { key: 'lz-key-4Qm8dZ2rT6yH1sKxV9cB3nE7wA5uL0pJ', keys }
      }),
      revoke: os.keys.revoke.handler(({ input }) => {
        keys = keys.filter(({ name }) => name !== input.name)
        return { keys }
      }),
    },
    prices: {
      list: os.prices.list.handler(prices),
      save: os.prices.save.handler(({ input }) => {
        own = input.prices
        return prices()
      }),
    },
  }
}
