import { useState, type ReactElement, type ReactNode } from 'react'
import type { Source } from '../../../shared/config.ts'
import { SettingsChange, type SettingsView } from '../../../shared/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Row } from './row.tsx'
import { SettingNotes } from './setting-notes.tsx'
import { isFixed, useSave, type Saved } from './use-settings.ts'

export interface TextSettingProps {
  id: string
  label: string
  hint: string
  /** The value as text, and where it is from. */
  shown: string
  source: Source
  /** Stands behind the field, e.g. `days`. */
  unit?: string
  placeholder?: string
  width?: 'number' | 'name' | 'path'
  /** What is typed, as a change; it is checked before it can be applied. */
  change: (text: string) => Record<string, unknown>
  onSaved: Saved
  /** Said while nothing is wrong. */
  children?: ReactNode
}

/** A value that is typed, checked while it is typed, and applied with Enter or a button. */
export function TextSetting(props: TextSettingProps): ReactElement {
  const { id, label, hint, shown, source, unit, placeholder, width = 'name', change, onSaved, children } = props
  const [text, setText] = useState(shown)
  const { failure, saving, save } = useSave(onSaved)
  const locked = isFixed(source)
  const checked = SettingsChange.safeParse(change(text.trim()))
  const problem = checked.success ? undefined : checked.error.issues[0]?.message
  const ready = checked.success && !locked && !saving && text.trim() !== shown
  return (
    <Row label={label} hint={hint} htmlFor={id}>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready) save(checked.data)
        }}
      >
        <input
          id={id}
          className={`input ${width}`}
          inputMode={width === 'number' ? 'decimal' : undefined}
          value={text}
          placeholder={placeholder}
          disabled={locked}
          aria-invalid={problem === undefined ? undefined : true}
          aria-describedby={`${id}-note`}
          onChange={(event) => setText(event.target.value)}
        />
        {unit !== undefined && <span className="f12 t2">{unit}</span>}
        <Button type="submit" disabled={!ready} aria-label={`Apply ${label.toLowerCase()}`}>
          Apply
        </Button>
      </form>
      <span id={`${id}-note`} className="s-note">
        {problem === undefined ? (
          children
        ) : (
          <span className="st err f12 wrap">
            <Icon name="error" size={14} />
            {problem}
          </span>
        )}
      </span>
      <SettingNotes failure={failure} source={source} />
    </Row>
  )
}

/** A number that is typed; what is none stays a text, which the schema refuses. */
export function typedNumber(text: string): unknown {
  return text === '' || Number.isNaN(Number(text)) ? text : Number(text)
}

/** What a part of the page gets. */
export interface SectionProps {
  view: SettingsView
  onSaved: Saved
}
