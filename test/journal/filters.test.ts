/** Filters asked of the store: the same answers as from a row, words in requests and answers, and what is left of them. */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { filterSql } from '../../electron/journal/filter-sql.ts'
import { Store } from '../../electron/journal/store.ts'
import {
  DialectId,
  ExchangeFlag,
  ExchangeState,
  type ExchangeSummary,
  FindingKind,
  RequestPart,
} from '../../shared/exchange.ts'
import { fields, keywords } from '../../shared/filter/fields.ts'
import { compileFilter } from '../../shared/filter/match.ts'
import { parseFilter } from '../../shared/filter/parse.ts'
import { quoted } from '../../shared/filter/suggest.ts'
import { row } from '../shared/filter/rows.ts'
import { beginExchange, chatEvent, exchange, generous, journalIn, temporaryFolder, until } from './traffic.ts'

const names = fc.constantFrom('gpt-5', 'GPT-5-mini', 'o3', 'Claude Code', 'curl', 'a[b]?c', 'ÄÖ', '5', '')
const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined })
const figure = fc.oneof(fc.constantFrom(0, 1, 400, 429, 1000, 2000), fc.nat(5000))
const rows = fc.record({
  startedAt: fc.constantFrom(1e12, 1e12 - 60_000, 1e12 - 3_600_000),
  state: fc.constantFrom(...ExchangeState.options.filter((state) => state !== 'active')),
  client: names,
  key: optional(names),
  session: optional(names),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/v1/messages?beta=true', '/v1/messages', '/v1/chat/completions?a=?b', '/'),
  clientDialect: optional(fc.constantFrom(...DialectId.options)),
  upstreamDialect: optional(fc.constantFrom(...DialectId.options)),
  askedModel: optional(names),
  instance: optional(names),
  deployment: optional(names),
  stream: fc.boolean(),
  status: optional(figure),
  ttftMs: optional(figure),
  durationMs: optional(figure),
  usage: optional(fc.record({ input: optional(figure), output: optional(figure) })),
  cost: optional(figure),
  requestBytes: optional(figure),
  responseBytes: optional(figure),
  attempts: fc.nat(3),
  losses: fc.nat(2),
  flags: fc.subarray([...ExchangeFlag.options]),
  parts: optional(fc.subarray([...RequestPart.options])),
  findings: optional(fc.subarray([...FindingKind.options])),
  failure: optional(
    fc.record({ code: fc.constantFrom('proxy_x', 'other'), message: fc.constant('Words of a failure.') }),
  ),
})
/** Absent members, as they are stored. */
const present = (value: object): Partial<ExchangeSummary> =>
  JSON.parse(JSON.stringify(value)) as Partial<ExchangeSummary>

const comparison = fc.constantFrom('', '=', '>', '>=', '<', '<=')
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  text: fc.oneof(
    names.filter((name) => name !== '').map(quoted),
    fc.constantFrom(
      'gpt*',
      '*5',
      '*',
      'g*t*5',
      '*a*',
      '/v1/*',
      '*true',
      '/v1/messages',
      'a[b]?c',
      'a*?c',
      'POST',
      'proxy_*',
    ),
  ),
  plain: fc.constantFrom('0', '429', '1', '4xx'),
  time: fc.constantFrom('1s', '400ms', '0', '2s'),
  count: fc.constantFrom('1k', '1000', '400'),
  money: fc.constantFrom('1', '$400'),
  bytes: fc.constantFrom('1kB', '2000'),
}
const term = fc.oneof(
  fc.constantFrom(...fields).chain((field) => {
    switch (field.kind.type) {
      case 'text':
        return values['text']!.map((value) => `${field.name}:${value}`)
      case 'number': {
        const { unit } = field.kind
        return fc.tuple(comparison, values[unit]!).map(([sign, value]) => {
          const number = value === '4xx' && (sign !== '' || field.name !== 'status') ? '400' : value
          return `${field.name}:${sign}${number}`
        })
      }
      case 'began':
        return fc.constantFrom('2001-09-09T01:46:40Z', '2001-09-09').map((value) => `${field.name}:${value}`)
      case 'age':
        return fc.constantFrom('<1h', '>=1h', '<2m').map((value) => `age:${value}`)
      case 'choice':
        return fc.constantFrom(...field.kind.values).map((value) => `${field.name}:${value}`)
    }
  }),
  fc.constantFrom(...Object.keys(keywords)),
)
const filters = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    term,
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a} or ${b})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `${a} ${b}`),
    tie('any').map((part) => `not (${part})`),
    tie('any').map((part) => `-(${part})`),
  ),
})).any

