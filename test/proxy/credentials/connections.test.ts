/** The way to an upstream: HTTP proxies, certificates, vetted addresses. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Reach } from '../../../electron/config/configuration.ts'
import { environmentProxy } from '../../../electron/proxy/connection/environment-proxy.ts'
import { createSender } from '../../../electron/proxy/send.ts'
import { post, startProxy } from '../harness.ts'
import type { TestProxy, TestSetup } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { ScriptedUpstream } from '../scripted-upstream.ts'
import { openAuthority, selfSigned } from './certificates.ts'
import type { Certificate, CertificateAuthority } from './certificates.ts'
import { startHttpProxy } from './http-proxy.ts'
import type { LoggingProxy } from './http-proxy.ts'

const ANSWER = { id: 'c', object: 'chat.completion', choices: [], model: 'gpt-4o' }
const CANARY = 'proxy-password-canary'

let authority: CertificateAuthority
beforeAll(() => {
  authority = openAuthority()
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
afterAll(() => expect(closing).toEqual([]))

async function plainUpstream(): Promise<ScriptedUpstream> {
  const upstream = await startUpstream(json(ANSWER))
  closing.push(() => upstream.close())
  return upstream
}

async function secureUpstream({ cert, key }: Certificate): Promise<{ port: number; urls: string[] }> {
  const urls: string[] = []
  const server = createServer({ cert, key }, (request, response) => {
    urls.push(`${request.method} ${request.headers.host}${request.url}`)
    request.resume()
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(ANSWER))
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => {
      server.close(() => resolve())
    })
  })
  return { port: (server.address() as AddressInfo).port, urls }
}

async function through(password?: string): Promise<LoggingProxy> {
  const httpProxy = await startHttpProxy(password)
  closing.push(() => httpProxy.close())
  return httpProxy
}

async function start(base: string, reach: Reach | undefined, options: TestSetup['options'] = {}): Promise<TestProxy> {
  const proxy = await startProxy({
    instances: [{ base, made: reach === undefined ? {} : { reach } }],
    config: { timeouts: { connect: 5 } },
    options,
  })
  closing.push(() => proxy.close())
  return proxy
}

async function ask(proxy: TestProxy): Promise<{ status: number; text: string }> {
  const response = await post(proxy.origin, '/v1/chat/completions', {
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'hi' }],
  })
  return { status: response.status, text: await response.text() }
}

function trusting(certificate: { caFile: string }): Reach {
  return { ca: readFileSync(certificate.caFile, 'utf8') }
}

describe('HTTP proxies', () => {
  test('an https upstream is reached by CONNECT, with the name in it and TLS inside', async () => {
    const httpProxy = await through()
    const { port, urls } = await secureUpstream(authority.issue('models.corp.test'))
    const reach = { ...trusting(authority), proxyUrl: `http://127.0.0.1:${httpProxy.port}` }
    const proxy = await start(`https://models.corp.test:${port}`, reach)
    expect((await ask(proxy)).status).toBe(200)
    expect((await ask(proxy)).status).toBe(200)
    expect(httpProxy.log).toEqual([`CONNECT models.corp.test:${port}`])
    expect(urls).toEqual(Array(2).fill(`POST models.corp.test:${port}/openai/v1/chat/completions`))
  })

  test('an http upstream is reached through it, too', async () => {
    const httpProxy = await through()
    const upstream = await plainUpstream()
    const { port } = new URL(upstream.origin)
    const proxy = await start(`http://models.corp.test:${port}`, { proxyUrl: `http://127.0.0.1:${httpProxy.port}` })
    expect((await ask(proxy)).status).toBe(200)
    expect(httpProxy.log).toHaveLength(1)
    expect(httpProxy.log[0]).toContain(`models.corp.test:${port}`)
    expect(upstream.received[0]!.headers['host']).toBe(`models.corp.test:${port}`)
    expect(upstream.received[0]!.headers).not.toHaveProperty('proxy-authorization')
  })

  test.each(['http', 'https'])('a name and a password go to the proxy alone (%s upstream)', async (scheme) => {
    const httpProxy = await through(`corp user:${CANARY}`)
    const upstream = await plainUpstream()
    const secure = await secureUpstream(authority.issue('models.corp.test'))
    const port = scheme === 'http' ? new URL(upstream.origin).port : secure.port
    const proxy = await start(`${scheme}://models.corp.test:${port}`, {
      ...trusting(authority),
      proxyUrl: `http://corp%20user:${CANARY}@127.0.0.1:${httpProxy.port}`,
    })
    expect((await ask(proxy)).status).toBe(200)
    expect(JSON.stringify(upstream.received)).not.toContain(CANARY)
    expect(JSON.stringify(proxy.tap.exchanges)).not.toContain(CANARY)
  })

  test.each(['http', 'https'])('a wrong password is told as such, and is not told (%s upstream)', async (scheme) => {
    const httpProxy = await through('somebody:else')
    const proxy = await start(`${scheme}://models.corp.test`, {
      proxyUrl: `http://user:${CANARY}@127.0.0.1:${httpProxy.port}`,
    })
    const { status, text } = await ask(proxy)
    expect(status).toBe(502)
    expect(text).toContain(`127.0.0.1:${httpProxy.port} answered 407`)
    expect(text).toContain('name:password@host:port')
    expect(text).not.toContain(CANARY)
    expect(JSON.stringify(await proxy.exchange())).not.toContain(CANARY)
  })

  test('a proxy that is not there is named', async () => {
    const httpProxy = await startHttpProxy()
    await httpProxy.close()
    const proxy = await start('https://models.corp.test', {
      proxyUrl: `http://u:${CANARY}@127.0.0.1:${httpProxy.port}`,
    })
    const { status, text } = await ask(proxy)
    expect(status).toBe(502)
    expect(text).toContain(`the HTTP proxy 127.0.0.1:${httpProxy.port} does not answer`)
    expect(text).not.toContain(CANARY)
  })

  test('the environment’s counts for all, an instance’s own in its place, loopback is never proxied', async () => {
    const [common, own] = [await through(), await through()]
    const upstream = await plainUpstream()
    const { port } = new URL(upstream.origin)
    const proxyFor = environmentProxy({ HTTP_PROXY: `http://127.0.0.1:${common.port}` })
    const base = `http://models.corp.test:${port}`
    expect((await ask(await start(base, undefined, { proxyFor }))).status).toBe(200)
    expect([common.log.length, own.log.length]).toEqual([1, 0])
    const reach = { proxyUrl: `http://127.0.0.1:${own.port}` }
    expect((await ask(await start(base, reach, { proxyFor }))).status).toBe(200)
    expect([common.log.length, own.log.length]).toEqual([1, 1])
    expect((await ask(await start(upstream.origin, reach, { proxyFor }))).status).toBe(200)
    expect((await ask(await start(`http://localhost:${port}`, undefined, { proxyFor }))).status).toBe(200)
    expect([common.log.length, own.log.length]).toEqual([1, 1])
    expect(upstream.received).toHaveLength(4)
  })

  test.each([
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'http://q:2'],
    ['https://a.corp.test', { HTTPS_PROXY: 'p:1' }, 'http://p:1'],
    ['https://a.corp.test', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://a.corp.test', { HTTP_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://a.corp.test', { HTTPS_PROXY: ' ' }, undefined],
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'other, corp.test' }, undefined],
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.corp.test' }, undefined],
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*.corp.test' }, undefined],
    ['https://A.corp.test.', { HTTPS_PROXY: 'http://p:1', no_proxy: 'a.CORP.test' }, undefined],
    ['https://acorp.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'corp.test' }, 'http://p:1'],
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.corp.test:8443' }, 'http://p:1'],
    ['https://a.corp.test:8443', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.corp.test:8443' }, undefined],
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.corp.test:443' }, undefined],
    ['https://10.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, undefined],
    ['https://11.1.2.3', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, 'http://p:1'],
    ['https://[fd00::1]', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '[fd00::1]' }, undefined],
    ['https://a.corp.test', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, undefined],
    ['https://127.9.9.9', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://[::1]', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://app.localhost', { HTTPS_PROXY: 'http://p:1' }, undefined],
  ] as const)('%s with %j goes through %s', (url, env, proxy) => {
    expect(environmentProxy(env)(new URL(url))).toBe(proxy)
  })

  test('a variable that names no HTTP proxy is named, without its password', async () => {
    const proxyFor = environmentProxy({ HTTPS_PROXY: `socks5://u:${CANARY}@p:1` })
    const { status, text } = await ask(await start('https://models.corp.test', undefined, { proxyFor }))
    expect(status).toBe(502)
    expect(text).toContain('HTTPS_PROXY')
    expect(text).not.toContain(CANARY)
  })
})

describe('certificates', () => {
  test('an authority of one’s own is trusted where the instance names it, and only there', async () => {
    const { port } = await secureUpstream(authority.issue('127.0.0.1'))
    expect((await ask(await start(`https://127.0.0.1:${port}`, trusting(authority)))).status).toBe(200)
    const { status, text } = await ask(await start(`https://127.0.0.1:${port}`, undefined))
    expect(status).toBe(502)
    expect(text).toContain('ca_file')
  })

  test.each([
    ['self-signed', () => selfSigned('127.0.0.1'), undefined, /nobody who is trusted.*SELF_SIGNED/],
    ['of another host', () => authority.issue('other.corp.test'), 'own', /another host.*ALTNAME/],
    ['expired', () => authority.issue('127.0.0.1', -1), 'own', /has expired.*CERT_HAS_EXPIRED/],
  ] as const)('one that is %s is refused with cause and fix', async (_what, make, trust, cause) => {
    const { port, urls } = await secureUpstream(make())
    const proxy = await start(`https://127.0.0.1:${port}`, trust === undefined ? undefined : trusting(authority))
    const { status, text } = await ask(proxy)
    expect(status).toBe(502)
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'proxy_upstream_tls' } })
    expect(text).toMatch(cause)
    expect(urls).toEqual([])
  })

  test('inside a proxy’s tunnel they are verified just so', async () => {
    const httpProxy = await through()
    const { port, urls } = await secureUpstream(authority.issue('other.corp.test'))
    const reach = { ...trusting(authority), proxyUrl: `http://127.0.0.1:${httpProxy.port}` }
    const { status, text } = await ask(await start(`https://models.corp.test:${port}`, reach))
    expect(status).toBe(502)
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'proxy_upstream_tls' } })
    expect(urls).toEqual([])
  })
})

test.each(['direct', 'through a proxy'])('a WebSocket goes the same way: %s', async (way) => {
  const httpProxy = await through(`corp:${CANARY}`)
  const { cert, key } = authority.issue('models.corp.test')
  const own = authority.issue('127.0.0.1')
  const asked: (string | undefined)[] = []
  const server = createServer(way === 'direct' ? { cert: own.cert, key: own.key } : { cert, key })
  server.on('upgrade', (request, socket) => {
    asked.push(request.headers['api-key'] as string | undefined)
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.on('error', () => {})
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => {
      server.close(() => resolve())
    })
  })
  const { port } = server.address() as AddressInfo
  const proxy =
    way === 'direct'
      ? await start(`https://127.0.0.1:${port}`, trusting(authority))
      : await start(`https://models.corp.test:${port}`, {
          ...trusting(authority),
          proxyUrl: `http://corp:${CANARY}@127.0.0.1:${httpProxy.port}`,
        })
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/v1/realtime?model=gpt-realtime`)
  const opened = await new Promise((resolve) => {
    socket.addEventListener('open', () => resolve(true))
    socket.addEventListener('error', () => resolve(false))
  })
  expect(opened).toBe(true)
  expect(asked).toEqual(['upstream-key-canary'])
  expect(httpProxy.log).toEqual(way === 'direct' ? [] : [`CONNECT models.corp.test:${port}`])
  proxy.proxy.close().catch(() => {})
})

test('a vetted address is the one that is connected to, whatever a resolver would say', async () => {
  const upstream = await plainUpstream()
  const sender = createSender(environmentProxy({ HTTP_PROXY: 'http://127.0.0.1:9' }))
  closing.push(() => sender.close())
  const url = new URL(`http://no-such-name.invalid:${new URL(upstream.origin).port}/x`)
  const answer = await sender.send(
    { method: 'GET', url, headers: [], body: [], reach: { address: '127.0.0.1' } },
    { connect: 5, first_byte: 5, idle: 5 },
    new AbortController().signal,
    { head() {}, bytes() {}, end() {} },
  )
  expect(answer.status).toBe(200)
  answer.release()
  expect(upstream.received[0]!.headers['host']).toBe(url.host)
})
