import { describe, expect, test } from 'vitest'
import { alignLists } from '../../../renderer/pages/traffic/compare/align.ts'
import { linesOf, marked } from '../../../renderer/pages/traffic/compare/difference.ts'
import { normalised } from '../../../renderer/pages/traffic/compare/normalise.ts'

const message = (role: string, content: string): unknown => ({ role, content })
const changesOf = (before: unknown, after: unknown): string[] =>
  linesOf(normalised(before), normalised(after))
    .filter(({ kind }) => kind !== 'same')
    .map(({ kind, path }) => `${kind} ${path}`)

describe('what is compared', () => {
  test('ids and times do not count, but which call a result belongs to does', () => {
    const turn = (id: string, of: string): unknown => ({
      id: `resp_${id}`,
      created: Number(id),
      output: [
        { type: 'function_call', call_id: `a${id}` },
        { type: 'function_call', call_id: `b${id}` },
        { type: 'function_call_output', call_id: `${of}${id}` },
      ],
    })
    expect(changesOf(turn('1', 'a'), turn('2', 'a'))).toEqual([])
    expect(changesOf(turn('1', 'a'), turn('2', 'b'))).toEqual(['changed output[2].call_id'])
  })

  test('of a seal it counts only that it is there', () => {
    expect(changesOf({ signature: 'abc' }, { signature: 'xyz' })).toEqual([])
    expect(changesOf({ signature: 'abc' }, {})).toEqual(['removed signature'])
  })

  test('a member that is null differs from one that is not there', () => {
    expect(changesOf({ stop: null }, {})).toEqual(['removed stop'])
    expect(changesOf({}, { stop: null })).toEqual(['added stop'])
  })
})

describe('lists', () => {
  test('an item that was put before others does not change them', () => {
    const before = { messages: [message('system', 'Be brief.'), message('user', 'Hello')] }
    const after = { messages: [message('system', 'Be brief.'), message('developer', 'New'), message('user', 'Hello')] }
    expect(changesOf(before, after)).toEqual(['added messages[1]'])
    expect(changesOf(after, before)).toEqual(['removed messages[1]'])
  })

  test('an item of the same sort is the same item changed, also where it has moved', () => {
    const before = { messages: [message('user', 'One'), message('assistant', 'Two')] }
    const after = { messages: [message('system', 'Zero'), message('user', 'Uno'), message('assistant', 'Two')] }
    expect(changesOf(before, after)).toEqual(['added messages[0]', 'changed messages[0→1].content'])
  })

  test('tools are paired by their name', () => {
    const tool = (name: string, description: string): unknown => ({ type: 'function', function: { name, description } })
    const before = { tools: [tool('a', 'x'), tool('b', 'x')] }
    const after = { tools: [tool('b', 'y'), tool('c', 'x')] }
    expect(changesOf(before, after)).toEqual([
      'removed tools[0]',
      'changed tools[1→0].function.description',
      'added tools[1]',
    ])
  })

  test('every item of both stands in exactly one pair, whatever they are', () => {
    let seed = 7
    const next = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    for (let round = 0; round < 200; round += 1) {
      const list = (): unknown[] => Array.from({ length: next(9) }, () => (next(2) === 0 ? next(3) : { type: next(3) }))
      const [before, after] = [list(), list()]
      const pairs = alignLists(before, after)
      const sides = (side: 'before' | 'after'): number[] => pairs.flatMap((pair) => pair[side] ?? [])
      expect(sides('before')).toEqual(before.map((_, index) => index))
      expect(sides('after')).toEqual(after.map((_, index) => index))
    }
  })

  test('two lists of ten thousand items are compared in no time', () => {
    const list = (from: number): number[] => Array.from({ length: 10_000 }, (_, index) => index + from)
    expect(alignLists(list(0), list(1))).toHaveLength(10_000)
  })
})

describe('what differs within a text', () => {
  test('is what stands between the shared ends', () => {
    expect(marked('Count to three.', 'Count to thirty.')).toEqual({
      head: 'Count to th',
      left: 'ree',
      right: 'irty',
      tail: '.',
    })
  })

  test('is nothing of a part that both repeat', () => {
    expect(marked('aaa', 'aaaa')).toEqual({ head: 'aaa', left: '', right: 'a', tail: '' })
  })

  test('never cuts a character in two', () => {
    const { left, right } = marked('x😀y', 'x😁y')
    expect([left, right]).toEqual(['😀', '😁'])
  })
})
