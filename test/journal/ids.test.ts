import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exchangeIds } from '../../electron/journal/ids.ts'

test('ids sort in the order in which they were given out, whatever the wall clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 1, maxLength: 50 }), (times) => {
      let now = 0
      const newId = exchangeIds(
        () => now,
        () => 0.5,
      )
      const ids = times.map((time) => {
        now = time
        return newId()
      })
      expect(ids.toSorted()).toEqual(ids)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.every((id) => /^ex_[0-9a-v]{18}$/.test(id))).toBe(true)
    }),
  )
})

test('a hundred thousand ids in one millisecond are unique and in order', () => {
  const newId = exchangeIds(
    () => 1_800_000_000_000,
    () => 0,
  )
  let last = ''
  for (let index = 0; index < 100_000; index++) {
    const id = newId()
    expect(id > last).toBe(true)
    last = id
  }
})

test('two runs in the same millisecond differ by chance', () => {
  const [a, b] = [0.1, 0.9].map((chance) =>
    exchangeIds(
      () => 5,
      () => chance,
    )(),
  )
  expect(a).not.toBe(b)
})
