/** The realtime relay, against an upstream that speaks WebSocket byte by byte. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startProxy } from '../harness.ts'
import type { TestInstance, TestProxy } from '../harness.ts'

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

interface WsUpstream {
  origin: string
  received: IncomingMessage[]
  sockets: Socket[]
  close(): Promise<void>
}

let upstream: WsUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

/** Every byte behind the head comes back, unless `play` does something else. */
async function startWs(
  play: (socket: Socket, head: Buffer) => void = (socket) => socket.pipe(socket),
): Promise<WsUpstream> {
  const received: IncomingMessage[] = []
  const sockets: Socket[] = []
  const server = createServer((request, response) => {
    received.push(request)
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end('{"error":{"code":"DeploymentNotFound","message":"upstream-key-canary"}}')
  })
  server.on('upgrade', (request, socket: Socket, head: Buffer) => {
    received.push(request)
    sockets.push(socket)
    socket.on('error', () => {})
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${MAGIC}`).digest('base64')
    const protocol = request.headers['sec-websocket-protocol']?.split(',')[0]
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n` +
        (protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`) +
        'Set-Cookie: a=b\r\nx-ms-region: East US\r\n\r\n',
    )
    play(socket, head)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    sockets,
    close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

async function start(
  instance: Omit<TestInstance, 'base'> = {},
  play?: (socket: Socket, head: Buffer) => void,
  token?: string,
): Promise<void> {
  upstream = await startWs(play)
  proxy = await startProxy({
    instances: [{ base: upstream.origin, ...instance }],
    ...(token === undefined ? {} : { token }),
  })
}

/** A frame from a server, unmasked; `opcode` 1 = text, 8 = close. */
function frame(opcode: number, payload: Buffer): Buffer {
  const length =
    payload.length < 126 ? Buffer.from([payload.length]) : Buffer.from([126, payload.length >> 8, payload.length & 255])
  return Buffer.concat([Buffer.from([0x80 | opcode]), length, payload])
}

interface Shaken {
  socket: Socket
  head: string
  rest: Buffer
}

function shake(path: string, headers: Record<string, string> = {}, early: Buffer = Buffer.alloc(0)): Promise<Shaken> {
  return new Promise((resolve, reject) => {
    const socket = connect(proxy.port, '127.0.0.1')
    const lines = Object.entries({
      host: `127.0.0.1:${proxy.port}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    let got = Buffer.alloc(0)
    const onData = (chunk: Buffer): void => {
      got = Buffer.concat([got, chunk])
      const end = got.indexOf('\r\n\r\n')
      if (end === -1) return
      socket.off('data', onData)
      socket.pause()
      resolve({ socket, head: got.toString('latin1', 0, end), rest: got.subarray(end + 4) })
    }
    socket.on('data', onData)
    socket.on('error', reject)
    socket.write(Buffer.concat([Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), early]))
  })
}

function readExactly(socket: Socket, bytes: number, before: Buffer = Buffer.alloc(0)): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let got = before
    const onData = (chunk: Buffer): void => {
      got = Buffer.concat([got, chunk])
      if (got.length >= bytes) {
        socket.off('data', onData)
        resolve(got)
      }
    }
    socket.on('data', onData)
    socket.once('close', () => reject(new Error(`closed after ${got.length} bytes`)))
    socket.resume()
    onData(Buffer.alloc(0))
  })
}

