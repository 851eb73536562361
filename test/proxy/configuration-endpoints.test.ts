/** GET /config and POST /config/reload, with the configuration that a real file gives. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigurationService } from '../../electron/config/configuration-service.ts'
import { createProxy, type Proxy } from '../../electron/proxy/proxy.ts'
import { post, recordingTap } from './harness.ts'
import { startUpstream, type Play, type ScriptedUpstream } from './scripted-upstream.ts'

const ADMIN = 'admin-canary-0123'
const TOKEN = 'token-canary-0123'
const BODY = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }
const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
}
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

let cwd: string
let upstream: ScriptedUpstream
let proxy: Proxy
let service: ConfigurationService
let origin: string
let script: (play: Play) => void | Promise<void>

function answer({ response }: Play): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(ANSWER))
}

const good = (extra = ''): string =>
  `${extra}instances:\n  - name: east\n    provider_type: generic\n    api_base: ${upstream.origin}/v1\n    api_key: key-canary-0123\n    proxy_url: http://user:proxy-canary-0123@127.0.0.1:3128\nlogging:\n  feishu_webhook: https://hook.example/webhook-canary-0123\n`
const write = (text: string): void => writeFileSync(join(cwd, 'lazuli.yaml'), text)

async function start(extra = '', env: Record<string, string> = {}): Promise<void> {
  write(good(extra))
  service = await ConfigurationService.open({
    host: 'headless',
    settings: { path: join(cwd, 'config.json'), read: () => ({}), write() {} },
    secrets: { get: () => Promise.resolve(undefined), set: () => Promise.resolve(), remove: () => Promise.resolve() },
    sources: { configFile: 'lazuli.yaml', flags: { server: { port: 0 } }, env, cwd },
    log: quiet,
    newToken: () => 'unused-token',
  })
  proxy = createProxy({
    configuration: () => service.current(),
    reload: () => service.reload(),
    tap: recordingTap(),
    log: quiet,
    tokenWorker: new URL('../../electron/proxy/tokens/worker.ts', import.meta.url),
    simulator: () => ({ origin: 'http://127.0.0.1:1', key: 'none' }),
  })
  origin = `http://127.0.0.1:${(await proxy.listen()).port}`
}

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-reload-'))
  script = answer
  upstream = await startUpstream((play) => script(play))
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
  rmSync(cwd, { recursive: true, force: true })
})

const reload = (headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${origin}/config/reload`, { method: 'POST', headers })
const config = (headers: Record<string, string> = {}): Promise<Response> => fetch(`${origin}/config`, { headers })

interface Shown {
  status: string
  message: string
  timestamp: number
  data: Record<string, unknown> & { instances: Record<string, unknown>[]; config_version: number }
}
const shown = async (headers: Record<string, string> = {}): Promise<Shown> =>
  (await config(headers)).json() as Promise<Shown>

describe('GET /config', () => {
  test('has the Python proxy’s shape, and no secret', async () => {
    await start(`name: Router\nport: 3010\nserver: {token: ${TOKEN}, admin_token: ${ADMIN}, auth: open}\n`)
    const response = await config({ authorization: `Bearer ${ADMIN}` })
    expect(response.headers.get('content-type')).toBe('application/json')
    const text = await response.text()
    expect(text).not.toContain('canary')
    const { status, timestamp, data } = JSON.parse(text) as Shown
    expect(status).toBe('success')
    expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(10)
    expect(data).toMatchObject({
      name: 'Router',
      config_version: 1,
      routing: { strategy: 'failover', retries: 3 },
      logging: { feishu_webhook: '********' },
      monitoring: { stats_window_minutes: 5, additional_windows: [15, 30, 60] },
    })
    expect(data.instances[0]).toMatchObject({
      name: 'east',
      provider_type: 'generic',
      api_key: '********',
      proxy_url: 'http://********@127.0.0.1:3128',
      priority: 100,
    })
  })

  test('is served with a slash at its end and under /v1 too, behind the same lock', async () => {
    await start(`server: {admin_token: ${ADMIN}}\n`)
    for (const path of ['/config', '/config/', '/v1/config', '/v1/config/']) {
      expect((await fetch(origin + path)).status).toBe(401)
      expect((await fetch(origin + path, { headers: { 'x-admin-api-key': ADMIN } })).status).toBe(200)
    }
  })
})

describe('who may', () => {
  const own = { origin: 'https://page.example' }

  test.each([
    ['open, no admin token', '', {}, 200],
    ['open, no admin token, a web page', '', own, 403],
    ['open, no admin token, a listed web page', 'server: {cors_origins: ["https://page.example"]}\n', own, 403],
    ['open, no admin token, another site', '', { 'sec-fetch-site': 'same-site' }, 403],
    ['open with an admin token, without', `server: {admin_token: ${ADMIN}}\n`, {}, 401],
    ['open with an admin token, a wrong one', `server: {admin_token: ${ADMIN}}\n`, { authorization: 'Bearer x' }, 401],
    [
      'open with an admin token, as Bearer',
      `server: {admin_token: ${ADMIN}}\n`,
      { authorization: `Bearer ${ADMIN}` },
      200,
    ],
    [
      'open with an admin token, as X-Admin-API-Key',
      `server: {admin_token: ${ADMIN}}\n`,
      { 'x-admin-api-key': ADMIN },
      200,
    ],
    ['by token, without', `server: {token: ${TOKEN}}\n`, {}, 401],
    ['by token, the client’s', `server: {token: ${TOKEN}}\n`, { 'api-key': TOKEN }, 403],
    [
      'by both, the client’s',
      `server: {token: ${TOKEN}, admin_token: ${ADMIN}}\n`,
      { authorization: `Bearer ${TOKEN}` },
      403,
    ],
    [
      'by both, the admin’s alone',
      `server: {token: ${TOKEN}, admin_token: ${ADMIN}}\n`,
      { 'x-admin-api-key': ADMIN },
      200,
    ],
    ['by both, without', `server: {token: ${TOKEN}, admin_token: ${ADMIN}}\n`, {}, 401],
  ])('%s', async (_who, yaml, headers, status) => {
    await start(yaml)
    const sent = headers as Record<string, string>
    expect((await reload(sent)).status).toBe(status)
    expect((await config(sent)).status).toBe(status)
    expect((await fetch(`${origin}/stats/reset`, { method: 'POST', headers: sent })).status).toBe(status)
    expect(service.current().version).toBe(status === 200 ? 2 : 1)
  })

  test('the admin token opens no model, and in a URL nothing at all', async () => {
    await start(`server: {token: ${TOKEN}, admin_token: ${ADMIN}}\n`)
    expect((await post(origin, '/v1/chat/completions', BODY, { authorization: `Bearer ${ADMIN}` })).status).toBe(401)
    const query = await fetch(`${origin}/config?key=${ADMIN}`, { headers: { 'x-admin-api-key': ADMIN } })
    expect(query.status).toBe(401)
    expect(upstream.received).toEqual([])
  })
})

test('the admin token never goes upstream as a caller’s own key', async () => {
  await start(`server: {admin_token: ${ADMIN}}\n`)
  write(good(`server: {admin_token: ${ADMIN}}\n`).replace(/ +api_key: .*\n/, ''))
  await reload({ 'x-admin-api-key': ADMIN })
  await post(origin, '/v1/chat/completions', BODY, { authorization: `Bearer ${ADMIN}`, 'api-key': 'of-the-caller' })
  expect(upstream.received).toHaveLength(1)
  expect(upstream.received[0]!.headers.authorization).toBe('Bearer of-the-caller')
  expect(upstream.received[0]!.rawHeaders.join(' ')).not.toContain(ADMIN)
})

describe('POST /config/reload', () => {
  test('needs neither body nor type, and tells what is active then', async () => {
    await start()
    write(`${good()}routing:\n  retries: 0\n`)
    const response = await reload()
    expect(await response.json()).toMatchObject({
      status: 'success',
      data: { instances_count: 1, config_version: 2 },
    })
    expect((await shown()).data).toMatchObject({ config_version: 2, routing: { retries: 0 } })
  })

  test('a broken file changes nothing, and its line is told without its secrets', async () => {
    await start()
    write(good().replace('provider_type: generic', 'provider_type: clippy'))
    const response = await reload()
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/json')
    const text = await response.text()
    expect(text).toContain('lazuli.yaml, line 3')
    expect(text).not.toContain('canary')
    expect((await shown()).data.config_version).toBe(1)
    write(good())
    expect((await reload()).status).toBe(200)
    expect((await shown()).data.config_version).toBe(2)
  })

  test('a file that lost its instances does not put the simulator in their place', async () => {
    await start()
    write('routing: {retries: 1}\n')
    expect((await reload()).status).toBe(400)
    expect((await shown()).data.instances[0]!['name']).toBe('east')
  })

  test('reads .env again', async () => {
    await start()
    writeFileSync(join(cwd, '.env'), 'LAZULI_ROUTING_RETRIES=7\n')
    await reload()
    expect((await shown()).data).toMatchObject({ routing: { retries: 7 } })
  })

  test('leaves a stream in flight alone; the next request has the new configuration', async () => {
    await start()
    let finish = (): void => {}
    script = ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const event = (content: string): string =>
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`
      response.write(event('one'))
      finish = () => response.end(`${event('two')}data: [DONE]\n\n`)
    }
    const running = await post(origin, '/v1/chat/completions', { ...BODY, stream: true })
    const other = await startUpstream(answer)
    try {
      write(good().replace(upstream.origin, other.origin))
      expect((await reload()).status).toBe(200)
      expect((await post(origin, '/v1/chat/completions', BODY)).status).toBe(200)
      expect(other.received).toHaveLength(1)
      finish()
      const text = await running.text()
      expect(text).toContain('"two"')
      expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
    } finally {
      await other.close()
    }
  })

  test('a good file again and again under load: no request fails, and the last one is active', async () => {
    await start()
    const other = await startUpstream(answer)
    try {
      let loading = true
      const statuses: number[] = []
      const load = async (): Promise<void> => {
        while (loading) statuses.push((await post(origin, '/v1/chat/completions', BODY)).status)
      }
      const callers = Array.from({ length: 8 }, load)
      for (let round = 1; round <= 30; round++) {
        write(round % 2 === 1 ? good().replace(upstream.origin, other.origin) : good())
        expect((await reload()).status).toBe(200)
      }
      loading = false
      await Promise.all(callers)
      expect(statuses.filter((status) => status !== 200)).toEqual([])
      expect([upstream.received.length > 0, other.received.length > 0]).toEqual([true, true])
      expect((await shown()).data.config_version).toBe(31)
    } finally {
      await other.close()
    }
  })

  test('a hundred broken files under load: no request fails, and the version stays', async () => {
    await start()
    let loading = true
    const statuses: number[] = []
    const load = async (): Promise<void> => {
      while (loading) statuses.push((await post(origin, '/v1/chat/completions', BODY)).status)
    }
    const callers = Array.from({ length: 8 }, load)
    const text = good()
    for (let round = 0; round < 100; round++) {
      write(broken(text, round))
      const response = await reload()
      expect([round, response.status]).toEqual([round, 400])
      const error = await response.text()
      expect(error).toContain('lazuli.yaml')
      expect(error).not.toContain('canary')
    }
    loading = false
    await Promise.all(callers)
    expect(statuses.length).toBeGreaterThan(20)
    expect(statuses.filter((status) => status !== 200)).toEqual([])
    expect((await shown()).data.config_version).toBe(1)
  })
})

/** A hundred ways to break a file: kinds of damage, each at places that the round chooses. */
function broken(text: string, round: number): string {
  const lines = text.split('\n')
  const at = 1 + (Math.floor(round / 10) % 5)
  const spoilt = (line: string): string => [...lines.slice(0, at), line, ...lines.slice(at)].join('\n')
  switch (round % 10) {
    case 0:
      return ''
    case 1:
      return text.slice(0, text.indexOf('api_base') - 1 - (round % 7))
    case 2:
      return spoilt('\t: [')
    case 3:
      return spoilt('    "unclosed')
    case 4:
      return text.replace('east', '${NOT_SET_' + String(round) + '}')
    case 5:
      return text.replace('api_base: http', 'api_base: nothttp')
    case 6:
      return `${text}routing:\n  retries: ${-1 - round}\n`
    case 7:
      return `${text}surprise_${round}: 1\n`
    case 8:
      return 'instances: []\n'
    default:
      return `- ${String(round)}\n- just a list\n`
  }
}
