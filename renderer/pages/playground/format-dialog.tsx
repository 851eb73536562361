import { useState, type ReactElement } from 'react'
import type { FormatDefinition } from '../../../shared/playground.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { parseSchema } from './definitions.ts'
import { SchemaField } from './schema-field.tsx'

export interface FormatDialogProps {
  format: FormatDefinition
  onSave: (format: FormatDefinition) => void
  onClose: () => void
}

/** The form of the answer. It is checked against the schema when it is there. */
export function FormatDialog({ format, onSave, onClose }: FormatDialogProps): ReactElement {
  const [draft, setDraft] = useState(format)
  const set = (change: Partial<FormatDefinition>): void => setDraft((before) => ({ ...before, ...change }))
  const wrongName = /^[\w-]{1,64}$/.test(draft.name) ? undefined : 'Letters, digits, _ and - only, at most 64.'
  const wrong = wrongName ?? parseSchema(draft.schema).error
  return (
    <Dialog open title="JSON schema of the answer" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (wrong === undefined) onSave({ ...draft, on: true })
        }}
      >
        <div className="dialog-body">
          <Field label="Name" error={wrongName}>
            {(ids) => (
              <input
                className="input mono"
                value={draft.name}
                onChange={(event) => set({ name: event.target.value.trim() })}
                {...ids}
              />
            )}
          </Field>
          <SchemaField label="Schema" value={draft.schema} onChange={(schema) => set({ schema })} />
          <label className="row f12">
            <input type="checkbox" checked={draft.strict} onChange={(event) => set({ strict: event.target.checked })} />
            Strict: the model cannot leave the schema
          </label>
        </div>
        <footer>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={wrong !== undefined}>
            Use this schema
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
