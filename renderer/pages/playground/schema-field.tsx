import type { ReactElement } from 'react'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { parseSchema } from './definitions.ts'

export interface SchemaFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
}

/** A JSON schema as text, checked while it is written. */
export function SchemaField({ label, value, onChange }: SchemaFieldProps): ReactElement {
  const { schema, error } = parseSchema(value)
  const tidy = schema === undefined ? value : JSON.stringify(schema, null, 2)
  return (
    <div className="schema-field">
      <Field label={label} error={error} hint="Every part of it is understood">
        {(ids) => (
          <textarea
            className="input mono"
            rows={10}
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            {...ids}
          />
        )}
      </Field>
      {tidy !== value && (
        <Button size="sm" look="ghost" onClick={() => onChange(tidy)}>
          Tidy up
        </Button>
      )}
    </div>
  )
}
