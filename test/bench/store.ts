/**
 * Fills a store as the recorder does and asks it what the Traffic page asks.
 *
 *   node test/bench/store.ts [--exchanges 100000] [--json]
 *
 * Prints what one exchange costs the processor to finish, to store and to index (µs), the size of the database, and for each filter
 * the median of its answers (ms, by the clock and of the processor): the first page of 100 rows and the number of
 * matches. A filter is expected to be answered within 100 ms of the processor, which others on the machine do not
 * change; the program ends with 1 when one is not.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { finishRecord, type FinishedRecord } from '../../electron/journal/finish-record.ts'
import { Memory } from '../../electron/journal/findings/memory.ts'
import { Redactor } from '../../electron/journal/redact.ts'
import { readWords, Search } from '../../electron/journal/search.ts'
import { Store, storeFile } from '../../electron/journal/store.ts'
import { randomSource } from '../proxy/recordings.ts'
import { madeExchange } from './made-exchange.ts'

const expectedMs = 100
const rounds = 9
const batch = 50

const filters = [
  'model:gpt-5*',
  'status:>=400',
  'model:gpt-5* status:>=400 ttft:>2s lossy not client:opencode',
  'client:"Claude Code" tokens:>10k',
  'session:session-77',
  'error -finding:retry-storm',
  'path:*messages* dialect:messages',
  'model:nothing-has-this-name',
  'cost:>0.1 or duration:>30s',
  'lapis',
  'quarry session:session-5*',
  '"blue stone"',
  'la',
  'not lapis status:200',
  'nowhere-to-be-found',
]

const { values } = parseArgs({
  options: { exchanges: { type: 'string', default: '100000' }, json: { type: 'boolean', default: false } },
})
const exchanges = Number(values.exchanges)
const folder = mkdtempSync(join(tmpdir(), 'lazuli-store-'))
try {
  const report = measure()
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : shown(report))
  if (report.queries.some(({ cpu }) => cpu > expectedMs)) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

interface Report {
  exchanges: number
  perExchangeUs: { finish: number; store: number; index: number }
  bytesPerExchange: number
  queries: { filter: string; total: string; wall: number; cpu: number }[]
}

function measure(): Report {
  const random = randomSource(7)
  const redactor = new Redactor(['a-secret-of-the-benchmark'])
  const memory = new Memory()
  const store = new Store(storeFile(folder))
  let [finishMs, storeMs] = [0, 0]
  const measured = (work: () => void): number => {
    const used = process.cpuUsage()
    work()
    return cpuMs(used)
  }
  for (let first = 0; first < exchanges; first += batch) {
    const made = Array.from({ length: Math.min(batch, exchanges - first) }, (_, index) =>
      madeExchange(first + index, { of: exchanges, random }),
    )
    let finished: FinishedRecord[] = []
    finishMs += measured(() => {
      finished = made.map((record) => finishRecord(record, redactor, 1e9, memory))
    })
    storeMs += measured(() => store.insert(finished))
  }
  const indexMs = measured(() => {
    let left = batch
    const goOn = (): boolean => {
      left = left === 0 ? batch : left - 1
      return left > 0
    }
    while (store.indexTexts(goOn, readWords));
  })
  const size = store.used()
  store.close()

  const again = new Store(storeFile(folder))
  const search = new Search(
    () => again,
    () => performance.now(),
  )
  const queries = filters.map((filter) => {
    let total = ''
    const times = Array.from({ length: rounds }, () => {
      const [began, used] = [performance.now(), process.cpuUsage()]
      const found = search.list(filter, 100, undefined, Date.now())
      total = `${found.total}${found.capped ? '+' : ''}`
      return { wall: performance.now() - began, cpu: cpuMs(used) }
    })
    return { filter, total, wall: medianOf(times.map(({ wall }) => wall)), cpu: medianOf(times.map(({ cpu }) => cpu)) }
  })
  again.close()
  const perExchange = (ms: number): number => (1000 * ms) / exchanges
  return {
    exchanges,
    perExchangeUs: { finish: perExchange(finishMs), store: perExchange(storeMs), index: perExchange(indexMs) },
    bytesPerExchange: size / exchanges,
    queries,
  }
}

function shown({ perExchangeUs: { finish, store, index }, bytesPerExchange, queries }: Report): string {
  const width = Math.max(...queries.map(({ filter }) => filter.length))
  const lines = queries.map(
    ({ filter, total, wall, cpu }) =>
      `${filter.padEnd(width)}  ${total.padStart(7)}  ${wall.toFixed(1).padStart(7)}  ${cpu.toFixed(1).padStart(7)}`,
  )
  return [
    `${exchanges} exchanges, each ${finish.toFixed(0)} µs to finish, ${store.toFixed(0)} µs to store, ${index.toFixed(0)} µs to index, ${(bytesPerExchange / 1024).toFixed(1)} kB in the database`,
    '',
    `${'filter'.padEnd(width)}  matches       ms   cpu ms`,
    ...lines,
    '',
  ].join('\n')
}

/** Since then, in milliseconds. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}
