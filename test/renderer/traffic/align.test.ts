import { describe, expect, test } from 'vitest'
import type { LaneEvent } from '../../../shared/exchange.ts'
import { describeEvent } from '../../../renderer/pages/traffic/describe-event.ts'
import { align, foldKey, type EventsRow } from '../../../renderer/pages/traffic/stream/align.ts'
import { countAt, endOf, latestAt } from '../../../renderer/pages/traffic/stream/moment.ts'
import { gapHistogram, paceOf } from '../../../renderer/pages/traffic/stream/pace.ts'

const lane = (...events: [atMs: number, causes?: [number, number] | undefined, raw?: string][]): LaneEvent[] =>
  events.map(([atMs, causes, raw], index) => {
    const event = { index, atMs, raw: raw ?? `data: {"i":${index}}` }
    return causes ? Object.assign(event, { causes }) : event
  })
const delta = (text: string): string => `data: {"choices":[{"delta":{"content":"${text}"}}]}`
/** `0-0` = upstream 0 beside client 0, `1-` = upstream 1 alone. */
const drawn = (rows: ReturnType<typeof align>['rows']): string[] =>
  rows.map((row) =>
    row.type === 'events' ? `${row.upstream?.join('…') ?? ''}|${row.client?.join('…') ?? ''}` : row.type,
  )
const aligned = (upstream: LaneEvent[], client: LaneEvent[], more: Partial<Parameters<typeof align>[0]> = {}) =>
  align({ upstream, client, relayed: false, ttftMs: undefined, ...more })

describe('both lanes on one grid', () => {
  test('a cause and its first effect share a row; further effects and causes stand below', () => {
    const { rows, upstreamRow, clientRow, effects } = aligned(
      lane([0], [1], [2], [3], [4]),
      lane([0, [0, 1]], [2, [2, 4]], [4, [4, 5]], [4, [4, 5]]),
    )
    expect(drawn(rows)).toEqual(['0…1|0…1', '1…2|', '2…3|1…2', '3…4|', '4…5|2…3', '|3…4'])
    expect(upstreamRow).toEqual([0, 1, 2, 3, 4])
    expect(clientRow).toEqual([0, 2, 4, 5])
    expect(effects).toEqual([[0, 1], undefined, [1, 2], [1, 2], [2, 4]])
  })

  test('several causes with several effects stand beside each other', () => {
    const { rows } = aligned(lane([0], [1], [2], [3]), lane([2, [0, 3]], [2, [0, 3]], [3, [3, 4]]))
    expect(drawn(rows)).toEqual(['0…1|0…1', '1…2|1…2', '2…3|', '3…4|2…3'])
  })

  test('every event has exactly one row, in the order of its lane, whatever the causes say', () => {
    const upstream = lane(...Array.from({ length: 50 }, (_, index): [number] => [index]))
    const client = lane(
      ...Array.from({ length: 60 }, (_, index): [number, [number, number] | undefined] => [
        index,
        index % 7 === 0 ? undefined : [Math.max(0, ((index * 13) % 55) - 5), ((index * 13) % 55) + 2],
      ]),
    )
    const { upstreamRow, clientRow, rows } = aligned(upstream, client)
    for (const rowsOf of [upstreamRow, clientRow]) {
      expect(rowsOf.toSorted((a, b) => a - b)).toEqual(rowsOf)
      expect(new Set(rowsOf).size).toBe(rowsOf.length)
    }
    expect(upstreamRow).toHaveLength(50)
    expect(clientRow).toHaveLength(60)
    expect(rows.filter((row) => row.type === 'events').length).toBeLessThanOrEqual(110)
  })

  test('an event without a cause stands where its time puts it, and takes nobody’s place', () => {
    const { rows } = aligned(lane([0], [10], [30]), lane([0, [0, 1]], [20, undefined, ': keep-alive'], [31, [2, 3]]))
    expect(drawn(rows)).toEqual(['0…1|0…1', '1…2|', '|1…2', '2…3|2…3'])
  })

  test('a relayed answer is linked by its bytes, past a chunk that was taken out', () => {
    const { causes, linked } = aligned(
      lane([0, undefined, 'a'], [1, undefined, 'b'], [2, undefined, 'usage'], [3, undefined, 'c']),
      lane([0, undefined, 'a'], [1, undefined, 'b'], [3, undefined, 'c']),
      { relayed: true },
    )
    expect(linked).toBe('bytes')
    expect(causes).toEqual([
      [0, 1],
      [1, 2],
      [3, 4],
    ])
  })

  test('without recorded causes a translated answer is not linked: nothing is guessed', () => {
    const { linked, causes } = aligned(lane([0], [1]), lane([0], [1]))
    expect(linked).toBe('none')
    expect(causes).toEqual([undefined, undefined])
  })

  test('silences and the first delta have rows of their own', () => {
    const { rows } = aligned(
      lane([0], [600], [3_000]),
      lane([1, [0, 1]], [601, [1, 2]], [1_500, undefined, ': keep-alive'], [3_001, [2, 3]]),
      { ttftMs: 601 },
    )
    expect(drawn(rows)).toEqual(['0…1|0…1', 'gap', 'ttft', '1…2|1…2', '|2…3', 'stall', '2…3|3…4'])
    expect(rows.find((row) => row.type === 'stall')).toMatchObject({ fromMs: 600, toMs: 3_000, quiet: false })
    expect(rows.find((row) => row.type === 'gap')).toMatchObject({ quiet: true })
  })

  test('runs of like deltas fold to one row, which opens again', () => {
    const texts = ['a', 'b', 'c', 'd', 'e']
    const upstream = lane(
      [0],
      ...texts.map((text, index): [number, undefined, string] => [index, undefined, delta(text)]),
    )
    const client = lane(
      [0, [0, 1]],
      ...texts.map((text, index): [number, [number, number], string] => [index, [index + 1, index + 2], delta(text)]),
    )
    const fold = { look: describeEvent, open: new Set<number>() }
    const { rows, clientRow } = aligned(upstream, client, { fold })
    expect(drawn(rows)).toEqual(['0…1|0…1', '1…6|1…6'])
    expect(clientRow).toEqual([0, 1, 1, 1, 1, 1])
    const open = new Set([foldKey(rows[1] as EventsRow)])
    expect(aligned(upstream, client, { fold: { ...fold, open } }).rows).toHaveLength(6)
  })

  test('ten thousand events are aligned within a few frames', () => {
    const upstream = lane(...Array.from({ length: 10_000 }, (_, index): [number] => [index]))
    const client = lane(...Array.from({ length: 10_000 }, (_, i): [number, [number, number]] => [i, [i, i + 1]]))
    const began = performance.now()
    expect(aligned(upstream, client).rows).toHaveLength(10_000)
    expect(performance.now() - began).toBeLessThan(250)
  })
})

