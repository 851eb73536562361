/** `lazuli traffic`: the recorded exchanges, from the Lazuli that runs with the data folder or from its store. */
import type { ExchangeDetail, ExchangeSummary } from '../../shared/exchange.ts'
import { parseFilter } from '../../shared/filter/parse.ts'
import { runningIn } from '../config/data-folder.ts'
import { LazuliError } from '../core/error.ts'
import { openStoredTraffic } from '../journal/stored-traffic.ts'
import { detailText, tableHead, tableLine } from './traffic-table.ts'

export interface TrafficCommand {
  dataFolder: string
  /** Words of the filter. */
  filter: readonly string[]
  follow: boolean
  limit: number
  /** JSON lines; also when the output is no terminal. */
  json: boolean
  /** Shows this one in full. */
  show: string | undefined
  write: (text: string) => void
  /** Ends a follower. */
  signal: AbortSignal
  /** Milliseconds since the epoch. */
  now: () => number
}

/** A program that was killed leaves its announcement behind. */
const withinMs = 2000
const showWithinMs = 10_000

/** @throws LazuliError `filter_invalid`, `exchange_not_found`, `no_traffic`, `not_running` */
export async function runTraffic(command: TrafficCommand): Promise<void> {
  const filter = command.filter.join(' ')
  checkFilter(filter)
  const running = await reach(command.dataFolder)
  if (command.show !== undefined) {
    const detail = running === undefined ? storedDetail(command, command.show) : await running.get(command.show)
    command.write(command.json ? `${JSON.stringify(detail)}\n` : detailText(detail))
    return
  }
  const print = printer(command)
  if (running === undefined) {
    if (command.follow) throw notRunning(command.dataFolder)
    print(storedRows(command, filter).toReversed())
    return
  }
  if (!command.follow) {
    const rows: ExchangeSummary[] = []
    for await (const row of running.list(filter, command, false)) rows.push(row)
    print(rows.toReversed())
    return
  }
  for await (const row of running.list(filter, command, true)) print([row])
}

function printer({ json, write }: TrafficCommand): (rows: readonly ExchangeSummary[]) => void {
  if (json) return (rows) => write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  write(tableHead())
  return (rows) => write(rows.map(tableLine).join(''))
}

interface Running {
  /** Newest first; with `follow` oldest first, and then without end. */
  list(filter: string, command: TrafficCommand, follow: boolean): AsyncGenerator<ExchangeSummary, void>
  get(id: string): Promise<ExchangeDetail>
}

/** The Lazuli that runs with the folder; undefined when none answers. */
async function reach(dataFolder: string): Promise<Running | undefined> {
  const found = runningIn(dataFolder)
  if (found === undefined) return undefined
  const { baseUrl, key } = found
  const ask = (path: string, signal: AbortSignal): Promise<Response> =>
    fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${key}` }, signal, redirect: 'error' })
  try {
    const answer = await ask('/lazuli/traffic?limit=1', AbortSignal.timeout(withinMs))
    await answer.arrayBuffer()
    if (!answer.ok) return undefined
  } catch {
    // It ended without a word, or something else listens there now.
    return undefined
  }
  return {
    async *list(filter, { limit, signal }, follow) {
      const query = new URLSearchParams({ filter, limit: String(limit), ...(follow ? { follow: 'true' } : {}) })
      const answer = await ask(`/lazuli/traffic?${query}`, signal)
      if (!answer.ok) throw await told(answer)
      yield* linesOf(answer, signal)
    },
    async get(id) {
      const answer = await ask(`/lazuli/traffic/${encodeURIComponent(id)}`, AbortSignal.timeout(showWithinMs))
      if (!answer.ok) throw await told(answer)
      return (await answer.json()) as ExchangeDetail
    },
  }
}

async function* linesOf(answer: Response, signal: AbortSignal): AsyncGenerator<ExchangeSummary, void> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of answer.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line) as ExchangeSummary
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function told(answer: Response): Promise<LazuliError> {
  const body = (await answer.json().catch(() => ({}))) as { error?: { code?: string; message?: string } }
  return new LazuliError({
    code: body.error?.code ?? 'traffic_unreadable',
    status: answer.status,
    message: body.error?.message ?? `Lazuli answered ${answer.status}.`,
  })
}

function storedRows({ dataFolder, limit, now }: TrafficCommand, filter: string): ExchangeSummary[] {
  const stored = openStoredTraffic(dataFolder)
  if (stored === undefined) throw noTraffic(dataFolder)
  try {
    const found = stored.list(filter, limit, now())
    return 'rows' in found ? found.rows : []
  } finally {
    stored.close()
  }
}

function storedDetail({ dataFolder }: TrafficCommand, id: string): ExchangeDetail {
  const stored = openStoredTraffic(dataFolder)
  if (stored === undefined) throw noTraffic(dataFolder)
  try {
    const detail = stored.get(id)
    if (detail !== undefined) return detail
    throw new LazuliError({
      code: 'exchange_not_found',
      status: 404,
      message: `The exchange ${id} is not stored (any more).`,
    })
  } finally {
    stored.close()
  }
}

/** The place of the mistake is shown under the filter as it was typed. */
function checkFilter(filter: string): void {
  const { problem } = parseFilter(filter)
  if (problem === undefined) return
  const mark = `${' '.repeat(problem.from)}${'^'.repeat(Math.max(1, problem.to - problem.from))}`
  throw new LazuliError({
    code: 'filter_invalid',
    status: 400,
    message: `${problem.message}\n  ${filter}\n  ${mark}`,
    ...(problem.suggestion === undefined || problem.suggestion === ''
      ? {}
      : { fix: `Perhaps ${problem.suggestion} was meant.` }),
  })
}

function noTraffic(dataFolder: string): LazuliError {
  return new LazuliError({
    code: 'no_traffic',
    status: 404,
    message: `Nothing was recorded in ${dataFolder} yet.`,
    fix: 'Start lazuli serve and send a request, or name another folder with --data-dir.',
  })
}

function notRunning(dataFolder: string): LazuliError {
  return new LazuliError({
    code: 'not_running',
    status: 409,
    message: `No Lazuli runs with ${dataFolder}, so nothing new will come.`,
    fix: 'Start lazuli serve, name another folder with --data-dir, or leave --follow out.',
  })
}
