/** Which part of an exchange is shown, and what it is to show first. */
import { create } from 'zustand'
import type { Selection } from './stream/moment.ts'

export const TABS = ['Overview', 'Stream', 'Request', 'Response', 'Timing', 'Raw'] as const
export type TabName = (typeof TABS)[number]

export interface DetailTab {
  tab: TabName
  setTab: (tab: TabName) => void
  /** An event that the Stream tab was asked for and has not shown yet. */
  asked: Selection | undefined
  showEvent: (event: Selection) => void
  shown: () => void
}

/** The tab stays the same from one exchange to the next, so that they can be compared by eye. */
export const useDetailTab = create<DetailTab>((set) => ({
  tab: 'Overview',
  setTab: (tab) => set({ tab }),
  asked: undefined,
  showEvent: (asked) => set({ tab: 'Stream', asked }),
  shown: () => set({ asked: undefined }),
}))
