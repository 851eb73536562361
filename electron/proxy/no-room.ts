import type { Header } from '../../shared/exchange.ts'
import { LazuliError } from '../core/error.ts'
import type { UsedUp } from '../routing/budgets.ts'
import type { Rest } from '../routing/health.ts'
import { budgetError } from './budget-error.ts'

/** Why a place does not take a request now. */
export type Refusal =
  | Rest
  | { waitMs: number; cause: 'limit'; why: string }
  | { waitMs: number; cause: 'budget'; used: UsedUp }

/**
 * The answer when no place takes the request: 429 or 503 with the time until one does, 400 when none ever will, 402 when
 * all of them are over a budget.
 */
export function noRoomError(all: readonly Refusal[]): { error: LazuliError; headers: Header[] } {
  // Where one is only busy, waiting helps, whatever others have spent.
  const refusals = all.filter(({ cause }) => cause !== 'budget')
  const [spent] = all
  if (refusals.length === 0 && spent?.cause === 'budget') {
    return { error: budgetError(spent.used), headers: [['x-should-retry', 'false']] }
  }
  const waitMs = Math.min(...refusals.map((refusal) => refusal.waitMs))
  if (!Number.isFinite(waitMs)) {
    const reasons = refusals.flatMap((refusal) => (refusal.cause === 'limit' ? [refusal.why] : []))
    const error = new LazuliError({
      code: 'proxy_request_too_large',
      status: 400,
      message: `The request is larger than any instance that serves the model takes: ${[...new Set(reasons)].join('; ')}.`,
      fix: 'Send less, or raise max_tpm or max_input_tokens of an instance.',
    })
    return { error, headers: [] }
  }
  const whole = Math.max(1, Math.ceil(waitMs / 1000))
  const headers: Header[] = [
    ['retry-after', String(whole)],
    ['retry-after-ms', String(Math.ceil(waitMs))],
  ]
  const down = refusals.every(({ cause }) => cause === 'down')
  const error = down
    ? new LazuliError({
        code: 'proxy_instances_down',
        status: 503,
        message: 'Every instance that serves the model failed repeatedly and is left alone for a minute.',
        fix: `Send the request again in ${whole} s, or test the instance on the Models page.`,
        retryable: true,
      })
    : new LazuliError({
        code: 'proxy_over_limit',
        status: 429,
        message: 'Every instance that serves the model is at its limit.',
        fix: `Send the request again in ${whole} s, or add an instance or raise its max_tpm or max_rpm on the Models page.`,
        retryable: true,
      })
  return { error, headers }
}
