/** Questions about rows: of what is stored the thread knows, of what runs or is on its way there the journal. */
import type { FilterProblem, SessionSummary, SuggestedField } from '../../shared/contract.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { compileFilter } from '../../shared/filter/match.ts'
import { parseFilter } from '../../shared/filter/parse.ts'
import type { Row } from './feed.ts'
import type { RecorderThread } from './recorder-thread.ts'
import type { FoundRows } from './search.ts'

export interface ListQuestion {
  limit: number
  /** Id of the oldest row that is known. */
  before?: string | undefined
  filter?: string | undefined
}

export class RowQueries {
  readonly #thread: RecorderThread
  readonly #inMemory: () => Iterable<Row>
  readonly #now: () => number

  /** @param now milliseconds since the epoch */
  constructor(thread: RecorderThread, inMemory: () => Iterable<Row>, now: () => number) {
    this.#thread = thread
    this.#inMemory = inMemory
    this.#now = now
  }

  /** Newest first. `total` counts all that match, whatever `before` says. */
  async list({ limit, before, filter = '' }: ListQuestion): Promise<FoundRows> {
    const found = await this.#thread.ask({ type: 'list', limit, before, filter, now: this.#now() })
    if (found.problem !== undefined) return found
    const rows = new Map(found.rows.map((row) => [row.id, row]))
    let { total } = found
    for (const row of this.#matching(filter)) {
      total++
      if (before === undefined || row.id < before) rows.set(row.id, row)
    }
    const sorted = [...rows.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1))
    return { ...found, rows: sorted.slice(0, limit), total }
  }

  /** Those of the ids that match. */
  async match(filter: string, ids: readonly string[]): Promise<string[]> {
    const stored = await this.#thread.ask({ type: 'match', filter, ids, now: this.#now() })
    const wanted = new Set(ids)
    const running = [...this.#matching(filter)].map((row) => row.id).filter((id) => wanted.has(id))
    return [...new Set([...stored, ...running])]
  }

  suggest(field: SuggestedField, prefix: string): Promise<{ value: string; count: number }[]> {
    return this.#thread.ask({ type: 'suggest', field, prefix })
  }

  /** The latest first. */
  async sessions(limit: number, filter = ''): Promise<{ sessions: SessionSummary[]; problem?: FilterProblem }> {
    const found = await this.#thread.ask({ type: 'sessions', limit, filter, now: this.#now() })
    if (found.problem !== undefined) return found
    const sessions = new Map(found.sessions.map((session) => [session.id.toLowerCase(), session]))
    for (const row of this.#matching(filter)) {
      if (row.session === undefined) continue
      const key = row.session.toLowerCase()
      sessions.set(key, withRow(sessions.get(key), row, row.session))
    }
    return { sessions: [...sessions.values()].toSorted((a, b) => b.last - a.last).slice(0, limit) }
  }

  /** Words are looked for in the row alone: the rest is not stored yet. */
  *#matching(text: string): Generator<ExchangeSummary> {
    const { filter } = parseFilter(text)
    const test = compileFilter(filter, this.#now)
    for (const row of this.#inMemory()) {
      const summary = row.summary()
      if (test(summary) === true) yield summary
    }
  }
}

function withRow(session: SessionSummary | undefined, row: ExchangeSummary, id: string): SessionSummary {
  const before = session ?? {
    id,
    client: row.client,
    count: 0,
    active: 0,
    errors: 0,
    first: row.startedAt,
    last: row.startedAt,
    input: 0,
    cached: 0,
    output: 0,
    cost: 0,
    unpriced: 0,
    models: [],
  }
  const failed = row.state === 'failed' || row.state === 'aborted' || (row.status ?? 0) >= 400
  const model = row.askedModel?.toLowerCase()
  return {
    ...before,
    count: before.count + 1,
    active: before.active + Number(row.state === 'active'),
    errors: before.errors + Number(failed),
    first: Math.min(before.first, row.startedAt),
    last: Math.max(before.last, row.startedAt),
    input: before.input + (row.usage?.input ?? 0),
    cached: before.cached + (row.usage?.cached ?? 0),
    output: before.output + (row.usage?.output ?? 0),
    models: model === undefined || before.models.includes(model) ? before.models : [...before.models, model],
  }
}
