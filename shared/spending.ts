/** What was used and what it cost, summed up; budgets; local keys; prices. Shapes of the console's contract. */
import * as z from 'zod'
import { Budget, LocalKey, OwnPrices, Source } from './config.ts'

/** A day of this machine's own calendar, `YYYY-MM-DD`. */
export const Day = z.iso.date()
export type Day = z.infer<typeof Day>

/** USD of what has a price; `unpriced` requests have cost something that is not known. */
export const Spent = z.object({ usd: z.number(), unpriced: z.number().int() })
export type Spent = z.infer<typeof Spent>

/** By what sums are split. `model` is the name that was asked for, `key` the name of a local key. */
export const SumBy = z.enum(['day', 'instance', 'deployment', 'model', 'client', 'key'])
export type SumBy = z.infer<typeof SumBy>

/** Sums of model requests. Token counts as in `Usage`: `input` includes `cached` and `cacheWrite`. */
export const Sums = z.object({
  requests: z.number().int(),
  /** Those of them that were answered with an error. */
  failures: z.number().int(),
  input: z.number(),
  cached: z.number(),
  cacheWrite: z.number(),
  output: z.number(),
  reasoning: z.number(),
  /** USD. */
  cost: z.number(),
  unpriced: z.number().int(),
  /** When the last of them began, milliseconds since the epoch. */
  last: z.number().int(),
})
export type Sums = z.infer<typeof Sums>

/** One row: the asked-for dimensions and their sums. An empty text: none, e.g. no local key or no instance reached. */
export const SumRow = z.object({
  day: Day.optional(),
  instance: z.string().optional(),
  deployment: z.string().optional(),
  model: z.string().optional(),
  client: z.string().optional(),
  key: z.string().optional(),
  sums: Sums,
})
export type SumRow = z.infer<typeof SumRow>

export const SumsQuestion = z.object({
  /** First and last day. */
  from: Day,
  to: Day,
  by: z.array(SumBy).max(SumBy.options.length),
})
export type SumsQuestion = z.infer<typeof SumsQuestion>

/** How far one limit of a budget is used. */
export const BudgetUse = z.object({
  period: z.enum(['day', 'month']),
  limit: z.number(),
  spent: Spent,
  /** When the next period begins, milliseconds since the epoch. */
  resetsAt: z.number().int(),
})
export type BudgetUse = z.infer<typeof BudgetUse>

export const BudgetView = z.object({
  budget: Budget,
  /** What the scope was understood as. */
  of: z.discriminatedUnion('type', [
    z.object({ type: z.literal('all') }),
    z.object({ type: z.literal('key'), name: z.string() }),
    z.object({ type: z.literal('deployment'), deployment: z.string(), instance: z.string().optional() }),
  ]),
  /** One per limit that is set. */
  uses: z.array(BudgetUse),
})
export type BudgetView = z.infer<typeof BudgetView>

export const BudgetsView = z.object({
  budgets: z.array(BudgetView),
  /** Only those from `settings` and `default` can be edited here. */
  source: Source,
  /** Deployments that were called and whose spending is not known, because they have no price. */
  unpriced: z.array(z.string()),
})
export type BudgetsView = z.infer<typeof BudgetsView>

/** What a new local key may be given. */
export const NewLocalKey = LocalKey.omit({ key: true, hash: true, created: true })
export type NewLocalKey = z.infer<typeof NewLocalKey>

/** A local key as the window shows it: never the key itself. */
export const LocalKeyView = NewLocalKey.extend({
  source: Source,
  created: z.string().optional(),
  expired: z.boolean(),
  /** Milliseconds since the epoch; absent: not within the time that sums are kept. */
  lastUsed: z.number().int().optional(),
  today: Spent,
  month: Spent,
})
export type LocalKeyView = z.infer<typeof LocalKeyView>

/** One figure of the price list, in USD per million tokens. */
export const ListPrice = z.object({
  model: z.string(),
  /** Holds for prompts of more input tokens than this. */
  above: z.number().optional(),
  input: z.number(),
  cached: z.number().optional(),
  cacheWrite: z.number().optional(),
  output: z.number().optional(),
  /** When it was read, `YYYY-MM-DD`, and where. */
  asOf: z.string(),
  source: z.string(),
})
export type ListPrice = z.infer<typeof ListPrice>

export const PricesView = z.object({
  own: OwnPrices,
  source: Source,
  /** Of the models that are served here, today's; a model without an entry has no list price. */
  listed: z.array(ListPrice),
  /** What can be priced: models and deployments that are served. */
  names: z.array(z.string()),
})
export type PricesView = z.infer<typeof PricesView>
