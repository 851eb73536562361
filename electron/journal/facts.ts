/**
 * The table that filters are asked of: what the rows say, one narrow line each. Texts stand in lower case, because
 * filters do not mind it; lists stand as words between blanks.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { SessionSummary, SuggestedField } from '../../shared/contract.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { numberOf, withoutQuery } from '../../shared/filter/match.ts'
import type { Condition } from './filter-sql.ts'

export const factsSchema = `create table facts (
  id text primary key,
  content integer not null,
  started_at integer not null,
  state text not null,
  client text not null,
  key text,
  session text,
  method text not null,
  path text not null,
  bare_path text,
  dialect text,
  upstream text,
  model text,
  instance text,
  deployment text,
  stream integer not null,
  status integer,
  ttft real,
  duration real,
  tokens integer,
  input integer,
  cached integer,
  output integer,
  cost real,
  size integer,
  attempts integer not null,
  losses integer not null,
  code text,
  flags text not null,
  parts text not null,
  findings text not null
) without rowid;
create index facts_by_content on facts (content);`

type Value = string | number | null

const list = (words: readonly string[] | undefined): string =>
  words === undefined || words.length === 0 ? '' : ` ${words.join(' ')} `
const lower = (text: string | undefined): string | null => text?.toLowerCase() ?? null
/** Times, costs and counts that are not known are null, which no comparison holds for. */
const known = (value: number | undefined): number | null => value ?? null

function valuesOf(summary: ExchangeSummary, content: number) {
  const { path, usage } = summary
  const bare = withoutQuery(path)
  return {
    id: summary.id,
    content,
    started_at: summary.startedAt,
    state: summary.state,
    client: summary.client.toLowerCase(),
    key: lower(summary.key),
    session: lower(summary.session),
    method: summary.method.toLowerCase(),
    path: path.toLowerCase(),
    bare_path: bare === path ? null : bare.toLowerCase(),
    dialect: summary.clientDialect ?? null,
    upstream: summary.upstreamDialect ?? null,
    model: lower(summary.askedModel),
    instance: lower(summary.instance),
    deployment: lower(summary.deployment),
    stream: Number(summary.stream),
    status: known(summary.status),
    ttft: known(summary.ttftMs),
    duration: known(summary.durationMs),
    tokens: known(numberOf(summary, 'tokens')),
    input: known(usage?.input),
    cached: known(usage?.cached),
    output: known(usage?.output),
    cost: known(summary.cost),
    size: known(numberOf(summary, 'size')),
    attempts: summary.attempts,
    losses: summary.losses,
    code: lower(summary.failure?.code),
    flags: list(summary.flags),
    parts: list(summary.parts),
    findings: list(summary.findings),
  } satisfies Record<string, Value>
}

