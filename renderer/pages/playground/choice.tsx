import { useId, type ReactElement } from 'react'
import { Select } from '../../ui/select.tsx'

export interface ChoiceProps<T extends string> {
  label: string
  options: readonly T[]
  value: T | undefined
  /** The word for no choice; absent: one of them is always on. */
  none?: string
  text?: (option: T) => string
  onChange: (value: T | undefined) => void
}

const itself = (option: string): string => option

/** More words than this do not fit beside each other. */
const MOST_SEGMENTS = 4

/** One of a few words: beside each other while they fit, else in a list. Choosing the chosen one takes it back. */
export function Choice<T extends string>({
  label,
  options,
  value,
  none,
  text = itself,
  onChange,
}: ChoiceProps<T>): ReactElement {
  const id = useId()
  if (options.length > MOST_SEGMENTS) {
    return (
      <div className="p-row">
        <span>{label}</span>
        <span className="p-select">
          <Select<string>
            label={label}
            value={value ?? ''}
            options={[
              ...(none === undefined ? [] : [{ value: '', label: none }]),
              ...options.map((option) => ({ value: option, label: text(option) })),
            ]}
            onChange={(next) => onChange(options.find((option) => option === next))}
          />
        </span>
      </div>
    )
  }
  return (
    <div className="p-choice">
      <div className="p-row">
        <span id={id}>{label}</span>
        {value === undefined && none !== undefined && <span className="v t3">{none}</span>}
      </div>
      <div className="seg-ctl" role="group" aria-labelledby={id}>
        {options.map((option) => (
          <button
            key={option}
            type="button"
            aria-pressed={option === value}
            onClick={() => onChange(option === value && none !== undefined ? undefined : option)}
          >
            {text(option)}
          </button>
        ))}
      </div>
    </div>
  )
}
