import { useState } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import type { Source } from '../../../shared/config.ts'
import type { SettingsChange, SettingsView } from '../../../shared/settings.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'

/** Takes over what saving answered. */
export type Saved = (view: SettingsView) => void

/** Was the value set from outside, where nothing here would change it? */
export function isFixed(source: Source): boolean {
  return source === 'environment' || source === 'file' || source === 'flag'
}

/** Saves one setting; what is refused stays as it was, with the reason. */
export function useSave(onSaved: Saved): {
  failure: Failure | undefined
  saving: boolean
  save: (change: SettingsChange) => void
} {
  const { console } = useServices()
  const [failure, setFailure] = useState<Failure>()
  const [saving, setSaving] = useState(false)
  const save = (change: SettingsChange): void => {
    setSaving(true)
    console.settings
      .save(change)
      .then(
        (view) => {
          setFailure(undefined)
          return onSaved(view)
        },
        (error: unknown) => setFailure(failureOf(error)),
      )
      .finally(() => setSaving(false))
  }
  return { failure, saving, save }
}
