import type { ReactElement } from 'react'
import { Field } from '../../ui/field.tsx'

export interface AmountFieldProps {
  label: string
  hint?: string
  value: string
  error?: string | undefined
  onChange: (value: string) => void
}

/** An amount in USD as it is typed; empty: none. */
export function AmountField({ label, hint, value, error, onChange }: AmountFieldProps): ReactElement {
  return (
    <Field label={label} error={error} hint={hint}>
      {(ids) => (
        <div className="inputbox amount">
          <span className="t3" aria-hidden="true">
            $
          </span>
          <input
            {...ids}
            inputMode="decimal"
            placeholder="none"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        </div>
      )}
    </Field>
  )
}

/** An amount that was typed; undefined for an empty text, `invalid` for what is no amount of at least `least`. */
export function amountOf(text: string, least: 'positive' | 'zero'): number | undefined | 'invalid' {
  const plain = text.trim().replace(',', '.')
  if (plain === '') return undefined
  const value = Number(plain)
  if (!Number.isFinite(value) || value < 0 || (least === 'positive' && value === 0)) return 'invalid'
  return value
}

export function amountText(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}
