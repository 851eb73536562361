/** Operations and realtime sessions over several instances: limits, retries, failover, health. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { post, startProxy } from '../harness.ts'
import type { TestProxy } from '../harness.ts'
import { json, resetAfter } from '../scripted-upstream.ts'
import type { Script } from '../scripted-upstream.ts'
import { failing, startSeveral } from '../several-upstreams.ts'
import type { Several } from '../several-upstreams.ts'

let several: Several
afterEach(() => several?.close())

async function start(...setup: Parameters<typeof startSeveral>): Promise<void> {
  several = await startSeveral(...setup)
}

const EMBEDDINGS = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
  model: 'text-embedding-3-small',
  usage: { prompt_tokens: 8, total_tokens: 8 },
}
const embedded = json(EMBEDDINGS)
const EMBED = { model: 'text-embedding-3-small', input: 'hello' }
const send = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  post(several.proxy.origin, path, body, headers)
const embed = (): Promise<Response> => send('/v1/embeddings', EMBED)

/** A form with a file of so many bytes, at once or in two halves of which the second waits. */
function form(bytes: number): { body: Buffer; type: string } {
  const parts = [
    '--edge\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper\r\n',
    '--edge\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\n\r\n',
    'x'.repeat(bytes),
    '\r\n--edge--\r\n',
  ]
  return { body: Buffer.from(parts.join('')), type: 'multipart/form-data; boundary=edge' }
}

