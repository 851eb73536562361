import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, rawRequest, startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { json, startUpstream } from './scripted-upstream.ts'
import type { ScriptedUpstream } from './scripted-upstream.ts'

const TOKEN = 'local-key-canary-0001'
const BODY = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] })

let upstream: ScriptedUpstream
let proxy: TestProxy

beforeEach(async () => {
  upstream = await startUpstream(json({ id: 'x', choices: [] }))
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(
  extra: { token?: string; cors?: string[]; hosts?: string[]; window?: boolean } = {},
): Promise<void> {
  proxy = await startProxy({
    instances: [{ base: upstream.origin }],
    config: { server: { cors_origins: extra.cors ?? [], hosts: extra.hosts ?? [] } },
    ...(extra.token === undefined ? {} : { token: extra.token }),
    ...(extra.window === true
      ? {
          window: {
            owns: (path: string) => path === '/' || path.startsWith('/console'),
            handle: (_request, response) => {
              response.end('window')
            },
          },
        }
      : {}),
  })
}

function rawPost(host: string, headers: string[] = [], target = '/v1/chat/completions'): string {
  return [
    `POST ${target} HTTP/1.1`,
    ...(host === '' ? [] : [`Host: ${host}`]),
    'Content-Type: application/json',
    `Content-Length: ${BODY.length}`,
    // The answer ends with the connection, so nobody waits for more.
    ...(headers.some((header) => header.startsWith('Connection:')) ? [] : ['Connection: close']),
    ...headers,
    '',
    BODY,
  ].join('\r\n')
}

function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1])
}

describe('the Host', () => {
  test.each([
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
    ['LOCALHOST:PORT', 200],
    ['[::1]:PORT', 200],
    ['box.example:PORT', 200],
    ['box.example', 200],
    ['evil.test', 421],
    ['evil.test:PORT', 421],
    ['0.0.0.0:PORT', 421],
    ['localhost', 421],
    ['localhost:1', 421],
    ['127.0.0.1.evil.test:PORT', 421],
    ['localhost:PORT@evil.test', 421],
  ])('%s is answered with %i', async (host, status) => {
    await start({ hosts: ['box.example'] })
    const { text } = await rawRequest(proxy.port, rawPost(host.replace('PORT', String(proxy.port))))
    expect(statusOf(text)).toBe(status)
    expect(upstream.received.length).toBe(status === 200 ? 1 : 0)
  })

  test('two equal Host headers are refused', async () => {
    await start()
    const { text } = await rawRequest(proxy.port, rawPost(`127.0.0.1:${proxy.port}`, [`Host: 127.0.0.1:${proxy.port}`]))
    expect(statusOf(text)).toBe(400)
    expect(upstream.received).toEqual([])
  })

  test('no Host is refused', async () => {
    await start()
    expect(statusOf((await rawRequest(proxy.port, rawPost(''))).text)).toBe(400)
  })
})

describe('a whole URL as target', () => {
  test.each([
    ['http://api.openai.com/v1/chat/completions', 'api.openai.com', 200],
    ['http://api.openai.com/v1/chat/completions', 'api.anthropic.com', 400],
    ['http://evil.test/v1/chat/completions', 'evil.test', 400],
    ['http://api.openai.com@evil.test/v1/chat/completions', 'evil.test', 400],
    ['https://api.openai.com/v1/chat/completions', 'api.openai.com', 400],
  ])('%s with Host %s is answered with %i', async (target, host, status) => {
    await start()
    expect(statusOf((await rawRequest(proxy.port, rawPost(host, [], target))).text)).toBe(status)
    expect(upstream.received.length).toBe(status === 200 ? 1 : 0)
  })
})

