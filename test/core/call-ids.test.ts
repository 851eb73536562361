import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitCallId } from '../../electron/core/call-ids.ts'

test('a legal id stays as it is', () => {
  expect(fitCallId('toolu_01QE1WLsSVp5hy5Q3GmGTmjP', 'messages')).toBe('toolu_01QE1WLsSVp5hy5Q3GmGTmjP')
  expect(fitCallId('functions.weather:0', 'chat')).toBe('functions.weather:0')
})

test('an id with characters that Messages refuses gets legal ones and a short hash', () => {
  expect(fitCallId('functions.weather:0', 'messages')).toMatch(/^functions_weather_0_[0-9a-f]{8}$/)
  expect(fitCallId('', 'messages')).toMatch(/^_[0-9a-f]{8}$/)
})

test('every id becomes legal for each API, the same every time', () => {
  const limits = { chat: 40, responses: 64, messages: 64 } as const
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.constantFrom('chat' as const, 'responses' as const, 'messages' as const),
      (id, dialect) => {
        const fitted = fitCallId(id, dialect)
        expect(fitted.length).toBeGreaterThan(0)
        expect(fitted.length).toBeLessThanOrEqual(limits[dialect])
        if (dialect === 'messages') expect(fitted).toMatch(/^[a-zA-Z0-9_-]+$/)
        expect(fitCallId(id, dialect)).toBe(fitted)
      },
    ),
  )
})

test('different long ids stay different', () => {
  const prefix = 'call_'.repeat(20)
  expect(fitCallId(`${prefix}a`, 'chat')).not.toBe(fitCallId(`${prefix}b`, 'chat'))
})
