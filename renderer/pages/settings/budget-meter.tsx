import type { ReactElement } from 'react'
import type { BudgetUse } from '../../../shared/spending.ts'
import { dollars } from '../../ui/format.ts'

/** How far a limit is used: a bar, and the same in words. */
export function BudgetMeter({ use, of }: { use: BudgetUse; of: string }): ReactElement {
  const { period, limit, spent, resetsAt } = use
  const share = Math.min(1, spent.usd / limit)
  const state = spent.usd >= limit ? 'over' : share >= 0.8 ? 'near' : 'well'
  const when = period === 'day' ? 'today' : 'this month'
  const text = `${dollars(spent.usd)} of ${dollars(limit)} ${when}`
  return (
    <div className="budget-use" title={`Begins anew on ${new Date(resetsAt).toLocaleDateString()}`}>
      <span className={state === 'well' ? 't2' : state === 'near' ? 'warn' : 'err'}>
        {text}
        {state === 'over' && ', used up'}
      </span>
      <span
        className={`budget-bar ${state}`}
        role="meter"
        aria-label={`${of}, ${when}`}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(limit, spent.usd)}
        aria-valuetext={text}
      >
        <i style={{ width: `${share * 100}%` }} />
      </span>
    </div>
  )
}
