import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeFilter } from '../../../shared/filter/describe.ts'
import { fields, keywords } from '../../../shared/filter/fields.ts'
import { compileFilter } from '../../../shared/filter/match.ts'
import { parseFilter } from '../../../shared/filter/parse.ts'
import { quoted, suggestFilter } from '../../../shared/filter/suggest.ts'
import { row } from './rows.ts'

const matches = (text: string, change: Parameters<typeof row>[0]): boolean | undefined => {
  const { filter, problem } = parseFilter(text)
  expect(problem).toBeUndefined()
  return compileFilter(filter, () => 1e12)(row(change))
}

describe('a filter', () => {
  test.each([
    ['model:gpt-5*', { askedModel: 'GPT-5-mini' }, true],
    ['model:gpt-5', { askedModel: 'gpt-5-mini' }, false],
    ['model:*mini', { askedModel: 'gpt-5-mini' }, true],
    ['model:g*5*i', { askedModel: 'gpt-5-mini' }, true],
    ['model:ab*ba', { askedModel: 'aba' }, false],
    ['client:"claude code"', { client: 'Claude Code' }, true],
    ['status:>=400', { status: 429 }, true],
    ['status:4xx', { status: 429 }, true],
    ['status:4xx', { status: 529 }, false],
    ['ttft:>2s', { ttftMs: 2001 }, true],
    ['ttft:>2s', { ttftMs: 2000 }, false],
    ['ttft:>2s', {}, false],
    ['not ttft:>2s', {}, true],
    ['duration:<500ms', { durationMs: 499 }, true],
    ['duration:<=1.5m', { durationMs: 90_000 }, true],
    ['tokens:>10k', { usage: { input: 9_000, output: 1_001 } }, true],
    ['tokens:>=1,000', { usage: { input: 1000 } }, true],
    ['cost:>0.1', { cost: 0.2 }, true],
    ['cost:>$1', { cost: 0.2 }, false],
    ['size:>1MB', { requestBytes: 600_000, responseBytes: 500_000 }, true],
    ['size:>1MiB', { requestBytes: 1_000_001 }, false],
    ['path:/v1/messages', { path: '/v1/messages?beta=true' }, true],
    ['dialect:chat upstream:messages', { clientDialect: 'chat', upstreamDialect: 'messages' }, true],
    ['state:active', { state: 'active' }, true],
    ['lossy', { flags: ['lossy'] }, true],
    ['failed-over', { flags: ['failed_over'] }, true],
    ['stream', { stream: true }, true],
    ['error', { status: 404 }, true],
    ['error', { state: 'failed' }, true],
    ['error', {}, false],
    ['finding:retry-storm', { findings: ['retry-storm'] }, true],
    ['finding:retry_storm', { findings: ['retry-storm'] }, true],
    ['finding:*', { findings: ['stall'] }, true],
    ['has:tools -has:images', { parts: ['tools'] }, true],
    ['key:work', { key: 'Work' }, true],
    ['lossy or error', { flags: ['lossy'] }, true],
    ['lossy error or stream', { stream: true }, true],
    ['lossy (error or stream)', { stream: true }, false],
    ['-(error or stream)', {}, true],
    ['not not error', { status: 500 }, true],
    ['not error stream', { stream: true }, true],
    ['age:<1h', { startedAt: 1e12 - 3_599_000 }, true],
    ['age:<1h', { startedAt: 1e12 - 3_601_000 }, false],
    ['after:2001-09-08 before:2001-09-11', { startedAt: 1e12 }, true],
    ['before:2001-09-09T00:00Z', { startedAt: 1e12 }, false],
    ['opencode', { client: 'opencode' }, true],
    ['"gpt 5"', { askedModel: 'gpt-5-mini' }, true],
    ['gpt-5-mi', { askedModel: 'gpt-5-mini' }, true],
    ['"gpt-5-mi"', { askedModel: 'gpt-5-mini' }, undefined],
    ['elsewhere', {}, undefined],
    ['elsewhere status:500', { status: 200 }, false],
    ['elsewhere or status:200', { status: 200 }, true],
    ['"lossy"', { flags: ['lossy'] }, undefined],
    ['or-not', { client: 'or not' }, true],
  ] as const)('%s', (text, change, expected) => {
    expect(matches(text, change as Parameters<typeof row>[0])).toBe(expected)
  })

  test.each([
    ['modle:x', 'There is no field “modle”; “model” is one.', [0, 5], 'model'],
    ['lossy dur:>2s', 'There is no field “dur”; “duration” is one.', [6, 9], 'duration'],
    ['see http://x', 'There is no field “http”. Put it in quotes', [4, 12], '"http://x"'],
    ['status:', 'status: wants a value', [0, 7], 'status:>=400'],
    ['status:>=abc', 'is no number for status', [7, 12], undefined],
    ['ttft:>2MB', 'write 500ms, 2s, 1.5m or 1h', [5, 9], undefined],
    ['state:dome', 'state: is one of active, done, failed, aborted', [6, 10], 'done'],
    ['after:2026-02-31', 'Write a day as 2026-11-20', [6, 16], undefined],
    ['age:1x', 'with its unit', [4, 6], undefined],
    ['"open', 'This quote is not closed.', [0, 5], '"open"'],
    ['(lossy', 'This parenthesis is not closed.', [0, 1], undefined],
    ['lossy )', 'closes a parenthesis that was not opened', [6, 7], undefined],
    ['()', 'Something to look for is missing here.', [1, 2], undefined],
    ['lossy or', 'Something to look for must follow here.', [6, 8], undefined],
    ['or lossy', 'must stand before “or”', [0, 2], ''],
    ['not', 'Something to look for must follow here.', [0, 3], undefined],
    ['!!!', 'no letter or digit', [0, 3], undefined],
  ])('%s is told as a problem with its place', (text, message, [from, to], suggestion) => {
    const { filter, problem } = parseFilter(text)
    expect(filter).toBeUndefined()
    expect(problem?.message).toContain(message)
    expect([problem?.from, problem?.to]).toEqual([from, to])
    expect(problem?.suggestion).toBe(suggestion)
  })

  test('nothing typed matches everything', () => {
    expect(parseFilter('  ')).toEqual({})
    expect(compileFilter(undefined, () => 0)(row({}))).toBe(true)
    expect(describeFilter(undefined)).toBe('All exchanges.')
  })

  test('says what it will match', () => {
    const sentence = (text: string): string => describeFilter(parseFilter(text).filter)
    expect(sentence('model:gpt-5* status:>=400 ttft:>2s lossy not client:opencode "bare words"')).toBe(
      'Exchanges where the model asked for begins with “gpt-5” and the status is at least 400 and the time to the first byte is over 2 s and something was lost in translation and it is not so that the client is “opencode” and its text has “bare words”.',
    )
    expect(sentence('stream (error or has:tools)')).toBe(
      'Exchanges where the answer was streamed and (it failed or has a status of 400 or more, or the request has tools).',
    )
    expect(sentence('size:>1.5MB age:<90m tokens:>12k path:*messages*')).toBe(
      'Exchanges where the size is over 1.5 MB and it began less than 1.5 h ago and the number of tokens is over 12,000 and the path contains “messages”.',
    )
  })
})

