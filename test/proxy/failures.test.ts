import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SseReader } from '../../electron/core/sse.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy, TestSetup } from './harness.ts'
import { recordings } from './recordings.ts'
import { json, resetAfter, startUpstream, stream } from './scripted-upstream.ts'
import type { Script, ScriptedUpstream } from './scripted-upstream.ts'

const MODEL = { chat: 'gpt-4o', messages: 'claude-sonnet-4-5' }
const PATH = { chat: '/v1/chat/completions', messages: '/v1/messages' }

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(script: Script, setup: Partial<TestSetup> = {}): Promise<void> {
  upstream = await startUpstream(script)
  let clock = 0
  // Whoever looks at the clock finds a minute gone: no failure keeps the next one away.
  const time = { sleep: () => Promise.resolve(), monotonic: () => (clock += 61_000) }
  proxy = await startProxy({ instances: [{ base: upstream.origin }], time, ...setup })
}

function body(dialect: 'chat' | 'messages', extra: object = {}): object {
  return {
    model: MODEL[dialect],
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hi' }],
    ...extra,
  }
}

function eventsOf(text: string): Record<string, unknown>[] {
  const reader = new SseReader()
  return [...reader.push(Buffer.from(text)), ...reader.end()].map((event) =>
    event.data === '[DONE]' ? { done: true } : (JSON.parse(event.data) as Record<string, unknown>),
  )
}

/** Did the stream come to its own end? */
function isEnd(event: Record<string, unknown>): boolean {
  return event['done'] === true || event['type'] === 'message_stop'
}

describe.each(['chat', 'messages'] as const)('a %s stream that is cut', (dialect) => {
  const recording = recordings(dialect, 'sse')[0]!
  const { bytes } = recording
  const step = Math.max(1, Math.floor(bytes.length / 60))
  const lengths = [...Array.from({ length: 60 }, (_, index) => index * step), bytes.length - 2, bytes.length - 1]

  test('by a reset ends with an error, whatever had come: no half event, no end of our making', async () => {
    let length = 0
    await start((play) => resetAfter(bytes, length)(play))
    let index = 0
    for (length of lengths) {
      const answer = await post(proxy.origin, PATH[dialect], body(dialect))
      const text = await answer.text()
      const exchange = await proxy.exchange(index++)
      if (answer.status !== 200) {
        expect(answer.status, `after ${length}`).toBe(502)
        expect(answer.headers.get('content-type')).toBe('application/json')
        expect(JSON.parse(text)).toMatchObject({ error: { message: expect.any(String) as string } })
        expect(exchange.ends[0]?.state).toBe('failed')
        continue
      }
      const events = eventsOf(text)
      const last = events.at(-1)!
      if (isEnd(last)) {
        // Everything had come: the cut came too late to matter.
        expect(bytes.subarray(0, length).toString().trimEnd()).toBe(text.trimEnd())
        expect(exchange.ends).toEqual([{ state: 'done' }])
      } else {
        expect(last, `after ${length}`).toHaveProperty('error')
        expect(events.slice(0, -1).some(isEnd)).toBe(false)
        expect(bytes.toString().startsWith(text.slice(0, text.lastIndexOf('\n\n', text.length - 3) + 2))).toBe(true)
        expect(exchange.ends).toHaveLength(1)
        expect(exchange.ends[0]).toMatchObject({ state: 'failed', failure: { code: 'proxy_upstream_incomplete' } })
      }
    }
  })

  test('and is translated ends with an error, too', async () => {
    const client = dialect === 'chat' ? 'messages' : 'chat'
    let length = 0
    await start((play) => resetAfter(bytes, length)(play))
    for (length of lengths.slice(0, -8)) {
      const answer = await post(proxy.origin, PATH[client], body(client, { model: MODEL[dialect] }))
      const text = await answer.text()
      if (answer.status !== 200) {
        expect(answer.status).toBe(502)
        continue
      }
      const events = eventsOf(text)
      if (events.some(isEnd)) expect(bytes.subarray(0, length).toString()).toMatch(/\[DONE\]|message_stop/)
      else expect(events.at(-1), `after ${length}`).toHaveProperty('error')
    }
  })

  test('by a clean close of the connection is a cut as well', async () => {
    const cut = Math.floor(bytes.length / 2)
    await start(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n')
      socket.end(bytes.subarray(0, cut))
    })
    const events = eventsOf(await (await post(proxy.origin, PATH[dialect], body(dialect))).text())
    expect(events.at(-1)).toHaveProperty('error')
    expect(events.some(isEnd)).toBe(false)
  })
})

test('a chat stream that ends as declared after its finish reason is whole without [DONE]', async () => {
  const text = 'data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}\n\n'
  await start(stream(Buffer.from(text)))
  expect(await (await post(proxy.origin, PATH.chat, body('chat'))).text()).toBe(text)
})

