/**
 * Conversations recorded through the whole program from scripted upstreams, played again by another one: what the
 * vendors' SDKs read of a recording is what they read then, in whatever dialect they ask.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { APIError } from 'openai'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { bundleHeader, bundleLine, readBundle, type BundledExchange } from '../../../shared/bundle.ts'
import { DialectId } from '../../../shared/exchange.ts'
import { startConsole, type TestConsole } from '../../console/console-for-tests.ts'
import { startUpstream, type Script, type ScriptedUpstream } from '../scripted-upstream.ts'
import { askWithSdk, type Question, type Said } from './ask-with-sdk.ts'

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures', name))

const ANSWERS: Record<DialectId, Buffer> = {
  chat: fixture('chat__openllmetry__test_functions__test_open_ai_function_calls_tools_streaming_parallel__0.sse'),
  responses: fixture('responses__ai__azure-tool-call.1.sse'),
  messages: fixture('messages__ai__anthropic-text.sse'),
}
/** Models by the API in which they are asked. */
const MODELS: Record<DialectId, string> = {
  chat: 'mistral-large',
  responses: 'gpt-5-codex',
  messages: 'claude-sonnet-4-6',
}
const KEY = 'canary-key-0123456789abcdef'

const dialects = DialectId.options
const answering: Script = ({ received, response }) => {
  const dialect = received.url.includes('/responses')
    ? 'responses'
    : received.url.includes('/messages')
      ? 'messages'
      : 'chat'
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(ANSWERS[dialect])
}

interface Stage {
  console: TestConsole
  upstream: ScriptedUpstream
}

async function recorder(script: Script): Promise<Stage> {
  const upstream = await startUpstream(script)
  const real = { name: 'real', api_base: upstream.origin, api_key: KEY }
  const console = await startConsole({ env: { LAZULI_INSTANCES: JSON.stringify([real]) } })
  return { console, upstream }
}

async function bundleOf({ engine, console }: TestConsole): Promise<string> {
  await engine.journal.flush()
  const { rows } = await console.traffic.list({ limit: 100 })
  return (await console.traffic.export({ ids: rows.map(({ id }) => id), format: 'bundle' })).text
}

async function player(text: string, more: Record<string, unknown> = {}): Promise<TestConsole> {
  const file = join(mkdtempSync(join(tmpdir(), 'recording-')), 'bundle.jsonl')
  writeFileSync(file, text)
  const played = { name: 'played', provider_type: 'recording', recording: file, speed: 0, ...more }
  const one = await startConsole({ env: { LAZULI_INSTANCES: JSON.stringify([played]) } })
  onTestFinished(async () => {
    await one.close()
    rmSync(dirname(file), { recursive: true })
  })
  return one
}

function exchangesIn(text: string): BundledExchange[] {
  const read = readBundle(text)
  if ('problem' in read) throw new Error(`line ${read.problem.line}: ${read.problem.message}`)
  return read.exchanges
}

/** Each dialect upstream, asked in each, with what the SDK read then. */
let text: string
let live: { question: Question; said: Said }[]

beforeAll(async () => {
  const { console, upstream } = await recorder(answering)
  live = []
  for (const above of dialects) {
    for (const dialect of dialects) {
      const question = { dialect, model: MODELS[above], stream: true }
      live.push({ question, said: await askWithSdk(console.engine.baseUrl, question) })
    }
  }
  text = await bundleOf(console)
  await console.close()
  await upstream.close()
})

test('a recording knows which API each model was asked in, and holds no key', () => {
  const exchanges = exchangesIn(text)
  expect(exchanges.map(({ detail: { summary } }) => summary.upstreamDialect)).toEqual(
    dialects.flatMap((above) => dialects.map(() => above)),
  )
  expect(text).not.toContain(KEY)
})

describe.each(dialects)('recorded from %s', (above) => {
  for (const asked of dialects) {
    for (const dialect of dialects) {
      test(`a client of ${asked} is read by one of ${dialect}, streamed and whole`, async () => {
        const one = exchangesIn(text).filter(
          ({ detail: { summary } }) => summary.upstreamDialect === above && summary.clientDialect === asked,
        )
        expect(one).toHaveLength(1)
        const { engine } = await player(bundleHeader + one.map(bundleLine).join(''))
        const then = live.find(({ question }) => question.dialect === dialect && question.model === MODELS[above])
        for (const stream of [true, false]) {
          expect(await askWithSdk(engine.baseUrl, { dialect, model: MODELS[above], stream })).toEqual(then?.said)
        }
      })
    }
  }
})