describe('moments of a stream', () => {
  const lanes = { upstream: lane([1], [2], [9]), client: lane([3], [3], [8]) }

  test('how many events had come, and which came last', () => {
    expect([0, 3, 5, 8, 99].map((ms) => countAt(lanes.client, ms))).toEqual([0, 2, 2, 3, 3])
    expect(latestAt(lanes, 5)).toEqual({ lane: 'client', index: 1 })
    expect(latestAt(lanes, 2)).toEqual({ lane: 'upstream', index: 1 })
    expect(latestAt(lanes, 0)).toBeUndefined()
    expect(endOf(lanes, undefined)).toBe(9)
    expect(endOf(lanes, 12)).toBe(12)
  })
})

describe('how fast an answer came', () => {
  const deltas = lane(
    [100, undefined, delta('abcd')],
    [600, undefined, delta('efgh')],
    [1_100, undefined, delta('ijkl')],
  )

  test('with the upstream’s own count, or an estimate that says so', () => {
    expect(paceOf(deltas, describeEvent, { output: 30 })).toMatchObject({ tokens: 30, estimated: false, perSecond: 30 })
    expect(paceOf(deltas, describeEvent, undefined)).toMatchObject({ tokens: 3, estimated: true, ms: 1_000 })
    expect(paceOf(lane([0]), describeEvent, undefined)).toBeUndefined()
  })

  test('the curve holds all tokens', () => {
    const pace = paceOf(deltas, describeEvent, { output: 30 })
    const width = 1_000 / 3
    const sum = pace?.curve.reduce((total, { perSecond }) => total + (perSecond * width) / 1_000, 0)
    expect(sum).toBeCloseTo(30)
  })

  test('silences are counted by their length', () => {
    const bars = gapHistogram(lane([0], [0.5], [3], [2_600], [9_000]))
    expect(bars.filter((bar) => bar.count > 0)).toEqual([
      { belowMs: 1, count: 1 },
      { belowMs: 5, count: 1 },
      { belowMs: 5_000, count: 1 },
      { count: 1 },
    ])
  })
})