const word = fc.oneof(
  fc.constantFrom('(', ')', '-', 'not', 'or', 'and', '"', '\\', ':', '*', '>', '>=', '😀', '日本', ' ', '\t', 'x'),
  fc.constantFrom(
    ...fields.map(({ name }) => `${name}:`),
    ...fields.map(({ example }) => example),
    ...Object.keys(keywords),
  ),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
)
const typed = fc.array(word, { maxLength: 12 }).map((words) => words.join(''))
const spaced = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))

describe('whatever is typed', () => {
  test('is read or told as a problem within the text, described, and tested against a row', () => {
    fc.assert(
      fc.property(fc.oneof(typed, spaced), (text) => {
        const { filter, problem } = parseFilter(text)
        if (problem !== undefined) {
          expect(filter).toBeUndefined()
          expect(problem.from).toBeGreaterThanOrEqual(0)
          expect(problem.to).toBeLessThanOrEqual(text.length)
          expect(problem.from).toBeLessThan(problem.to)
        }
        expect(describeFilter(filter)).toMatch(/^(?:All exchanges|Exchanges where .+)\.$/s)
        expect([true, false, undefined]).toContain(compileFilter(filter, () => 0)(row({})))
      }),
      { numRuns: 3000 },
    )
  })

  test('suggests texts for a range around the caret', () => {
    fc.assert(
      fc.property(fc.oneof(typed, spaced), fc.nat(60), (text, at) => {
        const caret = Math.min(at, text.length)
        for (const { from, to, text: replacement } of suggestFilter(text, caret).items) {
          expect(from).toBeLessThanOrEqual(caret)
          expect(to).toBeGreaterThanOrEqual(caret)
          expect(to).toBeLessThanOrEqual(text.length)
          expect(replacement).not.toBe('')
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('a value that is quoted where it must be means itself', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), (value) => {
        fc.pre(value.trim() !== '' && !value.includes('*'))
        expect(parseFilter(`client:${quoted(value)}`).filter).toEqual({ type: 'text', field: 'client', pattern: value })
      }),
    )
  })

  test('is bounded in depth and length', () => {
    expect(parseFilter('('.repeat(900)).problem?.message).toContain('nested too deeply')
    expect(parseFilter('not '.repeat(400)).problem?.message).toContain('nested too deeply')
    expect(parseFilter('a '.repeat(101)).problem?.message).toContain('at most 100 terms')
    expect(parseFilter(`${'('.repeat(30)}a${')'.repeat(30)} ${'(a) '.repeat(90)}`).problem).toBeUndefined()
  })
})

describe('suggestions', () => {
  const texts = (text: string, caret = text.length): string[] =>
    suggestFilter(text, caret).items.map((item) => item.text)
  test('are fields and words at a beginning, values after a colon', () => {
    expect(texts('')).toContain('model:')
    expect(texts('lossy du')).toEqual(['duration:'])
    expect(texts('re')).toEqual(['retried'])
    expect(texts('state:')).toEqual(['active', 'done', 'failed', 'aborted'])
    expect(texts('state:fa')).toEqual(['failed'])
    expect(texts('has:im')).toEqual(['images'])
    expect(texts('state:fa lossy', 8)).toEqual(['failed'])
    expect(texts('nonsense:x')).toEqual([])
  })
  test('name the values that only the store knows', () => {
    expect(suggestFilter('lossy client:"Cl', 16).wanted).toEqual({ field: 'client', prefix: 'Cl', from: 13, to: 16 })
    expect(suggestFilter('model:gpt-5*', 12).wanted).toEqual({ field: 'model', prefix: 'gpt-5', from: 6, to: 12 })
  })
})
