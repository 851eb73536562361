/**
 * The table of sums: what was used, by day and names. It stands beside the recorded traffic in the same database, so that
 * a request and its sums are committed together, and it stays when the traffic is cleared or falls out of its bounds.
 * Used in the recorder's thread alone.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { localDay, type SumEntry, type SumNames, withoutDetail } from '../core/accounting.ts'
import type { SumBy, SumRow, Sums, SumsQuestion } from '../../shared/spending.ts'

/** Step of the store's schema. */
export const sumsSchema = `create table sums (
  day text not null,
  instance text not null,
  deployment text not null,
  model text not null,
  client text not null,
  "key" text not null,
  requests integer not null,
  failures integer not null,
  input integer not null,
  cached integer not null,
  cache_write integer not null,
  output integer not null,
  reasoning integer not null,
  cost real not null,
  unpriced integer not null,
  last integer not null,
  primary key (day, instance, deployment, model, client, "key")
) without rowid;`

/** Days that are kept. */
const keepDays = 400
/** Names are chosen by callers: what is new on a day that has so many rows loses its detail. */
const mostRowsOfDay = 2000
const mostRows = 100_000
/** Of the store's bound, the sums may take this share; a row takes about so many bytes. */
const share = 0.1
const rowBytes = 256
/** Rows of an answer. */
const mostAnswered = 20_000
const dayMs = 24 * 60 * 60 * 1000

const columns: Readonly<Record<SumBy, string>> = {
  day: 'day',
  instance: 'instance',
  deployment: 'deployment',
  model: 'model',
  client: 'client',
  key: '"key"',
}

const figures = `sum(requests) as requests, sum(failures) as failures, sum(input) as input, sum(cached) as cached,
  sum(cache_write) as cacheWrite, sum(output) as output, sum(reasoning) as reasoning, sum(cost) as cost,
  sum(unpriced) as unpriced, max(last) as last`

export class SumsTable {
  readonly #db: DatabaseSync
  readonly #statements: Record<'known' | 'rowsOfDay' | 'add', StatementSync>

  constructor(db: DatabaseSync) {
    this.#db = db
    const where = `where day = ? and instance = ? and deployment = ? and model = ? and client = ? and "key" = ?`
    this.#statements = {
      known: db.prepare(`select 1 as known from sums ${where}`),
      rowsOfDay: db.prepare('select count(*) as n from sums where day = ?'),
      add: db.prepare(`insert into sums values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict do update set requests = requests + excluded.requests, failures = failures + excluded.failures,
        input = input + excluded.input, cached = cached + excluded.cached,
        cache_write = cache_write + excluded.cache_write, output = output + excluded.output,
        reasoning = reasoning + excluded.reasoning, cost = cost + excluded.cost,
        unpriced = unpriced + excluded.unpriced, last = max(last, excluded.last)`),
    }
  }

  /** Adds within the caller's transaction. */
  add(entry: SumEntry): void {
    const names = this.#isRoomFor(entry.names) ? entry.names : withoutDetail(entry.names)
    const { sums } = entry
    this.#statements.add.run(
      ...valuesOf(names),
      sums.requests,
      sums.failures,
      sums.input,
      sums.cached,
      sums.cacheWrite,
      sums.output,
      sums.reasoning,
      sums.cost,
      sums.unpriced,
      sums.last,
    )
  }

  /** Sums of some days, split by names; what cost most stands first. */
  read({ from, to, by }: SumsQuestion): SumRow[] {
    const names = [...new Set(by)]
    const split = names.map((name) => columns[name])
    const rows = this.#db
      .prepare(
        `select ${[...split, figures].join(', ')} from sums where day between ? and ?
         ${split.length === 0 ? '' : `group by ${split.join(', ')}`}
         having count(*) > 0 order by cost desc, requests desc limit ${mostAnswered}`,
      )
      .all(from, to)
    return rows.map((row) => {
      const found: SumRow = { sums: sumsOf(row) }
      for (const name of names) found[name] = String(row[name])
      return found
    })
  }

  /** Every row, to be taken to another store. */
  *entries(): Generator<SumEntry> {
    for (const row of this.#db.prepare('select *, cache_write as cacheWrite from sums').iterate()) {
      const text = (name: SumBy): string => String(row[name])
      yield {
        names: {
          day: text('day'),
          instance: text('instance'),
          deployment: text('deployment'),
          model: text('model'),
          client: text('client'),
          key: text('key'),
        },
        sums: sumsOf(row),
      }
    }
  }

  /**
   * Drops days that are too old, and the oldest ones while there are too many rows.
   *
   * @param now milliseconds since the epoch
   * @param bytes the store's bound
   */
  prune(now: number, bytes: number): void {
    this.#db.prepare('delete from sums where day < ?').run(localDay(now - keepDays * dayMs))
    const most = Math.min(mostRows, Math.max(mostRowsOfDay, Math.floor((bytes * share) / rowBytes)))
    const days = this.#db.prepare('select day, count(*) as n from sums group by day order by day desc').all()
    let rows = 0
    const last = days.find((row, index) => {
      rows += Number(row['n'])
      return index > 0 && rows > most
    })
    if (last !== undefined) this.#db.prepare('delete from sums where day <= ?').run(String(last['day']))
  }

  #isRoomFor(names: SumNames): boolean {
    const { known, rowsOfDay } = this.#statements
    if (known.get(...valuesOf(names)) !== undefined) return true
    return Number(rowsOfDay.get(names.day)?.['n']) < mostRowsOfDay
  }
}

function valuesOf({ day, instance, deployment, model, client, key }: SumNames): string[] {
  return [day, instance, deployment, model, client, key]
}

function sumsOf(row: Record<string, unknown>): Sums {
  const number = (name: keyof Sums): number => Number(row[name] ?? 0)
  return {
    requests: number('requests'),
    failures: number('failures'),
    input: number('input'),
    cached: number('cached'),
    cacheWrite: number('cacheWrite'),
    output: number('output'),
    reasoning: number('reasoning'),
    cost: number('cost'),
    unpriced: number('unpriced'),
    last: number('last'),
  }
}
