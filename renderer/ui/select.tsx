import { Select as Base } from '@base-ui/react/select'
import type { ReactElement } from 'react'
import { Icon } from './icons.tsx'

export interface SelectOption<T extends string> {
  value: T
  label: string
  /** A second, quieter text. */
  note?: string
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
