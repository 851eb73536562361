import type { ChatSummary } from '../../../shared/playground.ts'

export interface ChatGroup {
  title: string
  chats: ChatSummary[]
}

const DAY_MS = 86_400_000

/** By days as a person counts them, newest first. Groups without a chat are left out. */
export function groupsOf(chats: readonly ChatSummary[], now: number): ChatGroup[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0)
  const yesterday = new Date(midnight - DAY_MS / 2).setHours(0, 0, 0, 0)
  const limits: [string, number][] = [
    ['Today', midnight],
    ['Yesterday', yesterday],
    ['Last 7 days', midnight - 6 * DAY_MS],
    ['Older', -Infinity],
  ]
  const groups = new Map<string, ChatSummary[]>()
  for (const chat of chats.toSorted((a, b) => b.updatedAt - a.updatedAt)) {
    const title = limits.find(([, from]) => chat.updatedAt >= from)?.[0] ?? 'Older'
    groups.set(title, [...(groups.get(title) ?? []), chat])
  }
  return [...groups].map(([title, members]) => ({ title, chats: members }))
}
