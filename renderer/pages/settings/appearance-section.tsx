import type { ReactElement } from 'react'
import type { SettingsView } from '../../../shared/settings.ts'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'
import type { SectionProps } from './text-setting.tsx'
import { isFixed, useSave } from './use-settings.ts'

type Theme = SettingsView['theme']['value']

const THEMES: readonly { theme: Theme; name: string; icon: IconName }[] = [
  { theme: 'system', name: 'System', icon: 'moon-sun' },
  { theme: 'light', name: 'Light', icon: 'sun' },
  { theme: 'dark', name: 'Dark', icon: 'moon' },
]

/** How the window looks. */
export function AppearanceSection({ view, onSaved }: SectionProps): ReactElement {
  const { failure, save } = useSave(onSaved)
  const { value, source } = view.theme
  const locked = isFixed(source)
  return (
    <section aria-labelledby="h-look" id="look">
      <h2 id="h-look">Appearance</h2>
      <Row label="Theme">
        {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the checked radio has the focus */}
        <div
          className="seg-ctl"
          role="radiogroup"
          aria-label="Theme"
          onKeyDown={(event) => {
            const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
            if (by === undefined || locked) return
            event.preventDefault()
            const at = THEMES.findIndex((entry) => entry.theme === value)
            const next = THEMES[(at + by + THEMES.length) % THEMES.length]
            if (!next) return
            save({ theme: next.theme })
            event.currentTarget.querySelector<HTMLElement>(`[data-theme-name="${next.theme}"]`)?.focus()
          }}
        >
          {THEMES.map(({ theme, name, icon }) => (
            <button
              key={theme}
              type="button"
              role="radio"
              data-theme-name={theme}
              aria-checked={value === theme}
              tabIndex={value === theme ? 0 : -1}
              disabled={locked}
              onClick={() => save({ theme })}
            >
              <Icon name={icon} size={14} />
              {name}
            </button>
          ))}
        </div>
        <SettingNotes failure={failure} source={source} />
      </Row>
    </section>
  )
}