describe('where a session goes', () => {
  test.each<[string, Omit<TestInstance, 'base'>, string, string]>([
    ['v1', {}, '/v1/realtime?model=gpt-realtime', '/openai/v1/realtime?model=rt-prod'],
    [
      'a dated preview',
      { version: '2025-04-01-preview' },
      '/v1/realtime?model=gpt-realtime',
      '/openai/realtime?api-version=2025-04-01-preview&deployment=rt-prod',
    ],
    [
      'a dated version without realtime',
      { version: '2024-06-01' },
      '/realtime?model=gpt-realtime',
      '/openai/v1/realtime?model=rt-prod',
    ],
    ['OpenAI', { type: 'openai' }, '/v1/realtime?model=gpt-realtime', '/v1/realtime?model=rt-prod'],
    [
      'Azure’s own path',
      {},
      '/openai/realtime?api-version=2024-10-01-preview&deployment=gpt-realtime&intent=transcription',
      '/openai/v1/realtime?intent=transcription&model=rt-prod',
    ],
    ['Azure’s v1 path', {}, '/openai/v1/realtime?model=gpt-realtime', '/openai/v1/realtime?model=rt-prod'],
  ])('%s', async (_name, instance, path, url) => {
    await start({ ...instance, deployments: { 'gpt-realtime': 'rt-prod' } })
    const { socket, head } = await shake(path)
    expect(head).toMatch(/^HTTP\/1\.1 101 /)
    expect(upstream.received[0]!.url).toBe(url)
    socket.destroy()
    expect((await proxy.exchange()).described).toMatchObject({ askedModel: 'gpt-realtime', deployment: 'rt-prod' })
  })

  test('with our one credential; the caller’s keys stay here, wherever they were put', async () => {
    await start()
    const { socket, head } = await shake('/v1/realtime?model=m&api-key=canary-1', {
      authorization: 'Bearer canary-2',
      'sec-websocket-protocol': 'realtime, openai-insecure-api-key.canary-3, openai-beta.realtime-v1',
      cookie: 'x=canary-4',
    })
    const { rawHeaders, url, headers } = upstream.received[0]!
    expect(JSON.stringify(rawHeaders) + url).not.toContain('canary-1')
    expect(JSON.stringify(rawHeaders) + url).not.toMatch(/canary-[1-4]/)
    expect(headers['api-key']).toBe('upstream-key-canary')
    expect(headers['sec-websocket-protocol']).toBe('realtime, openai-beta.realtime-v1')
    expect(head).toMatch(/sec-websocket-protocol: realtime/i)
    expect(head).toMatch(/x-lazuli-instance: instance-0/)
    expect(head).toMatch(/x-ms-region/)
    expect(head).not.toMatch(/set-cookie/i)
    socket.destroy()
    const exchange = await proxy.exchange()
    expect(JSON.stringify(exchange.start)).not.toMatch(/canary-[13]/)
  })

  test('with the caller’s own key where none is stored, from the query too', async () => {
    await start({ key: null })
    const { socket } = await shake('/openai/realtime?deployment=m&api-key=own-key-1')
    expect(upstream.received[0]!.headers['api-key']).toBe('own-key-1')
    expect(upstream.received[0]!.url).toBe('/openai/v1/realtime?model=m')
    socket.destroy()
  })
})

describe('the guard stands in front of it', () => {
  test.each([
    ['no key', {}, 401],
    ['a wrong key', { authorization: 'Bearer wrong-key' }, 401],
    ['a foreign origin', { authorization: 'Bearer local-token-1', origin: 'https://evil.test' }, 403],
    ['a foreign host', { authorization: 'Bearer local-token-1', host: 'evil.test' }, 421],
  ])('%s', async (_name, headers: Record<string, string>, status) => {
    await start({}, undefined, 'local-token-1')
    const { socket, head } = await shake('/v1/realtime?model=m', headers)
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(upstream.received).toEqual([])
    socket.destroy()
  })

  test('the local key may stand among the protocols, as browsers send it', async () => {
    await start({}, undefined, 'local-token-1')
    const protocols = 'realtime, openai-insecure-api-key.local-token-1'
    const { socket, head } = await shake('/v1/realtime?model=m', { 'sec-websocket-protocol': protocols })
    expect(head).toMatch(/^HTTP\/1\.1 101 /)
    socket.destroy()
  })
})

