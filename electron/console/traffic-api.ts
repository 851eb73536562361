/**
 * The traffic for programs: `GET /lazuli/traffic?filter=…&limit=…&before=…` gives rows as JSON lines, newest first; with
 * `follow=true` the latest ones oldest first, then each further one when it has ended. `GET /lazuli/traffic/{id}` gives
 * one in full. The proxy's guard stands in front of it.
 */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { LazuliError } from '../core/error.ts'
import type { RowPage, TrafficSource } from './context.ts'

const usualLimit = 100
const largestLimit = 1000

export interface TrafficRequest {
  /** Absent: the list. */
  id?: string
  query: URLSearchParams
  /** What the answer carries besides its own headers. */
  headers: readonly (readonly [string, string])[]
}

/** @throws LazuliError 400 `filter_invalid` or `bad_parameter`, 404 `exchange_not_found`, before anything is sent */
export async function serveTraffic(
  traffic: TrafficSource,
  response: ServerResponse,
  { id, query, headers }: TrafficRequest,
): Promise<void> {
  const head = (type: string): void => {
    const own = ['content-type', type, 'x-content-type-options', 'nosniff', 'cache-control', 'no-store']
    response.writeHead(200, [...own, ...headers.flat()])
  }
  if (id !== undefined) {
    const detail = await traffic.get(id)
    if (detail === undefined) throw notFound(id)
    head('application/json')
    response.end(JSON.stringify(detail))
    return
  }
  const filter = query.get('filter') ?? ''
  const limit = limitOf(query.get('limit'))
  const follow = query.get('follow') === 'true'
  const page = understood(await traffic.rows.list({ limit, filter, before: query.get('before') ?? undefined }))
  head('application/x-ndjson')
  if (!follow) {
    response.end(linesOf(page.rows))
    return
  }
  const left = new AbortController()
  response.on('close', () => left.abort())
  const feed = traffic.feed(left.signal)
  const known = new Set(page.rows.filter(({ state }) => state !== 'active').map((row) => row.id))
  response.write(linesOf(page.rows.filter((row) => known.has(row.id)).toReversed()))
  for await (const batch of feed) {
    if (batch.type !== 'rows') continue
    const rows = await endedNow(traffic, filter, batch.rows, known)
    if (rows.length > 0 && !response.write(linesOf(rows)))
      await Promise.race([once(response, 'drain'), aborted(left.signal)])
  }
  response.end()
}

/** Those of the rows that have ended, match, and were not told yet: as they are stored, with their figures. */
async function endedNow(
  traffic: TrafficSource,
  filter: string,
  rows: readonly ExchangeSummary[],
  known: Set<string>,
): Promise<ExchangeSummary[]> {
  const ended = rows.filter((row) => row.state !== 'active' && !known.has(row.id)).map((row) => row.id)
  if (ended.length === 0) return []
  for (const id of ended) known.add(id)
  const matching = await traffic.rows.match(filter, ended)
  const details = await Promise.all(matching.map((id) => traffic.get(id)))
  return details.flatMap((detail) => detail?.summary ?? [])
}

const linesOf = (rows: readonly ExchangeSummary[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function understood(page: RowPage): RowPage {
  const { problem } = page
  if (problem === undefined) return page
  throw new LazuliError({
    code: 'filter_invalid',
    status: 400,
    message: `The filter is not understood at character ${problem.from + 1}: ${problem.message}`,
    ...(problem.suggestion === undefined ? {} : { fix: `Perhaps ${problem.suggestion} was meant.` }),
    param: 'filter',
  })
}

function limitOf(text: string | null): number {
  if (text === null) return usualLimit
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= largestLimit) return limit
  throw new LazuliError({
    code: 'bad_parameter',
    status: 400,
    message: `limit is a number from 1 to ${largestLimit}.`,
    param: 'limit',
  })
}

function notFound(id: string): LazuliError {
  return new LazuliError({
    code: 'exchange_not_found',
    status: 404,
    message: `The exchange ${id.slice(0, 100)} is not stored (any more).`,
    fix: 'It was cleared, or fell out of the limits of the store (journal.keep_days, journal.max_bytes).',
  })
}
