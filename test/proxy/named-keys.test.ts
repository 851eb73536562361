import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import Anthropic, { PermissionDeniedError } from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, onTestFinished, test } from 'vitest'
import { digestOf } from '../../electron/config/named-keys.ts'
import type { ConfigInput } from '../../shared/config.ts'
import { post } from './harness.ts'
import { json } from './scripted-upstream.ts'
import { type Setup, type Stage, startStage } from './spending-stage.ts'

const TOKEN = 'local-key-canary-0001'
const KEY = 'named-key-canary-0001'
const answer = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
}
const fine = json(answer)

type Keys = NonNullable<NonNullable<ConfigInput['server']>['keys']>
const withKeys = (...keys: Keys): ConfigInput => ({ server: { keys } })
const CI: Keys[number] = { name: 'ci', key: KEY, models: ['gpt', 'text-*'] }

function start(keys: Keys, setup: Setup = {}): Promise<Stage> {
  return startStage([fine, fine], { token: TOKEN, ...setup, config: { ...setup.config, ...withKeys(...keys) } })
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

function ask(
  stage: Stage,
  headers: Record<string, string>,
  model = 'gpt',
  path = '/v1/chat/completions',
): Promise<Response> {
  return post(stage.origin, path, { model, max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] }, headers)
}

describe('a named key', () => {
  test.each<[string, Record<string, string>]>([
    ['Authorization', bearer(KEY)],
    ['api-key', { 'api-key': KEY }],
    ['x-api-key', { 'x-api-key': KEY }],
  ])('opens the models, sent as %s, and its name is on the exchange and in the sums', async (_, headers) => {
    const stage = await start([CI])
    expect((await ask(stage, headers)).status).toBe(200)
    await stage.settled()
    const { rows } = await stage.journal.rows.list({ limit: 1 })
    expect(rows[0]).toMatchObject({ key: 'ci', askedModel: 'gpt' })
    expect(await stage.journal.sums({ from: '2026-11-21', to: '2026-11-21', by: ['key'] })).toMatchObject([
      { key: 'ci', sums: { requests: 1, input: 10 } },
    ])
  })

  test('is kept as a digest, where it was made in the window', async () => {
    const stage = await start([{ name: 'made', hash: digestOf(KEY).toString('hex') }])
    expect((await ask(stage, bearer(KEY))).status).toBe(200)
    expect((await ask(stage, bearer(digestOf(KEY).toString('hex')))).status).toBe(401)
  })

  test('that is wrong is told as every other wrong one', async () => {
    const stage = await start([CI, { name: 'old', key: `${KEY}-old`, expires: '2026-11-20' }])
    const told = async (key: string): Promise<string> => {
      const response = await ask(stage, bearer(key))
      return `${response.status} ${await response.text()}`
    }
    const wrong = await told('something-else-entirely')
    expect(wrong).toMatch(/^401 /)
    expect([await told(`${KEY}-old`), await told(KEY.slice(0, -1)), await told(`${KEY}0`)]).toEqual([
      wrong,
      wrong,
      wrong,
    ])
  })

  test('opens until its last day is over', async () => {
    const stage = await start([{ name: 'brief', key: KEY, expires: '2026-11-21' }])
    expect((await ask(stage, bearer(KEY))).status).toBe(200)
    stage.clock.now = new Date(2026, 10, 22).getTime()
    expect((await ask(stage, bearer(KEY))).status).toBe(401)
  })

  test('opens until the moment that it names', async () => {
    const stage = await start([{ name: 'brief', key: KEY, expires: new Date(2026, 10, 21, 13).toISOString() }])
    expect((await ask(stage, bearer(KEY))).status).toBe(200)
    stage.clock.now = new Date(2026, 10, 21, 13).getTime()
    expect((await ask(stage, bearer(KEY))).status).toBe(401)
  })

  test('stops working at once when it is revoked', async () => {
    const stage = await start([CI])
    expect((await ask(stage, bearer(KEY))).status).toBe(200)
    stage.configure({})
    expect((await ask(stage, bearer(KEY))).status).toBe(401)
  })

  test('never goes on to an upstream that takes the callers’ own keys', async () => {
    const stage = await start([CI], { instance: { key: null } })
    await ask(stage, { ...bearer(KEY), 'api-key': 'callers-own-canary' })
    await ask(stage, { 'api-key': KEY, ...bearer('callers-own-canary') })
    const sent = stage.upstreams.flatMap(({ received }) => received).map(({ rawHeaders }) => rawHeaders.join(' '))
    expect(sent).toHaveLength(2)
    for (const headers of sent) {
      expect(headers).toContain('callers-own-canary')
      expect(headers).not.toContain(KEY)
    }
  })

  test('that was made here goes nowhere even after it was revoked, where no key is needed', async () => {
    const stage = await startStage([fine, fine], { instance: { key: null } })
    await ask(stage, { 'api-key': 'lz-key-revoked-canary', ...bearer('callers-own-canary') })
    const sent = stage.upstreams.flatMap(({ received }) => received).map(({ rawHeaders }) => rawHeaders.join(' '))
    expect(sent).toEqual([expect.stringContaining('callers-own-canary')])
    expect(sent.join(' ')).not.toContain('lz-key-revoked-canary')
    expect((await ask(stage, { 'api-key': 'lz-key-revoked-canary' })).status).toBe(401)
    expect(stage.upstreams.flatMap(({ received }) => received)).toHaveLength(1)
  })
})

