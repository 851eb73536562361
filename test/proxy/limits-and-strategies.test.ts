import { afterEach, describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../shared/config.ts'
import type { TestInstance } from './harness.ts'
import { json, resetAfter } from './scripted-upstream.ts'
import type { Script } from './scripted-upstream.ts'
import { ANSWER, ASK, PATH, failing, fine, startSeveral } from './several-upstreams.ts'
import type { Several } from './several-upstreams.ts'

let several: Several
afterEach(() => several.close())

async function start(...setup: Parameters<typeof startSeveral>): Promise<void> {
  several = await startSeveral(...setup)
}

const counts = (): number[] => several.counts()
const ask = (more: object = {}): Promise<Response> => several.ask(more)

describe('limits', () => {
  test('200 requests at once never exceed the upstream’s requests per minute', async () => {
    await start([fine], {}, [{ max_rpm: 50 }])
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask()))
    expect(counts()).toEqual([50])
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(150)
    expect(refused[0]!.headers.get('retry-after')).toBe('60')
    expect(await refused[0]!.text()).toContain('proxy_over_limit')
    several.time.now += 60_000
    expect((await ask()).status).toBe(200)
  })

  test('tokens are reserved by estimate and settled to what was used', async () => {
    // Reserved: 1000 and the prompt; used: 10. One after the other all fit, at once only nine do.
    await start([fine], {}, [{ max_tpm: 10_000 }])
    const at = await Promise.all(Array.from({ length: 20 }, () => ask({ max_tokens: 1000 })))
    expect(at.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(9)
    await Promise.all(at.map((answer) => answer.text()))
    for (let index = 0; index < 50; index++) expect((await ask({ max_tokens: 1000 })).status).toBe(200)
  })

  test('a client that leaves gives its room back', async () => {
    let hang = true
    await start([(play) => (hang ? undefined : fine(play))], {}, [{ max_tpm: 1200 }])
    const left = new AbortController()
    const body = JSON.stringify({ ...ASK, max_tokens: 1000 })
    const headers = { 'content-type': 'application/json' }
    const request = fetch(several.proxy.origin + PATH, { method: 'POST', headers, body, signal: left.signal })
    await several.upstreams[0]!.request(0)
    expect((await ask({ max_tokens: 1000 })).status).toBe(429)
    left.abort()
    await expect(request).rejects.toThrow()
    await several.proxy.exchange()
    hang = false
    expect((await ask({ max_tokens: 1000 })).status).toBe(200)
  })

  test('what has no room goes to the next instance', async () => {
    await start([fine, fine], {}, [{ max_rpm: 3 }])
    for (let index = 0; index < 10; index++) expect((await ask()).status).toBe(200)
    expect(counts()).toEqual([3, 7])
  })

  test('Azure’s own counters count, unless it says that it does not know them', async () => {
    const told = {
      'x-ratelimit-limit-requests': '10',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '12',
    }
    await start([json(ANSWER, 200, told), json(ANSWER, 200, { ...told, 'x-ratelimit-limit-requests': '0' })])
    for (let index = 0; index < 4; index++) await ask()
    expect(counts()).toEqual([1, 3])
    several.time.now += 12_000
    await ask()
    expect(counts()).toEqual([2, 3])
  })

  test('a deployment may have limits of its own, beside those of its instance', async () => {
    const own = { deployment_limits: { 'GPT-4o': { max_rpm: 2 } }, max_rpm: 4 }
    await start([fine, fine], {}, [own])
    for (let index = 0; index < 3; index++) expect((await ask()).status).toBe(200)
    expect(counts()).toEqual([2, 1])
    for (let index = 0; index < 3; index++) expect((await ask({ model: 'gpt-4.1' })).status).toBe(200)
    expect(counts()).toEqual([4, 2])
    const { decision } = await several.proxy.exchange(2)
    expect(decision?.steps).toContainEqual(
      expect.objectContaining({ text: 'Instance a is passed over', why: 'At its limit of 2 requests a minute' }),
    )
    several.time.now += 60_000
    expect((await ask()).status).toBe(200)
    expect(counts()).toEqual([5, 2])
  })

  test('what its deployment refuses takes nothing from the instance', async () => {
    const own = { deployment_limits: { 'gpt-4o': { max_tpm: 1200 } }, max_tpm: 10_000, max_rpm: 3 }
    let hang = true
    await start([(play) => (hang ? undefined : fine(play))], {}, [own])
    const left = new AbortController()
    const body = JSON.stringify({ ...ASK, max_tokens: 1000 })
    const headers = { 'content-type': 'application/json' }
    const request = fetch(several.proxy.origin + PATH, { method: 'POST', headers, body, signal: left.signal })
    await several.upstreams[0]!.request(0)
    for (let index = 0; index < 9; index++) expect((await ask({ max_tokens: 1000 })).status).toBe(429)
    expect((await several.proxy.proxy.live())[0]?.quota.usedRpm).toBe(1)
    hang = false
    expect((await ask({ model: 'gpt-4.1' })).status).toBe(200)
    left.abort()
    await expect(request).rejects.toThrow()
    await several.proxy.exchange()
    expect((await ask({ max_tokens: 1000 })).status).toBe(200)
  })

  test('a prompt that is too long for one goes to another, and is refused where none takes it', async () => {
    await start([fine, fine], {}, [{ max_input_tokens: 100 }, { max_input_tokens: 1000 }])
    const long = (length: number): object => ({ messages: [{ role: 'user', content: 'x'.repeat(length) }] })
    expect((await ask(long(2000))).status).toBe(200)
    expect(counts()).toEqual([0, 1])
    expect((await ask(long(20_000))).status).toBe(400)
  })
})