test('the very bytes are played to a client of the same dialect, and the header says that it is a recording', async () => {
  const { engine } = await player(text)
  const [first] = exchangesIn(text)
  const answer = await fetch(`${engine.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: first?.detail.requestBody.text ?? '',
  })
  expect(await answer.text()).toBe(ANSWERS.chat.toString())
  expect(answer.headers.get('x-lazuli-recording')).toBe(first?.detail.summary.id)
})

test('what was not recorded is told with the nearest recording and the first difference, without a word of it', async () => {
  const { engine } = await player(text)
  const asked = askWithSdk(engine.baseUrl, { dialect: 'chat', model: MODELS.chat, stream: true, text: 'And tonight?' })
  const error = await asked.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(APIError)
  const { status, message, code } = error as APIError
  expect([status, code]).toEqual([404, 'not_recorded'])
  expect(message).toMatch(
    /No recorded conversation is like this one\. The nearest is ex_\w+, number 1 of 9; the first difference is in message 5 \(user\) from character 7 on\./,
  )
  const other = await askWithSdk(engine.baseUrl, { dialect: 'messages', model: 'gpt-9', stream: false }).catch(
    (thrown: unknown) => (thrown as Error).message,
  )
  expect(other).toContain('Nothing was recorded with the model gpt-9.')
  expect(other).toContain('mistral-large, gpt-5-codex, claude-sonnet-4-6')
})

test('the list of models is what was recorded, and nothing of it costs anything', async () => {
  const { engine, console } = await player(text)
  const list = (await (await fetch(`${engine.baseUrl}/v1/models`)).json()) as { data: { id: string }[] }
  expect(list.data.map(({ id }) => id)).toEqual(Object.values(MODELS))
  await askWithSdk(engine.baseUrl, { dialect: 'chat', model: MODELS.chat, stream: true })
  await engine.journal.flush()
  expect((await console.traffic.list({ limit: 1 })).rows[0]).not.toHaveProperty('cost')
  expect(await console.accounting.today()).toMatchObject({ usd: 0, unpriced: 0 })
})

describe('the same request asked again', () => {
  let count: number
  const counting: Script = ({ response }) => {
    count++
    if (count === 1) {
      response.writeHead(429, {
        'content-type': 'application/json',
        'retry-after-ms': '1',
        'x-ratelimit-limit-requests': '7',
      })
      response.end('{"error":{"message":"slow down","type":"too_many_requests","code":"429"}}')
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    const message = { role: 'assistant', content: `answer ${count}` }
    response.end(
      JSON.stringify({
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      }),
    )
  }
  let recorded: string

  beforeAll(async () => {
    count = 0
    const { console, upstream } = await recorder(counting)
    await console.engine.configuration.changeSettings((settings) => ({ ...settings, routing: { retries: 0 } }))
    for (let at = 0; at < 3; at++) await ask(console)
    recorded = await bundleOf(console)
    await console.close()
    await upstream.close()
  })

  async function ask(
    { engine }: TestConsole,
    path = '/v1/chat/completions',
    words = 'hi',
  ): Promise<[number, string, string | null]> {
    const answer = await fetch(engine.baseUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODELS.chat, max_tokens: 9, messages: [{ role: 'user', content: words }] }),
    })
    const body = await answer.text()
    const said = /answer \d|slow down/.exec(body)?.[0] ?? body
    return [answer.status, said, answer.headers.get('retry-after-ms')]
  }

  test('plays the next recording of it, an error with its status and headers first, and the last one again and again', async () => {
    expect(exchangesIn(recorded).map(({ detail }) => detail.summary.status)).toEqual([429, 200, 200])
    const one = await player(recorded)
    expect(await ask(one)).toEqual([429, 'slow down', '1'])
    expect(await ask(one)).toEqual([200, 'answer 2', null])
    expect(await ask(one)).toEqual([200, 'answer 3', null])
    expect(await ask(one)).toEqual([200, 'answer 3', null])
  })

  test('plays an error in the dialect of who asks', async () => {
    const one = await player(recorded)
    const [status, , wait] = await ask(one, '/v1/messages')
    expect([status, wait]).toEqual([429, '1'])
  })

  test('by sequence, whatever is asked; by the last message, whatever was said before', async () => {
    const sequence = await player(recorded, { match: 'sequence' })
    expect(await ask(sequence, undefined, 'something else')).toEqual([429, 'slow down', '1'])
    expect(await ask(sequence, undefined, 'something else again')).toEqual([200, 'answer 2', null])
    const last = await player(text, { match: 'last_message' })
    const [status, body] = await ask(last, undefined, 'And tomorrow?')
    expect([status, body]).toEqual([404, expect.stringContaining('not_recorded') as string])
  })
})
