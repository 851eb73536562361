/** Reads the stored traffic of a data folder in which no Lazuli runs; writes nothing. */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { FilterProblem } from '../../shared/contract.ts'
import type { ExchangeDetail, ExchangeSummary } from '../../shared/exchange.ts'
import { parseFilter } from '../../shared/filter/parse.ts'
import { LazuliError } from '../core/error.ts'
import { unpackContent } from './content.ts'
import { FactsTable } from './facts.ts'
import { filterSql } from './filter-sql.ts'
import { storeFile } from './store.ts'
import { detailOf } from './stored-detail.ts'

export interface StoredTraffic {
  /** Newest first. */
  list(filter: string, limit: number, now: number): { rows: ExchangeSummary[] } | { problem: FilterProblem }
  get(id: string): ExchangeDetail | undefined
  close(): void
}

/**
 * @returns undefined when nothing was ever stored there
 * @throws LazuliError `journal_old` for the store of an earlier version that was not taken over yet
 */
export function openStoredTraffic(directory: string): StoredTraffic | undefined {
  if (!existsSync(storeFile(directory))) return undefined
  const db = new DatabaseSync(storeFile(directory), { readOnly: true, timeout: 2000 })
  const hasFacts = db.prepare(`select 1 from sqlite_schema where name = 'facts'`).get() !== undefined
  if (!hasFacts) {
    db.close()
    throw new LazuliError({
      code: 'journal_old',
      status: 409,
      message: 'The traffic was stored by an earlier version.',
      fix: 'Start this version of Lazuli once; it takes the store over.',
    })
  }
  const facts = new FactsTable(db)
  const read = db.prepare('select summary, data from exchanges join contents on seq = content where id = ?')
  return {
    list(text, limit, now) {
      const { filter, problem } = parseFilter(text)
      if (problem !== undefined) return { problem }
      return { rows: facts.list(filterSql(filter, now), limit, undefined, limit).rows }
    },
    get(id) {
      const row = read.get(id)
      if (row === undefined) return undefined
      return detailOf(JSON.parse(String(row['summary'])) as ExchangeSummary, unpackContent(row['data'] as Uint8Array))
    },
    close: () => db.close(),
  }
}
