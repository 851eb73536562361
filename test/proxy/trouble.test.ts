/** What the proxy tells of, while it serves. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { LazuliError } from '../../electron/core/error.ts'
import type { Trouble } from '../../electron/core/trouble.ts'
import { post, rawRequest } from './harness.ts'
import type { TestSetup } from './harness.ts'
import type { Script } from './scripted-upstream.ts'
import { failing, fine, startSeveral } from './several-upstreams.ts'
import type { Several } from './several-upstreams.ts'

let several: Several | undefined
afterEach(async () => {
  await several?.close()
  several = undefined
})

async function start(scripts: readonly Script[], retries = 0, setup: Partial<TestSetup> = {}) {
  const told: Trouble[] = []
  several = await startSeveral(scripts, { retries }, [], {
    options: { trouble: (trouble) => void told.push(trouble) },
    ...setup,
  })
  return { told, several }
}

const east = { instance: 'a', deployment: 'gpt-4o' }

test.each([
  [401, { advice: expect.stringContaining('Copy the key') as string }],
  [403, {}],
])('a %i is told at once, with what to do where that is known', async (status, advice) => {
  const { told } = await start([failing(status)])
  await several!.ask()
  expect(told).toEqual([{ kind: 'misconfigured', ...east, told: `answered ${status}`, ...advice }])
})

test('a 401 to an operation is told, too', async () => {
  const { told } = await start([failing(401)])
  await post(several!.proxy.origin, '/v1/embeddings', { model: 'text-embedding-3-small', input: 'hi' })
  expect(told).toMatchObject([{ kind: 'misconfigured', instance: 'a', told: 'answered 401' }])
})

test('a 401 to a WebSocket is told, too', async () => {
  const { told } = await start([fine])
  const server = createServer().on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  Object.assign(several!.proxy.configuration.instances[0]!, { api_base: `http://127.0.0.1:${port}` })
  const { text } = await rawRequest(
    several!.proxy.port,
    `GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  server.close()
  expect(text).toMatch(/^HTTP.1.1 401/)
  expect(told).toMatchObject([{ kind: 'misconfigured', instance: 'a', told: 'answered 401' }])
})

test('a caller’s own key that is refused is the caller’s matter', async () => {
  const upstream = { type: 'passthrough' } as const
  const { told } = await start([failing(401)])
  Object.assign(several!.proxy.configuration.instances[0]!, { credential: upstream })
  await several!.ask()
  await post(several!.proxy.origin, '/v1/embeddings', { model: 'text-embedding-3-small', input: 'hi' })
  expect(told).toEqual([])
})

test('each 429 is told, and each time that an instance is passed over for one', async () => {
  const { told } = await start([failing(429, { 'retry-after': '30' }), fine], 1)
  for (let time = 0; time < 3; time++) expect((await several!.ask()).status).toBe(200)
  expect(several!.counts()[0]).toBe(1)
  const throttled = { kind: 'throttled', ...east }
  expect(told).toEqual([throttled, throttled, throttled])
})

test('a breaker that opens is told once, and requests that were given up', async () => {
  const { told } = await start([failing(500)])
  for (let time = 0; time < 8; time++) await several!.ask()
  expect(told.filter(({ kind }) => kind === 'down')).toEqual([{ kind: 'down', ...east, told: 'answered 500' }])
  expect(told.filter(({ kind }) => kind === 'failed')).toHaveLength(5)
})

test('a failure that another instance made good is none', async () => {
  const { told } = await start([failing(503), fine], 1)
  expect((await several!.ask()).status).toBe(200)
  expect(told).toEqual([])
})

test('a key that cannot be read is told', async () => {
  const { told } = await start([fine])
  const error = new LazuliError({ code: 'key_missing', status: 503, message: 'The key is gone.', fix: 'Store it.' })
  Object.assign(several!.proxy.configuration.instances[0]!, { credential: { type: 'unreadable', error } })
  expect((await several!.ask()).status).toBe(503)
  expect(told).toEqual([{ kind: 'credential', ...east, told: 'The key is gone.', advice: 'Store it.' }])
})