test('an error in the first event is an HTTP error, as if it had come with a status', async () => {
  const error = { error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } }
  const text = `data: {"choices":[],"prompt_filter_results":[]}\n\ndata: ${JSON.stringify(error)}\n\n`
  await start(stream(Buffer.from(text)))
  const answer = await post(proxy.origin, PATH.chat, body('chat'))
  expect(answer.status).toBe(429)
  expect(await answer.json()).toEqual(error)
})

describe('an error answer', () => {
  test('in the same dialect goes on as it is, and the record says what to do', async () => {
    const error = { error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' } }
    await start(json(error, 404, { 'x-ratelimit-remaining-tokens': '5', 'apim-request-id': 'abc' }))
    const answer = await post(proxy.origin, PATH.chat, body('chat'))
    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual(error)
    expect(answer.headers.get('x-request-id')).toBe('abc')
    expect(answer.headers.get('x-ratelimit-remaining-tokens')).toBe('5')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect((await proxy.exchange()).ends[0]).toMatchObject({
      state: 'failed',
      failure: { code: 'DeploymentNotFound', fix: expect.stringContaining('deployment') as string },
    })
  })

  test('of another dialect keeps its words in the client’s shape', async () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    await start(json(error, 529))
    const translated = await post(proxy.origin, PATH.chat, body('chat', { model: MODEL.messages }))
    expect(translated.status).toBe(503)
    expect(await translated.json()).toMatchObject({ error: { message: 'Overloaded' } })
    const native = await post(proxy.origin, PATH.messages, body('messages'))
    expect([native.status, await native.json()]).toEqual([529, error])
  })

  test('that is a web page becomes JSON', async () => {
    await start(({ response }) => {
      response.writeHead(502, { 'content-type': 'text/html' })
      response.end('<html><script>alert(1)</script>Bad Gateway</html>')
    })
    const answer = await post(proxy.origin, PATH.messages, body('messages'))
    expect(answer.status).toBe(502)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'api_error' } })
  })

  test('does not bring the key to the client that it echoes', async () => {
    await start(json({ error: { message: 'Incorrect key upstream-key-canary', code: '401' } }, 401))
    const text = await (await post(proxy.origin, PATH.chat, body('chat'))).text()
    expect(text).toContain('Incorrect key')
    expect(text).not.toContain('canary')
  })
})

describe('a redirect', () => {
  test.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    const elsewhere = await startUpstream(json({}))
    await start(({ response }) => {
      response.writeHead(status, { location: elsewhere.origin })
      response.end()
    })
    const answer = await post(proxy.origin, PATH.chat, body('chat'))
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'proxy_upstream_redirect' } })
    expect(elsewhere.connections()).toBe(0)
    await elsewhere.close()
  })
})

describe('a client that leaves', () => {
  test.each([
    ['before the head', (): void => {}],
    [
      'in the middle of the stream',
      ({ response }: Parameters<Script>[0]): void => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n')
      },
    ],
  ])('%s ends the call upstream within a second', async (_name, script) => {
    await start(script)
    const controller = new AbortController()
    const ask = async (): Promise<void> => {
      const answer = await fetch(proxy.origin + PATH.chat, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body('chat')),
        signal: controller.signal,
      })
      await answer.body!.getReader().read()
      controller.abort()
    }
    const asked = ask()
    const received = await upstream.request()
    if (_name === 'before the head') controller.abort()
    await asked.catch(() => {})
    const left = performance.now()
    await received.closed
    expect(performance.now() - left).toBeLessThan(1000)
    expect((await proxy.exchange()).ends).toEqual([{ state: 'aborted' }])
    expect(proxy.proxy.activeExchanges()).toBe(0)
  })

  test('after the end marker has had everything', async () => {
    const text = 'data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\ndata: [DONE]\n\n'
    await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(text)
    })
    const controller = new AbortController()
    const answer = await fetch(proxy.origin + PATH.chat, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body('chat')),
      signal: controller.signal,
    })
    const reader = answer.body!.getReader()
    let read = ''
    while (read !== text) read += Buffer.from((await reader.read()).value!).toString()
    controller.abort()
    await upstream.received[0]!.closed
    expect((await proxy.exchange()).ends).toEqual([{ state: 'done' }])
  })

  test('while it sends its body is noticed', async () => {
    await start(json({}))
    const socket = connect(proxy.port, '127.0.0.1')
    await new Promise<void>((resolve) => {
      socket.write(
        `POST ${PATH.chat} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
        () => resolve(),
      )
    })
    while (proxy.tap.exchanges.length === 0) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    socket.resetAndDestroy()
    expect((await proxy.exchange()).ends).toEqual([{ state: 'aborted' }])
  })
})
