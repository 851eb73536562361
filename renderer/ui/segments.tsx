import type { ReactElement } from 'react'

export interface SegmentsProps<T extends string> {
  /** Accessible name of the group. */
  label: string
  options: readonly T[]
  value: T
  onChange: (value: T) => void
}

/** A few ways to look at the same thing; one of them is on. */
export function Segments<T extends string>({ label, options, value, onChange }: SegmentsProps<T>): ReactElement {
  return (
    <div className="seg-ctl" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChange(option)}>
          {option}
        </button>
      ))}
    </div>
  )
}
