import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createMemoryState } from '../../electron/routing/state.ts'
import type { Admission, Reservation } from '../../electron/routing/state.ts'

const step = fc.oneof(
  fc.record({ type: fc.constant('reserve' as const), tokens: fc.integer({ min: 0, max: 120 }) }),
  fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 70_000 }) }),
  fc.record({ type: fc.constant('settle' as const), at: fc.nat(20), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ type: fc.constant('cancel' as const), at: fc.nat(20) }),
)

describe('the last minute', () => {
  test('never holds more than the budget, whatever comes, and a wait that is told is enough and not too long', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 5 }),
        (steps, tokens, requests) => {
          let now = 0
          const state = createMemoryState(() => now)
          const entries: { at: number; tokens: number; requests: number; reservation: Reservation }[] = []
          const used = (at: number): { tokens: number; requests: number } => {
            const counted = entries.filter((entry) => at - entry.at < 60_000)
            return {
              tokens: counted.reduce((sum, entry) => sum + entry.tokens, 0),
              requests: counted.reduce((sum, entry) => sum + entry.requests, 0),
            }
          }
          const open = new Set<Reservation>()
          for (const one of steps) {
            if (one.type === 'pass') now += one.ms
            if (one.type === 'reserve') {
              const admission = state.reserve('a', one.tokens, { tokens, requests }) as Admission
              const fits = (at: number): boolean =>
                used(at).tokens + one.tokens <= tokens && used(at).requests + 1 <= requests
              if ('reservation' in admission) {
                expect(fits(now)).toBe(true)
                entries.push({ at: now, tokens: one.tokens, requests: 1, reservation: admission.reservation })
                open.add(admission.reservation)
              } else if (admission.waitMs === Infinity) expect(one.tokens).toBeGreaterThan(tokens)
              else {
                expect(fits(now + admission.waitMs)).toBe(true)
                expect(fits(now + admission.waitMs - 1)).toBe(false)
              }
            }
            const entry = one.type === 'settle' || one.type === 'cancel' ? entries[one.at] : undefined
            if (entry === undefined) continue
            const figure = one.type === 'settle' ? Math.floor(entry.tokens * one.part) : 0
            if (one.type === 'settle') entry.reservation.settle(figure)
            else entry.reservation.cancel()
            if (!open.delete(entry.reservation)) continue
            entry.tokens = figure
            if (one.type === 'cancel') entry.requests = 0
          }
        },
      ),
    )
  })
})
