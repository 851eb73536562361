import { describe, expect, test } from 'vitest'
import type { ExchangeSummary } from '../../shared/exchange.ts'
import { RowBuffer } from '../../renderer/row-buffer.ts'
import { exchangeRows } from './scripted-scene.ts'

/** A buffer whose frames the test draws itself. */
function buffer(capacity = 100): { rows: RowBuffer; draw: () => void; frames: () => number } {
  const waiting: (() => void)[] = []
  let frames = 0
  const rows = new RowBuffer({ capacity, frame: (draw) => void waiting.push(draw) })
  return {
    rows,
    draw: () => {
      for (const draw of waiting.splice(0)) {
        frames += 1
        draw()
      }
    },
    frames: () => frames,
  }
}

const ids = (rows: readonly ExchangeSummary[]): string[] => rows.map((row) => row.id)
const all = exchangeRows(50)

describe('the rows of the traffic list', () => {
  test('many batches between two frames are drawn once', () => {
    const { rows, draw, frames } = buffer()
    for (const row of all) rows.merge([row])
    expect(rows.snapshot().rows).toEqual([])
    draw()
    expect(frames()).toBe(1)
    expect(rows.snapshot().rows).toEqual(all)
  })

  test('a changed row stays in its place, and is a new object', () => {
    const { rows, draw } = buffer()
    rows.merge(all.slice(0, 3))
    draw()
    const changed = { ...(all[1] as ExchangeSummary), status: 500 }
    rows.merge([changed])
    draw()
    expect(rows.snapshot().rows[1]).toBe(changed)
    expect(rows.get('ex_00001')).toBe(changed)
    expect(rows.snapshot().rows).toHaveLength(3)
  })

  test('the oldest rows drop out at the limit, and the number of the first row says how many', () => {
    const { rows, draw } = buffer(10)
    rows.merge(all)
    draw()
    const { rows: kept, first, more } = rows.snapshot()
    expect(ids(kept)).toEqual(ids(all.slice(40)))
    expect(first).toBe(40)
    expect(more).toBe(true)
    expect(rows.get('ex_00000')).toBeUndefined()
  })

  test('the first page does not overwrite what the feed has already brought', () => {
    const { rows, draw } = buffer()
    const newer = { ...(all[9] as ExchangeSummary), state: 'done' as const, status: 201 }
    rows.merge([newer])
    rows.load(all.slice(0, 10).toReversed(), 10)
    draw()
    expect(ids(rows.snapshot().rows)).toEqual(ids(all.slice(0, 10)))
    expect(rows.get(newer.id)).toBe(newer)
    expect(rows.snapshot()).toMatchObject({ more: false, loaded: true })
  })

  test('older pages come before, and move the number of the first row down by their length', () => {
    const { rows, draw } = buffer()
    rows.load(all.slice(20, 30).toReversed(), 30)
    rows.prepend(all.slice(5, 20).toReversed())
    draw()
    expect(ids(rows.snapshot().rows)).toEqual(ids(all.slice(5, 30)))
    expect(rows.snapshot().first).toBe(-15)
    rows.merge([{ ...(all[5] as ExchangeSummary), status: 418 }])
    rows.prepend([])
    draw()
    expect(rows.snapshot().rows[0]?.status).toBe(418)
    expect(rows.snapshot().more).toBe(false)
  })

  test('a late change of a row that is no longer in memory does not put it at the end', () => {
    const { rows, draw } = buffer(5)
    rows.merge(all.slice(0, 10))
    rows.merge([all[0] as ExchangeSummary])
    draw()
    expect(ids(rows.snapshot().rows)).toEqual(ids(all.slice(5, 10)))
  })

  test('rows of one burst that come out of order are put in order', () => {
    const { rows, draw } = buffer()
    rows.merge([all[2], all[0], all[1]] as ExchangeSummary[])
    draw()
    expect(ids(rows.snapshot().rows)).toEqual(ids(all.slice(0, 3)))
    expect(rows.get('ex_00002')).toBe(all[2])
  })

  test('clearing leaves nothing', () => {
    const { rows, draw } = buffer()
    rows.merge(all)
    rows.clear()
    draw()
    expect(rows.snapshot()).toMatchObject({ rows: [], first: 0, more: false })
  })

  test('a row that is taken out is gone, and its neighbours are found where they stand now', () => {
    const { rows, draw } = buffer()
    rows.merge(all.slice(0, 5))
    rows.remove(all[1]?.id ?? '')
    rows.remove('ex_unknown')
    const changed = { ...(all[3] as ExchangeSummary), durationMs: 7 }
    rows.merge([changed])
    draw()
    expect(ids(rows.snapshot().rows)).toEqual(ids([0, 2, 3, 4].map((at) => all[at] as ExchangeSummary)))
    expect(rows.get(changed.id)?.durationMs).toBe(7)
  })
})
