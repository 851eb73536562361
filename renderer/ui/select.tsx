import { Select as Base } from '@base-ui/react/select'
import type { ReactElement } from 'react'
import { Icon } from './icons.tsx'

export interface SelectOption<T extends string> {
  value: T
  label: string
  /** A second, quieter text. */
  note?: string | undefined
}

export interface SelectProps<T extends string> {
  label: string
  value: T
  options: readonly SelectOption<T>[]
  onChange: (value: T) => void
  disabled?: boolean
}

/** One of a few known values. */
export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  disabled = false,
}: SelectProps<T>): ReactElement {
  return (
    <Base.Root<T>
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next)
      }}
      disabled={disabled}
    >
      <Base.Trigger className="select block" aria-label={label}>
        <Base.Value className="cut" />
        <Icon name="chev-ud" size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="floating" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="menu menu-list" aria-label={label}>
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="menu-i">
                <Base.ItemText>{option.label}</Base.ItemText>
                {option.note !== undefined && <span className="menu-note">{option.note}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export interface MultiSelectProps {
  label: string
  /** In the order in which they were chosen. */
  values: readonly string[]
  options: readonly SelectOption<string>[]
  /** What no choice means. */
  none: string
  onChange: (values: string[]) => void
}

/** Several known values; the order in which they are chosen counts. */
export function MultiSelect({ label, values, options, none, onChange }: MultiSelectProps): ReactElement {
  return (
    <Base.Root<string, true> multiple value={[...values]} onValueChange={onChange}>
      <Base.Trigger className="select block" aria-label={label} title={values.join(' then ')}>
        <span className={values.length === 0 ? 'cut t3' : 'cut'}>
          {values.length === 0 ? none : values.join(' then ')}
        </span>
        <Icon name="chev-ud" size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="floating" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="menu menu-list" aria-label={label}>
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="menu-i">
                <Base.ItemText>{option.label}</Base.ItemText>
                <span className="menu-note">
                  {values.includes(option.value) ? values.indexOf(option.value) + 1 : (option.note ?? '')}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
