import { afterEach, describe, expect, test } from 'vitest'
import { EventBoundary } from '../../electron/proxy/event-boundary.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy, TestSetup } from './harness.ts'
import { randomCuts, randomSource, recordings } from './recordings.ts'
import { cutAt, json, startUpstream, stream } from './scripted-upstream.ts'
import type { Script, ScriptedUpstream } from './scripted-upstream.ts'

const MODEL = { chat: 'gpt-4o', messages: 'claude-sonnet-4-5' }
const PATH = { chat: '/v1/chat/completions', messages: '/v1/messages' }

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(
  script: Script,
  setup: Partial<TestSetup> & { version?: string; deployments?: Record<string, string> } = {},
): Promise<void> {
  upstream = await startUpstream(script)
  const { version, deployments, ...rest } = setup
  proxy = await startProxy({
    instances: [
      {
        base: upstream.origin,
        ...(version === undefined ? {} : { version }),
        ...(deployments === undefined ? {} : { deployments }),
      },
    ],
    ...rest,
  })
}

async function bytesOf(answer: Response): Promise<Buffer> {
  return Buffer.from(await answer.arrayBuffer())
}

describe.each(['chat', 'messages'] as const)('a recorded %s stream', (dialect) => {
  test.each(recordings(dialect, 'sse').map((recording) => [recording.name, recording.bytes] as const))(
    '%s reaches the client byte for byte, wherever it is cut',
    async (_name, bytes) => {
      const random = randomSource(bytes.length)
      let cuts: number[] = []
      await start((play) => stream(bytes, cuts)(play))
      for (let round = 0; round < 5; round++) {
        cuts = randomCuts(bytes.length, 30, random)
        const answer = await post(proxy.origin, PATH[dialect], {
          model: MODEL[dialect],
          stream: true,
          stream_options: { include_usage: true },
          max_tokens: 100,
          messages: [{ role: 'user', content: 'hi' }],
        })
        expect(answer.status).toBe(200)
        expect((await bytesOf(answer)).equals(bytes)).toBe(true)
        const exchange = await proxy.exchange(round)
        expect(Buffer.concat(exchange.sent).equals(bytes)).toBe(true)
        expect(exchange.ends).toEqual([{ state: 'done' }])
        expect(exchange.attempts.map((attempt) => attempt.ends)).toEqual([[undefined]])
      }
    },
  )

  test.each(recordings(dialect, 'json').map((recording) => [recording.name, recording.bytes] as const))(
    'the whole answer %s reaches the client byte for byte',
    async (_name, bytes) => {
      await start(json(bytes))
      const answer = await post(proxy.origin, PATH[dialect], { model: MODEL[dialect], max_tokens: 100, messages: [] })
      expect((await bytesOf(answer)).equals(bytes)).toBe(true)
      expect(answer.headers.get('content-length')).toBe(String(bytes.length))
    },
  )
})

test('CR and CRLF line ends and a missing last blank line go through untouched', async () => {
  const lines = ['data: {"choices":[{"delta":{"content":"ä"}}]}', '', 'data: [DONE]']
  for (const end of ['\r\n', '\r', '\n']) {
    const bytes = Buffer.from(lines.join(end))
    await start(stream(bytes, [1, 20, 40, 45, 47, 48, 49, 50]))
    const answer = await post(proxy.origin, PATH.chat, { model: 'gpt-4o', stream: true, messages: [] })
    expect((await bytesOf(answer)).equals(bytes)).toBe(true)
    await proxy.close()
    await upstream.close()
  }
  await start(json({}))
})

describe('usage that the client did not ask for', () => {
  const chunk = (extra: string): string =>
    `data: {"id":"c","choices":[{"index":0,"delta":{"content":"x"}}]${extra}}\n\n`
  const body =
    `data: {"choices":[],"prompt_filter_results":[],"id":""}\n\n${chunk(',"usage":null')}${chunk(',"usage":null')}` +
    'data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\ndata: [DONE]\n\n'
  const without = body.replace(
    'data: {"id":"c","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}\n\n',
    '',
  )

  test('is asked for, and exactly its chunk is taken out, wherever the stream is cut', async () => {
    const random = randomSource(7)
    let cuts: number[] = []
    await start((play) => stream(Buffer.from(body), cuts)(play))
    for (let round = 0; round < 30; round++) {
      cuts = randomCuts(body.length, 12, random)
      const answer = await post(proxy.origin, PATH.chat, { model: 'gpt-4o', stream: true, messages: [] })
      expect(await answer.text()).toBe(without)
    }
    expect(JSON.parse(upstream.received[0]!.body.toString())).toMatchObject({ stream_options: { include_usage: true } })
    expect(Buffer.concat((await proxy.exchange()).attempts[0]!.bytes).toString()).toBe(body)
  })

  test('is not asked for where an old API version would refuse the question', async () => {
    await start(stream(Buffer.from(body)), { version: '2024-06-01' })
    const answer = await post(proxy.origin, PATH.chat, { model: 'gpt-4o', stream: true, messages: [] })
    expect(await answer.text()).toBe(body)
    expect(upstream.received[0]!.body.toString()).not.toContain('stream_options')
  })

  test('stays in a chunk that also has an answer in it', async () => {
    const mixed = chunk(',"usage":{"prompt_tokens":1}') + 'data: [DONE]\n\n'
    await start(stream(Buffer.from(mixed)))
    const answer = await post(proxy.origin, PATH.chat, { model: 'gpt-4o', stream: true, messages: [] })
    expect(await answer.text()).toBe(mixed)
  })
})

