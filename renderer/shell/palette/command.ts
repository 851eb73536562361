import type { IconName } from '../../ui/icons.tsx'
import { fuzzy } from './fuzzy.ts'

/** One thing that the palette does. */
export interface Command {
  id: string
  group: 'Go to' | 'Actions' | 'Settings' | 'Models' | 'Exchanges'
  icon: IconName
  title: string
  /** Quieter, at the end of the row. */
  note?: string
  keys?: string
  /** Further words that find it, not shown. */
  words?: string
  run: () => void
}

export interface Found {
  command: Command
  /** Letters of the title that were typed. */
  hits: readonly number[]
}

/** So many of one group are shown. */
const PER_GROUP = 6
/** What fits worse than this part of the best is left out. */
const LEAST_PART = 4

/** What fits, group by group; the group with the best fit first, unless nothing was typed. */
export function findCommands(commands: readonly Command[], typed: string): Found[] {
  const scored = commands.flatMap((command) => {
    const title = fuzzy(typed, command.title)
    const words = command.words === undefined ? undefined : fuzzy(typed, command.words)
    // Letters that are scattered over a hidden text are an accident.
    const hidden = words !== undefined && words.score > 0 ? words.score / 2 : undefined
    if (title === undefined && hidden === undefined) return []
    return [{ command, hits: title?.hits ?? [], score: Math.max(title?.score ?? 0, hidden ?? 0) }]
  })
  // Beside something that fits well, scattered letters are noise.
  const least = Math.max(0, ...scored.map(({ score }) => score)) / LEAST_PART
  const good = scored.filter(({ score }) => score >= least)
  const groups = Map.groupBy(good, ({ command }) => command.group)
  const ranked = [...groups.values()].map((found) =>
    (typed.trim() === '' ? found : found.toSorted((one, other) => other.score - one.score)).slice(0, PER_GROUP),
  )
  if (typed.trim() !== '') ranked.sort((one, other) => (other[0]?.score ?? 0) - (one[0]?.score ?? 0))
  return ranked.flat()
}