const finished = (summary: ExchangeSummary) => ({
  id: summary.id,
  startedAt: summary.startedAt,
  summary,
  content: Buffer.alloc(1),
})

test('the store decides every filter as a row does', () => {
  const now = 1e12 + 1000
  fc.assert(
    fc.property(
      fc.array(rows, { minLength: 1, maxLength: 8 }),
      fc.array(filters, { minLength: 1, maxLength: 8 }),
      (given, texts) => {
        const store = new Store(':memory:')
        try {
          const all = given.map((one, index) => row({ ...present(one), id: `id-${index}` }))
          store.insert(all.map(finished))
          for (const text of texts) {
            const { filter, problem } = parseFilter(text)
            expect(problem).toBeUndefined()
            const condition = filterSql(filter, now)
            const decide = compileFilter(filter, () => now)
            const expected = all.filter((one) => decide(one) === true).map(({ id }) => id)
            const newest = expected.toReversed()
            const listed = (limit: number, before: string | undefined, most: number): unknown => {
              const { rows: found, count } = store.facts.list(condition, limit, before, most)
              return [found.map(({ id }) => id), count]
            }
            expect(listed(100, undefined, 100), text).toEqual([newest, expected.length])
            const older = newest.filter((id) => id < 'id-4')
            expect(listed(2, 'id-4', 100)).toEqual([older.slice(0, 2), expected.length])
            expect(listed(2, 'id-4', 3)).toEqual([older.slice(0, 2), Math.min(3, expected.length)])
            expect(store.facts.among(condition, ['id-0', 'id-3', 'none'])).toEqual(
              expected.filter((id) => ['id-0', 'id-3'].includes(id)),
            )
          }
        } finally {
          store.close()
        }
      },
    ),
    { numRuns: 150 },
  )
})

