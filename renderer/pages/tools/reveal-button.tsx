import type { ReactElement } from 'react'
import { Button } from '../../ui/button.tsx'

/** Keys are hidden until they are asked for. */
export function RevealButton({ reveal, onReveal }: { reveal: boolean; onReveal: (on: boolean) => void }): ReactElement {
  return (
    <Button look="ghost" size="sm" icon="eye" aria-pressed={reveal} onClick={() => onReveal(!reveal)}>
      {reveal ? 'Hide keys' : 'Show keys'}
    </Button>
  )
}