describe('the relay', () => {
  test('what a standard client says comes back, with the close code', async () => {
    await start({}, (socket) => {
      socket.write(frame(1, Buffer.from('{"type":"session.created"}')))
      socket.once('data', () => {
        const reason = Buffer.concat([Buffer.from([4001 >> 8, 4001 & 255]), Buffer.from('enough')])
        socket.end(frame(8, reason))
      })
    })
    const client = new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/realtime?model=m`)
    const first = await new Promise<string>((resolve) => {
      client.addEventListener('message', (event) => resolve(String(event.data)), { once: true })
    })
    const closed = new Promise<CloseEvent>((resolve) => {
      client.addEventListener('close', resolve, { once: true })
    })
    client.send('{"type":"session.update"}')
    const { code, reason } = await closed
    expect([first, code, reason]).toEqual(['{"type":"session.created"}', 4001, 'enough'])
    expect((await proxy.exchange()).ends).toEqual([{ state: 'done' }])
  })

  test('every byte goes through, also those sent right behind the head', async () => {
    await start({}, (socket, head) => {
      if (head.length > 0) socket.write(head)
      socket.pipe(socket)
    })
    const bytes = randomBytes(3 * 1024 * 1024)
    const { socket, rest } = await shake('/v1/realtime?model=m', {}, bytes.subarray(0, 1000))
    socket.write(bytes.subarray(1000))
    const back = await readExactly(socket, bytes.length, rest)
    expect(back.equals(bytes)).toBe(true)
    socket.destroy()
  })

  test('an upstream that does not read holds the client back', async () => {
    await start({}, (socket) => socket.pause())
    const { socket } = await shake('/v1/realtime?model=m')
    const piece = Buffer.alloc(1024 * 1024)
    let sent = 0
    // The write that does not drain any more is the proof; sockets and their buffers take some megabytes before it.
    const stalled = await new Promise<boolean>((resolve) => {
      const more = (): void => {
        if (sent > 200 * piece.length) {
          resolve(false)
          return
        }
        const timer = setTimeout(() => resolve(true), 500)
        socket.write(piece, () => {
          clearTimeout(timer)
          sent += piece.length
          more()
        })
      }
      more()
    })
    expect(stalled).toBe(true)
    expect(sent).toBeLessThan(40 * piece.length)
    socket.destroy()
  })

  test('a client that leaves ends the upstream’s socket, and the other way round', async () => {
    await start()
    const one = await shake('/v1/realtime?model=m')
    const upstreamClosed = new Promise<void>((resolve) => {
      upstream.sockets[0]!.once('close', () => resolve())
    })
    one.socket.destroy()
    await upstreamClosed
    const two = await shake('/v1/realtime?model=m')
    const clientClosed = new Promise<void>((resolve) => {
      two.socket.once('close', () => resolve())
    })
    two.socket.resume()
    upstream.sockets[1]!.resetAndDestroy()
    await clientClosed
    await proxy.exchange(1)
    await expect.poll(() => proxy.proxy.activeExchanges()).toBe(0)
  })

  test('an error of the upstream reaches the client with its status, without the key', async () => {
    upstream = await startWs()
    const plain = createServer((_request, response) => {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end('{"error":{"code":"DeploymentNotFound","message":"upstream-key-canary"}}')
    })
    plain.on('upgrade', (_request, socket) => {
      socket.end(
        'HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 68\r\nconnection: close\r\n\r\n' +
          '{"error":{"code":"DeploymentNotFound","message":"upstream-key-canary"}}'.slice(0, 68),
      )
    })
    await new Promise<void>((resolve) => {
      plain.listen(0, '127.0.0.1', resolve)
    })
    proxy = await startProxy({ instances: [{ base: `http://127.0.0.1:${(plain.address() as AddressInfo).port}` }] })
    const { socket, head, rest } = await shake('/v1/realtime?model=m')
    expect(head).toMatch(/^HTTP\/1\.1 404 /)
    const length = Number(/content-length: (\d+)/i.exec(head)![1])
    const body = (await readExactly(socket, length, rest)).toString()
    expect(body).not.toContain('canary')
    plain.close()
  })

  test('stopping ends open sessions', async () => {
    await start()
    const { socket } = await shake('/v1/realtime?model=m')
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve())
    })
    socket.resume()
    await proxy.proxy.drain(50)
    await closed
  })
})

test('the handshakes of the official SDK find their way (its own clients insist on wss:)', async () => {
  await start({}, (socket) => {
    socket.write(frame(1, Buffer.from('{"type":"session.created"}')))
    socket.pipe(socket)
  })
  const base = `ws://127.0.0.1:${proxy.port}`
  const sessions = [
    new WebSocket(`${base}/v1/realtime?model=rt`, ['realtime', 'openai-insecure-api-key.none-0000']),
    new WebSocket(`${base}/openai/v1/realtime?model=rt`, {
      protocols: ['realtime'],
      headers: { 'api-key': 'none' },
    } as never),
  ]
  for (const session of sessions) {
    const data = await new Promise<unknown>((resolve, reject) => {
      session.addEventListener('message', (event) => resolve(event.data), { once: true })
      session.addEventListener('error', reject, { once: true })
    })
    expect([data, session.protocol]).toEqual(['{"type":"session.created"}', 'realtime'])
    session.close()
  }
  expect(upstream.received.map(({ url }) => url)).toEqual(Array(2).fill('/openai/v1/realtime?model=rt'))
})
