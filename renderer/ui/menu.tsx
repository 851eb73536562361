import { Menu as Base } from '@base-ui/react/menu'
import type { ReactElement } from 'react'
import { Icon, type IconName } from './icons.tsx'

export interface MenuEntry {
  label: string
  icon: IconName
  onSelect: () => void
}

/** A button with three dots that opens a list of actions. */
export function MoreMenu({ label, entries }: { label: string; entries: readonly MenuEntry[] }): ReactElement {
  return (
    <Base.Root modal={false}>
      <Base.Trigger className="btn ghost sm icon" aria-label={label} title={label}>
        <Icon name="more" size={14} />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="floating" sideOffset={4} align="end">
          <Base.Popup className="menu">
            {entries.map((entry) => (
              <Base.Item key={entry.label} className="menu-i" onClick={entry.onSelect}>
                <Icon name={entry.icon} />
                {entry.label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
