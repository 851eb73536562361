import { useEffect } from 'react'

export interface StreamKeys {
  /** [ and ] */
  step: (by: 1 | -1) => void
  /** Space */
  play: () => void
}

/** The keys of the stream, wherever the focus is on the page, unless something is typed or a dialog is open. */
export function useStreamKeys({ step, play }: StreamKeys): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const { target } = event
      if (
        !(target instanceof HTMLElement) ||
        target.closest('input:not([type=range]), textarea, [role=dialog], [role=menu], .cm-host')
      ) {
        return
      }
      if (event.key === '[' || event.key === ']') {
        event.preventDefault()
        step(event.key === ']' ? 1 : -1)
        return
      }
      // Space presses a button that has the focus; rows of events are no such buttons.
      if (event.key === ' ' && (target.closest('button, a, [role=tab]') === null || target.closest('.ev') !== null)) {
        event.preventDefault()
        play()
      }
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [step, play])
}
