import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EndedExchange } from '../../electron/core/ended-exchange.ts'
import { Histogram } from '../../electron/routing/histogram.ts'
import { longestWindow, Statistics } from '../../electron/routing/statistics.ts'
import { WindowedCounts } from '../../electron/routing/windowed-counts.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'

const MINUTE = 60_000
const monitoring = { stats_window_minutes: 5, additional_windows: [15, 30, 60] }

function ended(
  summary: Partial<ExchangeSummary> = {},
  calls: EndedExchange['calls'] = [{ instance: 'a', deployment: 'gpt-4o-prod' }],
): EndedExchange {
  return {
    summary: {
      id: 'x',
      startedAt: 1_000_000,
      state: 'done',
      client: 'curl',
      method: 'POST',
      path: '/v1/chat/completions',
      clientDialect: 'chat',
      askedModel: 'gpt-4o',
      instance: 'a',
      deployment: 'gpt-4o-prod',
      stream: false,
      status: 200,
      durationMs: 250,
      usage: { input: 7, output: 3 },
      attempts: calls.length,
      losses: 0,
      flags: [],
      ...summary,
    },
    calls,
    providerType: 'azure',
  }
}

test('every window is its own: reading one leaves the others as they are', () => {
  let now = 0
  const counts = new WindowedCounts(
    ['n'],
    () => now,
    () => 60 * MINUTE,
  )
  for (const minute of [0, 20, 40, 52, 58]) {
    now = minute * MINUTE
    counts.add({ n: 1 })
  }
  now = 59 * MINUTE
  const inLast = (minutes: number): number => counts.within(minutes * MINUTE).n
  expect([5, 15, 30, 60].map(inLast)).toEqual([1, 2, 3, 5])
  expect([60, 30, 15, 5].map(inLast)).toEqual([5, 3, 2, 1])
  now += 2 * MINUTE
  expect([5, 15, 30, 60].map(inLast)).toEqual([1, 2, 3, 4])
  now += 60 * MINUTE
  expect(inLast(60)).toBe(0)
  expect(counts.totals()).toEqual({ n: 5 })
})

test('a window holds what happened in it, at most one bucket more, whatever the times', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 200 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 60 }), (gaps, minutes) => {
      let now = 0
      const times: number[] = []
      const counts = new WindowedCounts(
        ['n'],
        () => now,
        () => 60 * MINUTE,
      )
      for (const gap of gaps) {
        now += gap
        times.push(now)
        counts.add({ n: 1 })
      }
      const { n } = counts.within(minutes * MINUTE)
      const since = (ms: number): number => times.filter((time) => time > now - ms).length
      expect(n).toBeGreaterThanOrEqual(since(minutes * MINUTE))
      expect(n).toBeLessThanOrEqual(since(minutes * MINUTE + 1000))
    }),
  )
})

test('each request is counted once by its end, and each call upstream', () => {
  const statistics = new Statistics({ now: () => 0, monitoring: () => monitoring })
  statistics.ended(
    ended({}, [
      { instance: 'b', deployment: 'gpt-4o-prod', status: 429, error: 'HTTP 429' },
      { instance: 'a', deployment: 'gpt-4o-prod', status: 200 },
    ]),
  )
  statistics.ended(
    ended({ state: 'failed', status: 500, usage: undefined }, [
      { instance: 'a', deployment: 'gpt-4o-prod', status: 500, error: 'HTTP 500' },
    ]),
  )
  statistics.ended(ended({ state: 'failed', status: 503, usage: undefined }, []))
  // A stream that broke after its head.
  statistics.ended(
    ended({ state: 'failed', status: 200, usage: undefined }, [
      { instance: 'a', deployment: 'gpt-4o-prod', status: 200, error: 'broke off' },
    ]),
  )
  statistics.ended(ended({ state: 'aborted', usage: { input: 5 } }))
  expect(statistics.overall.totals()).toEqual({
    requests: 5,
    answered: 1,
    abandoned: 1,
    errors500: 1,
    errors503: 1,
    errorsOther: 1,
    calls: 5,
    failedCalls: 3,
    tokens: 15,
  })
  expect(statistics.instance('a')?.counts.totals()).toMatchObject({ calls: 4, calls500: 1, callsOther: 1, tokens: 15 })
  expect(statistics.instance('b')).toMatchObject({ failuresInARow: 1, lastError: 'HTTP 429', lastUsed: 1_000_250 })
  statistics.reset()
  expect(statistics.overall.totals()).toMatchObject({ requests: 0, tokens: 0 })
  expect(statistics.instance('a')).toBeUndefined()
})

test('what asks no model for anything is not counted: files, dry runs', () => {
  const statistics = new Statistics({ now: () => 0, monitoring: () => monitoring })
  statistics.ended(ended({ clientDialect: undefined, askedModel: undefined }))
  statistics.ended(ended({}, []))
  expect(statistics.overall.totals().requests).toBe(0)
  statistics.ended(ended({ clientDialect: undefined, path: '/v1/embeddings' }))
  expect(statistics.overall.totals().requests).toBe(1)
  expect(statistics.series.all()[0]?.names.operation).toBe('embeddings')
})

test('callers can name as many models as they like: the memory stays bounded and nothing is lost', () => {
  const statistics = new Statistics({ now: () => 0, monitoring: () => monitoring })
  for (let index = 0; index < 3000; index++)
    statistics.ended(ended({ askedModel: `model-${index}`, instance: `i${index}` }))
  const series = statistics.series.all()
  expect(series.length).toBeLessThanOrEqual(1001)
  expect(series.reduce((sum, { requests }) => sum + requests.answered, 0)).toBe(3000)
  expect(statistics.overall.totals().requests).toBe(3000)
})

test('the longest window is what is configured, and never less than tools of the Python proxy ask for', () => {
  expect(longestWindow({ stats_window_minutes: 1, additional_windows: [] })).toBe(60)
  expect(longestWindow({ stats_window_minutes: 5, additional_windows: [15, 1440] })).toBe(1440)
})

test('a histogram counts a value at every bound that it does not exceed', () => {
  const histogram = new Histogram([1, 2])
  for (const value of [0.5, 1, 1.5, 3]) histogram.add(value)
  expect(histogram.cumulative()).toEqual([2, 3, 4])
  expect(histogram.sum).toBe(6)
})
