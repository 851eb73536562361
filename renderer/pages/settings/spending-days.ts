import type { SumBy, SumRow } from '../../../shared/spending.ts'

/** Days that are shown. */
export const SHOWN_DAYS = 30

/** The days up to one, oldest first, as `YYYY-MM-DD`. */
export function daysUpTo(today: string, count: number): string[] {
  const [year = 1970, month = 1, day = 1] = today.split('-').map(Number)
  return Array.from({ length: count }, (_, index) => {
    // Noon in UTC: no change of clocks moves it to another day.
    const at = new Date(Date.UTC(year, month - 1, day - (count - 1 - index), 12))
    return at.toISOString().slice(0, 10)
  })
}

/** What the table can be split by. */
export const SPLITS = ['Day', 'Deployment', 'Model', 'Client', 'Key'] as const
export type Split = (typeof SPLITS)[number]

export function dimensionsOf(split: Split): SumBy[] {
  switch (split) {
    case 'Day':
      return ['day']
    case 'Deployment':
      return ['instance', 'deployment']
    case 'Model':
      return ['model']
    case 'Client':
      return ['client']
    case 'Key':
      return ['key']
  }
}

/** What a row is called. */
export function nameOf(row: SumRow, split: Split): string {
  switch (split) {
    case 'Day':
      return row.day ?? ''
    case 'Deployment':
      return row.deployment === '' || row.deployment === undefined
        ? 'none reached'
        : `${row.instance ?? ''}/${row.deployment}`
    case 'Model':
      return row.model === '' || row.model === undefined ? 'none named' : row.model
    case 'Client':
      return row.client ?? ''
    case 'Key':
      return row.key === '' || row.key === undefined ? 'without a named key' : row.key
  }
}
