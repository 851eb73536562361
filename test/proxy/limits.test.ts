import { connect } from 'node:net'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { SseReader } from '../../electron/core/sse.ts'
import type { LazuliError } from '../../electron/core/error.ts'
import { post, rawRequest, startProxy } from './harness.ts'
import type { TestProxy, TestSetup } from './harness.ts'
import { json, startUpstream } from './scripted-upstream.ts'
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
