import { Switch as Base } from '@base-ui/react/switch'
import type { ReactElement } from 'react'

export interface SwitchProps {
  label: string
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
}

/** On or off, at once. */
export function Switch({ label, checked, disabled = false, onChange }: SwitchProps): ReactElement {
  return (
    <Base.Root
      className="switch"
      aria-label={label}
      title={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
    >
      <Base.Thumb className="switch-thumb" />
    </Base.Root>
  )
}
