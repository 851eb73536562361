import { Combobox as Base } from '@base-ui/react/combobox'
import { useMemo, useState, type ReactElement } from 'react'
import { Icon } from './icons.tsx'

export interface ComboboxOption {
  value: string
  /** Where it leads, shown after the name. */
  note: string
}

export interface ComboboxProps {
  label: string
  value: string
  options: readonly ComboboxOption[]
  onChange: (value: string) => void
  /** What stands there while nothing is chosen. */
  placeholder: string
}

/** One of many known names, or any other name that is typed. */
export function Combobox({ label, value, options, onChange, placeholder }: ComboboxProps): ReactElement {
  const [typed, setTyped] = useState('')
  const items = useMemo(() => withTyped(options, typed), [options, typed])
  const selected = items.find((item) => item.value === value) ?? (value === '' ? null : { value, note: '' })
  return (
    <Base.Root<ComboboxOption>
      items={items}
      value={selected}
      onValueChange={(next) => {
        if (next) onChange(next.value)
      }}
      inputValue={typed}
      onInputValueChange={setTyped}
      onOpenChange={(open) => {
        if (!open) setTyped('')
      }}
      itemToStringLabel={(item) => item.value}
      itemToStringValue={(item) => item.value}
      isItemEqualToValue={(a, b) => a.value === b.value}
      autoHighlight
    >
      <Base.Trigger className="select block" aria-label={label}>
        <Icon name="cube" size={14} />
        <span className={value === '' ? 'cut t3' : 'cut mono'}>{value === '' ? placeholder : value}</span>
        <Icon name="chev-ud" size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="floating" sideOffset={4} align="start">
          <Base.Popup className="menu combo" aria-label={label}>
            <Base.Input
              className="input"
              placeholder="Find or type a name"
              aria-label={`Find ${label.toLowerCase()}`}
            />
            <Base.List className="menu-list">
              {(item: ComboboxOption) => (
                <Base.Item key={item.value} value={item} className="menu-i">
                  <span className="mono">{item.value}</span>
                  <span className="menu-note">{item.note}</span>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** A name that no option has can be taken as it was typed. */
function withTyped(options: readonly ComboboxOption[], typed: string): readonly ComboboxOption[] {
  const name = typed.trim()
  if (name === '' || options.some((option) => option.value === name)) return options
  return [...options, { value: name, note: 'as typed' }]
}