describe('the models of a key', () => {
  test('are the only ones that it may ask for: others are refused in the caller’s own dialect', async () => {
    const stage = await start([CI])
    const chat = await ask(stage, bearer(KEY), 'small')
    expect(chat.status).toBe(403)
    expect(await chat.json()).toEqual({
      error: {
        message:
          'The local key ci may not use the model small. It may use gpt, text-*. Ask for one of these, or use another key; keys are made in Settings.',
        type: expect.any(String),
        param: 'model',
        code: 'proxy_model_not_allowed',
      },
    })
    const messages = await ask(stage, { 'x-api-key': KEY }, 'claude-sonnet-4-5', '/v1/messages')
    expect([messages.status, await messages.json()]).toEqual([
      403,
      { type: 'error', error: { type: 'permission_error', message: expect.stringContaining('may not use the model') } },
    ])
    expect((await ask(stage, bearer(KEY), 'claude-sonnet-4-5', '/v1/messages/count_tokens')).status).toBe(403)
    expect((await ask(stage, bearer(KEY), 'azure/small')).status).toBe(403)
    const onAzuresPath = await ask(stage, { 'api-key': KEY }, 'gpt', '/openai/deployments/small/chat/completions')
    expect(onAzuresPath.status).toBe(403)
    expect(
      (await post(stage.origin, '/v1/embeddings', { model: 'text-embedding-3-small', input: 'x' }, bearer(KEY))).status,
    ).toBe(200)
    expect((await ask(stage, bearer(TOKEN), 'small')).status).toBe(200)
    await stage.settled()
    const { rows } = await stage.journal.rows.list({ limit: 20 })
    expect(rows.find(({ askedModel, status }) => askedModel === 'small' && status === 403)).toMatchObject({ key: 'ci' })
    expect(stage.upstreams.map(({ received }) => received.length)).toEqual([2, 0])
  })

  test('are all that it is told of', async () => {
    const stage = await start([CI])
    const ids = async (path: string, key: string): Promise<string[]> => {
      const { data } = (await (await fetch(`${stage.origin}${path}`, { headers: bearer(key) })).json()) as {
        data: { id: string }[]
      }
      return data.map(({ id }) => id)
    }
    expect(await ids('/v1/models', TOKEN)).toEqual(expect.arrayContaining(['gpt', 'small', 'claude-sonnet-4-5']))
    expect(await ids('/v1/models', KEY)).toEqual(['gpt', 'text-embedding-3-small'])
    expect(await ids('/deployments', KEY)).not.toContain('a-small')
    const status = async (path: string): Promise<number> =>
      (await fetch(`${stage.origin}${path}`, { headers: bearer(KEY) })).status
    expect(await status('/v1/models/gpt')).toBe(200)
    expect(await status('/v1/models/small')).toBe(403)
    expect(await status('/v1/models/small/capabilities')).toBe(403)
    expect(await status('/deployments/a-small')).toBe(403)
  })

  test('cannot be left through what names no model, but the responses of its own', async () => {
    const stage = await start([CI, { name: 'any', key: `${KEY}-any` }])
    const batch = { input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h' }
    const refused = await post(stage.origin, '/v1/batches', batch, bearer(KEY))
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('for some models alone')])
    expect((await fetch(`${stage.origin}/v1/files`, { headers: bearer(KEY) })).status).toBe(403)
    expect((await fetch(`${stage.origin}/v1/responses/resp_1`, { headers: bearer(KEY) })).status).toBe(200)
    expect((await fetch(`${stage.origin}/v1/files/file-1`, { headers: bearer(`${KEY}-any`) })).status).toBe(200)
  })

  test('are told by the official SDKs', async () => {
    const stage = await start([CI])
    const openai = new OpenAI({ baseURL: `${stage.origin}/v1`, apiKey: KEY })
    const messages = [{ role: 'user' as const, content: 'hi' }]
    expect((await openai.chat.completions.create({ model: 'gpt', messages })).choices[0]?.message.content).toBe('Hello')
    await expect(openai.chat.completions.create({ model: 'small', messages })).rejects.toMatchObject({
      status: 403,
      code: 'proxy_model_not_allowed',
    })
    const listed: string[] = []
    for await (const model of openai.models.list()) listed.push(model.id)
    expect(listed).toEqual(['gpt', 'text-embedding-3-small'])
    const anthropic = new Anthropic({ baseURL: stage.origin, apiKey: KEY })
    await expect(
      anthropic.messages.create({ model: 'claude-sonnet-4-5', max_tokens: 5, messages }),
    ).rejects.toBeInstanceOf(PermissionDeniedError)
  })
})

