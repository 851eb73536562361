import { afterEach, describe, expect, test } from 'vitest'
import { LazuliError } from '../../electron/core/error.ts'
import { sleep } from '../../electron/proxy/sleep.ts'
import { post } from './harness.ts'
import { resetAfter, stream } from './scripted-upstream.ts'
import { ASK, PATH, failing, fine, startSeveral } from './several-upstreams.ts'
import type { Several } from './several-upstreams.ts'

let several: Several
afterEach(() => several.close())

async function start(...setup: Parameters<typeof startSeveral>): Promise<void> {
  several = await startSeveral(...setup)
}

const counts = (): number[] => several.counts()
const ask = (more: object = {}): Promise<Response> => several.ask(more)

describe('another instance takes over', () => {
  test.each([408, 429, 500, 502, 503, 504, 529])('at once, after %i', async (status) => {
    await start([failing(status), fine])
    const answer = await ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-lazuli-attempts')).toBe('2')
    expect(answer.headers.get('x-lazuli-instance')).toBe('b')
    expect(answer.headers.get('x-should-retry')).toBeNull()
    expect([counts(), several.time.waits]).toEqual([[1, 1], []])
    const { attempts, decision, ends } = await several.proxy.exchange()
    expect(attempts.map(({ status: one, ends: closed }) => [one, closed.length])).toEqual([
      [status, 1],
      [200, 1],
    ])
    expect(ends).toEqual([{ state: 'done' }])
    expect(decision?.target?.instance).toBe('b')
    const texts = decision!.steps.map(({ text }) => text)
    expect(texts).toContain('Instance b stands by')
    expect(texts).toContain(`Instance a: answered ${status}`)
    expect(texts).toContain('Instance b')
  })

  test('when the first cannot be reached', async () => {
    await start([fine, fine])
    await several.upstreams[0]!.close()
    const answer = await ask()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-lazuli-attempts')).toBe('2')
  })

  test('when the key of the first cannot be read', async () => {
    await start([fine, fine])
    const error = new LazuliError({ code: 'proxy_key_unreadable', status: 503, message: 'The keychain is locked.' })
    Object.assign(several.proxy.configuration.instances[0]!, { credential: { type: 'unreadable', error } })
    const answer = await ask()
    expect([answer.status, counts(), answer.headers.get('x-lazuli-attempts')]).toEqual([200, [0, 1], '1'])
    await several.close()
    await start([fine])
    Object.assign(several.proxy.configuration.instances[0]!, { credential: { type: 'unreadable', error } })
    const alone = await ask()
    expect([alone.status, alone.headers.get('x-should-retry')]).toEqual([503, null])
    expect(await alone.text()).toContain('proxy_key_unreadable')
  })

  test.each([400, 401, 403, 404, 409, 422])('never after %i', async (status) => {
    await start([failing(status), fine])
    const answer = await ask()
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-should-retry')).toBeNull()
    expect(counts()).toEqual([1, 0])
  })

  test.each([{ store: true }, { background: true }])('never for what leaves something behind: %j', async (more) => {
    await start([failing(503), fine])
    const answer = await ask(more)
    expect([answer.status, counts()]).toEqual([503, [1, 0]])
  })

  test('not after the first byte', async () => {
    const text = 'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
    await start([resetAfter(Buffer.from(text), text.length), fine])
    const answer = await ask({ stream: true })
    const received = await answer.text()
    expect(answer.status).toBe(200)
    expect(received).toContain('"error"')
    expect(received).not.toContain('[DONE]')
    expect(counts()).toEqual([1, 0])
  })

  test.each([
    ['chat', PATH, 'data: {"error":{"message":"slow down","code":"rate_limit_exceeded"}}\n\n', ASK],
    [
      'responses',
      '/v1/responses',
      'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_1"}}\n\n' +
        'event: response.failed\ndata: {"type":"response.failed","response":{"id":"resp_1","error":{"code":"rate_limit_exceeded","message":"slow down"}}}\n\n',
      { model: 'gpt-4o', input: 'hi', store: false },
    ],
  ])('after a 429 inside of a %s stream, and the client sees one clean stream', async (dialect, path, bad, body) => {
    const good =
      dialect === 'chat'
        ? 'data: {"choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
        : 'event: response.completed\ndata: {"type":"response.completed","response":{"id":"resp_2","status":"completed","output":[]}}\n\n'
    await start([stream(Buffer.from(bad)), stream(Buffer.from(good))])
    const answer = await post(several.proxy.origin, path, { ...body, stream: true })
    expect([answer.status, await answer.text(), counts()]).toEqual([200, good, [1, 1]])
  })

  test('and where there is none the 429 inside of a stream is one', async () => {
    const bad =
      'data: {"type":"response.failed","response":{"error":{"code":"too_many_requests","message":"slow"}}}\n\n'
    await start([stream(Buffer.from(bad))], { retries: 1 })
    const answer = await post(several.proxy.origin, '/v1/responses', { model: 'gpt-4o', input: 'hi', stream: true })
    expect(answer.status).toBe(429)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(counts()).toEqual([2])
  })
})

