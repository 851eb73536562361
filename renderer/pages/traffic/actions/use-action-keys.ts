import { useEffect } from 'react'
import { actionState } from './action-state.ts'
import { useActions, type Actions } from './use-actions.ts'

/** r replays, p pins, d compares, Ctrl/⌘⇧C copies as cURL: the exchange that is open, else the one at the cursor. */
export function useActionKeys(opened: string | undefined): void {
  const actions = useActions()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const id = opened ?? actionState.getState().cursor
      if (event.defaultPrevented || event.altKey || id === undefined || isElsewhere(event)) return
      const act = actionOf(event, actions)
      if (act === undefined) return
      event.preventDefault()
      act(id)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [actions, opened])
}

function actionOf(event: KeyboardEvent, actions: Actions): ((id: string) => void) | undefined {
  if (event.ctrlKey || event.metaKey) {
    return event.shiftKey && event.code === 'KeyC' ? (id) => actions.copyAs(id, 'cURL') : undefined
  }
  if (event.shiftKey || event.repeat) return undefined
  switch (event.key) {
    case 'r':
      return actions.replay
    case 'p':
      return actions.pin
    case 'd':
      return actions.compare
    default:
      return undefined
  }
}

/** Where letters are typed, and in what lies over the page. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null) return true
  const [target] = event.composedPath()
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