describe('what a named key does not open', () => {
  test.each(['/config', '/config/reload', '/stats/reset'])('%s', async (path) => {
    const stage = await start([CI])
    const method = path === '/config' ? 'GET' : 'POST'
    const open = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${stage.origin}${path}`, { method, headers })).status
    expect(await open(bearer(KEY))).toBe(403)
    expect(await open({ 'x-admin-api-key': KEY })).toBe(403)
    expect(await open(bearer('nonsense-nonsense'))).toBe(401)
    const without = await startStage([fine, fine], { config: withKeys(CI) })
    const openly = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${without.origin}${path}`, { method, headers })).status
    expect(await openly({})).toBe(200)
    expect(await openly(bearer(KEY))).toBe(403)
  })

  test.each(['/', '/console/settings/get'])('the window: %s', async (path) => {
    const stage = await start([CI], { window: true })
    const open = async (headers: Record<string, string>): Promise<[number, string]> => {
      const response = await fetch(`${stage.origin}${path}`, { headers })
      return [response.status, await response.text()]
    }
    expect(await open(bearer(TOKEN))).toEqual([200, 'window'])
    expect(await open(bearer(KEY))).toEqual([403, expect.stringContaining('not the window')])
    expect((await open({}))[0]).toBe(401)
    const without = await startStage([fine, fine], { config: withKeys(CI), window: true })
    const openly = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${without.origin}${path}`, { headers })).status
    expect([await openly({}), await openly(bearer(KEY))]).toEqual([200, 403])
  })
})

describe('without a token, where everyone may call', () => {
  test('a call without a key is served as before, and one with a key goes by its rules', async () => {
    const stage = await startStage([fine, fine], { config: withKeys(CI) })
    expect((await ask(stage, {}, 'small')).status).toBe(200)
    expect((await ask(stage, bearer('whatever-it-is'), 'small')).status).toBe(200)
    expect((await ask(stage, bearer(KEY), 'small')).status).toBe(403)
    expect((await ask(stage, bearer(KEY))).status).toBe(200)
    await stage.settled()
    const { rows } = await stage.journal.rows.list({ limit: 9 })
    expect(rows.map(({ key }) => key)).toEqual(['ci', 'ci', undefined, undefined])
  })
})

describe('a session over a WebSocket', () => {
  /** Says back what it hears. */
  async function echoing(): Promise<{ origin: string; sockets: Socket[] }> {
    const sockets: Socket[] = []
    const server = createServer()
    server.on('upgrade', (_request, socket: Socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
      socket.pipe(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets }
  }

  /** What comes back, in pieces as they come; ends with the connection. */
  function open(stage: Stage, path: string, key: string): { socket: Socket; next: () => Promise<string> } {
    const { port, host } = new URL(stage.origin)
    const socket = connect(Number(port), '127.0.0.1')
    const pieces: string[] = []
    let wake = (): void => {}
    let ended = false
    socket.on('data', (chunk) => {
      pieces.push(String(chunk))
      wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      ended = true
      wake()
    })
    const head = [
      `GET ${path} HTTP/1.1`,
      `host: ${host}`,
      'connection: Upgrade',
      'upgrade: websocket',
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      `authorization: Bearer ${key}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    return {
      socket,
      async next() {
        while (pieces.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve))
        return pieces.shift() ?? 'closed'
      },
    }
  }

  const config = withKeys({ ...CI, models: ['gpt'] })

  test('is for the models of its key, and counted under its name', async () => {
    const { origin } = await echoing()
    const stage = await startStage([fine, fine], { token: TOKEN, config, instance: { base: origin } })
    expect(await open(stage, '/v1/realtime?model=small', KEY).next()).toMatch(/^HTTP\/1.1 403 [\s\S]*not_allowed/)
    expect(await open(stage, '/v1/realtime', KEY).next()).toMatch(/^HTTP\/1.1 403 [\s\S]*names none/)
    const session = open(stage, '/v1/realtime?model=gpt', KEY)
    expect(await session.next()).toMatch(/^HTTP\/1.1 101 /)
    session.socket.write('hello')
    expect(await session.next()).toBe('hello')
    session.socket.end()
    expect(await session.next()).toBe('closed')
    await stage.settled()
    const { rows } = await stage.journal.rows.list({ limit: 9 })
    expect(rows.map(({ key, status }) => [key, status])).toEqual([
      ['ci', 101],
      ['ci', 403],
      ['ci', 403],
    ])
  })

  test('ends with the next message after its key was revoked, and nothing of it reaches the upstream', async () => {
    const { origin, sockets } = await echoing()
    const stage = await startStage([fine, fine], { token: TOKEN, config, instance: { base: origin } })
    const session = open(stage, '/v1/realtime?model=gpt', KEY)
    await session.next()
    session.socket.write('before')
    expect(await session.next()).toBe('before')
    let heard = ''
    sockets[0]!.on('data', (chunk) => {
      heard += String(chunk)
    })
    stage.configure({})
    session.socket.write('after')
    expect(await session.next()).toBe('closed')
    expect(heard).toBe('')
    await stage.settled()
    const { rows } = await stage.journal.rows.list({ limit: 1 })
    expect(rows[0]).toMatchObject({ state: 'failed', failure: { code: 'proxy_key_revoked' } })
  })

  test('is refused when the budget of its key is used up', async () => {
    const { origin } = await echoing()
    const budget: ConfigInput = { ...config, budgets: [{ scope: 'ci', daily: 1, on_exceed: 'block' }] }
    const stage = await startStage([fine, fine], { token: TOKEN, config: budget, instance: { base: origin } })
    stage.budgets.spending.add(
      { day: '2026-11-21', instance: 'a', deployment: 'a1', key: 'ci' },
      {
        requests: 1,
        failures: 0,
        input: 1,
        cached: 0,
        cacheWrite: 0,
        output: 1,
        reasoning: 0,
        cost: 2,
        unpriced: 0,
        last: 1,
      },
    )
    const refused = await open(stage, '/v1/realtime?model=gpt', KEY).next()
    expect(refused).toMatch(/^HTTP\/1.1 402 [\s\S]*x-should-retry: false[\s\S]*the local key ci is used up/)
  })
})
