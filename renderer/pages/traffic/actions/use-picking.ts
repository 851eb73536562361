import { useCallback, useRef } from 'react'
import type { ListView } from '../list/list-view.ts'
import { actionState, useActionState } from './action-state.ts'

export interface Picking {
  picked: ReadonlySet<string>
  /** Chooses one more, or all from where the choice began up to this one. */
  pick: (id: string, range: boolean) => void
  /** Nothing is chosen besides the cursor. */
  reset: () => void
}

/** Several rows of the list, chosen with Ctrl (one by one) and Shift (a range). */
export function usePicking(view: ListView, cursor: string | undefined): Picking {
  const { picked, setPicked, togglePicked } = useActionState()
  const anchor = useRef<string>(undefined)
  const pick = useCallback(
    (id: string, range: boolean): void => {
      if (!range) {
        anchor.current = id
        togglePicked(id)
        return
      }
      const began = anchor.current ?? cursor ?? id
      anchor.current = began
      setPicked(idsBetween(view, began, id))
    },
    [view, cursor, setPicked, togglePicked],
  )
  const reset = useCallback((): void => {
    anchor.current = undefined
    if (actionState.getState().picked.size > 0) setPicked([])
  }, [setPicked])
  return { picked, pick, reset }
}

/** Exchanges from one row to another, both included, in the list's order. */
export function idsBetween(view: ListView, from: string, to: string): string[] {
  const [a, b] = [view.indexOf(from), view.indexOf(to)]
  if (a < 0 || b < 0) return [to]
  const ids: string[] = []
  for (let at = Math.min(a, b); at <= Math.max(a, b); at += 1) {
    const item = view.item(at)
    if (item?.type === 'row') ids.push(item.row.id)
  }
  return ids
}