describe('rows', () => {
  test('are listed by filter, running ones too, a page at a time, with how many there are', async () => {
    const journal = await journalIn(temporaryFolder())
    const ids: string[] = []
    for (let count = 0; count < 25; count++) {
      ids.push(exchange(journal, { headers: [['user-agent', count % 5 === 0 ? 'opencode/1' : 'curl/8']] }))
    }
    const running = beginExchange(journal, { headers: [['user-agent', 'opencode/1']] })
    const wanted = [running.tap.id, ...ids.filter((_, index) => index % 5 === 0).toReversed()]
    const first = await journal.list({ limit: 4, filter: 'client:opencode' })
    expect(first).toMatchObject({ total: 6, capped: false })
    expect(first.rows.map((one) => one.id)).toEqual(wanted.slice(0, 4))
    const rest = await journal.list({ limit: 4, before: first.rows.at(-1)!.id, filter: 'client:opencode' })
    expect(rest.rows.map((one) => one.id)).toEqual(wanted.slice(4))
    expect(rest.total).toBe(6)
    expect((await journal.list({ limit: 4, filter: 'state:active' })).rows.map((one) => one.id)).toEqual([
      running.tap.id,
    ])
    expect(await journal.rows.match('client:opencode', [running.tap.id, ids[0]!, ids[1]!])).toEqual([
      ids[0],
      running.tap.id,
    ])
    running.tap.end('done')
  })

  test('a filter that is not understood matches nothing and says why', async () => {
    const journal = await journalIn(temporaryFolder())
    exchange(journal)
    expect(await journal.list({ limit: 5, filter: 'clint:x' })).toEqual({
      rows: [],
      total: 0,
      capped: false,
      problem: { message: 'There is no field “clint”; “client” is one.', from: 0, to: 5, suggestion: 'client' },
    })
    expect(await journal.rows.match('clint:x', ['a'])).toEqual([])
    expect((await journal.rows.sessions(5, 'clint:x')).problem).toBeDefined()
  })

  test('suggest values as they were written, the most frequent first', async () => {
    const journal = await journalIn(temporaryFolder())
    for (const agent of ['Claude-CLI/1 claude-cli/1', 'curl/8', 'curl/8', 'cursor/1']) {
      exchange(journal, { headers: [['user-agent', agent]] })
    }
    expect(await journal.rows.suggest('client', 'cu')).toEqual([
      { value: 'curl', count: 2 },
      { value: 'Cursor', count: 1 },
    ])
    expect(await journal.rows.suggest('client', 'CLA')).toEqual([{ value: 'Claude Code', count: 1 }])
    expect(await journal.rows.suggest('session', '')).toEqual([])
  })

  test('are grouped by session, with what each took', async () => {
    const journal = await journalIn(temporaryFolder())
    const usage =
      'data: {"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10}}\n\n'
    for (const session of ['s1', 'S1', 's2']) {
      exchange(journal, { headers: [['session-id', session]], chunks: [chatEvent('x'), usage, 'data: [DONE]\n\n'] })
    }
    exchange(journal)
    const failed = beginExchange(journal, { headers: [['session-id', 's2']] })
    failed.tap.end('failed', { code: 'x', message: 'y' })
    const running = beginExchange(journal, { headers: [['session-id', 's1']] })
    const { sessions } = await journal.rows.sessions(10)
    expect(sessions.toSorted((a, b) => (a.id.toLowerCase() < b.id.toLowerCase() ? -1 : 1))).toMatchObject([
      { id: 'S1', count: 3, active: 1, errors: 0, input: 200, output: 20, unpriced: 2, models: ['gpt-5'] },
      { id: 's2', count: 2, active: 0, errors: 1, input: 100, output: 10, unpriced: 1 },
    ])
    expect((await journal.rows.sessions(10, 'error')).sessions).toMatchObject([{ id: 's2', count: 1 }])
    running.tap.end('done')
  })
})

