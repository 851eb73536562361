import { fileBounds } from '../../../../shared/exchange-files.ts'
import type { Console } from '../../../console.ts'

/** Ids of all stored exchanges that the filter matches, newest first, as far as one file holds them. */
export async function matchingIds(console: Console, filter: string): Promise<{ ids: string[]; more: boolean }> {
  const { rows, total, capped } = await console.traffic.list({
    limit: fileBounds.exchanges,
    ...(filter === '' ? {} : { filter }),
  })
  return { ids: rows.map((row) => row.id), more: capped || total > rows.length }
}
