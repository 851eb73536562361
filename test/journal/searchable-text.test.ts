import { expect, test } from 'vitest'
import { emptySection } from '../../electron/journal/content.ts'
import { searchableText } from '../../electron/journal/searchable-text.ts'
import type { ExchangeSummary } from '../../shared/exchange.ts'

const summary: ExchangeSummary = {
  id: 'ex_1',
  startedAt: 1,
  state: 'done',
  client: 'x',
  method: 'POST',
  path: '/',
  stream: false,
  attempts: 0,
  losses: 0,
  flags: [],
}

function wordsOf(request: string): string {
  const bytes = Buffer.from(request)
  const detail = { requestHeaders: [], losses: [], attempts: [], responseHeaders: [] }
  const section = { ...emptySection(0), bytes, total: bytes.length }
  return searchableText(
    { detail, request: section, attempts: [], upstream: emptySection(0), client: emptySection(0) },
    summary,
  )
}

test('of a long text the beginning and the end are found, and all of what stands around it', () => {
  const middle = 'ünd so \\n fort " '.repeat(60_000)
  const long = `lapis ${middle} somewhere ${middle} quarry`
  const words = wordsOf(JSON.stringify({ before: 'heron', messages: [{ content: long }], after: 'kestrel' }))
  for (const word of ['heron', 'lapis', 'quarry', 'kestrel']) expect(words).toContain(word)
  expect(words).not.toContain('somewhere')
  const plain = `lapis ${'and so on '.repeat(90_000)} somewhere ${'and so on '.repeat(90_000)} quarry`
  const same = wordsOf(JSON.stringify({ before: 'heron', messages: [{ content: plain }], after: 'kestrel' }))
  for (const word of ['heron', 'lapis', 'quarry', 'kestrel']) expect(same).toContain(word)
  expect(same).not.toContain('somewhere')
  expect(same).not.toMatch(/�|"/)
})

test('a picture has no words, and a long text without blanks keeps its own', () => {
  const picture = 'QUJD'.repeat(50_000)
  expect(wordsOf(JSON.stringify({ a: 'heron', b: picture, c: [1, 2] }))).toBe('heron\n\n')
  const lines = 'eins\nzwei\n'.repeat(10_000)
  expect(wordsOf(JSON.stringify([lines, 'heron']))).toContain('zwei')
})

test('what is no JSON is taken as it is', () => {
  expect(wordsOf(`${'plain words '.repeat(10_000)}heron`)).toContain('heron')
  expect(wordsOf('a\0b')).not.toContain('a')
})