describe('retries', () => {
  test.each([
    [0, 1, null],
    [1, 2, 'false'],
    [3, 4, 'false'],
  ])('%i of them are %i calls, and then it is over', async (retries, calls, advice) => {
    await start([failing(500)], { retries })
    const answer = await ask()
    expect([answer.status, counts(), answer.headers.get('x-should-retry')]).toEqual([500, [calls], advice])
    expect(answer.headers.get('x-lazuli-attempts')).toBe(String(calls))
    expect(several.time.waits).toEqual([500, 1000, 2000].slice(0, retries))
  })

  test('are counted over all instances', async () => {
    await start([failing(500), failing(500)], { retries: 2 })
    expect((await ask()).status).toBe(500)
    expect(counts()).toEqual([2, 1])
  })

  test('of one instance are bounded by its own count', async () => {
    await start([failing(500)], { retries: 5 }, [{ retry_count: 1 }])
    await ask()
    expect(counts()).toEqual([2])
  })

  test.each([
    ['seconds', { 'retry-after': '7' }, 2, [7000]],
    ['milliseconds, which win', { 'retry-after': '7', 'retry-after-ms': '1500' }, 2, [1500]],
    ['a date', { date: 'Sat, 21 Nov 2026 12:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 12:00:09 GMT' }, 2, [9000]],
    ['garbage', { 'retry-after': 'soon' }, 2, [500]],
    ['a negative time', { 'retry-after': '-5' }, 2, [500]],
    ['more than a minute', { 'retry-after': '61' }, 1, []],
    ['nonsense', { 'retry-after': '1e12' }, 1, []],
  ])('wait for what the upstream asks: %s', async (_what, headers, calls, waits) => {
    let index = 0
    await start([(play) => (index++ === 0 ? failing(429, headers) : fine)(play)])
    const answer = await ask()
    expect([answer.status, counts(), several.time.waits]).toEqual([calls === 1 ? 429 : 200, [calls], waits])
    if (calls > 1) return
    expect(answer.headers.get('retry-after')).toBe(headers['retry-after'])
  })

  test('do not outlive the time that the request has in all', async () => {
    await start([failing(429, { 'retry-after': '30' })], {}, [], { config: { timeouts: { total: 20 } } })
    expect([(await ask()).status, counts(), several.time.waits]).toEqual([429, [1], []])
  })

  test('end when the client leaves', async () => {
    await start([failing(429, { 'retry-after': '30' })], {}, [], { time: { sleep } })
    const left = new AbortController()
    const request = fetch(several.proxy.origin + PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ASK),
      signal: left.signal,
    })
    await several.upstreams[0]!.request(0)
    left.abort()
    await expect(request).rejects.toThrow()
    expect((await several.proxy.exchange()).ends[0]?.state).toMatch(/aborted|failed/)
    expect(counts()).toEqual([1])
  })
})

describe('an instance that is down', () => {
  test('is left alone for a minute, then one request finds out whether it works again', async () => {
    let works = false
    await start([(play) => (works ? fine : failing(503))(play), fine])
    for (let index = 0; index < 8; index++) expect((await ask()).status).toBe(200)
    expect(counts()).toEqual([5, 8])
    const { decision } = await several.proxy.exchange(7)
    expect(decision?.steps).toContainEqual(
      expect.objectContaining({ verdict: 'skip', text: 'Instance a is passed over' }),
    )
    several.time.now += 60_000
    await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(counts()[0]).toBe(6)
    several.time.now += 60_000
    works = true
    await ask()
    await ask()
    expect(counts()[0]).toBe(8)
  })

  test('is not asked at all while it is alone, and the caller hears for how long', async () => {
    await start([failing(503)], { retries: 4 })
    expect((await ask()).status).toBe(503)
    const answer = await ask()
    expect([answer.status, counts()]).toEqual([503, [5]])
    expect(Number(answer.headers.get('retry-after'))).toBe(60)
    expect(await answer.text()).toContain('proxy_instances_down')
  })

  test('rests after a 429 for as long as it asks, in a storm as well', async () => {
    await start([failing(429, { 'retry-after': '20' }), fine])
    await Promise.all(Array.from({ length: 10 }, () => ask()))
    const before = counts()[0]!
    await Promise.all(Array.from({ length: 10 }, () => ask()))
    expect(counts()[0]).toBe(before)
    several.time.now += 20_000
    await ask()
    expect(counts()[0]).toBe(before + 1)
  })

  test('and flaps is not taken for down: what it serves counts', async () => {
    let index = 0
    await start([(play) => (index++ % 4 === 0 ? fine : failing(500))(play), fine])
    for (let count = 0; count < 12; count++) expect((await ask()).status).toBe(200)
    expect(counts()[0]).toBe(12)
  })

  test.each([401, 403])('of which the key is wrong (%i) comes last from then on, with advice', async (status) => {
    await start([failing(status), fine])
    expect((await ask()).status).toBe(status)
    expect((await ask()).status).toBe(200)
    expect(counts()).toEqual([1, 1])
    const { decision } = await several.proxy.exchange(1)
    const step = decision?.steps.find(({ text }) => text === 'Instance a is not set up right')
    expect(step?.why?.length).toBeGreaterThan(50)
  })
})
