import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Needles } from '../../electron/journal/needles.ts'

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'ä'), minLength: 2, maxLength: 9 })

test('finds what a look for each text by itself finds, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(letters, { maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'ä') }),
      (texts, text) => {
        const bytes = Buffer.from(text)
        const isThere = texts.some((one) => bytes.includes(one))
        expect(new Needles(texts.map((one) => Buffer.from(one))).isIn(bytes)).toBe(isThere)
      },
    ),
    { numRuns: 2000 },
  )
})

test('finds a text wherever in a large body it stands, also one that is longer than a step can be', () => {
  const texts = ['short-key', 'k'.repeat(900)]
  const needles = new Needles(texts.map((text) => Buffer.from(text)))
  const body = Buffer.alloc(300_000, 'the stone is blue; ')
  expect(needles.isIn(body)).toBe(false)
  for (const text of texts) {
    for (const at of [0, 1, 65_530, 131_072, body.length - text.length]) {
      const copy = Buffer.from(body)
      copy.write(text, at)
      expect(needles.isIn(copy)).toBe(true)
      copy.write('#', at + text.length - 1)
      expect(needles.isIn(copy)).toBe(false)
    }
  }
})
