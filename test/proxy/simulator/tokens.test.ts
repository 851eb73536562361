import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readOrder } from '../../../electron/proxy/upstreams/simulator/order.ts'
import { countTokens, splitTokens } from '../../../electron/proxy/upstreams/simulator/tokens.ts'

it('pieces of a text join to the text again, and no character is split', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const pieces = splitTokens(text)
      expect(pieces.join('')).toBe(text)
      expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
      expect(countTokens(text)).toBe(pieces.length)
    }),
  )
})

it('an order is read wherever it stands, and only as an order', () => {
  expect(readOrder('please Simulate error 503 now')).toEqual({ kind: 'error', status: 503 })
  expect(readOrder('simulate a stall')).toEqual({ kind: 'stall' })
  expect(readOrder('simulate content-filter')).toEqual({ kind: 'content-filter' })
  expect(readOrder('simulate error 200')).toBeUndefined()
  expect(readOrder('simulate cutting')).toBeUndefined()
  expect(readOrder('a dissimulate cut')).toBeUndefined()
})
