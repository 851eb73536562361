import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CustomInputReader, wrapCustomInput } from '../../electron/core/custom-input.ts'

function readPieces(text: string, cuts: readonly number[]): string {
  const edges = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b), text.length]
  const reader = new CustomInputReader()
  return (
    edges
      .slice(1)
      .map((to, index) => reader.push(text.slice(edges[index], to)))
      .join('') + reader.end()
  )
}

test('text comes out of its wrapping, however the arguments are cut', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.array(fc.nat(80), { maxLength: 10 }),
      fc.boolean(),
      (text, cuts, pretty) => {
        const args = JSON.stringify(wrapCustomInput(text), null, pretty ? 2 : 0)
        expect(readPieces(args, cuts)).toBe(text)
      },
    ),
  )
})

test('text is passed on as soon as it is there', () => {
  const reader = new CustomInputReader()
  expect(['{"in', 'put": "*** Be', 'gin\\', 'nPatch', '"}'].map((piece) => reader.push(piece))).toEqual([
    '',
    '*** Be',
    'gin',
    '\nPatch',
    '',
  ])
})

test('arguments of another shape are passed on as they are', () => {
  for (const text of ['*** Begin Patch', '{"text":"x"}', '{"input":5}', '[1]', '{"in']) {
    expect(readPieces(text, [1, 3])).toBe(text)
  }
})

test('no arguments are no text', () => {
  expect(readPieces('', [])).toBe('')
  expect(readPieces('{}', [1])).toBe('')
})

test('arguments that the output limit cut give what there is', () => {
  expect(readPieces('{"input":"half a li', [4])).toBe('half a li')
})