describe('web pages', () => {
  test.each([
    [{ origin: 'https://evil.test' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:3000' }],
    [{ 'sec-fetch-site': 'cross-site' }],
  ])('%o is refused and learns nothing', async (headers) => {
    await start()
    const { text } = await rawRequest(
      proxy.port,
      rawPost(
        `127.0.0.1:${proxy.port}`,
        Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ),
    )
    expect(statusOf(text)).toBe(403)
    expect(text.toLowerCase()).not.toContain('access-control-')
    expect(upstream.received).toEqual([])
  })

  test('a preflight of an origin that is not listed is refused', async () => {
    await start()
    const answer = await fetch(`${proxy.origin}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('access-control-allow-origin')).toBe(null)
  })

  test('a listed origin gets its exact echo on preflight, answers and errors', async () => {
    await start({ cors: ['https://mine.example'], token: TOKEN })
    const origin = 'https://mine.example'
    const preflight = await fetch(`${proxy.origin}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    for (const key of [TOKEN, 'wrong']) {
      const headers = { origin, 'sec-fetch-site': 'cross-site', authorization: `Bearer ${key}` }
      const answer = await post(proxy.origin, '/v1/chat/completions', BODY, headers)
      expect(answer.status).toBe(key === TOKEN ? 200 : 401)
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
      expect(answer.headers.get('vary')).toBe('Origin')
    }
  })

  test('the upstream’s own CORS headers do not get through', async () => {
    await upstream.close()
    upstream = await startUpstream(
      json({ choices: [] }, 200, { 'access-control-allow-origin': '*', 'set-cookie': 'a=b' }),
    )
    await start()
    const answer = await post(proxy.origin, '/v1/chat/completions', BODY)
    expect(answer.headers.get('access-control-allow-origin')).toBe(null)
    expect(answer.headers.get('set-cookie')).toBe(null)
  })
})

describe('the local key', () => {
  test.each(['authorization', 'api-key', 'x-api-key', 'X-API-Key'])('is taken from %s', async (name) => {
    await start({ token: TOKEN })
    const value = name === 'authorization' ? `Bearer ${TOKEN}` : TOKEN
    expect((await post(proxy.origin, '/v1/chat/completions', BODY, { [name]: value })).status).toBe(200)
  })

  test('every wrong one gets the same answer', async () => {
    await start({ token: TOKEN })
    const near = `${TOKEN.slice(0, -1)}2`
    const attempts: Record<string, string>[] = [
      {},
      { authorization: 'Bearer x' },
      { authorization: `Bearer ${near}` },
      { authorization: `Basic ${TOKEN}` },
      { 'api-key': `${TOKEN}x` },
      { 'x-api-key': "' OR 1=1 --" },
    ]
    const answers = await Promise.all(
      attempts.map(async (headers) => {
        const answer = await post(proxy.origin, '/v1/chat/completions', BODY, headers)
        return [answer.status, await answer.text(), answer.headers.get('content-type')]
      }),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]![0]).toBe(401)
    expect(upstream.received).toEqual([])
    expect(proxy.tap.exchanges).toEqual([])
  })

  test.each(['?api-key=', '?token=', '?x='])('in the URL (%s) is refused even beside a right header', async (query) => {
    await start({ token: TOKEN })
    const headers = { authorization: `Bearer ${TOKEN}` }
    const answer = await post(proxy.origin, `/v1/chat/completions${query}${TOKEN}`, BODY, headers)
    expect(answer.status).toBe(401)
    const encoded = TOKEN.replaceAll('-', '%2D')
    expect((await post(proxy.origin, `/v1/chat/completions${query}${encoded}`, BODY, headers)).status).toBe(401)
  })

  test('is wanted everywhere but for the health check', async () => {
    await start({ token: TOKEN, window: true })
    for (const path of ['/', '/v1/models', '/nowhere', '/console/x']) {
      expect((await fetch(proxy.origin + path)).status, path).toBe(401)
    }
    const health = await fetch(`${proxy.origin}/healthz`)
    expect([health.status, await health.json()]).toEqual([200, { status: 'healthy' }])
  })
})

describe('the window’s sign-in', () => {
  test('a link works once, and its cookie opens the window’s paths only', async () => {
    await start({ token: TOKEN, window: true })
    const path = proxy.proxy.loginPath()
    const first = await fetch(proxy.origin + path, { redirect: 'manual' })
    expect(first.status).toBe(303)
    const cookie = first.headers.get('set-cookie')!
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/)
    const pair = cookie.split(';')[0]!
    expect((await fetch(proxy.origin + path, { redirect: 'manual' })).status).toBe(401)
    expect(await (await fetch(`${proxy.origin}/`, { headers: { cookie: pair } })).text()).toBe('window')
    expect((await fetch(`${proxy.origin}/v1/models`, { headers: { cookie: pair } })).status).toBe(401)
    expect((await fetch(`${proxy.origin}/`, { headers: { cookie: 'lazuli_session=guess' } })).status).toBe(401)
  })

  test('our own origin may call the window’s paths and nothing else', async () => {
    await start({ window: true })
    const headers = { origin: proxy.origin, 'sec-fetch-site': 'same-origin' }
    expect((await fetch(`${proxy.origin}/console`, { method: 'POST', headers })).status).toBe(200)
    expect((await post(proxy.origin, '/v1/chat/completions', BODY, headers)).status).toBe(403)
    const foreign = { origin: 'https://evil.test' }
    expect((await fetch(`${proxy.origin}/console`, { method: 'POST', headers: foreign })).status).toBe(403)
  })
})

describe('the body’s type', () => {
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    '"%s" is refused',
    async (type) => {
      await start()
      const { text } = await rawRequest(
        proxy.port,
        rawPost(`127.0.0.1:${proxy.port}`).replace('Content-Type: application/json', `Content-Type: ${type}`),
      )
      expect(statusOf(text)).toBe(415)
      expect(upstream.received).toEqual([])
    },
  )

  test('JSON with parameters is taken', async () => {
    await start()
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    expect((await post(proxy.origin, '/v1/chat/completions', BODY, headers)).status).toBe(200)
  })

  test('a compressed body is refused', async () => {
    await start()
    const headers = { 'content-encoding': 'gzip' }
    expect((await post(proxy.origin, '/v1/chat/completions', BODY, headers)).status).toBe(415)
  })

  test('the order is Host, Origin, key, type', async () => {
    await start({ token: TOKEN })
    const ask = async (host: string, headers: string[]): Promise<number> =>
      statusOf(
        (
          await rawRequest(
            proxy.port,
            rawPost(host, headers).replace('Content-Type: application/json', 'Content-Type: text/plain'),
          )
        ).text,
      )
    const own = `127.0.0.1:${proxy.port}`
    expect(await ask('evil.test', ['Origin: https://evil.test'])).toBe(421)
    expect(await ask(own, ['Origin: https://evil.test'])).toBe(403)
    expect(await ask(own, [])).toBe(401)
    expect(await ask(own, [`api-key: ${TOKEN}`])).toBe(415)
  })
})