describe('words', () => {
  const request = (content: string): string => JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content }] })
  const found = async (journal: Awaited<ReturnType<typeof journalIn>>, filter: string): Promise<string[]> =>
    (await journal.list({ limit: 50, filter })).rows.map((one) => one.id)

  test('are found in requests, in answers that came in pieces, and in the row', async () => {
    const journal = await journalIn(temporaryFolder())
    const asked = exchange(journal, { request: request('Where is the Lapis quarry?\nIn Badachschan.') })
    const answered = exchange(journal, {
      chunks: [chatEvent('It is ultra'), chatEvent('marine'), chatEvent(' blue'), 'data: [DONE]\n\n'],
    })
    const called = exchange(journal, { headers: [['user-agent', 'opencode/1']] })
    expect(await found(journal, 'lapis')).toEqual([asked])
    expect(await found(journal, 'LAP')).toEqual([asked])
    expect(await found(journal, '"quarry in badachschan"')).toEqual([asked])
    expect(await found(journal, '"in quarry"')).toEqual([])
    expect(await found(journal, 'ultramarine')).toEqual([answered])
    expect(await found(journal, '"ultramarine blue"')).toEqual([answered])
    expect(await found(journal, 'opencode')).toEqual([called])
    expect(await found(journal, 'lapis or ultramarine')).toEqual([answered, asked])
    expect(await found(journal, 'not lapis client:curl')).toEqual([answered])
    // Names of fields are no words of the conversation.
    expect(await found(journal, 'finish_reason')).toEqual([])
    expect(await journal.rows.match('lapis', [asked, answered])).toEqual([asked])
  })

  test('in scripts without spaces are found anywhere, and accents do not matter', async () => {
    const journal = await journalIn(temporaryFolder())
    const chinese = exchange(journal, { request: request('请问天青石是什么颜色？') })
    const french = exchange(journal, { request: request('Où est le café ?') })
    expect(await found(journal, '青石')).toEqual([chinese])
    expect(await found(journal, '石青')).toEqual([])
    expect(await found(journal, 'cafe')).toEqual([french])
    expect(await found(journal, 'CAFÉ')).toEqual([french])
  })

  test('of a secret are not kept', async () => {
    const secret = 'sk-canary-0123456789abcdef'
    const folder = temporaryFolder()
    const journal = await journalIn(folder, { secrets: () => [secret] })
    exchange(journal, { request: request(`my key is ${secret} keep it`) })
    expect(await found(journal, '"my key is"')).toHaveLength(1)
    for (const part of ['canary', '0123456789abcdef', secret]) expect(await found(journal, part)).toEqual([])
  })

  test('are gone with their exchanges: cleared, or fallen out of the bounds', async () => {
    const folder = temporaryFolder()
    let wall = 1e12
    const clock = { wall: () => wall, monotonic: () => wall }
    const first = await journalIn(folder, { clock })
    exchange(first, { request: request('malachite') })
    expect(await found(first, 'malachite')).toHaveLength(1)
    wall += 15 * 86_400_000
    const kept = exchange(first, { request: request('turquoise') })
    await until(async () => (await first.list({ limit: 5 })).total === 1)
    expect(await found(first, 'malachite')).toEqual([])
    expect(await found(first, 'turquoise')).toEqual([kept])
    await first.clear()
    expect(await found(first, 'turquoise')).toEqual([])
    const again = exchange(first, { request: request('turquoise') })
    expect(await found(first, 'turquoise')).toEqual([again])
    await first.close()
  })

  test('are not stored when bodies are not', async () => {
    const journal = await journalIn(temporaryFolder(), { limits: { ...generous, bodies: false } })
    const id = exchange(journal, { request: request('azurite') })
    expect(await found(journal, 'azurite')).toEqual([])
    expect(await found(journal, 'gpt')).toEqual([id])
  })

  test('of more large requests than wait in memory are found all the same', { timeout: 60_000 }, async () => {
    const journal = await journalIn(temporaryFolder())
    const filling = 'lorem ipsum dolor '.repeat(25_000)
    const ids = Array.from({ length: 24 }, (_, index) => [
      exchange(journal, { request: request(`alpha${index}x ${filling} omega${index}x`) }),
      exchange(journal, { request: request(`beta${index}x`) }),
    ])
    await until(async () => (await journal.list({ limit: 1, filter: 'lorem' })).unsearched === undefined)
    for (const [index, [large, small]] of ids.entries()) {
      expect(await found(journal, `alpha${index}x`)).toEqual([large])
      expect(await found(journal, `omega${index}x`)).toEqual([large])
      expect(await found(journal, `beta${index}x`)).toEqual([small])
    }
  })

  test('are indexed by and by without being asked for, and go on after a restart', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder()
    const first = await journalIn(folder)
    exchange(first, { request: request('sodalite') })
    await first.close()
    const second = await journalIn(folder)
    await second.flush()
    const db = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true })
    onTestFinished(() => db.close())
    const count = db.prepare(`select count(*) as n from texts where texts match 'sodalite'`)
    await until(() => Number(count.get()?.['n']) === 1)
  })
})

test('a store of the first version is taken over: its rows are found, its words too', async () => {
  const folder = temporaryFolder()
  const made = await journalIn(folder)
  const id = exchange(made, { request: '{"messages":[{"content":"feldspar"}]}' })
  await made.close()
  const db = new DatabaseSync(join(folder, 'journal.db'))
  db.exec('drop index exchanges_by_time; drop table facts; drop table texts; drop table sums; pragma user_version = 1')
  db.close()
  const journal = await journalIn(folder)
  expect((await journal.list({ limit: 5, filter: 'client:curl stream' })).rows.map((one) => one.id)).toEqual([id])
  expect((await journal.list({ limit: 5, filter: 'feldspar' })).rows.map((one) => one.id)).toEqual([id])
  expect(journal.problem()).toBeUndefined()
})
