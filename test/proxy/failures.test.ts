import { connect } from 'node:net'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SseReader } from '../../electron/core/sse.ts'
import type { LazuliError } from '../../electron/core/error.ts'
import { post, rawRequest, startProxy } from './harness.ts'
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
  proxy = await startProxy({ instances: [{ base: upstream.origin }], ...setup })
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

describe('time limits', () => {
  const limits = (timeouts: object): Partial<TestSetup> => ({ config: { timeouts } })

  test('the first byte', async () => {
    await start(() => {}, limits({ first_byte: 0.1 }))
    const answer = await post(proxy.origin, PATH.chat, body('chat'))
    expect(answer.status).toBe(504)
    expect(await answer.json()).toMatchObject({ error: { code: 'proxy_first_byte_timeout' } })
    await upstream.received[0]!.closed
  })

  const firstEvent: Script = ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\ndata: {"half')
  }

  test('silence', async () => {
    await start(firstEvent, limits({ idle: 0.1 }))
    const events = eventsOf(await (await post(proxy.origin, PATH.chat, body('chat'))).text())
    expect(events).toHaveLength(2)
    expect(events[1]).toMatchObject({ error: { code: 'proxy_idle_timeout' } })
  })

  test('all in all', async () => {
    await start(firstEvent, limits({ total: 0.15 }))
    const events = eventsOf(await (await post(proxy.origin, PATH.chat, body('chat'))).text())
    expect(events.at(-1)).toMatchObject({ error: { code: 'proxy_total_timeout' } })
    await upstream.received[0]!.closed
  })

  test('the connection', async () => {
    // A listener whose queue is full takes no more connections: the kernel lets the next ones wait.
    upstream = await startUpstream(json({}))
    proxy = await startProxy({ instances: [{ base: 'http://192.0.2.1:9' }], config: { timeouts: { connect: 0.2 } } })
    const answer = await post(proxy.origin, PATH.chat, body('chat'))
    expect([502, 504]).toContain(answer.status)
    expect(await answer.json()).toMatchObject({
      error: { code: expect.stringMatching(/^proxy_(connect|upstream)/) as string },
    })
  })

  test('a port where nobody listens is told as such', async () => {
    upstream = await startUpstream(json({}))
    proxy = await startProxy({ instances: [{ base: 'http://127.0.0.1:1' }] })
    const answer = await post(proxy.origin, PATH.messages, body('messages'))
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: expect.stringContaining('ECONNREFUSED') as string },
    })
  })
})

describe('limits', () => {
  test('a body that declares too much is refused before it is sent', async () => {
    await start(json({}), { config: { server: { max_body: 2048 } } })
    const head = `POST ${PATH.chat} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nContent-Type: application/json\r\n`
    const { text } = await rawRequest(proxy.port, `${head}Content-Length: 99999999\r\n\r\n{`)
    expect(text).toMatch(/^HTTP\/1\.1 413/)
    expect(text).toContain('proxy_body_too_large')
    const expecting = await rawRequest(proxy.port, `${head}Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n`)
    expect(expecting.text).toMatch(/^HTTP\/1\.1 413/)
  })

  test('a body without a length is refused when it grows too large', async () => {
    await start(json({}), { config: { server: { max_body: 2048 } } })
    const answer = await post(proxy.origin, PATH.messages, body('messages', { x: 'y'.repeat(4000) }))
    expect(answer.status).toBe(413)
    const chunked = await rawRequest(
      proxy.port,
      `POST ${PATH.chat} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nContent-Type: application/json\r\n` +
        `Transfer-Encoding: chunked\r\n\r\n1000\r\n${'x'.repeat(4096)}\r\n`,
    )
    expect(chunked.text).toMatch(/^HTTP\/1\.1 413/)
  })

  test('a client that waits for permission gets it', async () => {
    await start(json({ ok: true }))
    const content = JSON.stringify(body('chat', { stream: false }))
    const head = `POST ${PATH.chat} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nContent-Type: application/json\r\n`
    const text = `${head}Content-Length: ${content.length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n${content}`
    expect((await rawRequest(proxy.port, text)).text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/)
  })
})

describe('backpressure', () => {
  test('a client that does not read stops the upstream', async () => {
    const event = Buffer.from(`data: {"choices":[{"index":0,"delta":{"content":"${'x'.repeat(16_000)}"}}]}\n\n`)
    let sent = 0
    let stalled: (bytes: number) => void = () => {}
    const stall = new Promise<number>((resolve) => {
      stalled = resolve
    })
    await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const more = (): void => {
        while (sent < 400 * 1024 * 1024) {
          sent += event.length
          if (!response.write(event)) {
            const timer = setTimeout(() => stalled(sent), 500)
            response.once('drain', () => {
              clearTimeout(timer)
              more()
            })
            return
          }
        }
        stalled(sent)
      }
      more()
    })
    const content = JSON.stringify(body('chat'))
    const socket = connect(proxy.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write(
      `POST ${PATH.chat} HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nContent-Type: application/json\r\nContent-Length: ${content.length}\r\n\r\n${content}`,
    )
    const before = process.memoryUsage().rss
    const bytes = await stall
    expect(bytes).toBeLessThan(40 * 1024 * 1024)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
    socket.destroy()
    await proxy.exchange()
  })
})

describe('starting and stopping', () => {
  test('a port in use is told with what to do', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve)
    })
    const { port } = other.address() as AddressInfo
    upstream = await startUpstream(json({}))
    proxy = await startProxy({ instances: [] })
    const error = (await startProxy({ instances: [], config: { server: { port } } }).catch(
      (thrown: unknown) => thrown,
    )) as LazuliError
    expect(error).toMatchObject({ code: 'port_in_use', fix: expect.stringContaining('--port') as string })
    expect(error.message).toContain(String(port))
    other.close()
  })

  test('draining lets a stream end by itself and refuses new requests', async () => {
    let finish = (): void => {}
    await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n')
      finish = () => response.end('data: [DONE]\n\n')
    })
    const answer = await post(proxy.origin, PATH.chat, body('chat'))
    const drained = proxy.proxy.drain(10_000)
    expect((await fetch(`${proxy.origin}/healthz`)).status).toBe(503)
    expect((await post(proxy.origin, PATH.messages, body('messages'))).status).toBe(503)
    finish()
    expect(await answer.text()).toMatch(/\[DONE\]\n\n$/)
    await drained
    await expect(fetch(`${proxy.origin}/healthz`)).rejects.toThrow('fetch failed')
  })

  test('a stream that does not end in time is told an error', async () => {
    await start(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(
        'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c","content":[],"usage":{}}}\n\n',
      )
      response.write(
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
      )
      response.write(
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}\n\n',
      )
    })
    const answer = await post(proxy.origin, PATH.messages, body('messages'))
    const drained = proxy.proxy.drain(50)
    const events = eventsOf(await answer.text())
    expect(events.at(-1)).toMatchObject({ type: 'error' })
    await drained
    expect((await proxy.exchange()).ends).toHaveLength(1)
  })
})
