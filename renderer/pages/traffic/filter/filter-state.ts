import { create } from 'zustand'

export interface TrafficView {
  /** What stands in the filter box. */
  text: string
  /** Are an agent's calls grouped? */
  sessions: boolean
  /** Ids of sessions that are folded. */
  closed: ReadonlySet<string>
  setText: (text: string) => void
  toggleSessions: () => void
  toggleSession: (id: string) => void
}

/** How the list is looked at; stays while other pages are visited. */
export const useTrafficView = create<TrafficView>((set) => ({
  text: '',
  sessions: false,
  closed: new Set(),
  setText: (text) => set({ text }),
  toggleSessions: () => set(({ sessions }) => ({ sessions: !sessions })),
  toggleSession: (id) =>
    set(({ closed }) => {
      const next = new Set(closed)
      if (!next.delete(id)) next.add(id)
      return { closed: next }
    }),
}))
