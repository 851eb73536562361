import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { chat } from '../../electron/core/dialects/chat/chat.ts'
import { SseReader } from '../../electron/core/sse.ts'
import type { ClientAnswer } from '../../electron/proxy/client-answer.ts'
import { keepWaiting } from '../../electron/proxy/early-head.ts'
import { Heartbeat } from '../../electron/proxy/heartbeat.ts'
import { Peek } from '../../electron/proxy/peek.ts'
import { slice } from '../../electron/proxy/slices.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { json, startUpstream, stream } from './scripted-upstream.ts'
import type { Script, ScriptedUpstream } from './scripted-upstream.ts'

const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'o3-pro-2025-06-10',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Grüße 👋🏽 an alle' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}
const CHUNKS =
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}\n\n' +
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"lo"}}]}\n\n' +
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n' +
  'data: [DONE]\n\n'

describe('over sockets', () => {
  let upstream: ScriptedUpstream
  let proxy: TestProxy
  afterEach(async () => {
    await proxy.close()
    await upstream.close()
  })
  async function start(script: Script): Promise<void> {
    upstream = await startUpstream(script)
    // It answers Responses only; a rule may say otherwise, and then the same dialect is on both sides.
    const models = [{ model: 'o3-pro', api: 'chat' as const }]
    proxy = await startProxy({ instances: [{ base: upstream.origin }], config: { models } })
  }
  function dataOf(text: string): string[] {
    const reader = new SseReader()
    return [...reader.push(Buffer.from(text)), ...reader.end()].map((event) => event.data)
  }

  test('a model that cannot stream is asked for a whole answer, which is streamed from here', async () => {
    await start(json(COMPLETION))
    const answer = await post(proxy.origin, '/v1/chat/completions', {
      model: 'o3-pro',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(JSON.parse(upstream.received[0]!.body.toString())).toEqual({
      model: 'o3-pro',
      stream: false,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const data = dataOf(await answer.text())
    expect(data.at(-1)).toBe('[DONE]')
    const chunks = data.slice(0, -1).map((text) => JSON.parse(text) as { choices: { delta: { content?: string } }[] })
    const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').filter((text) => text !== '')
    expect(texts.join('')).toBe('Grüße 👋🏽 an alle')
    expect(texts).toHaveLength(2)
    expect((await proxy.exchange()).usage).toMatchObject({ input: 3, output: 2 })
  })

  test('and its refusal is a real HTTP error', async () => {
    await start(json({ error: { message: 'no', code: 'OperationNotSupported' } }, 400))
    const answer = await post(proxy.origin, '/v1/messages', {
      model: 'o3-pro',
      max_tokens: 50,
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ type: 'error', error: { message: 'no' } })
  })

  test('a stream that nobody asked for is folded', async () => {
    await start(stream(Buffer.from(CHUNKS)))
    for (const [path, model] of [
      ['/v1/chat/completions', 'gpt-4o'],
      ['/v1/messages', 'gpt-4o'],
    ] as const) {
      const answer = await post(proxy.origin, path, {
        model,
        max_tokens: 50,
        messages: [{ role: 'user', content: 'hi' }],
      })
      expect(answer.headers.get('content-type')).toBe('application/json')
      expect(JSON.stringify(await answer.json())).toContain('"Hello"')
    }
  })

  test('an answer that is not JSON is told as such', async () => {
    await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end('oops')
    })
    const answer = await post(proxy.origin, '/v1/messages', {
      model: 'gpt-4o',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('not JSON') as string },
    })
  })

  test('an event that is too large to be held ends the stream with an error', async () => {
    await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CHUNKS.slice(0, CHUNKS.indexOf('\n\n') + 2))
      response.write(`data: {"choices":[{"delta":{"content":"${'x'.repeat(17 * 1024 * 1024)}`)
    })
    const answer = await post(proxy.origin, '/v1/messages', {
      model: 'gpt-4o',
      max_tokens: 50,
      stream: true,
      messages: [{ role: 'user', content: 'hi' }],
    })
    const last = JSON.parse(dataOf(await answer.text()).at(-1)!) as unknown
    expect(last).toMatchObject({ type: 'error', error: { message: expect.stringContaining('larger than') as string } })
    await upstream.received[0]!.closed
  })

  test('a first delta goes out while its event is the only one', async () => {
    let finish = (): void => {}
    await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(CHUNKS.slice(0, CHUNKS.indexOf('\n\n') + 2))
      finish = () => response.end(CHUNKS.slice(CHUNKS.indexOf('\n\n') + 2))
    })
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const answer = await post(proxy.origin, path, {
        model: 'gpt-4o',
        max_tokens: 50,
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      })
      const reader = answer.body!.getReader()
      let text = ''
      while (!text.includes('Hel')) text += Buffer.from((await reader.read()).value!).toString()
      finish()
      for (let read = await reader.read(); !read.done; read = await reader.read())
        text += Buffer.from(read.value).toString()
      expect(text).toMatch(/\[DONE\]|message_stop/)
    }
  })

  test('reasoning that a Chat client does not send back is put back for Claude', async () => {
    const content = [
      { type: 'thinking', thinking: 'Let me look.', signature: 'c2lnbmF0dXJl' },
      { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
    ]
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'c',
      content,
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    }
    await start(json(message))
    const first = { role: 'user', content: 'hi' }
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }]
    const request = { model: 'claude-sonnet-4-5', reasoning_effort: 'medium', tools, messages: [first] }
    const answer = (await (await post(proxy.origin, '/v1/chat/completions', request)).json()) as {
      choices: { message: { tool_calls: unknown[] } }[]
    }
    const { tool_calls } = answer.choices[0]!.message
    const result = { role: 'tool', tool_call_id: 'toolu_1', content: 'seen' }
    const again = { ...request, messages: [first, { role: 'assistant', content: null, tool_calls }, result] }
    await post(proxy.origin, '/v1/chat/completions', again)
    const sent = JSON.parse(upstream.received[1]!.body.toString()) as { messages: { content: unknown[] }[] }
    expect(sent.messages[1]!.content[0]).toEqual(content[0])
  })
})

