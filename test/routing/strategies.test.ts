import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Strategies } from '../../electron/routing/strategies.ts'
import type { Strategy } from '../../electron/routing/strategies.ts'

const candidates = fc.uniqueArray(
  fc.record({ place: fc.string({ minLength: 1, maxLength: 4 }), weight: fc.nat(5), rank: fc.nat(3) }),
  { selector: ({ place }) => place, maxLength: 8 },
)
const strategy = fc.constantFrom<Strategy>('failover', 'weighted', 'round_robin', 'least_latency')

describe('an order', () => {
  test('has every candidate once, and lower ranks first unless the order was given', () => {
    fc.assert(
      fc.property(
        strategy,
        candidates,
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (kind, all, dice) => {
          const strategies = new Strategies({ random: () => dice.next().value as number, now: () => 0 })
          const ordered = strategies.order(kind, all)
          expect(new Set(ordered)).toEqual(new Set(all))
          expect(ordered).toHaveLength(all.length)
          if (kind === 'failover') expect(ordered).toEqual(all)
          else expect(ordered.map(({ rank }) => rank)).toEqual(all.map(({ rank }) => rank).toSorted((a, b) => a - b))
        },
      ),
    )
  })

  test('by weight never begins with one that has none while others have', () => {
    fc.assert(
      fc.property(candidates, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, dice) => {
        const equals = all.map((one) => ({ ...one, rank: 0 }))
        fc.pre(equals.some(({ weight }) => weight > 0))
        const strategies = new Strategies({ random: () => dice, now: () => 0 })
        expect(strategies.order('weighted', equals)[0]!.weight).toBeGreaterThan(0)
      }),
    )
  })
})

test('a speed is an average that follows, and is forgotten after five minutes', () => {
  let now = 0
  const strategies = new Strategies({ random: () => 0, now: () => now })
  strategies.measured('a', 100)
  strategies.measured('a', 200)
  expect(strategies.speedOf('a')).toBeCloseTo(130)
  now = 300_000
  expect(strategies.speedOf('a')).toBeUndefined()
  strategies.measured('a', 50)
  expect(strategies.speedOf('a')).toBe(50)
})
