import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { SumEntry } from '../core/accounting.ts'
import { SumsTable } from './sums.ts'

/** What can still be read of the sums in a damaged database: all of it, or nothing. */
export function savedSums(file: string): SumEntry[] {
  let db: DatabaseSync | undefined
  try {
    // Nobody else writes it any more; said so, SQLite leaves no files beside it.
    db = new DatabaseSync(new URL(`${pathToFileURL(file).href}?immutable=1`), { readOnly: true })
    return [...new SumsTable(db).entries()]
  } catch {
    return []
  } finally {
    db?.close()
  }
}