describe('with time that stands still', () => {
  const written: string[] = []
  let headSent = false
  // Only what these three use of an answer.
  const answer = {
    get headSent() {
      return headSent
    },
    congested: false,
    head() {
      headSent = true
    },
    write(bytes: Buffer) {
      written.push(bytes.toString())
      return true
    },
  } as unknown as ClientAnswer

  beforeEach(() => {
    vi.useFakeTimers()
    written.length = 0
    headSent = false
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('a heartbeat comes after 15 s of silence, and not before the head', () => {
    const heartbeat = new Heartbeat(answer, ': ping\n\n')
    vi.advanceTimersByTime(15_000)
    expect(written).toEqual([])
    // The head goes out with the first events.
    headSent = true
    heartbeat.beat()
    vi.advanceTimersByTime(13_900)
    heartbeat.beat()
    vi.advanceTimersByTime(13_900)
    expect(written).toEqual([])
    vi.advanceTimersByTime(1100)
    expect(written).toEqual([': ping\n\n'])
    heartbeat.stop()
    vi.advanceTimersByTime(60_000)
    expect(written).toHaveLength(1)
  })

  test('a stream from a model that cannot stream begins after 20 s', () => {
    const stop = keepWaiting(answer, chat)
    vi.advanceTimersByTime(19_000)
    expect([headSent, written]).toEqual([false, []])
    vi.advanceTimersByTime(1000)
    expect([headSent, written]).toEqual([true, [chat.heartbeat]])
    vi.advanceTimersByTime(15_000)
    expect(written).toHaveLength(2)
    stop()
    vi.advanceTimersByTime(60_000)
    expect(written).toHaveLength(2)
  })

  test('the beginning of a stream is held for ten seconds at most', () => {
    let opened = 0
    const peek = new Peek(() => opened++)
    vi.advanceTimersByTime(9999)
    expect(peek.isOpen).toBe(false)
    vi.advanceTimersByTime(1)
    expect([peek.isOpen, opened]).toEqual([true, 1])
    peek.open()
    expect(opened).toBe(1)
  })
})

test('slices keep characters and order, and leave short texts alone', () => {
  const text = (part: string): { type: 'delta'; part: number; text: string } => ({ type: 'delta', part: 0, text: part })
  expect(slice([text('a👋b👋c')], 2)).toEqual([text('a👋b'), text('👋c')])
  expect(slice([text('a👋b👋c')], 3)).toEqual([text('a👋'), text('b👋'), text('c')])
  expect(slice([text('a👋b👋c')], 1)).toEqual([text('a👋b👋c')])
  expect(slice([text('ab'), { type: 'close', part: 0 }], 2)).toEqual([text('ab'), { type: 'close', part: 0 }])
})
