import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

/** What is asked in a dialog about exchanges. */
export type ActionDialog =
  | { kind: 'edit'; id: string }
  | { kind: 'compare'; before: string; after: string }
  /** `more`: further exchanges match than one file holds. */
  | { kind: 'export'; ids: readonly string[]; more: boolean }
  | { kind: 'mock'; ids: readonly string[]; more: boolean }
  | { kind: 'faults' }

export interface ActionState {
  /** Where the list's cursor stands. */
  cursor: string | undefined
  /** Chosen beside the cursor with Shift or Ctrl, in the order of choice. */
  picked: ReadonlySet<string>
  /** What others are compared with. */
  pinned: string | undefined
  dialog: ActionDialog | undefined
  setCursor: (id: string | undefined) => void
  setPicked: (ids: Iterable<string>) => void
  togglePicked: (id: string) => void
  setPinned: (id: string | undefined) => void
  ask: (dialog: ActionDialog | undefined) => void
}

/** What actions work on; stays while other pages are visited. */
export const actionState = createStore<ActionState>((set) => ({
  cursor: undefined,
  picked: new Set(),
  pinned: undefined,
  dialog: undefined,
  setCursor: (cursor) => set({ cursor }),
  setPicked: (ids) => set({ picked: new Set(ids) }),
  togglePicked: (id) =>
    set(({ picked, cursor }) => {
      // The row of the cursor counts as the first of the choice.
      const next = new Set(picked.size === 0 && cursor !== undefined && cursor !== id ? [cursor] : picked)
      if (!next.delete(id)) next.add(id)
      return { picked: next }
    }),
  setPinned: (pinned) => set({ pinned }),
  ask: (dialog) => set({ dialog }),
}))

/** The whole state, or a part of it. */
export function useActionState(): ActionState
export function useActionState<T>(select: (state: ActionState) => T): T
export function useActionState<T>(select: (state: ActionState) => T | ActionState = (state) => state): T | ActionState {
  return useStore(actionState, select)
}