describe('the request', () => {
  test('goes on as it came but for the model', async () => {
    await start(json({ choices: [] }), { deployments: { 'gpt-4o': 'prod-chat' } })
    const body =
      '{ "messages" : [ {"role":"user","content":"caf\\u00e9 \\"model\\""} ],\n "x_unknown": 1e2, "model"\t:"gpt-4o" }'
    await post(proxy.origin, PATH.chat, body)
    expect(upstream.received[0]!.body.toString()).toBe(body.replace('"gpt-4o"', '"prod-chat"'))
  })

  test('loses the parameters that the model refuses, and says so', async () => {
    await start(json({ choices: [] }))
    const answer = await post(proxy.origin, PATH.chat, {
      model: 'gpt-5',
      max_tokens: 50,
      temperature: 0.2,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(JSON.parse(upstream.received[0]!.body.toString())).toEqual({
      model: 'gpt-5',
      max_completion_tokens: 50,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(answer.headers.get('x-lazuli-dropped')).toBe('temperature')
  })

  test('is refused in strict mode before it loses anything', async () => {
    await start(json({ choices: [] }))
    const body = { model: 'gpt-5', temperature: 0.2, messages: [] }
    const answer = await post(proxy.origin, PATH.chat, body, { 'x-lazuli-strict': '1' })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: 'unsupported_by_upstream', param: 'temperature' } })
    expect(upstream.received).toEqual([])
  })

  test('of Claude Code is fitted to the Claude that stands behind the name', async () => {
    await start(json({ type: 'message', content: [] }), {
      deployments: { 'claude-x': 'claude-opus-4-8', 'claude-y': 'claude-sonnet-4-5' },
    })
    const ask = async (model: string, thinking: unknown): Promise<Record<string, unknown>> => {
      const count = upstream.received.length
      const body = { model, max_tokens: 32_000, thinking, messages: [{ role: 'user', content: 'hi' }] }
      await post(proxy.origin, PATH.messages, body)
      return JSON.parse(upstream.received[count]!.body.toString()) as Record<string, unknown>
    }
    expect((await ask('claude-x', { type: 'enabled', budget_tokens: 31_999 }))['thinking']).toEqual({
      type: 'adaptive',
    })
    expect((await ask('claude-y', { type: 'adaptive' }))['thinking']).toMatchObject({ type: 'enabled' })
    const same = { type: 'enabled', budget_tokens: 2000 }
    expect((await ask('claude-y', same))['thinking']).toEqual(same)
  })
})

describe('EventBoundary', () => {
  test('never gives out half an event, and never keeps a whole one', () => {
    const events = ['data: a\n\n', 'event: x\r\ndata: b\r\n\r\n', 'data: c\r\r', ': ping\n\n', 'data: ü\n\n']
    const bytes = Buffer.from(events.join(''))
    const ends = new Set<number>()
    let at = 0
    for (const event of events) ends.add((at += Buffer.byteLength(event)))
    const random = randomSource(3)
    for (let round = 0; round < 500; round++) {
      const boundary = new EventBoundary(1024)
      let given = 0
      let pushed = 0
      for (const piece of cutAt(bytes, randomCuts(bytes.length, 1 + Math.floor(random() * 20), random))) {
        pushed += piece.length
        for (const complete of boundary.push(piece)) given += complete.length
        // The line feed of a CRLF may still be on its way when the event is given out.
        expect(ends.has(given) || ends.has(given + 1) || given === 0).toBe(true)
        const whole = Math.max(0, ...[...ends].filter((end) => end <= pushed))
        expect(given).toBeGreaterThanOrEqual(whole - (bytes[whole - 1] === 10 && bytes[whole - 2] === 13 ? 1 : 0))
      }
      expect(given).toBe(bytes.length)
    }
  })

  test('lets an event flow that is larger than it holds', () => {
    const boundary = new EventBoundary(10)
    expect(boundary.push(Buffer.from('data: 123'))).toEqual([])
    expect(Buffer.concat(boundary.push(Buffer.from('456'))).toString()).toBe('data: 123456')
    expect(boundary.overrun).toBe(true)
    boundary.push(Buffer.from('\n\n'))
    expect(boundary.overrun).toBe(false)
  })
})

test('the last event of a Responses stream may be large and come in many reads', async () => {
  const long = 'x'.repeat(200_000)
  const item = { id: 'msg_1', type: 'message', content: [{ type: 'output_text', text: long }] }
  const body = Buffer.from(
    [
      { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: long },
      { type: 'response.completed', response: { id: 'resp_1', status: 'completed', output: [item] } },
    ]
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join(''),
  )
  await start((play) => stream(body, randomCuts(body.length, 60, randomSource(3)))(play))
  const answer = await post(proxy.origin, '/v1/responses', { model: 'gpt-5', input: 'hi', stream: true })
  expect((await bytesOf(answer)).equals(body)).toBe(true)
  expect((await proxy.exchange()).ends).toEqual([{ state: 'done' }])
})
