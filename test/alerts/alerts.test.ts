/** Alerts against a real webhook that does what a test tells it to. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAlerts } from '../../electron/alerts/alerts.ts'
import type { Alerts } from '../../electron/alerts/alerts.ts'
import { bodyOf, createPostAlert } from '../../electron/alerts/webhook.ts'
import { alertTargets } from '../../electron/config/alert-targets.ts'
import { Config } from '../../shared/config.ts'
import type { ConfigInput } from '../../shared/config.ts'
import { json, startUpstream } from '../proxy/scripted-upstream.ts'
import type { Script, ScriptedUpstream } from '../proxy/scripted-upstream.ts'

let now: number
let logged: string[]
let alerts: Alerts
let hook: ScriptedUpstream | undefined
beforeEach(() => {
  now = 0
  logged = []
})
afterEach(async () => {
  await alerts.close(0)
  await hook?.close()
  hook = undefined
})

const silent = (): void => {}

async function start(script: Script, configure = (url: string): ConfigInput => ({ alerts: { webhook: url } })) {
  hook = await startUpstream(script)
  const config = Config.parse(configure(`${hook.origin}/hook/secret-path`))
  alerts = createAlerts({
    targets: () => alertTargets(config),
    post: createPostAlert(500, () => undefined),
    clean: (text) => text.replaceAll('key-canary', '[redacted]'),
    log: {
      debug: silent,
      info: silent,
      warn: (fields, message) => logged.push(`${message} ${JSON.stringify(fields)}`),
      error: (_fields, message) => logged.push(`error: ${message}`),
    },
    monotonic: () => now,
    now: () => 1_750_000_000_000,
  })
  return hook
}

const taken = json({ code: 0 })
const bodies = (): Record<string, unknown>[] =>
  (hook?.received ?? []).map(({ body }) => JSON.parse(body.toString()) as Record<string, unknown>)
const down = (instance: string) => ({ kind: 'down', instance, deployment: 'd', told: 'answered 500' }) as const

describe('alerts', () => {
  test('tell a trouble of an instance once in ten minutes, then how often it came', async () => {
    await start(taken)
    for (let time = 0; time < 50; time++) alerts.tell(down('east'))
    alerts.tell(down('west'))
    await expect.poll(() => bodies().length).toBe(2)
    expect(bodies()[0]).toEqual({
      source: 'lazuli',
      kind: 'down',
      instance: 'east',
      deployment: 'd',
      message: 'Instance east (d) failed five times in a row (answered 500) and is left alone for a minute.',
      time: '2025-06-15T15:06:40.000Z',
    })
    now += 600_000
    alerts.tell(down('east'))
    await expect.poll(() => bodies().length).toBe(3)
    expect(bodies()[2]!['message']).toContain('It came 49 more times since it was told.')
  })

  test('are ten at most for a burst of 10,000 different errors, and the tenth says so', async () => {
    await start(taken)
    for (let index = 0; index < 10_000; index++) alerts.tell({ kind: 'error', message: `error ${index}` })
    await alerts.close(5000)
    expect(bodies()).toHaveLength(10)
    expect(bodies()[8]!['message']).not.toContain('withheld')
    expect(bodies()[9]!['message']).toContain('Further alerts are withheld')
  })

  test('tell afterwards how many were withheld', async () => {
    await start(taken)
    for (let index = 0; index < 30; index++) alerts.tell(down(`i${index}`))
    now += 600_000
    alerts.tell(down('after'))
    await expect.poll(() => bodies().length).toBe(11)
    expect(bodies()[10]!['message']).toContain('20 other alerts were withheld.')
  })

  test('tell of 429 when it goes on, not of a single one', async () => {
    await start(taken)
    const throttled = { kind: 'throttled', instance: 'east', deployment: 'd' } as const
    for (let time = 0; time < 4; time++) alerts.tell(throttled)
    now += 60_001
    for (let time = 0; time < 4; time++) alerts.tell(throttled)
    alerts.tell(down('west'))
    await expect.poll(() => bodies().map(({ kind }) => kind)).toEqual(['down'])
    alerts.tell(throttled)
    await expect.poll(() => bodies().map(({ kind }) => kind)).toEqual(['down', 'throttled'])
  })

  test.each<[string, Script]>([
    ['answers 500', json({}, 500)],
    ['redirects', ({ response }) => void response.writeHead(307, { location: '/else' }).end()],
    ['hangs', () => {}],
    ['closes the connection', ({ socket }) => void socket.destroy()],
  ])(
    'a webhook that %s is logged once, is not asked endlessly, and holds nobody up',
    async (_what, script) => {
      await start(script)
      const began = performance.now()
      for (let index = 0; index < 10_000; index++) alerts.tell({ kind: 'error', message: `error ${index % 5}` })
      expect(performance.now() - began).toBeLessThan(400)
      await expect.poll(() => logged.length, { timeout: 4000 }).toBe(1)
      await alerts.close(8000)
      expect(hook!.received.length).toBeLessThanOrEqual(10)
      expect(logged).toHaveLength(1)
      expect(logged[0]).toMatch(/^An alert could not be posted/)
      expect(logged[0]).not.toContain('secret-path')
    },
    15_000,
  )

  test('that no webhook took are told again when the trouble comes again', async () => {
    let works = false
    await start((play) => (works ? taken : json({}, 500))(play))
    alerts.tell(down('east'))
    await expect.poll(() => logged.length).toBe(1)
    works = true
    alerts.tell(down('east'))
    await expect.poll(() => bodies().length).toBe(2)
  })

  test('go to every webhook in its own form, an address once, and Feishu’s refusal inside a 200 counts', async () => {
    await start(json({ code: 19_021, msg: 'sign match fail' }), (url) => ({
      logging: { feishu_webhook: url },
      alerts: { feishu: [url, ''], slack: `${url}?slack`, teams: `${url}?teams` },
    }))
    alerts.tell({ kind: 'credential', instance: 'east', deployment: 'd', told: 'The sign-in has expired.' })
    await expect.poll(() => logged.length).toBe(1)
    await alerts.close(5000)
    expect(logged[0]).toContain('19021')
    const text = 'Lazuli: Nothing can be sent to Instance east (d): The sign-in has expired.'
    const byUrl = new Map(hook!.received.map(({ url, body }) => [url, JSON.parse(body.toString()) as unknown]))
    expect(byUrl.size).toBe(3)
    expect(hook!.received).toHaveLength(3)
    expect(byUrl.get('/hook/secret-path')).toEqual({ msg_type: 'text', content: { text } })
    expect(byUrl.get('/hook/secret-path?slack')).toEqual({ text })
    expect(byUrl.get('/hook/secret-path?teams')).toMatchObject({
      attachments: [{ content: { type: 'AdaptiveCard', body: [{ type: 'TextBlock', text }] } }],
    })
  })

  test('carry no key, and no markup that a caller put into the name of a deployment', async () => {
    await start(taken)
    const deployment = '<at user_id="all">x</at>\n[here](http://evil)\u001b[31m key-canary <!channel>'
    alerts.tell({ kind: 'misconfigured', instance: 'east', deployment, told: 'answered 401', advice: 'Copy the key.' })
    await expect.poll(() => bodies().length).toBe(1)
    const text = hook!.received[0]!.body.toString()
    expect(text).not.toMatch(/key-canary|[<>]|\]\(|\\u001b|\\n/)
    expect(bodies()[0]!['message']).toContain('refuses its settings: answered 401. Copy the key.')
  })

  test('are off without a webhook, and an empty one is none', () => {
    expect(alertTargets(Config.parse({ logging: { feishu_webhook: '' } }))).toEqual([])
    expect(alertTargets(Config.parse({}))).toEqual([])
  })

  test('mean an ampersand as such in Slack', () => {
    const alert = { kind: 'error', message: 'a & b', time: '' } as const
    expect(bodyOf('slack', alert)).toEqual({ text: 'Lazuli: a &amp; b' })
  })
})

test('a budget that is used up is told by its scope and period, each once in a while', async () => {
  await start(json({}))
  const budget = { kind: 'budget', what: 'the local key ci', period: 'day', usd: 5, spent: 5.02, blocks: true } as const
  alerts.tell(budget)
  alerts.tell({ ...budget, spent: 6 })
  alerts.tell({ ...budget, period: 'month', usd: 50, spent: 50, blocks: false })
  const told = await Promise.all(
    [0, 1].map(async (index) => JSON.parse(String((await hook!.request(index)).body)) as object),
  )
  expect(told).toEqual([
    expect.objectContaining({
      kind: 'budget',
      message:
        'The budget of the local key ci is used up: $5.02 of $5.00 today. Further requests are refused until it begins anew.',
    }),
    expect.objectContaining({
      message: 'The budget of the local key ci is used up: $50.00 of $50.00 this month. Requests go on.',
    }),
  ])
  expect(told[0]).not.toHaveProperty('instance')
  expect(hook!.received).toHaveLength(2)
})
