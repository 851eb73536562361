import type { ReactElement } from 'react'
import { IconButton } from '../../ui/button.tsx'

/** Where a turn stands among those that were made in its place. */
export interface Place {
  /** From 1. */
  number: number
  count: number
  previous: string | undefined
  next: string | undefined
}

export interface BranchSwitchProps {
  place: Place
  /** What is switched, e.g. `answer`. */
  what: string
  onSwitch: (turn: string) => void
}

/** `‹ 1/3 ›`: the other turns in the same place. */
export function BranchSwitch({ place, what, onSwitch }: BranchSwitchProps): ReactElement | null {
  const { number, count, previous, next } = place
  if (count < 2) return null
  return (
    <span className="branches">
      <IconButton
        icon="chev-l"
        label={`Previous ${what}`}
        look="ghost"
        size="sm"
        disabled={previous === undefined}
        onClick={() => previous !== undefined && onSwitch(previous)}
      />
      <span className="num f12 t3" aria-label={`${what} ${number} of ${count}`} role="img">
        {number}/{count}
      </span>
      <IconButton
        icon="chev-r"
        label={`Next ${what}`}
        look="ghost"
        size="sm"
        disabled={next === undefined}
        onClick={() => next !== undefined && onSwitch(next)}
      />
    </span>
  )
}
