import { useId, type ReactElement, type ReactNode } from 'react'
import { Icon } from './icons.tsx'

export interface FieldIds {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': boolean | undefined
}

export interface FieldProps {
  label: string
  /** What is wrong with the value, in place of the hint. */
  error?: string | undefined
  hint?: ReactNode
  children: (ids: FieldIds) => ReactNode
}

/** A labelled input with its hint or its error under it. */
export function Field({ label, error, hint, children }: FieldProps): ReactElement {
  const id = useId()
  const noteId = `${id}-note`
  const hasNote = error !== undefined || hint !== undefined
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': hasNote ? noteId : undefined,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {error !== undefined ? (
        <span className="st err f12 wrap" id={noteId} role="alert">
          <Icon name="error" size={14} />
          {error}
        </span>
      ) : (
        hint !== undefined && (
          <span className="hint" id={noteId}>
            {hint}
          </span>
        )
      )}
    </div>
  )
}
