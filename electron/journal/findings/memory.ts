/** What is remembered of exchanges that ended a while ago, so that repetitions are seen. Bounded in number and time. */
import type { ExchangeSummary } from '../../../shared/exchange.ts'
import type { Segment } from './read-request.ts'

export interface Repeated {
  id: string
  startedAt: number
  status: number | undefined
  /** In and out. */
  tokens: number
}

export interface Turn {
  id: string
  startedAt: number
  segments: readonly Segment[]
  input: number
  /** Tokens that were in the provider's cache afterwards: read from it, or written to it. */
  kept: number
}

const mostBodies = 2000
const mostPerBody = 50
const mostSessions = 200
/** Turns that are kept of each: an agent's side calls come between. */
const turnsKept = 4
const mostSegments = 5000

export class Memory {
  readonly #bodies = new Map<string, Repeated[]>()
  readonly #turns = new Map<string, Turn[]>()

  /** Exchanges with the same body from the same client, oldest first. */
  same(client: string, digest: string): readonly Repeated[] {
    return this.#bodies.get(`${client} ${digest}`) ?? []
  }

  /** Earlier turns of the session (or of the client, where it has none) with the same model, oldest first. */
  turns(summary: ExchangeSummary): readonly Turn[] {
    return this.#turns.get(lineOf(summary)) ?? []
  }

  add(summary: ExchangeSummary, digest: string | undefined, segments: readonly Segment[]): void {
    const { id, startedAt, status, usage, client } = summary
    if (digest !== undefined) {
      const tokens = (usage?.input ?? 0) + (usage?.output ?? 0)
      const one = { id, startedAt, status, tokens }
      keep(this.#bodies, `${client} ${digest}`, one, mostPerBody, mostBodies)
    }
    if (segments.length === 0 || segments.length > mostSegments || usage?.input === undefined) return
    const kept = (usage.cached ?? 0) + (usage.cacheWrite ?? 0)
    const turn = { id, startedAt, segments, input: usage.input, kept }
    keep(this.#turns, lineOf(summary), turn, turnsKept, mostSessions)
  }
}

const lineOf = ({ session, client, askedModel, clientDialect }: ExchangeSummary): string =>
  [session ?? `client ${client}`, askedModel, clientDialect].join('\n')

/** Puts one at the end of its list, and lets the oldest list and the oldest of the list go. */
function keep<T>(lists: Map<string, T[]>, key: string, one: T, most: number, mostLists: number): void {
  const list = [...(lists.get(key) ?? []), one].slice(-most)
  lists.delete(key)
  lists.set(key, list)
  for (const oldest of lists.keys()) {
    if (lists.size <= mostLists) return
    lists.delete(oldest)
  }
}
