import { useState, type ReactElement } from 'react'
import type { ToolDefinition } from '../../../shared/playground.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { nameError, parseSchema } from './definitions.ts'
import { SchemaField } from './schema-field.tsx'

export interface ToolDialogProps {
  tool: ToolDefinition
  isNew: boolean
  /** Names that are taken. */
  others: readonly string[]
  onSave: (tool: ToolDefinition) => void
  onRemove: () => void
  onClose: () => void
}

/** A function that the model may call, checked while it is written. */
export function ToolDialog({ tool, isNew, others, onSave, onRemove, onClose }: ToolDialogProps): ReactElement {
  const [draft, setDraft] = useState(tool)
  const set = (change: Partial<ToolDefinition>): void => setDraft((before) => ({ ...before, ...change }))
  const wrongName = nameError(draft.name, others)
  const wrong = wrongName ?? parseSchema(draft.parameters).error
  return (
    <Dialog open title={isNew ? 'Add tool' : `Tool ${tool.name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (wrong === undefined) onSave(draft)
        }}
      >
        <div className="dialog-body">
          <Field label="Name" error={draft.name === '' ? undefined : wrongName} hint="What the model calls">
            {(ids) => (
              <input
                className="input mono"
                value={draft.name}
                onChange={(event) => set({ name: event.target.value.trim() })}
                {...ids}
              />
            )}
          </Field>
          <Field label="Description" hint="When the model should call it">
            {(ids) => (
              <input
                className="input"
                value={draft.description}
                onChange={(event) => set({ description: event.target.value })}
                {...ids}
              />
            )}
          </Field>
          <SchemaField
            label="Arguments (JSON schema)"
            value={draft.parameters}
            onChange={(parameters) => set({ parameters })}
          />
          <Field
            label="Answer"
            hint={
              <>
                Text or JSON; <span className="mono">{'{{city}}'}</span> is the argument of that name,{' '}
                <span className="mono">{'{{arguments}}'}</span> all of them
              </>
            }
          >
            {(ids) => (
              <textarea
                className="input mono"
                rows={3}
                value={draft.answer}
                onChange={(event) => set({ answer: event.target.value })}
                {...ids}
              />
            )}
          </Field>
          <label className="row f12">
            <input
              type="checkbox"
              checked={draft.automatic}
              onChange={(event) => set({ automatic: event.target.checked })}
            />
            Answer by itself; otherwise you see each call and may change the answer
          </label>
        </div>
        <footer>
          {!isNew && (
            <Button look="danger" onClick={onRemove}>
              Remove tool
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={wrong !== undefined}>
            {isNew ? 'Add' : 'Save'}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
