import { expect, test } from 'vitest'
import { crashAgainAndAgain } from './crash.ts'

test('the program, killed again and again amid traffic and settings, starts with all that it had acknowledged', async () => {
  const report = await crashAgainAndAgain({ rounds: 8, seed: 7 })
  expect(report.faults).toEqual([])
  // It was not killed before there was anything to lose.
  expect(report.shown).toBeGreaterThan(8)
  expect(report.saved).toBeGreaterThan(8)
}, 120_000)
