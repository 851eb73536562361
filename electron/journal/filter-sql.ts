/** A filter as a condition on the table of facts. Decides as `shared/filter/match.ts` does. */
import type { Filter, Having, NumberField } from '../../shared/filter/filter.ts'

/** For `where`; `values` stand for its question marks. Never null, so that it can be turned around. */
export interface Condition {
  where: string
  values: (string | number)[]
}

export const everything: Condition = { where: 'true', values: [] }

/** @param now milliseconds since the epoch, for ages */
export function filterSql(filter: Filter | undefined, now: number): Condition {
  return filter === undefined ? everything : conditionOf(filter, now)
}

/** Does the filter look into texts? */
export function asksTexts(filter: Filter | undefined): boolean {
  switch (filter?.type) {
    case 'and':
    case 'or':
      return filter.parts.some(asksTexts)
    case 'not':
      return asksTexts(filter.part)
    default:
      return filter?.type === 'words'
  }
}

function conditionOf(filter: Filter, now: number): Condition {
  switch (filter.type) {
    case 'and':
    case 'or': {
      const parts = filter.parts.map((part) => conditionOf(part, now))
      return {
        where: `(${parts.map((part) => part.where).join(` ${filter.type} `)})`,
        values: parts.flatMap((part) => part.values),
      }
    }
    case 'not': {
      const { where, values } = conditionOf(filter.part, now)
      return { where: `not ${where}`, values }
    }
    case 'text':
      return textCondition(filter.field, filter.pattern.toLowerCase())
    case 'number':
      return {
        where: `ifnull(${numberColumn(filter.field)} ${filter.comparison} ?, false)`,
        values: [filter.value],
      }
    case 'status-class':
      return {
        where: 'ifnull(status between ? and ?, false)',
        values: [filter.hundred * 100, filter.hundred * 100 + 99],
      }
    case 'began':
      return { where: `started_at ${filter.side === 'after' ? '>=' : '<'} ?`, values: [filter.at] }
    case 'age':
      return { where: `(? - started_at) ${filter.comparison} ?`, values: [now, filter.ms] }
    case 'state':
      return { where: 'state = ?', values: [filter.state] }
    case 'dialect':
      return {
        where: `ifnull(${filter.side === 'client' ? 'dialect' : 'upstream'} = ?, false)`,
        values: [filter.dialect],
      }
    case 'flag':
      return inList('flags', filter.flag)
    case 'stream':
      return { where: 'stream', values: [] }
    case 'error':
      return { where: `(state = 'failed' or ifnull(status, 0) >= 400)`, values: [] }
    case 'finding':
      return filter.kind === '*' ? { where: `findings <> ''`, values: [] } : inList('findings', filter.kind)
    case 'has':
      return havingCondition(filter.what)
    case 'words':
      return {
        where: 'content in (select rowid from texts where texts match ?)',
        values: [`"${filter.words.join(' ')}"${filter.prefix ? ' *' : ''}`],
      }
  }
}

const inList = (column: string, word: string): Condition => ({
  where: `instr(${column}, ?) > 0`,
  values: [` ${word} `],
})

function textCondition(column: string, pattern: string): Condition {
  const columns = column === 'path' ? ['path', 'bare_path'] : [column]
  const [sign, value] = pattern.includes('*')
    ? ['glob', pattern.replaceAll(/[?[]/g, '[$&]').replaceAll(/\*+/g, '*')]
    : ['=', pattern]
  return {
    where: `(${columns.map((one) => `ifnull(${one} ${sign} ?, false)`).join(' or ')})`,
    values: columns.map(() => value ?? ''),
  }
}

function numberColumn(field: NumberField): string {
  switch (field) {
    case 'status':
    case 'ttft':
    case 'duration':
    case 'tokens':
    case 'cost':
    case 'size':
    case 'attempts':
      return field
  }
}

function havingCondition(what: Having): Condition {
  switch (what) {
    case 'session':
    case 'cost':
      return { where: `${what} is not null`, values: [] }
    case 'usage':
      return { where: 'tokens is not null', values: [] }
    case 'failure':
      return { where: 'code is not null', values: [] }
    case 'losses':
      return { where: 'losses > 0', values: [] }
    case 'findings':
      return { where: `findings <> ''`, values: [] }
    case 'tools':
    case 'images':
    case 'files':
    case 'schema':
    case 'thinking':
      return inList('parts', what)
  }
}
