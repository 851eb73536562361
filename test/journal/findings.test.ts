import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Journal } from '../../electron/journal/journal.ts'
import type { ExchangeTap } from '../../electron/core/tap.ts'
import type { DialectId, Finding } from '../../shared/exchange.ts'
import { beginExchange, chatEvent, journalIn, temporaryFolder } from './traffic.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures', name))

interface Told {
  dialect?: DialectId
  request: object
  answer: string | Buffer
  status?: number
  headers?: [string, string][]
  contentType?: string
}

/** An exchange as the proxy tells it; gives its id. */
function exchange(journal: Journal, told: Told): string {
  const dialect = told.dialect ?? 'chat'
  const tap = journal.begin({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: told.headers ?? [['user-agent', 'opencode/1.0']],
  })
  const body = [Buffer.from(JSON.stringify(told.request))]
  tap.describe({ clientDialect: dialect, upstreamDialect: dialect, askedModel: 'gpt-5' })
  tap.requestBody(body)
  const start = { instance: 'a', deployment: 'd', method: 'POST', url: 'https://a.example/x', headers: [], body }
  const attempt = tap.attempt(start)
  const head: [string, string][] = [['content-type', told.contentType ?? 'application/json']]
  attempt.head(told.status ?? 200, head)
  tap.clientHead(told.status ?? 200, head)
  attempt.bytes(Buffer.from(told.answer))
  tap.clientBytes(Buffer.from(told.answer))
  attempt.end()
  tap.end('done')
  return tap.id
}

async function findingsOf(journal: Journal, id: string): Promise<Finding[]> {
  const detail = await journal.get(id)
  const found = detail?.findings ?? []
  expect(detail?.summary.findings ?? []).toEqual(found.map(({ kind }) => kind))
  return found
}

const chatAnswer = (usage: object, finish = 'stop'): string =>
  JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { content: 'x' }, finish_reason: finish }],
    usage,
  })

describe('a retry storm', () => {
  test('is the same body three times within a minute, with what it cost', async () => {
    let wall = 1e12
    const journal = await journalIn(temporaryFolder(), { clock: { wall: () => wall, monotonic: () => wall } })
    const same = {
      request: { model: 'gpt-5', messages: [{ role: 'user', content: 'again' }] },
      answer: chatAnswer({ prompt_tokens: 100, completion_tokens: 20 }),
    }
    const ids: string[] = []
    for (let count = 0; count < 3; count++) {
      ids.push(exchange(journal, same))
      await journal.flush()
      wall += 5000
    }
    expect(await findingsOf(journal, ids[1]!)).toEqual([])
    const [storm] = await findingsOf(journal, ids[2]!)
    expect(storm).toMatchObject({ kind: 'retry-storm', severity: 'warn', related: ids.slice(0, 2) })
    expect(storm?.explanation).toContain('3 times within 10 s')
    expect(storm?.explanation).toContain('240 tokens')

    wall += 120_000
    expect(await findingsOf(journal, exchange(journal, same))).toEqual([])
  })

  test('tells how the earlier ones failed; another client or body is no part of it', async () => {
    const journal = await journalIn(temporaryFolder())
    const told = { request: { model: 'gpt-5', messages: [] }, answer: '{"error":{"message":"slow down"}}', status: 429 }
    exchange(journal, told)
    exchange(journal, { ...told, headers: [['user-agent', 'curl/8']] })
    exchange(journal, { ...told, request: { model: 'gpt-5', messages: [1] } })
    expect(await findingsOf(journal, exchange(journal, told))).toEqual([])
    const [storm] = await findingsOf(journal, exchange(journal, told))
    expect(storm?.explanation).toContain('2 of the earlier ones failed (429)')
    expect(storm?.fix).toContain('Retry-After')
  })
})

describe('a broken prompt cache', () => {
  const long = 'word '.repeat(200)
  const turn = (journal: Journal, system: string, said: string[], cached: number): string =>
    exchange(journal, {
      headers: [['session-id', 'agent-1']],
      request: {
        model: 'gpt-5',
        tools: [{ type: 'function', function: { name: 'read' } }],
        messages: [{ role: 'system', content: system }, ...said.map((content) => ({ role: 'user', content }))],
      },
      answer: chatAnswer({
        prompt_tokens: 5000,
        completion_tokens: 10,
        prompt_tokens_details: { cached_tokens: cached },
      }),
    })

  test('is found at the first place that differs from the turn before', async () => {
    const journal = await journalIn(temporaryFolder())
    turn(journal, `It is 10:00. ${long}`, ['a'], 0)
    const second = turn(journal, `It is 10:00. ${long}`, ['a', 'b'], 4096)
    const third = turn(journal, `It is 10:01. ${long}`, ['a', 'b', 'c'], 0)
    expect(await findingsOf(journal, second)).toEqual([])
    const [broken] = await findingsOf(journal, third)
    expect(broken).toMatchObject({ kind: 'cache-break', path: 'messages[0]', related: [second] })
    expect(broken?.explanation).toContain('4,096 tokens of the last request')
    expect(broken?.fix).toContain('no dates')
  })

  test('is none while the conversation only grows, or where another one begins', async () => {
    const journal = await journalIn(temporaryFolder())
    turn(journal, long, ['a', 'b'], 4096)
    const cold = turn(journal, long, ['a', 'b', 'c'], 0)
    const other = turn(journal, 'A title for this chat.', ['something else'], 0)
    expect(await findingsOf(journal, cold)).toEqual([])
    expect(await findingsOf(journal, other)).toEqual([])
  })

  test('marks of where to cache are no part of what is cached', async () => {
    const journal = await journalIn(temporaryFolder())
    const answer = (read: number): string =>
      JSON.stringify({
        type: 'message',
        stop_reason: 'end_turn',
        usage: { input_tokens: 10, cache_read_input_tokens: read, cache_creation_input_tokens: 4000, output_tokens: 5 },
      })
    const marked = { type: 'text', text: long, cache_control: { type: 'ephemeral' } }
    const told = (messages: object[], read: number): Told => ({
      dialect: 'messages',
      headers: [['x-claude-code-session-id', 's']],
      request: { model: 'claude', max_tokens: 10, system: [marked], messages },
      answer: answer(read),
    })
    exchange(journal, told([{ role: 'user', content: [marked] }], 0))
    const moved = exchange(
      journal,
      told(
        [
          { role: 'user', content: [{ type: 'text', text: long }] },
          { role: 'user', content: [marked] },
        ],
        0,
      ),
    )
    expect(await findingsOf(journal, moved)).toEqual([])
  })
})

