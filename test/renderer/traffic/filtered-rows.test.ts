import { describe, expect, test } from 'vitest'
import type { ExchangeSummary } from '../../../shared/exchange.ts'
import { FilteredRows } from '../../../renderer/pages/traffic/filter/filtered-rows.ts'
import { groupBySession } from '../../../renderer/pages/traffic/list/session-groups.ts'
import { exchangeRows } from '../scripted-scene.ts'

const all = exchangeRows(40)
const codex = all.filter((row) => row.client === 'Codex')

interface Fake {
  filtered: FilteredRows
  signal: AbortSignal
  shown: () => string[]
  asked: string[][]
}

/** A store that has `stored`, and finds words in the exchanges with these ids. */
function over(filter: string, stored: readonly ExchangeSummary[], found: readonly string[] = []): Fake {
  const asked: string[][] = []
  const filtered = new FilteredRows({
    console: {
      list: () => Promise.resolve({ rows: stored.toReversed(), total: stored.length, capped: false }),
      match: (input: { ids: string[] }) => {
        asked.push(input.ids)
        return Promise.resolve({ ids: input.ids.filter((id) => found.includes(id)) })
      },
    },
    filter,
    frame: (draw) => draw(),
    now: () => 0,
    wait: () => Promise.resolve(),
  })
  const shown = (): string[] => filtered.rows.snapshot().rows.map((row) => row.id)
  return { filtered, signal: new AbortController().signal, shown, asked }
}

const row = (id: string, more: Partial<ExchangeSummary>): ExchangeSummary => ({
  ...(all[0] as ExchangeSummary),
  id,
  ...more,
})

describe('the rows that a filter matches', () => {
  test('what is stored, then what comes and matches; the total counts both', async () => {
    const { filtered, signal, shown } = over('client:codex', codex)
    await filtered.load(signal)
    expect(shown()).toEqual(codex.map(({ id }) => id))
    const [one, other] = [row('ex_new', { client: 'Codex', startedAt: 9e12 }), row('ex_curl', { client: 'curl' })]
    filtered.take({ type: 'rows', rows: [one, other] }, signal)
    expect(shown().at(-1)).toBe('ex_new')
    expect(filtered.total).toEqual({ count: codex.length + 1, capped: false })
    filtered.take({ type: 'rows', rows: [{ ...one, durationMs: 7 }] }, signal)
    expect(filtered.total?.count).toBe(codex.length + 1)
  })

  test('a row that does not match any more leaves', async () => {
    const { filtered, signal, shown } = over('state:active', [])
    await filtered.load(signal)
    filtered.take({ type: 'rows', rows: [row('ex_a', { state: 'active' }), row('ex_b', { state: 'active' })] }, signal)
    expect(shown()).toEqual(['ex_a', 'ex_b'])
    filtered.take({ type: 'rows', rows: [row('ex_a', { state: 'done' })] }, signal)
    expect(shown()).toEqual(['ex_b'])
    expect(filtered.total?.count).toBe(1)
  })

  test('words are looked for by the store, once the exchange has ended', async () => {
    const { filtered, signal, shown, asked } = over('zebra', [], ['ex_a'])
    await filtered.load(signal)
    filtered.take({ type: 'rows', rows: [row('ex_a', { state: 'active' })] }, signal)
    expect(asked).toEqual([])
    filtered.take({ type: 'rows', rows: [row('ex_a', {}), row('ex_b', {})] }, signal)
    await expect.poll(shown).toEqual(['ex_a'])
    expect(asked).toEqual([['ex_a', 'ex_b']])
  })

  test('clearing empties it', async () => {
    const { filtered, signal, shown } = over('client:codex', codex)
    await filtered.load(signal)
    filtered.take({ type: 'cleared' }, signal)
    expect(shown()).toEqual([])
    expect(filtered.total?.count).toBe(0)
  })
})

describe('an agent’s calls under one line', () => {
  const rows = [
    row('ex_1', { session: 's', startedAt: 1_000, durationMs: 500, usage: { input: 10, output: 2 }, cost: 0.5 }),
    row('ex_2', { startedAt: 1_200 }),
    row('ex_3', { session: 's', startedAt: 2_000, durationMs: 700, usage: { input: 20, output: 3 }, cost: 0.25 }),
    row('ex_4', { session: 't', startedAt: 3_000, state: 'failed' }),
  ]

  test('it stands where the last of them stands, with their sums', () => {
    const items = groupBySession(rows, new Set())
    const names = items.map((item) => (item.type === 'row' ? item.row.id : item.group.id))
    expect(names).toEqual(['ex_2', 's', 'ex_1', 'ex_3', 't', 'ex_4'])
    expect(items[1]).toMatchObject({
      group: { count: 2, input: 30, output: 5, cost: 0.75, durationMs: 1_700, errors: 0 },
    })
    expect(items[4]).toMatchObject({ group: { errors: 1 } })
  })

  test('folded, only its line stands', () => {
    expect(groupBySession(rows, new Set(['s'])).map(({ type }) => type)).toEqual(['row', 'session', 'session', 'row'])
  })
})