export class FactsTable {
  readonly #db: DatabaseSync
  readonly #add: (summary: ExchangeSummary, content: number) => void
  readonly #drop: StatementSync

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#add = insertInto(db)
    this.#drop = db.prepare('delete from facts where id = ?')
  }

  /** @param content where its content is stored */
  add(summary: ExchangeSummary, content: number): void {
    this.#add(summary, content)
  }

  drop(id: string): void {
    this.#drop.run(id)
  }

  /**
   * A page of the rows that match, newest first, and how many match, up to `most`. One walk through the table gives
   * both, unless the page lies beyond what was counted.
   */
  list(
    condition: Condition,
    limit: number,
    before: string | undefined,
    most: number,
  ): { rows: ExchangeSummary[]; count: number } {
    const ids = this.#ids(condition, most, undefined)
    const start = before === undefined ? 0 : ids.findIndex((id) => id < before)
    const isBeyond = ids.length === most && (start === -1 || start + limit > most)
    const page = isBeyond ? this.#ids(condition, limit, before) : start === -1 ? [] : ids.slice(start, start + limit)
    const rows = this.#db
      .prepare('select summary from exchanges where id in (select value from json_each(?)) order by id desc')
      .all(JSON.stringify(page))
    return { rows: rows.map((row) => JSON.parse(String(row['summary'])) as ExchangeSummary), count: ids.length }
  }

  #ids({ where, values }: Condition, limit: number, before: string | undefined): string[] {
    const older = before === undefined ? '' : 'and id < ?'
    const statement = this.#db.prepare(`select id from facts where ${where} ${older} order by id desc limit ?`)
    statement.setReturnArrays(true)
    const found = statement.all(...values, ...(before === undefined ? [] : [before]), limit) as unknown as [string][]
    return found.map(([id]) => id)
  }

  /** Which of these match. */
  among({ where, values }: Condition, ids: readonly string[]): string[] {
    if (ids.length === 0) return []
    const rows = this.#db
      .prepare(`select id from facts where id in (select value from json_each(?)) and ${where}`)
      .all(JSON.stringify(ids), ...values)
    return rows.map((row) => String(row['id']))
  }

  /** Values as they were written last, the most frequent first. */
  values(field: SuggestedField, prefix: string, limit: number): { value: string; count: number }[] {
    const begin = prefix.toLowerCase()
    const rows = this.#db
      .prepare(
        `select summary, n from (
           select count(*) as n, max(id) as latest from facts
           where ${field} is not null and substr(${field}, 1, ?) = ? group by ${field} order by n desc limit ?
         ) join exchanges on id = latest order by n desc`,
      )
      .all(begin.length, begin, limit)
    return rows.flatMap((row) => {
      const summary = JSON.parse(String(row['summary'])) as ExchangeSummary
      const value = summary[field === 'model' ? 'askedModel' : field]
      return value === undefined ? [] : [{ value, count: Number(row['n']) }]
    })
  }

  /** The latest first. */
  sessions({ where, values }: Condition, limit: number): SessionSummary[] {
    const rows = this.#db
      .prepare(
        `select count(*) as n, min(started_at) as first, max(started_at) as last, max(id) as latest,
           sum(state = 'failed' or state = 'aborted' or ifnull(status, 0) >= 400) as errors,
           sum(ifnull(input, 0)) as input, sum(ifnull(cached, 0)) as cached, sum(ifnull(output, 0)) as output,
           sum(ifnull(cost, 0)) as cost, sum(tokens is not null and cost is null) as unpriced,
           json_group_array(distinct model) filter (where model is not null) as models
         from facts where session is not null and ${where} group by session order by last desc limit ?`,
      )
      .all(...values, limit)
    const read = this.#db.prepare('select summary from exchanges where id = ?')
    return rows.map((row) => {
      const count = (name: string): number => Number(row[name])
      const latest = JSON.parse(String(read.get(String(row['latest']))?.['summary'])) as ExchangeSummary
      return {
        id: latest.session ?? '',
        client: latest.client,
        count: count('n'),
        active: 0,
        errors: count('errors'),
        first: count('first'),
        last: count('last'),
        input: count('input'),
        cached: count('cached'),
        output: count('output'),
        cost: count('cost'),
        unpriced: count('unpriced'),
        models: JSON.parse(String(row['models'])) as string[],
      }
    })
  }
}

/** Fills the table from the rows of a store that did not have it yet. */
export function fillFacts(db: DatabaseSync): void {
  db.exec(factsSchema)
  const add = insertInto(db)
  for (const row of db.prepare('select summary, content from exchanges order by id').iterate()) {
    add(JSON.parse(String(row['summary'])) as ExchangeSummary, Number(row['content']))
  }
}

/** By place: thirty names to look up took longer than the row itself. */
function insertInto(db: DatabaseSync): (summary: ExchangeSummary, content: number) => void {
  const columns = db
    .prepare('select name from pragma_table_info(?)')
    .all('facts')
    .map((row) => String(row['name']) as keyof ReturnType<typeof valuesOf>)
  const statement = db.prepare(`insert into facts values (${columns.map(() => '?').join(', ')})`)
  return (summary, content) => {
    const values = valuesOf(summary, content)
    statement.run(...columns.map((name) => values[name]))
  }
}
