import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { ExchangeDetail } from '../../shared/exchange.ts'
import { bundleHeader, bundleLine } from '../../shared/bundle.ts'
import { startConsole, type TestConsole } from './console-for-tests.ts'

let lazuli: TestConsole

const KEY = 'lz-local-0f9c1b2c3d4e5f6a7b8'
const start = (more: Record<string, unknown> = {}): Promise<TestConsole> =>
  startConsole({ flags: { server: { port: 0, auth: 'token', token: KEY }, ...more } })

beforeAll(async () => {
  lazuli = await start()
})
afterAll(() => lazuli.close())

/** Long numbers, odd spaces and doubled escapes must go out as they came. */
const BODY = `{ "model":"gpt-4.1-mini", "seed": 1234567890123456789,\n"messages":[{"role":"user","content":"H\\u0065llo"}] }`

async function ask(body: string, path = '/v1/chat/completions', to: TestConsole = lazuli): Promise<string> {
  const response = await fetch(`${to.engine.console.baseUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${KEY}`,
      'user-agent': 'curl/8.0',
      'session-id': 'a-session',
      'anthropic-beta': 'context-1m-2025-08-07',
    },
    body,
  })
  await response.text()
  const id = response.headers.get('x-lazuli-exchange')
  if (id === null) throw new Error(`status ${response.status} without an exchange`)
  return id
}

async function ended(id: string, of: TestConsole = lazuli): Promise<ExchangeDetail> {
  for await (const batch of await of.console.traffic.follow({ id })) if (batch.complete) break
  return of.console.traffic.get({ id })
}

/** An upstream that takes a request and stays silent. */
async function silent(): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server: Server = createServer((request) => {
    if (request.method === 'POST') asked += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: () => asked }
}

test('a request is sent as it was, byte for byte, by a client of its own that names the original', async () => {
  const original = await ask(BODY)
  const { id, redacted } = await lazuli.console.traffic.resend({ id: original })
  expect(id).not.toBe(original)
  expect(redacted).toEqual([])
  const { summary, requestBody, requestHeaders } = await ended(id)
  expect(summary).toMatchObject({ client: 'Replay', state: 'done', status: 200, path: '/v1/chat/completions' })
  expect(summary.session).toBeUndefined()
  expect(requestBody.text).toBe(BODY)
  expect(requestHeaders).toContainEqual(['x-lazuli-replay-of', original])
  expect(requestHeaders).toContainEqual(['anthropic-beta', 'context-1m-2025-08-07'])
})

test('another model takes the place of the one that was asked for, and nothing else changes', async () => {
  const original = await ask(BODY)
  const { id } = await lazuli.console.traffic.resend({ id: original, model: 'claude-sonnet-4-5' })
  const { summary, requestBody } = await ended(id)
  expect(summary).toMatchObject({ askedModel: 'claude-sonnet-4-5', clientDialect: 'chat', upstreamDialect: 'messages' })
  expect(requestBody.text).toBe(BODY.replace('gpt-4.1-mini', 'claude-sonnet-4-5'))
})

test('a deployment in the path is replaced, too', async () => {
  const original = await ask(BODY, '/openai/deployments/gpt-4.1-mini/chat/completions?api-version=2024-10-21')
  const { id } = await lazuli.console.traffic.resend({ id: original, model: 'gpt-5.1' })
  const { summary } = await ended(id)
  expect(summary).toMatchObject({
    askedModel: 'gpt-5.1',
    path: '/openai/deployments/gpt-5.1/chat/completions?api-version=2024-10-21',
  })
})

test('a body that is written anew goes out in place of the recorded one', async () => {
  const original = await ask(BODY)
  const body = '{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"Good bye"}]}'
  const { id } = await lazuli.console.traffic.resend({ id: original, body })
  expect((await ended(id)).requestBody.text).toBe(body)
})

test('a body that is no JSON object is refused before anything is sent', async () => {
  const original = await ask(BODY)
  await expect(lazuli.console.traffic.resend({ id: original, body: '{"model":' })).rejects.toMatchObject({
    data: { code: 'proxy_invalid_json' },
  })
})

test('a secret that the store has hidden is named', async () => {
  const original = await ask(
    JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: `It is ${KEY}` }] }),
  )
  expect((await ended(original)).requestBody.text).not.toContain(KEY)
  const { id, redacted } = await lazuli.console.traffic.resend({ id: original })
  expect(redacted).toEqual(['messages[0].content'])
  expect((await ended(id)).requestBody.text).toContain('It is ****')
})

describe('beside instances of its own', () => {
  test('it goes to the deployment that is named, and is told and can be stopped while the answer is awaited', async () => {
    const upstream = await silent()
    const own = await start()
    onTestFinished(() => own.close())
    const original = await ask(BODY, undefined, own)
    await own.console.instances.save({
      instance: {
        name: 'house',
        provider_type: 'generic',
        api_base: upstream.url,
        api_version: 'v1',
        priority: 100,
        weight: 100,
        enabled: true,
      },
      apiKey: 'a-key-of-the-house',
    })
    const target = { instance: 'house', deployment: 'house-model' }
    const { id } = await own.console.traffic.resend({ id: original, target })
    await expect.poll(upstream.asked).toBe(1)
    const { summary } = await own.console.traffic.get({ id })
    expect(summary).toMatchObject({ state: 'active', instance: 'house', deployment: 'house-model', client: 'Replay' })

    expect(await own.console.traffic.stopReplay({ id: original })).toEqual({ stopped: false })
    expect(await own.console.traffic.stopReplay({ id })).toEqual({ stopped: true })
    expect((await ended(id, own)).summary.state).toBe('aborted')
    await expect.poll(async () => (await own.console.traffic.stopReplay({ id })).stopped).toBe(false)
  })

  test('a deployment of an instance that is not there is refused', async () => {
    const original = await ask(BODY)
    const target = { instance: 'nowhere', deployment: 'x' }
    await expect(lazuli.console.traffic.resend({ id: original, target })).rejects.toThrow('nowhere')
  })
})

test('a body that is not recorded whole is not sent again, but another one can be', async () => {
  const bare = await start({ journal: { bodies: false } })
  onTestFinished(() => bare.close())
  const original = await ask(BODY, undefined, bare)
  await ended(original, bare)
  await expect(bare.console.traffic.resend({ id: original })).rejects.toMatchObject({
    data: { code: 'replay_impossible', message: expect.stringContaining(`0 of ${BODY.length} bytes`) },
  })
  const { id } = await bare.console.traffic.resend({ id: original, body: BODY })
  expect((await ended(id, bare)).summary.status).toBe(200)
})

test.each(['//example.com/v1/chat/completions', '@example.com/v1/chat/completions', '/config/reload', '/console/x'])(
  'a path from a bundle that leads elsewhere (%s) is refused',
  async (path) => {
    const whole = await ended(await ask(BODY))
    const lane = { events: [], truncated: false }
    const detail = { ...whole, summary: { ...whole.summary, path } }
    const text = bundleHeader + bundleLine({ detail, upstream: lane, client: lane })
    const { ids } = await lazuli.console.traffic.import({ text })
    await expect(lazuli.console.traffic.resend({ id: ids[0]! })).rejects.toMatchObject({
      data: { code: 'replay_impossible' },
    })
  },
)
