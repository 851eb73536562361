/** A filter as a test of one row. The store's SQL (electron/journal/filter-sql.ts) decides the same way. */
import type { ExchangeSummary } from '../exchange.ts'
import type { Comparison, Filter, Having, NumberField, TextField } from './filter.ts'
import { hasWords, wordsOf } from './words.ts'

/** Undefined: the row alone does not tell, because words may stand in the request or the answer. */
export type RowTest = (row: ExchangeSummary) => boolean | undefined

/** @param now milliseconds since the epoch, for ages */
export function compileFilter(filter: Filter | undefined, now: () => number): RowTest {
  return filter === undefined ? () => true : compile(filter, now)
}

/** Can every row be decided by itself? */
export function isDecidedByRow(filter: Filter | undefined): boolean {
  switch (filter?.type) {
    case 'and':
    case 'or':
      return filter.parts.every(isDecidedByRow)
    case 'not':
      return isDecidedByRow(filter.part)
    case 'words':
      return false
    default:
      return true
  }
}

/** Text of a row that bare words are looked for in, besides request and answer. */
export function rowText(row: ExchangeSummary): string {
  const { client, session, path, askedModel, instance, deployment, id, failure } = row
  return [id, client, session, path, askedModel, instance, deployment, failure?.code, failure?.message]
    .filter((part) => part !== undefined)
    .join('\n')
}

export const textOf = (row: ExchangeSummary, field: TextField): string | undefined => {
  switch (field) {
    case 'model':
      return row.askedModel
    case 'code':
      return row.failure?.code
    case 'client':
    case 'key':
    case 'instance':
    case 'deployment':
    case 'session':
    case 'id':
    case 'path':
    case 'method':
      return row[field]
  }
}

export const numberOf = (row: ExchangeSummary, field: NumberField): number | undefined => {
  switch (field) {
    case 'ttft':
      return row.ttftMs
    case 'duration':
      return row.durationMs
    case 'tokens':
      return row.usage === undefined ? undefined : (row.usage.input ?? 0) + (row.usage.output ?? 0)
    case 'size':
      return row.requestBytes === undefined && row.responseBytes === undefined
        ? undefined
        : (row.requestBytes ?? 0) + (row.responseBytes ?? 0)
    case 'status':
    case 'cost':
    case 'attempts':
      return row[field]
  }
}

export function hasIt(row: ExchangeSummary, what: Having): boolean {
  switch (what) {
    case 'session':
    case 'usage':
    case 'cost':
    case 'failure':
      return row[what] !== undefined
    case 'losses':
      return row.losses > 0
    case 'findings':
      return (row.findings?.length ?? 0) > 0
    case 'tools':
    case 'images':
    case 'files':
    case 'schema':
    case 'thinking':
      return row.parts?.includes(what) ?? false
  }
}

/** A path is also compared without its query. */
export const withoutQuery = (path: string): string => path.split('?', 1)[0] ?? path

function compile(filter: Filter, now: () => number): RowTest {
  switch (filter.type) {
    case 'and':
      return all(filter.parts.map((part) => compile(part, now)))
    case 'or': {
      const none = all(filter.parts.map((part) => negated(compile(part, now))))
      return negated(none)
    }
    case 'not':
      return negated(compile(filter.part, now))
    case 'text': {
      const { field } = filter
      const matches = wildcard(filter.pattern)
      return (row) => {
        const text = textOf(row, field)
        return text !== undefined && (matches(text) || (field === 'path' && matches(withoutQuery(text))))
      }
    }
    case 'number':
      return (row) => compared(numberOf(row, filter.field), filter.comparison, filter.value)
    case 'status-class':
      return (row) => row.status !== undefined && Math.floor(row.status / 100) === filter.hundred
    case 'began':
      return (row) => (filter.side === 'after' ? row.startedAt >= filter.at : row.startedAt < filter.at)
    case 'age':
      return (row) => compared(now() - row.startedAt, filter.comparison, filter.ms)
    case 'state':
      return (row) => row.state === filter.state
    case 'dialect':
      return (row) => row[filter.side === 'client' ? 'clientDialect' : 'upstreamDialect'] === filter.dialect
    case 'flag':
      return (row) => row.flags.includes(filter.flag)
    case 'stream':
      return (row) => row.stream
    case 'error':
      return (row) => row.state === 'failed' || (row.status ?? 0) >= 400
    case 'finding':
      return ({ findings = [] }) => (filter.kind === '*' ? findings.length > 0 : findings.includes(filter.kind))
    case 'has':
      return (row) => hasIt(row, filter.what)
    case 'words':
      return (row) => hasWords(wordsOf(rowText(row)), filter.words, filter.prefix) || undefined
  }
}

/** False where one is false, else unknown where one is unknown. */
const all =
  (tests: readonly RowTest[]): RowTest =>
  (row) => {
    let known: boolean | undefined = true
    for (const test of tests) {
      const holds = test(row)
      if (holds === false) return false
      if (holds === undefined) known = undefined
    }
    return known
  }

const negated =
  (test: RowTest): RowTest =>
  (row) => {
    const holds = test(row)
    return holds === undefined ? undefined : !holds
  }

function compared(found: number | undefined, comparison: Comparison, value: number): boolean {
  if (found === undefined) return false
  switch (comparison) {
    case '=':
      return found === value
    case '>':
      return found > value
    case '>=':
      return found >= value
    case '<':
      return found < value
    case '<=':
      return found <= value
  }
}

/** Compares pieces between the stars by hand: a regular expression of many stars takes for ever on a long text. */
function wildcard(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split(/\*+/)
  const last = rest.pop()
  if (last === undefined) return (text) => text.toLowerCase() === first
  return (text) => {
    const lower = text.toLowerCase()
    if (!lower.startsWith(first) || lower.length < first.length + last.length) return false
    let at = first.length
    const end = lower.length - last.length
    for (const piece of rest) {
      const found = lower.indexOf(piece, at)
      if (found === -1 || found + piece.length > end) return false
      at = found + piece.length
    }
    return lower.endsWith(last)
  }
}
