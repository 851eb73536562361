import { afterEach, expect, test } from 'vitest'
import { json } from './scripted-upstream.ts'
import type { Script } from './scripted-upstream.ts'
import { failing, fine, startSeveral } from './several-upstreams.ts'
import type { Several } from './several-upstreams.ts'

let several: Several
afterEach(() => several.close())

/** What the clock of the probes was set to, and its next tick. */
let paces: number[] = []
let running = 0
let tick = (): void => {}
const every = (ms: number, run: () => void): (() => void) => {
  paces.push(ms)
  running++
  tick = run
  return () => {
    running--
    tick = () => {}
  }
}

/** Chat as it is scripted, and a list of models that says something else. */
const resource =
  (chat: () => Script, models: () => Script): Script =>
  (play) =>
    (play.received.method === 'GET' ? models() : chat())(play)

const asked = (index: number, method: string): number =>
  several.upstreams[index]!.received.filter((one) => one.method === method).length

async function start(scripts: readonly Script[], more: Parameters<typeof startSeveral>[2] = []): Promise<void> {
  paces = []
  running = 0
  several = await startSeveral(scripts, { probe_seconds: 10 }, more, {
    time: { monotonic: () => several?.time.now ?? 0, random: () => 0, sleep: () => Promise.resolve(), every },
  })
}

const conditions = async (): Promise<string[]> =>
  (await several.proxy.proxy.live()).map(({ condition }) => condition.state)

test('a resource that answers again is tried before its minute is over, once per outage', async () => {
  let chat: Script = failing(503)
  await start([
    resource(
      () => chat,
      () => json({ data: [] }),
    ),
    fine,
  ])
  for (let index = 0; index < 5; index++) await several.ask()
  expect(await conditions()).toEqual(['resting', 'ok'])
  tick()
  await expect.poll(conditions).toEqual(['half-open', 'ok'])
  await several.ask()
  expect(asked(0, 'POST')).toBe(6)
  expect(await conditions()).toEqual(['resting', 'ok'])
  tick()
  await expect.poll(() => asked(0, 'GET')).toBe(2)
  await several.proxy.proxy.testInstance(several.proxy.configuration.instances[0]!)
  expect(await conditions()).toEqual(['resting', 'ok'])
  several.time.now += 60_000
  chat = fine
  await several.ask()
  expect(await conditions()).toEqual(['ok', 'ok'])
})

test('a resource that refuses its key is asked last from then on, and first again when it takes it', async () => {
  let models: Script = failing(401)
  await start([
    resource(
      () => fine,
      () => models,
    ),
    fine,
  ])
  tick()
  await expect.poll(conditions).toEqual(['misconfigured', 'ok'])
  await several.ask()
  expect(several.upstreams.map((_, index) => asked(index, 'POST'))).toEqual([0, 1])
  expect((await several.proxy.exchange()).decision?.steps).toContainEqual(
    expect.objectContaining({ text: 'Instance a is not set up right' }),
  )
  models = json({ data: [] })
  tick()
  await expect.poll(conditions).toEqual(['ok', 'ok'])
  await several.ask()
  expect(asked(0, 'POST')).toBe(1)
})

test('only lists of models are asked for, of those that have a key of their own', async () => {
  const models = resource(
    () => fine,
    () => json({ data: [] }),
  )
  await start([models, models, models], [{}, { enabled: false }])
  Object.assign(several.proxy.configuration.instances[2]!, { credential: { type: 'passthrough' } })
  tick()
  await several.upstreams[0]!.request(0)
  expect(several.upstreams.map(({ received }) => received.map(({ method, url }) => `${method} ${url}`))).toEqual([
    ['GET /openai/v1/models'],
    [],
    [],
  ])
  expect(several.proxy.tap.exchanges).toEqual([])
})

test('the pace follows the configuration, without it nothing is asked, and it ends with the proxy', async () => {
  await start([fine])
  expect([paces, running]).toEqual([[10_000], 1])
  const { configuration, proxy } = several.proxy
  configuration.config.routing.probe_seconds = 30
  proxy.reconfigured()
  expect([paces, running]).toEqual([[10_000, 30_000], 1])
  delete configuration.config.routing.probe_seconds
  proxy.reconfigured()
  expect(running).toBe(0)
  tick()
  expect(several.counts()).toEqual([0])
  configuration.config.routing.probe_seconds = 10
  proxy.reconfigured()
  await proxy.close()
  expect(running).toBe(0)
})
