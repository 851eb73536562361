/** What the window is shown of the instances, and where a request would go now. */
import { describe, expect, test } from 'vitest'
import { InstanceLive } from '../../shared/live.ts'
import { useStage } from './counted-stage.ts'
import type { Json } from './counted-stage.ts'
import { json } from './scripted-upstream.ts'
import { ANSWER, ASK, failing, fine, PATH } from './several-upstreams.ts'
import { post } from './harness.ts'

const stage = useStage()

async function liveOf(name: string): Promise<InstanceLive> {
  const all = await stage.live()
  for (const each of all) InstanceLive.parse(each)
  return all.find((each) => each.name === name)!
}

describe('an instance', () => {
  test('that nobody asked is healthy, with its limits and nothing used', async () => {
    await stage.start({}, [{ max_tpm: 5000, max_rpm: 60 }, {}, { enabled: false }])
    expect((await stage.live()).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(await liveOf('a')).toEqual({
      name: 'a',
      condition: { state: 'ok' },
      quota: { limitTpm: 5000, limitRpm: 60, usedTpm: 0, usedRpm: 0 },
      requests: 0,
      errors: 0,
      deployments: [],
    })
    expect((await liveOf('b')).quota).toEqual({ usedTpm: 0, usedRpm: 0 })
  })

  test('shows what it used in the last minute, its speed, and what its upstream says is left', async () => {
    const told = {
      'x-ratelimit-limit-tokens': '100000',
      'x-ratelimit-remaining-tokens': '99000',
      'x-ratelimit-limit-requests': '0',
      'x-ratelimit-remaining-requests': '-1',
    }
    stage.scripts[0] = (play) => {
      stage.time += 120
      return json(ANSWER, 200, told)(play)
    }
    await stage.start({}, [{ max_tpm: 5000 }])
    await stage.ask()
    const before = Date.now()
    await stage.ask()
    const { quota, deployments, ...rest } = await liveOf('a')
    expect(quota).toEqual({ limitTpm: 5000, usedTpm: 20, usedRpm: 2 })
    expect(rest).toMatchObject({ requests: 2, errors: 0, ttftMs: 120, condition: { state: 'ok' } })
    expect(deployments).toMatchObject([{ deployment: 'gpt-4o-a', requests: 2, errors: 0, ttftMs: 120 }])
    const { seenAt, ...shown } = deployments[0]!.quota
    expect(shown).toEqual({ limitTpm: 100_000, usedTpm: 20, usedRpm: 2, remainingTokens: 99_000 })
    expect(Math.abs(seenAt! - before)).toBeLessThan(5000)
    stage.time += 60_000
    expect((await liveOf('a')).quota).toEqual({ limitTpm: 5000, usedTpm: 0, usedRpm: 0 })
    expect((await liveOf('a')).requests).toBe(2)
    stage.time += 5 * 60_000
    expect(await liveOf('a')).toMatchObject({ requests: 0, errors: 0 })
    expect((await liveOf('a')).ttftMs).toBeUndefined()
  })

  test('rests after a 429 for as long as it asks', async () => {
    stage.scripts[0] = failing(429, { 'retry-after': '20' })
    await stage.start()
    await stage.ask()
    const { condition, errors, requests } = await liveOf('a')
    expect([requests, errors]).toEqual([1, 1])
    expect(condition).toMatchObject({ state: 'resting', cause: 'throttled' })
    const until = (condition as { until: number }).until
    expect(Math.abs(until - Date.now() - 20_000)).toBeLessThan(2000)
    stage.time += 20_000
    expect((await liveOf('a')).condition).toEqual({ state: 'ok' })
  })

  test('rests after five failures, is half-open after a minute, and well when it has served', async () => {
    stage.scripts[0] = failing(500)
    await stage.start()
    for (let index = 0; index < 5; index++) await stage.ask()
    expect((await liveOf('a')).condition).toMatchObject({ state: 'resting', cause: 'failing' })
    expect((await liveOf('a')).deployments[0]).toMatchObject({ deployment: 'gpt-4o-a', errors: 5 })
    stage.time += 60_000
    expect((await liveOf('a')).condition).toEqual({ state: 'half-open' })
    stage.scripts[0] = fine
    await stage.ask()
    expect((await liveOf('a')).condition).toEqual({ state: 'ok' })
  })

  test('whose key is refused says what to do', async () => {
    stage.scripts[0] = failing(401)
    await stage.start()
    await stage.ask()
    const { condition } = await liveOf('a')
    expect(condition).toMatchObject({ state: 'misconfigured', failure: { code: 'instance_misconfigured' } })
    const { failure } = condition as { failure: { message: string; fix?: string } }
    expect(failure.message).toContain('gpt-4o-a')
    expect(failure.fix?.length).toBeGreaterThan(30)
  })
})

describe('where a request would go', () => {
  const texts = async (): Promise<string[]> =>
    (await stage.preview()).decision.steps.map(({ text, why }) => `${text}: ${why ?? ''}`)
  const target = async (): Promise<string | undefined> => (await stage.preview()).decision.target?.instance

  test('is the next instance while the first rests, with the reason', async () => {
    stage.scripts[0] = failing(429, { 'retry-after': '20' })
    await stage.start()
    expect(await target()).toBe('a')
    await stage.ask()
    expect(await target()).toBe('b')
    expect(await texts()).toEqual(
      expect.arrayContaining([
        'Instance a is passed over: It asked to be left alone for 20 s more',
        'Instance b: The next in order',
      ]),
    )
  })

  test('is the next one while the first is at its limit, and nothing is reserved by asking', async () => {
    await stage.start({}, [{ max_rpm: 1 }])
    for (let index = 0; index < 5; index++) expect(await target()).toBe('a')
    await stage.ask()
    expect(await target()).toBe('b')
    expect(await texts()).toContain('Instance a is passed over: At its limit of 1 requests a minute')
  })

  test('is the next one while the upstream has nothing left', async () => {
    stage.scripts[0] = json(ANSWER, 200, { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '9' })
    await stage.start()
    await stage.ask()
    expect(await target()).toBe('b')
    stage.time += 9000
    expect(await target()).toBe('a')
  })

  test('is told of instances that stand by, too', async () => {
    stage.scripts[1] = failing(429, { 'retry-after': '20' })
    stage.scripts[0] = failing(500)
    await stage.start({ routing: { retries: 1 } })
    await stage.ask()
    expect(await texts()).toContain('Instance b stands by: Priority 100. It asked to be left alone for 20 s more')
  })

  test('is nowhere while all rest', async () => {
    stage.scripts = stage.scripts.map(() => failing(429, { 'retry-after': '20' }))
    await stage.start({ routing: { retries: 2 } })
    await stage.ask()
    expect(await texts()).toContain('No instance takes a request now: ')
  })

  test('takes no turn: asking for it leaves the next requests where they are', async () => {
    await stage.start({ routing: { strategy: 'round_robin' } })
    await stage.ask()
    for (let index = 0; index < 4; index++) expect(await target()).toBe('b')
    const dry = await post(stage.origin, PATH, ASK, { 'x-dry-run': 'true' })
    expect(((await dry.json()) as Json)['instance']).toBe('b')
    await stage.ask()
    await stage.ask()
    expect(stage.upstreams.map(({ received }) => received.length)).toEqual([1, 1, 1])
  })

  test('and a dry run says the same as the request that follows', async () => {
    stage.scripts[0] = failing(429, { 'retry-after': '20' })
    await stage.start()
    await stage.ask()
    const dry = (await (await post(stage.origin, PATH, ASK, { 'x-dry-run': 'true' })).json()) as Json
    expect(dry['instance']).toBe('b')
    const answer = await post(stage.origin, PATH, ASK)
    expect(answer.headers.get('x-lazuli-instance')).toBe('b')
    await answer.text()
    await stage.journal.flush()
    const [row] = (await stage.journal.list({ limit: 1 })).rows
    const kept = (await stage.journal.get(row!.id))?.decision?.steps.map(({ text }) => text)
    expect(kept).toEqual((dry['steps'] as { text: string }[]).map(({ text }) => text))
  })
})
