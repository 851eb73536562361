import type { ReactElement, ReactNode } from 'react'

export interface RowProps {
  label: string
  hint?: string
  /** Id of the control that the label belongs to. */
  htmlFor?: string
  children: ReactNode
}

export function Row({ label, hint, htmlFor, children }: RowProps): ReactElement {
  return (
    <div className="s-row">
      <div>
        {htmlFor === undefined ? (
          <span className="l">{label}</span>
        ) : (
          <label className="l" htmlFor={htmlFor}>
            {label}
          </label>
        )}
        {hint !== undefined && <span className="hint">{hint}</span>}
      </div>
      <div className="s-ctl">{children}</div>
    </div>
  )
}