test('an answer that was cut names the limit and who set it', async () => {
  const journal = await journalIn(temporaryFolder())
  const [cut] = await findingsOf(
    journal,
    exchange(journal, {
      request: { model: 'gpt-5', max_completion_tokens: 400, messages: [] },
      answer: chatAnswer(
        { prompt_tokens: 9, completion_tokens: 400, completion_tokens_details: { reasoning_tokens: 400 } },
        'length',
      ),
    }),
  )
  expect(cut).toMatchObject({ kind: 'max-tokens', path: 'max_completion_tokens' })
  expect(cut?.explanation).toContain('400')
  expect(cut?.explanation).toContain('thinking')
})

test('a content filter is told with its category and severity', async () => {
  const journal = await journalIn(temporaryFolder())
  const answer = fixture('chat__openllmetry__test_azure__test_chat_content_filtering__0.json')
  const [filtered] = await findingsOf(journal, exchange(journal, { request: { messages: [] }, answer }))
  expect(filtered).toMatchObject({ kind: 'content-filter', severity: 'error', title: 'Filtered: hate' })
  expect(filtered?.explanation).toContain('The answer was stopped')
  expect(filtered?.explanation).toContain('hate and unfairness (severity high)')

  const refused = JSON.stringify({
    error: {
      code: 'content_filter',
      message: 'The response was filtered',
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: {
          jailbreak: { filtered: true, detected: true },
          hate: { filtered: false, severity: 'safe' },
        },
      },
    },
  })
  const [blocked] = await findingsOf(
    journal,
    exchange(journal, { request: { messages: [1] }, answer: refused, status: 400 }),
  )
  expect(blocked?.explanation).toContain('The request was stopped')
  expect(blocked?.explanation).toContain('get around the model')

  const [said] = await findingsOf(
    journal,
    exchange(journal, {
      dialect: 'messages',
      request: { messages: [2] },
      answer: fixture('messages__ai__anthropic-refusal.sse'),
      contentType: 'text/event-stream',
    }),
  )
  expect(said).toMatchObject({ kind: 'content-filter', title: 'Refused' })
})

describe('streams', () => {
  async function streamed(
    act: (relay: (text: string) => void, tap: ExchangeTap, pass: (ms: number) => void) => void,
  ): Promise<Finding[]> {
    let now = 0
    const journal = await journalIn(temporaryFolder(), { clock: { wall: () => 1e12 + now, monotonic: () => now } })
    const { tap, relay } = beginExchange(journal)
    act(relay, tap, (ms) => {
      now += ms
    })
    return findingsOf(journal, tap.id)
  }

  test('a silence in the middle is found, with the event before it; one at the beginning is none', async () => {
    const found = await streamed((relay, tap, pass) => {
      pass(60_000)
      relay(chatEvent('a'))
      relay(chatEvent('b') + chatEvent('c'))
      pass(12_400)
      relay(chatEvent('d'))
      tap.end('done')
    })
    expect(found).toMatchObject([{ kind: 'stall', title: 'Silent for 12 s', event: 2 }])
  })

  test('one that broke off is found, and a client that left', async () => {
    const broken = await streamed((relay, tap) => {
      relay(chatEvent('a'))
      tap.end('failed', {
        code: 'proxy_upstream_incomplete',
        message: 'The upstream’s answer broke off.',
        fix: 'Again.',
      })
    })
    expect(broken).toMatchObject([{ kind: 'truncated-stream', severity: 'error', fix: 'Again.' }])
    const left = await streamed((relay, tap, pass) => {
      relay(chatEvent('a'))
      pass(3200)
      tap.end('aborted')
    })
    expect(left).toMatchObject([{ kind: 'client-left', severity: 'info' }])
    expect(left[0]?.explanation).toContain('after 3.2 s')
    const impatient = await streamed((_, tap, pass) => {
      pass(30_000)
      tap.end('aborted')
    })
    expect(impatient).toMatchObject([{ kind: 'client-left', severity: 'warn' }])
  })
})

test('what a request brings along is told by its row', async () => {
  const journal = await journalIn(temporaryFolder())
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
  const id = exchange(journal, {
    request: {
      messages: [{ role: 'user', content: [image, { type: 'text', text: 'the word "input_file" is no file' }] }],
      tools: [{ type: 'function', function: { name: 'f' } }],
      response_format: { type: 'json_schema' },
      reasoning_effort: 'low',
    },
    answer: chatAnswer({}),
  })
  expect((await journal.get(id))?.summary.parts).toEqual(['tools', 'images', 'schema', 'thinking'])
  const plain = exchange(journal, { request: { messages: [{ role: 'user', content: 'hi' }] }, answer: chatAnswer({}) })
  expect((await journal.get(plain))?.summary.parts).toBeUndefined()
})