describe('what computes', () => {
  test.each([408, 429, 500, 503])('goes to another instance after %i', async (status) => {
    await start([failing(status), embedded])
    const answer = await embed()
    expect([answer.status, several.counts()]).toEqual([200, [1, 1]])
    expect(answer.headers.get('x-lazuli-attempts')).toBe('2')
    expect(answer.headers.get('x-lazuli-instance')).toBe('b')
    expect(await answer.json()).toEqual(EMBEDDINGS)
    const { decision, described, attempts, ends } = await several.proxy.exchange()
    expect(described).toMatchObject({ instance: 'b', askedModel: 'text-embedding-3-small' })
    expect(decision?.steps.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Instance a', 'Instance b stands by', `Instance a: answered ${status}`, 'Instance b']),
    )
    expect([attempts.length, ends]).toEqual([2, [{ state: 'done' }]])
  })

  test.each(['/v1/images/generations', '/v1/audio/speech', '/v1/responses/compact'])('%s, too', async (path) => {
    await start([failing(503), json({ id: 'x' })])
    expect((await send(path, { model: 'm', input: 'x', prompt: 'x' })).status).toBe(200)
    expect(several.counts()).toEqual([1, 1])
  })

  test('goes to another when the first cannot be reached, or closes without a word', async () => {
    await start([resetAfter(Buffer.alloc(0), 0), embedded])
    expect((await embed()).status).toBe(200)
    await several.upstreams[0]!.close()
    expect((await embed()).status).toBe(200)
    expect(several.counts()).toEqual([1, 2])
  })

  test.each([400, 401, 403, 404, 422])('never after %i', async (status) => {
    await start([failing(status), embedded])
    expect((await embed()).status).toBe(status)
    expect(several.counts()).toEqual([1, 0])
  })

  test('gives up after the retries that are allowed, and says so', async () => {
    await start([failing(503), failing(503)], { retries: 2 })
    const answer = await embed()
    expect([answer.status, several.counts(), answer.headers.get('x-should-retry')]).toEqual([503, [2, 1], 'false'])
  })

  test('waits for what a lone instance asks', async () => {
    let index = 0
    await start([(play) => (index++ === 0 ? failing(429, { 'retry-after': '7' }) : embedded)(play)])
    expect((await embed()).status).toBe(200)
    expect([several.counts(), several.time.waits]).toEqual([[2], [7000]])
  })

  test('is left out where it failed five times, until a minute has passed', async () => {
    let works = false
    await start([(play) => (works ? embedded : failing(500))(play), embedded])
    for (let index = 0; index < 8; index++) expect((await embed()).status).toBe(200)
    expect(several.counts()).toEqual([5, 8])
    works = true
    several.time.now += 60_000
    await embed()
    await embed()
    expect(several.counts()).toEqual([7, 8])
  })

  test('200 at once never exceed the limit, and tokens are settled to what was used', async () => {
    await start([embedded], {}, [{ max_rpm: 50 }])
    const answers = await Promise.all(Array.from({ length: 200 }, embed))
    expect(several.counts()).toEqual([50])
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(150)
    expect(refused[0]!.headers.get('retry-after')).toBe('60')
    await several.close()
    // About 16 tokens are reserved for each, and 8 are used.
    await start([embedded], {}, [{ max_tpm: 100 }])
    for (let index = 0; index < 10; index++) expect((await embed()).status).toBe(200)
    expect((await several.proxy.proxy.live())[0]?.quota).toMatchObject({ limitTpm: 100, usedTpm: 80, usedRpm: 10 })
    await Promise.all(Array.from({ length: 5 }, embed))
    expect(several.counts()[0]).toBeLessThanOrEqual(12)
  })

  test('a client that leaves gives its room back', async () => {
    let hangs = true
    await start([(play) => (hangs ? undefined : embedded(play))], {}, [{ max_tpm: 20 }])
    const left = new AbortController()
    const request = fetch(`${several.proxy.origin}/v1/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(EMBED),
      signal: left.signal,
    })
    await several.upstreams[0]!.request(0)
    expect((await embed()).status).toBe(429)
    left.abort()
    await expect(request).rejects.toThrow()
    await several.proxy.exchange()
    hangs = false
    expect((await embed()).status).toBe(200)
  })

  test('takes turns, by the strategy', async () => {
    await start([embedded, embedded], { strategy: 'round_robin' })
    for (let index = 0; index < 6; index++) await embed()
    expect(several.counts()).toEqual([3, 3])
  })

  test('is not asked of an instance that does not offer it', async () => {
    await start([embedded, embedded], { strategy: 'round_robin' }, [{ provider_type: 'anthropic' }])
    for (let index = 0; index < 4; index++) expect((await embed()).status).toBe(200)
    expect(several.counts()).toEqual([0, 4])
    expect((await several.proxy.exchange()).decision?.steps).toContainEqual(
      expect.objectContaining({ text: 'Instance a is left out', why: 'It does not offer POST /embeddings' }),
    )
  })

  test('a short form is sent again, a long one only while nothing of it has been read', async () => {
    const transcribed = json({ text: 'hello' })
    const upload = (bytes: number): Promise<Response> => {
      const { body, type } = form(bytes)
      return fetch(`${several.proxy.origin}/v1/audio/transcriptions`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(body),
      })
    }
    await start([failing(503), transcribed])
    expect((await upload(1000)).status).toBe(200)
    expect(several.counts()).toEqual([1, 1])
    expect(several.upstreams[1]!.received[0]!.body.equals(several.upstreams[0]!.received[0]!.body)).toBe(true)
    const late = await upload(300_000)
    expect([late.status, several.counts()]).toEqual([503, [2, 1]])
    await several.upstreams[0]!.close()
    expect((await upload(300_000)).status).toBe(200)
    expect(several.upstreams[1]!.received[1]!.body.length).toBe(form(300_000).body.length)
  })
})

describe('what creates', () => {
  test.each([429, 500, 503])('is sent once, whatever the answer: %i', async (status) => {
    await start([failing(status), json({ id: 'batch_1' })])
    expect((await send('/v1/batches', { input_file_id: 'x' })).status).toBe(status)
    expect(several.counts()).toEqual([1, 0])
  })

  test('goes to another instance when nothing was sent, and what it made is found there', async () => {
    const answers: Script = ({ received, ...play }) =>
      json({ id: 'batch_1', object: 'batch', from: received.method })({ received, ...play })
    await start([answers, answers])
    await several.upstreams[0]!.close()
    expect((await send('/v1/batches', { endpoint: '/v1/chat/completions' })).status).toBe(200)
    expect((await fetch(`${several.proxy.origin}/v1/batches/batch_1`)).status).toBe(200)
    expect(several.counts()).toEqual([0, 2])
  })

  test('goes to another instance while the first rests', async () => {
    await start([failing(429, { 'retry-after': '30' }), json({ id: 'batch_1' })])
    expect((await send('/v1/batches', {})).status).toBe(429)
    expect((await send('/v1/batches', {})).status).toBe(200)
    expect(several.counts()).toEqual([1, 1])
  })
})

test('what reads one thing is asked again of its owner, and of no other', async () => {
  let index = 0
  const owner: Script = (play) =>
    (play.received.method === 'POST' || index++ > 0 ? json({ id: 'batch_1' }) : failing(503))(play)
  await start([owner, json({ id: 'batch_other' })])
  await send('/v1/batches', {})
  const answer = await fetch(`${several.proxy.origin}/v1/batches/batch_1`)
  expect([answer.status, several.counts()]).toEqual([200, [3, 0]])
  expect(several.time.waits).toEqual([500])
})

test('1,000 embeddings at 30 % faults: each is answered once, and every call is told', async () => {
  let seed = 42
  const faulty: Script = (play) => {
    seed = (seed * 16_807) % 2_147_483_647
    const dice = seed / 2_147_483_647
    if (dice < 0.15) return failing(503)(play)
    if (dice < 0.3) return resetAfter(Buffer.alloc(0), 0)(play)
    return embedded(play)
  }
  await start([faulty, faulty, faulty], { strategy: 'round_robin', retries: 6 })
  let attempts = 0
  let good = 0
  for (let batch = 0; batch < 50; batch++) {
    for (const answer of await Promise.all(Array.from({ length: 20 }, embed))) {
      await answer.text()
      attempts += Number(answer.headers.get('x-lazuli-attempts'))
      if (answer.status === 200) good++
    }
    several.time.now += 60_000
  }
  const { exchanges } = several.proxy.tap
  expect(several.counts().reduce((sum, count) => sum + count)).toBe(attempts)
  expect(exchanges.reduce((sum, { attempts: made }) => sum + made.length, 0)).toBe(attempts)
  expect([exchanges.length, exchanges.every(({ ends }) => ends.length === 1)]).toEqual([1000, true])
  expect(good).toBeGreaterThan(990)
}, 60_000)

describe('a realtime session', () => {
  let proxy: TestProxy
  const servers: { close(): void; closeAllConnections(): void }[] = []
  afterEach(async () => {
    await proxy?.close()
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
  })

  /** Answers an upgrade with this status; 101 agrees. */
  async function upstream(status: number, extra = ''): Promise<{ base: string; asked: () => number }> {
    let asked = 0
    const server = createServer()
    server.on('upgrade', (_request, socket: Socket) => {
      asked++
      socket.on('error', () => {})
      if (status === 101) {
        socket.resume()
        socket.on('end', () => socket.end())
        socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\nhello')
        return
      }
      socket.end(
        `HTTP/1.1 ${status} No\r\n${extra}content-type: application/json\r\ncontent-length: 23\r\nconnection: close\r\n\r\n{"error":{"code":"no"}}`,
      )
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
    return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked }
  }

  /** What comes back until the connection is quiet or ended. */
  function shake(path: string, until: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(proxy.port, '127.0.0.1')
      let got = ''
      socket.on('data', (chunk) => {
        got += chunk.toString('latin1')
        if (!until.test(got)) return
        socket.destroy()
        resolve(got)
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error(`closed after ${got}`)))
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${proxy.port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
          'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      )
    })
  }

  test('goes to the next instance when the first cannot be reached or is busy, before the upgrade', async () => {
    const busy = await upstream(429, 'retry-after: 20\r\n')
    const good = await upstream(101)
    proxy = await startProxy({
      instances: [
        { name: 'gone', base: 'http://127.0.0.1:1' },
        { name: 'busy', base: busy.base },
        { name: 'good', base: good.base },
      ],
    })
    const said = await shake('/v1/realtime?model=gpt-realtime', /hello$/)
    expect(said).toMatch(/^HTTP\/1\.1 101 /)
    expect(said).toMatch(/x-lazuli-instance: good/)
    expect(said).toMatch(/x-lazuli-attempts: 3/)
    const { attempts, described } = await proxy.exchange()
    expect(attempts.map(({ start: { instance } }) => instance)).toEqual(['gone', 'busy', 'good'])
    expect(described).toMatchObject({ instance: 'good' })
    await shake('/v1/realtime?model=gpt-realtime', /hello$/)
    expect([busy.asked(), good.asked()]).toEqual([1, 2])
    await expect.poll(() => proxy.proxy.activeExchanges()).toBe(0)
  })

  test('counts against the requests per minute, and is told when there is room', async () => {
    const good = await upstream(101)
    proxy = await startProxy({ instances: [{ name: 'a', base: good.base, more: { max_rpm: 1 } }] })
    await shake('/v1/realtime?model=gpt-realtime', /hello$/)
    const refused = await shake('/v1/realtime?model=gpt-realtime', /proxy_over_limit/)
    expect(refused).toMatch(/^HTTP\/1\.1 429 /)
    expect(refused).toMatch(/retry-after: \d+/)
    expect(good.asked()).toBe(1)
  })

  test('that every instance refuses ends with the last refusal, once', async () => {
    const busy = await upstream(503)
    proxy = await startProxy({ instances: [{ base: busy.base }], config: { routing: { retries: 2 } } })
    const said = await shake('/v1/realtime?model=gpt-realtime', /\{"error":\{"code":"no"\}\}$/)
    expect(said).toMatch(/^HTTP\/1\.1 503 /)
    expect(said).toMatch(/x-should-retry: false/)
    expect([busy.asked(), (await proxy.exchange()).ends.length]).toEqual([3, 1])
  })
})
