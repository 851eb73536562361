import type { ReactElement } from 'react'
import type { Budget } from '../../../shared/config.ts'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { AmountField, amountOf, amountText } from './amount-field.tsx'

/** The limits of a budget or a key while they are written. */
export interface LimitsDraft {
  daily: string
  monthly: string
  onExceed: Budget['on_exceed']
}

export type Limits = Pick<Budget, 'daily' | 'monthly' | 'on_exceed'>

export function limitsDraft(limits: Partial<Limits>, onExceed: Budget['on_exceed']): LimitsDraft {
  return {
    daily: amountText(limits.daily),
    monthly: amountText(limits.monthly),
    onExceed: limits.on_exceed ?? onExceed,
  }
}

/** What is written, or which field is no amount. */
export function limitsOf({ daily, monthly, onExceed }: LimitsDraft): Limits | { wrong: 'daily' | 'monthly' } {
  const day = amountOf(daily, 'positive')
  const month = amountOf(monthly, 'positive')
  if (day === 'invalid') return { wrong: 'daily' }
  if (month === 'invalid') return { wrong: 'monthly' }
  return {
    ...(day === undefined ? {} : { daily: day }),
    ...(month === undefined ? {} : { monthly: month }),
    on_exceed: onExceed,
  }
}

const AMOUNT = 'an amount above 0, e.g. 5 or 2.50'
const REACTIONS = [
  { value: 'warn', label: 'Warn', note: 'requests go on' },
  { value: 'block', label: 'Block', note: 'further requests are refused' },
] as const

export interface LimitFieldsProps {
  draft: LimitsDraft
  wrong: 'daily' | 'monthly' | undefined
  onChange: (draft: LimitsDraft) => void
}

export function LimitFields({ draft, wrong, onChange }: LimitFieldsProps): ReactElement {
  return (
    <div className="limit-fields">
      <AmountField
        label="Per day"
        value={draft.daily}
        error={wrong === 'daily' ? AMOUNT : undefined}
        onChange={(daily) => onChange({ ...draft, daily })}
      />
      <AmountField
        label="Per month"
        value={draft.monthly}
        error={wrong === 'monthly' ? AMOUNT : undefined}
        onChange={(monthly) => onChange({ ...draft, monthly })}
      />
      <Field label="When it is used up">
        {() => (
          <Select
            label="When it is used up"
            value={draft.onExceed}
            options={REACTIONS}
            onChange={(onExceed) => onChange({ ...draft, onExceed })}
          />
        )}
      </Field>
    </div>
  )
}
