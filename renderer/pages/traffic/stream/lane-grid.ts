/** Where the rows of the lanes stand, in pixels. */
import type { GridRow } from './align.ts'

export const ROW_PX = 24
const STALL_PX = 40
export const PADDING_PX = 4

export function rowHeight(row: GridRow | undefined): number {
  return row?.type === 'stall' ? STALL_PX : ROW_PX
}

/** The top of each row, and after the last the end of all. */
export function rowTops(rows: readonly GridRow[]): number[] {
  const tops = [PADDING_PX]
  rows.forEach((row, index) => tops.push((tops[index] ?? 0) + rowHeight(row)))
  return tops
}
