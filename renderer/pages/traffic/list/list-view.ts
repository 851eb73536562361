/** What the list draws: rows as they came, or grouped by session; items are made when they are looked at. */
import type { ExchangeSummary } from '../../../../shared/exchange.ts'
import type { RowsSnapshot } from '../../../row-buffer.ts'
import { groupBySession, type ListItem } from './session-groups.ts'

export interface ListView {
  length: number
  item: (index: number) => ListItem | undefined
  /** Tells an item from its neighbours, cheaply: it is asked for every item whenever one is added. */
  keyAt: (index: number) => string | number
  /** Where an exchange or a session stands, -1 if nowhere. */
  indexOf: (key: string) => number
  /** Running number of the first item, see `RowsSnapshot.first`; 0 where items are grouped. */
  first: number
}

/** What an item is called by: an exchange's id, or `session ` and a session's. */
export function keyOf(item: ListItem): string {
  return item.type === 'row' ? item.row.id : `session ${item.group.id}`
}

export function plainView({ rows, first }: RowsSnapshot): ListView {
  return {
    length: rows.length,
    first,
    item: (index) => {
      const row: ExchangeSummary | undefined = rows[index]
      return row && { type: 'row', row, inSession: false }
    },
    keyAt: (index) => first + index,
    indexOf: (key) => rows.findLastIndex((row) => row.id === key),
  }
}

export function sessionView({ rows }: RowsSnapshot, closed: ReadonlySet<string>): ListView {
  const items = groupBySession(rows, closed)
  return {
    length: items.length,
    first: 0,
    item: (index) => items[index],
    keyAt: (index) => {
      const item = items[index]
      return item ? keyOf(item) : index
    },
    indexOf: (key) => items.findIndex((item) => keyOf(item) === key),
  }
}
