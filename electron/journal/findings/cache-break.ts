import type { Find } from './evidence.ts'
import type { Turn } from './memory.ts'
import type { Segment } from './read-request.ts'

/** Providers cache prefixes from about so many tokens on. */
const fewestTokens = 1024
/** So long a cached prefix usually lives. */
const livesMs = 60 * 60_000
/** Of the turn before, this share must come again, else it is another conversation. */
const sameShare = 0.5

/** This turn's prefix differs from the last one's, and less of it came from the cache. */
export const findCacheBreak: Find = ({ summary, request }, memory) => {
  const { usage, startedAt } = summary
  if (request === undefined || usage?.input === undefined || usage.cached === undefined) return undefined
  const before = memory
    .turns(summary)
    .findLast((turn) => startedAt - turn.startedAt <= livesMs && isSameConversation(turn, request.segments))
  if (before === undefined || before.input < fewestTokens) return undefined
  const at = before.segments.findIndex(({ digest }, index) => digest !== request.segments[index]?.digest)
  // What was sent last time is sent again in full: a cache that is cold by itself is no break.
  if (at === -1 || usage.cached >= before.kept) return undefined
  const [was, is] = [before.segments[at], request.segments[at]]
  const path = is?.path ?? was?.path ?? ''
  return {
    kind: 'cache-break',
    severity: 'warn',
    title: 'Prompt cache broken',
    explanation:
      `Up to ${path} this request begins like the one before it in the same ${summary.session === undefined ? 'conversation' : 'session'}; there it differs, ` +
      `so the provider could not use what it had cached from there on. ${tokens(usage.cached)} came from the cache; ` +
      `${tokens(before.kept)} of the last request were in it.`,
    fix: `Keep everything that comes early the same from turn to turn: ${adviceFor(path)}`,
    path,
    related: [before.id],
  }
}

const tokens = (count: number): string => `${count.toLocaleString('en-US')} tokens`

function isSameConversation(turn: Turn, segments: readonly Segment[]): boolean {
  const known = new Set(segments.map(({ digest }) => digest))
  const again = turn.segments.filter(({ digest }) => known.has(digest)).length
  return turn.segments.length > 1 && again >= turn.segments.length * sameShare
}

function adviceFor(path: string): string {
  if (path.startsWith('tools')) return 'send the same tools in the same order.'
  if (path === 'instructions' || path.startsWith('system') || path === 'messages[0]' || path === 'input[0]') {
    return 'no dates, times or counters in the instructions; put them into the last message.'
  }
  return 'append to the conversation instead of changing what was said.'
}
