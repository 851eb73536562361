import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRetryAfter } from '../../electron/routing/retry-after.ts'

const NOW = Date.parse('Sat, 21 Nov 2026 12:00:00 GMT')

test.each([
  [{}, undefined],
  [{ 'retry-after': '3' }, 3000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': '3', 'retry-after-ms': '20' }, 20],
  [{ 'retry-after': '3', 'retry-after-ms': 'soon' }, 3000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:10 GMT' }, 10_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:10 GMT' }, undefined],
  // The answer’s own clock counts, not ours.
  [{ 'retry-after': 'Sat, 21 Nov 2020 12:00:10 GMT', date: 'Sat, 21 Nov 2020 12:00:06 GMT' }, 4000],
  [{ 'retry-after': '0' }, undefined],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': '1e12' }, 1e15],
  [{ 'retry-after': '0x10' }, undefined],
])('%j asks for %s ms', (headers, expected) => {
  expect(readRetryAfter(headers, NOW)).toBe(expected)
})

test('whatever it says, it is a time to come or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const wait = readRetryAfter({ 'retry-after': text, 'retry-after-ms': text }, NOW)
      expect(wait === undefined || (Number.isFinite(wait) && wait > 0)).toBe(true)
    }),
  )
})
