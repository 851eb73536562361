import type { Step } from '../../shared/exchange.ts'
import { localDay } from '../core/accounting.ts'
import { LazuliError } from '../core/error.ts'
import type { UsedUp } from '../routing/budgets.ts'

/** What is used up: `The budget of the local key ci is used up ($5.02 of $5.00 today)`. */
export function toldBudget({ what, period, usd, spent }: UsedUp): string {
  return `The budget of ${what} is used up (${dollars(spent)} of ${dollars(usd)} ${period === 'day' ? 'today' : 'this month'})`
}

/**
 * The answer where a budget blocks. 402 is retried by no client, not even by those that do not read
 * `x-should-retry`; a 429 would be, and waiting a little does not help.
 */
export function budgetError(used: UsedUp): LazuliError {
  const again = `${localDay(used.resetsAt)} at 00:00`
  return new LazuliError({
    code: 'proxy_budget_exceeded',
    status: 402,
    message: `${toldBudget(used)}.`,
    fix: `It begins anew on ${again}. To go on before that, raise the budget in Settings${used.isOfDeployment ? ', or ask for a model of another deployment' : ''}.`,
  })
}

/** A note in the explanation where a budget only warns. */
export function budgetNote(used: UsedUp): Step {
  return { verdict: 'warn', text: toldBudget(used), why: 'It warns, and does not block' }
}

/** Full cents; what is less than one of them is shown, too. */
function dollars(usd: number): string {
  return usd === 0 || usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${usd.toPrecision(2)}`
}
