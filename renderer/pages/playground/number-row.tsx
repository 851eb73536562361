import { useId, useState, type ReactElement } from 'react'

export interface NumberRowProps {
  name: string
  hint?: string | undefined
  value: number | undefined
  min: number
  max: number | undefined
  /** 1: whole numbers. */
  step: number
  onChange: (value: number | undefined) => void
}

/** A number that a request may carry. An empty field means the model's own default. */
export function NumberRow({ name, hint, value, min, max, step, onChange }: NumberRowProps): ReactElement {
  const id = useId()
  const [text, setText] = useState(value === undefined ? '' : String(value))
  const shown = text !== '' && Number(text) === value ? text : value === undefined ? text : String(value)
  const error = problemIn(shown, min, max, step)
  return (
    <div className="p-row">
      <label htmlFor={id}>{name}</label>
      <input
        id={id}
        className="input num"
        inputMode="decimal"
        placeholder="default"
        value={shown}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={`${id}-hint`}
        onChange={(event) => {
          const next = event.target.value.trim()
          setText(next)
          onChange(next === '' || problemIn(next, min, max, step) !== undefined ? undefined : Number(next))
        }}
      />
      <span className={error === undefined ? 'hint' : 'hint err'} id={`${id}-hint`}>
        {error ?? hint}
      </span>
    </div>
  )
}

function problemIn(text: string, min: number, max: number | undefined, step: number): string | undefined {
  if (text === '') return undefined
  const value = Number(text)
  if (Number.isNaN(value)) return 'A number, please'
  if (step === 1 && !Number.isInteger(value)) return 'A whole number, please'
  if (value < min) return `At least ${min}`
  return max !== undefined && value > max ? `At most ${max}` : undefined
}

/** What a deployment does not take, and why: a line, not a dead control. */
export function NotTaken({ name, why }: { name: string; why: string }): ReactElement {
  return (
    <div className="p-row off">
      <span>{name}</span>
      <span className="v">not taken</span>
      <span className="hint">{why}</span>
    </div>
  )
}