describe('framing', () => {
  const second = (port: number): string => rawPost(`127.0.0.1:${port}`)
  test.each([
    ['length and chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 'hello'],
    ['a list of encodings', ['Transfer-Encoding: identity, chunked'], '0\r\n\r\n'],
    ['an unknown encoding', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'],
    ['a folded header', ['X-A: b', ' c'], ''],
    ['a space before the colon', ['X-A : b'], ''],
  ])('%s closes the connection, and what follows is never sent on', async (_name, headers, body) => {
    await start()
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      `Host: 127.0.0.1:${proxy.port}`,
      'Content-Type: application/json',
    ]
    const text = `${[...head, ...headers, '', body].join('\r\n')}${second(proxy.port)}`
    const answer = await rawRequest(proxy.port, text, 1000)
    expect(statusOf(answer.text)).toBe(400)
    expect(answer.closed).toBe(true)
    expect(upstream.received).toEqual([])
  })

  test('bare line feeds are refused', async () => {
    await start()
    const answer = await rawRequest(proxy.port, second(proxy.port).replaceAll('\r\n', '\n'), 1000)
    expect(statusOf(answer.text)).toBe(400)
    expect(answer.closed).toBe(true)
  })

  test('headers over 16 KiB are refused with 431', async () => {
    await start()
    const answer = await rawRequest(
      proxy.port,
      rawPost(`127.0.0.1:${proxy.port}`, [`X-A: ${'a'.repeat(17_000)}`]),
      1000,
    )
    expect(statusOf(answer.text)).toBe(431)
    expect(answer.closed).toBe(true)
  })
})

describe('upgrades', () => {
  const upgrade = (path: string, headers: string[] = []): string =>
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${proxy.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ...headers,
      '',
      '',
    ].join('\r\n')

  test('a WebSocket for Responses is told to use POST', async () => {
    await start()
    expect(statusOf((await rawRequest(proxy.port, upgrade('/v1/responses'), 1000)).text)).toBe(426)
  })

  test('others are refused, and a foreign origin first of all', async () => {
    await start({ token: TOKEN })
    expect(statusOf((await rawRequest(proxy.port, upgrade('/v1/responses'), 1000)).text)).toBe(401)
    const foreign = upgrade('/v1/responses', ['Origin: https://evil.test'])
    expect(statusOf((await rawRequest(proxy.port, foreign, 1000)).text)).toBe(403)
    const known = upgrade('/v1/else', [`api-key: ${TOKEN}`])
    expect(statusOf((await rawRequest(proxy.port, known, 1000)).text)).toBe(404)
  })

  test('a Java client that offers HTTP/2 is answered over HTTP/1.1', async () => {
    await start()
    const headers = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA']
    expect(statusOf((await rawRequest(proxy.port, rawPost(`127.0.0.1:${proxy.port}`, headers))).text)).toBe(200)
  })
})