describe('strategies', () => {
  const shares = async (
    routing: ConfigInput['routing'],
    more: TestInstance['more'][],
    requests: number,
    random = Math.random,
  ): Promise<number[]> => {
    await start(
      more.map(() => fine),
      routing,
      more,
      { time: { random, sleep: () => Promise.resolve() } },
    )
    for (let index = 0; index < requests; index++) await (await ask()).text()
    return counts()
  }

  test('round robin takes turns', async () => {
    expect(await shares({ strategy: 'round_robin' }, [{}, {}, {}], 9)).toEqual([3, 3, 3])
  })

  test('priority comes first', async () => {
    const more = [{ priority: 2 }, { priority: 1 }, { priority: 1 }]
    expect(await shares({ strategy: 'round_robin' }, more, 6)).toEqual([0, 3, 3])
  })

  test('weights are kept within binomial bounds', async () => {
    let seed = 7
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    const [a] = await shares({ strategy: 'weighted' }, [{ weight: 70 }, { weight: 30 }], 400, random)
    // Four standard deviations of 400 draws at 0.7.
    expect(Math.abs(a! - 280)).toBeLessThan(4 * Math.sqrt(400 * 0.7 * 0.3))
  })

  test('the fastest is asked once both are known', async () => {
    const slow: Script = (play) => {
      several.time.now += 500
      return fine(play)
    }
    await start([slow, fine], { strategy: 'least_latency' })
    for (let index = 0; index < 8; index++) await ask()
    expect(counts()).toEqual([1, 7])
  })
})

test('1,000 requests at 30 % faults: each is answered once, and every call is counted', async () => {
  let seed = 42
  const faulty: Script = (play) => {
    seed = (seed * 16_807) % 2_147_483_647
    const dice = seed / 2_147_483_647
    if (dice < 0.15) return failing(503)(play)
    if (dice < 0.3) return resetAfter(Buffer.alloc(0), 0)(play)
    return fine(play)
  }
  await start([faulty, faulty, faulty], { strategy: 'round_robin', retries: 6 })
  let attempts = 0
  const states = new Map<number, number>()
  for (let batch = 0; batch < 50; batch++) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
    for (const answer of answers) {
      await answer.text()
      attempts += Number(answer.headers.get('x-lazuli-attempts'))
      states.set(answer.status, (states.get(answer.status) ?? 0) + 1)
    }
    several.time.now += 60_000
  }
  expect(counts().reduce((sum, count) => sum + count)).toBe(attempts)
  expect(several.proxy.tap.exchanges).toHaveLength(1000)
  expect(several.proxy.tap.exchanges.reduce((sum, { attempts: made }) => sum + made.length, 0)).toBe(attempts)
  expect(several.proxy.tap.exchanges.every(({ ends }) => ends.length === 1)).toBe(true)
  expect(states.get(200)).toBeGreaterThan(990)
}, 60_000)

test('a reload keeps what is known of health and limits', async () => {
  await start([failing(429, { 'retry-after': '50' }), fine])
  await ask()
  const reloaded = several.proxy.configuration.instances.map((instance) => Object.assign({}, instance))
  Object.assign(several.proxy.configuration, { instances: reloaded, version: 2 })
  await ask({ model: 'gpt-4o-mini' })
  await ask()
  expect(counts()).toEqual([2, 3])
})
