import type { ReactElement, ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'

export interface StepFootProps {
  /** Goes one step back; absent in the first. */
  onBack?: () => void
  /** What the step ended with is there. */
  done: boolean
  onNext: () => void
  /** Of the last step. */
  last?: boolean
  children?: ReactNode
}

/** Back, and on: with what was reached, or without. */
export function StepFoot({ onBack, done, onNext, last = false, children }: StepFootProps): ReactElement {
  return (
    <footer className="ob-f">
      {children}
      <span className="grow" />
      {onBack && (
        <Button size="lg" onClick={onBack}>
          Back
        </Button>
      )}
      {done ? (
        <Button look="primary" size="lg" onClick={onNext}>
          {last ? 'Finish' : 'Continue'}
        </Button>
      ) : (
        <Button size="lg" onClick={onNext}>
          {last ? 'Finish without' : 'Skip'}
        </Button>
      )}
    </footer>
  )
}
