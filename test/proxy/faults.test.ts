/** Faults on purpose, as the official SDKs and raw sockets meet them. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { RateLimitError } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Faults } from '../../electron/proxy/faults/faults.ts'
import { FaultRule, type Fault } from '../../shared/faults.ts'
import { startProxy, type TestProxy } from './harness.ts'
import { startUpstream, type ScriptedUpstream } from './scripted-upstream.ts'

const chunk = (choice: object): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, finish_reason: null, ...choice }] })}\n\n`
const stream = [
  chunk({ delta: { role: 'assistant', content: '' } }),
  ...['one ', 'two ', 'three '].map((content) => chunk({ delta: { content } })),
  chunk({ delta: {}, finish_reason: 'stop' }),
  'data: [DONE]\n\n',
]
const whole = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'one two three' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 },
}

let upstream: ScriptedUpstream
let proxy: TestProxy
let faults: Faults
/** What the dice show. */
let dice: number
beforeEach(async () => {
  dice = 0
  faults = new Faults(() => dice)
  upstream = await startUpstream(({ received, response }) => {
    const wantsStream = (JSON.parse(received.body.toString()) as { stream?: boolean }).stream === true
    if (!wantsStream)
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole))
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(stream.join(''))
  })
  proxy = await startProxy({ instances: [{ base: upstream.origin }], options: { faults } })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

function strikeWith(fault: Fault, more: Partial<FaultRule> = {}): void {
  faults.replace([FaultRule.parse({ id: 'a', enabled: true, probability: 1, keep: false, fault, ...more })])
}

function ask(isStream: boolean, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${proxy.origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'gpt-4o', stream: isStream, messages: [{ role: 'user', content: 'Hi' }] }),
  })
}

describe('a rule', () => {
  test('refuses before anything is asked upstream, in the words of the caller’s API', async () => {
    strikeWith({ kind: 'status', status: 429, retryAfter: 7 })
    const openai = new OpenAI({ baseURL: `${proxy.origin}/v1`, apiKey: 'any', maxRetries: 0 })
    const error = await openai.chat.completions
      .create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RateLimitError)
    expect((error as RateLimitError).headers?.get('retry-after')).toBe('7')
    strikeWith({ kind: 'status', status: 529 })
    const anthropic = new Anthropic({ baseURL: proxy.origin, apiKey: 'any', maxRetries: 0 })
    await expect(
      anthropic.messages.create({ model: 'gpt-4o', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }),
    ).rejects.toMatchObject({ status: 529, error: { error: { type: 'overloaded_error' } } })
    expect(upstream.received).toEqual([])
  })

  test('cuts before an event, and the client sees the connection break', async () => {
    strikeWith({ kind: 'cut', at: 2 })
    const answer = await ask(true)
    expect(answer.headers.get('x-lazuli-fault')).toBe('cut')
    const { value } = await answer.body!.getReader().read()
    expect(Buffer.from(value ?? []).toString()).toBe(stream.slice(0, 2).join(''))
    const exchange = await proxy.exchange()
    expect(Buffer.concat(exchange.sent).toString()).toBe(stream.slice(0, 2).join(''))
    expect(exchange.described['fault']).toBe('breaks the connection before event 2')
    expect(exchange.ends).toHaveLength(1)
  })

  test('cuts a body that is no stream in half', async () => {
    strikeWith({ kind: 'cut', at: 1 })
    await expect(ask(false).then((answer) => answer.text())).rejects.toThrow()
    const { sent } = await proxy.exchange()
    expect(Buffer.concat(sent).length).toBe(Math.ceil(JSON.stringify(whole).length / 2))
  })

  test('makes exactly one event malformed, and leaves its length', async () => {
    strikeWith({ kind: 'malformed', at: 1 })
    const text = await (await ask(true)).text()
    const events = text.split(/(?<=\n\n)/)
    expect(events.map((event) => event.length)).toEqual(stream.map((event) => event.length))
    expect(events.filter((event, index) => event !== stream[index])).toHaveLength(1)
    expect(() => JSON.parse(events[1]!.slice(6)) as unknown).toThrow()
    expect(() => JSON.parse(events[2]!.slice(6)) as unknown).not.toThrow()
  })

  test('leaves out the event that ends an answer, also of one that is translated', async () => {
    strikeWith({ kind: 'missing_end' })
    expect(await (await ask(true)).text()).toBe(stream.slice(0, 4).join(''))
    const answer = await fetch(`${proxy.origin}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o',
        max_tokens: 9,
        stream: true,
        messages: [{ role: 'user', content: 'Hi' }],
      }),
    })
    const text = await answer.text()
    expect(text).toContain('two ')
    expect(text).not.toContain('message_stop')
  })

  test('stalls before an event and then goes on, with nothing lost', async () => {
    strikeWith({ kind: 'stall', at: 3, ms: 150 })
    const began = performance.now()
    expect(await (await ask(true)).text()).toBe(stream.join(''))
    expect(performance.now() - began).toBeGreaterThanOrEqual(140)
  })

  test('slows every event, and keeps what caused each', async () => {
    strikeWith({ kind: 'slow', ms: 20 })
    const began = performance.now()
    expect(await (await ask(true)).text()).toBe(stream.join(''))
    expect(performance.now() - began).toBeGreaterThanOrEqual(100)
    expect((await proxy.exchange()).sent).toHaveLength(stream.length)
  })

  test('delays the whole answer', async () => {
    strikeWith({ kind: 'latency', ms: 120 })
    const began = performance.now()
    expect((await ask(false)).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThanOrEqual(110)
  })

  test('that stalls lets a client leave', async () => {
    strikeWith({ kind: 'stall', at: 1, ms: 600_000 })
    const leaving = new AbortController()
    const answer = await fetch(`${proxy.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
      signal: leaving.signal,
    })
    await answer.body!.getReader().read()
    leaving.abort()
    expect((await proxy.exchange()).ends).toMatchObject([{ state: 'aborted' }])
  })
})

describe('whom a rule strikes', () => {
  const cut: Fault = { kind: 'status', status: 500 }

  test.each<[string, Partial<FaultRule>, Record<string, string>, number]>([
    ['its client', { client: 'codex*' }, { 'user-agent': 'codex_cli_rs/0.169' }, 500],
    ['no other client', { client: 'codex*' }, { 'user-agent': 'curl/8' }, 200],
    ['its model', { model: 'gpt-*' }, {}, 500],
    ['no other model', { model: 'claude-*' }, {}, 200],
    ['nobody while it is off', { enabled: false }, {}, 200],
  ])('%s', async (_name, more, headers, status) => {
    strikeWith(cut, more)
    expect((await ask(false, headers)).status).toBe(status)
  })

  test('as many as the dice say', async () => {
    strikeWith(cut, { probability: 0.3 })
    dice = 0.29
    expect((await ask(false)).status).toBe(500)
    dice = 0.3
    expect((await ask(false)).status).toBe(200)
  })
})
