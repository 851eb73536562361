import { afterEach, describe, expect, test } from 'vitest'
import { post, startProxy } from './harness.ts'
import type { TestInstance, TestProxy } from './harness.ts'
import { json, startUpstream } from './scripted-upstream.ts'
import type { Received, ScriptedUpstream } from './scripted-upstream.ts'

const PATH = { chat: '/v1/chat/completions', messages: '/v1/messages' }
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-2024-11-20',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
}

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(instance: Omit<TestInstance, 'base'> & { path?: string } = {}, token?: string): Promise<void> {
  upstream = await startUpstream((play) =>
    json(play.received.url.includes('messages') ? MESSAGE : COMPLETION, 200, { 'x-request-id': 'req-1' })(play),
  )
  const { path = '', ...rest } = instance
  proxy = await startProxy({
    instances: [{ base: upstream.origin + path, ...rest }],
    ...(token === undefined ? {} : { token }),
  })
}

async function ask(
  dialect: 'chat' | 'messages',
  model: string,
  headers: Record<string, string> = {},
  query = '',
): Promise<{ answer: Response; received: Received | undefined; body: Record<string, unknown> }> {
  const request = { model, max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }
  const answer = await post(proxy.origin, PATH[dialect] + query, request, headers)
  return { answer, received: upstream.received[0], body: (await answer.json()) as Record<string, unknown> }
}

describe('the address', () => {
  test.each<[string, Omit<TestInstance, 'base'> & { path?: string }, 'chat' | 'messages', string, string]>([
    ['azure v1', {}, 'chat', 'gpt-4o', '/openai/v1/chat/completions'],
    ['azure preview', { version: 'preview' }, 'chat', 'gpt-4o', '/openai/v1/chat/completions?api-version=preview'],
    [
      'azure dated',
      { version: '2024-10-21', deployments: { 'gpt-4o': 'prod chat/1' }, path: '/openai/deployments/x' },
      'chat',
      'gpt-4o',
      '/openai/deployments/prod%20chat%2F1/chat/completions?api-version=2024-10-21',
    ],
    [
      'azure Claude',
      { version: '2024-10-21', type: 'azure' },
      'messages',
      'claude-sonnet-4-5',
      '/anthropic/v1/messages',
    ],
    ['azure Claude for a Chat client', {}, 'chat', 'claude-sonnet-4-5', '/anthropic/v1/messages'],
    ['openai', { type: 'openai', path: '/v1' }, 'chat', 'gpt-4o', '/v1/chat/completions'],
    ['generic', { type: 'generic', path: '/api/v2' }, 'chat', 'llama', '/api/v2/chat/completions'],
    ['anthropic', { type: 'anthropic', path: '/v1' }, 'messages', 'claude-sonnet-4-5', '/v1/messages'],
  ])('of %s', async (_name, instance, dialect, model, url) => {
    await start(instance)
    const { received, answer } = await ask(dialect, model)
    expect(answer.status).toBe(200)
    expect(received?.url).toBe(url)
    const exchange = await proxy.exchange()
    expect(exchange.decision?.target?.url).toBe(upstream.origin + url)
    expect(exchange.attempts[0]!.start.url).toBe(upstream.origin + url)
  })

  test('keeps Claude Code’s beta switch and drops every other query', async () => {
    await start()
    await ask('messages', 'claude-sonnet-4-5', {}, '?beta=true&api-version=fake&x=1')
    expect(upstream.received[0]!.url).toBe('/anthropic/v1/messages?beta=true')
  })

  test.each([
    '../../x',
    '..',
    '.',
    'a/../../b',
    'a%2f..%2fb',
    'a?b=c',
    'a#b',
    'a\r\nHost: evil',
    'a\u0000b',
    'ü'.repeat(300),
    '\uD800',
  ])('cannot be changed by a deployment called %j', async (name) => {
    await start({ version: '2024-10-21', type: 'azure' })
    const { answer } = await ask('chat', name)
    const prefix = '/openai/deployments/'
    const suffix = '/chat/completions?api-version=2024-10-21'
    if (answer.status === 200) {
      const { url } = upstream.received[0]!
      expect(url.startsWith(prefix) && url.endsWith(suffix)).toBe(true)
      const segment = url.slice(prefix.length, -suffix.length)
      expect(segment).not.toMatch(/[/?#]|^\.{1,2}$/)
    } else {
      expect([400, 404]).toContain(answer.status)
      expect(upstream.received).toEqual([])
    }
  })
})

describe('keys', () => {
  const CANARIES = {
    authorization: 'Bearer canary-authorization',
    'api-key': 'canary-api-key',
    'x-api-key': 'canary-x-api-key',
    'ocp-apim-subscription-key': 'canary-subscription',
    cookie: 'session=canary-cookie',
    'proxy-authorization': 'Basic canary-proxy',
  }

  test.each<[string, Omit<TestInstance, 'base'> & { path?: string }, 'chat' | 'messages', string, string, string]>([
    ['azure', {}, 'chat', 'gpt-4o', 'api-key', 'upstream-key-canary'],
    ['azure Claude', {}, 'messages', 'claude-sonnet-4-5', 'x-api-key', 'upstream-key-canary'],
    ['openai', { type: 'openai', path: '/v1' }, 'chat', 'gpt-4o', 'authorization', 'Bearer upstream-key-canary'],
    ['generic', { type: 'generic' }, 'chat', 'x', 'authorization', 'Bearer upstream-key-canary'],
    ['anthropic', { type: 'anthropic' }, 'messages', 'claude-sonnet-4-5', 'x-api-key', 'upstream-key-canary'],
  ])(
    'of the client never reach %s; the stored one does, once',
    async (_name, instance, dialect, model, header, value) => {
      await start(instance)
      const { answer, received } = await ask(dialect, model, CANARIES)
      expect(answer.status).toBe(200)
      const raw = received!.rawHeaders.join('\n')
      expect(raw.match(/canary/g)).toHaveLength(1)
      expect(received!.headers[header]).toBe(value)
    },
  )

  test.each<[string, Record<string, string>, 'chat' | 'messages', Record<string, string | undefined>]>([
    [
      'a Bearer key as api-key',
      { authorization: 'Bearer mine-0001' },
      'chat',
      { 'api-key': 'mine-0001', authorization: undefined },
    ],
    [
      'an identity token as Bearer',
      { authorization: 'Bearer eyJhbGci.eyJzdWIi.c2ln' },
      'chat',
      { authorization: 'Bearer eyJhbGci.eyJzdWIi.c2ln', 'api-key': undefined },
    ],
    ['an api-key as it is', { 'api-key': 'mine-0001' }, 'chat', { 'api-key': 'mine-0001' }],
    [
      'an api-key to Claude as x-api-key',
      { 'api-key': 'mine-0001' },
      'messages',
      { 'x-api-key': 'mine-0001', 'api-key': undefined },
    ],
  ])('pass through without a stored one: %s', async (_name, headers, dialect, expected) => {
    await start({ key: null })
    const { received } = await ask(dialect, dialect === 'chat' ? 'gpt-4o' : 'claude-sonnet-4-5', headers)
    for (const [name, value] of Object.entries(expected)) expect(received!.headers[name]).toBe(value)
  })

  test('the local one is never passed through', async () => {
    await start({ key: null }, 'local-key-canary')
    const { answer } = await ask('chat', 'gpt-4o', { authorization: 'Bearer local-key-canary' })
    expect(answer.status).toBe(401)
    expect(upstream.received).toEqual([])
    const both = { 'x-api-key': 'local-key-canary', authorization: 'Bearer mine-0001' }
    expect((await ask('chat', 'gpt-4o', both)).received!.headers['api-key']).toBe('mine-0001')
  })
})

describe('headers', () => {
  test('of the connection, of browsers, of SDKs and of local proxies stay here', async () => {
    await start()
    const { received } = await ask('chat', 'gpt-4o', {
      'x-stainless-os': 'Linux',
      'x-lazuli-strict': '0',
      'x-azure-api-key': 'k',
      'x-dry-run': 'false',
      'x-forwarded-for': '10.0.0.1',
      te: 'trailers',
      'anthropic-beta': 'x',
      'openai-organization': 'org',
      'x-mine': 'kept',
    })
    const names = Object.keys(received!.headers).toSorted()
    expect(names.filter((name) => /stainless|lazuli|azure|dry|forwarded|^te$|anthropic|openai/.test(name))).toEqual([])
    expect(received!.headers['x-mine']).toBe('kept')
    expect(received!.headers['accept-encoding']).toBe('identity')
  })

  test('are at most ten of the client’s own', async () => {
    await start()
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x-custom-${index}`, 'v']))
    const { received } = await ask('chat', 'gpt-4o', many)
    const custom = Object.keys(received!.headers).filter((name) => name.startsWith('x-') || name.endsWith('-key'))
    expect(custom.length).toBeLessThanOrEqual(10)
  })

  test('of Anthropic’s go to Messages upstreams unchanged', async () => {
    await start()
    const headers = { 'anthropic-beta': 'a-1,b-2', 'anthropic-version': '2026-10-21' }
    expect((await ask('messages', 'claude-sonnet-4-5', headers)).received!.headers).toMatchObject(headers)
  })

  test('name the version to Claude for those who do not', async () => {
    await start()
    expect((await ask('chat', 'claude-sonnet-4-5')).received!.headers['anthropic-version']).toBe('2023-06-01')
  })

  test('of ours are on every answer', async () => {
    await start({ name: 'main' })
    const { answer } = await ask('chat', 'gpt-4o')
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-lazuli-exchange': 'ex0',
      'x-lazuli-instance': 'main',
      'x-lazuli-deployment': 'gpt-4o',
      'x-lazuli-attempts': '1',
      'x-request-id': 'req-1',
    })
    const broken = await post(proxy.origin, PATH.chat, '{"model":')
    expect(broken.headers.get('x-lazuli-attempts')).toBe('0')
    expect(broken.headers.get('x-lazuli-exchange')).toBe('ex1')
  })
})

describe('bad requests', () => {
  test.each<[string, string, RegExp]>([
    ['broken JSON', '{"model":"gpt-4o","messages":[}', /line 1, column 31/],
    ['no model', '{"messages":[]}', /"model" is missing/],
    ['two models', '{"model":"a","model":"b"}', /twice/],
    ['a list', '[]', /JSON object/],
    ['nothing', '', /JSON object/],
  ])('%s is told in both dialects', async (_name, body, message) => {
    await start()
    const chat = await post(proxy.origin, PATH.chat, body)
    expect(chat.status).toBe(400)
    expect(await chat.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) as string },
    })
    const messages = await post(proxy.origin, PATH.messages, body)
    expect(messages.status).toBe(400)
    expect(await messages.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) as string },
    })
    expect((await proxy.exchange()).ends[0]?.state).toBe('failed')
  })

  test('an unknown model is told with the nearest names', async () => {
    await start({ models: ['gpt-4o', 'gpt-4.1'] })
    const { answer, body } = await ask('chat', 'gpt-4oo')
    expect(answer.status).toBe(404)
    expect(body).toMatchObject({
      error: { code: 'model_not_found', message: expect.stringContaining('gpt-4o') as string },
    })
    expect((await proxy.exchange()).decision?.steps.at(-1)?.verdict).toBe('error')
  })

  test('an unknown path names the routes, in the shape that the caller knows', async () => {
    await start()
    const answer = await post(proxy.origin, '/v1/nowhere', {}, { 'anthropic-version': '2023-06-01' })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('/v1/messages') as string },
    })
    const other = await fetch(`${proxy.origin}/nowhere`)
    expect(await other.json()).toMatchObject({ error: { code: 'proxy_unknown_path' } })
    expect(proxy.tap.exchanges).toEqual([])
  })

  test('a wrong method names the right one', async () => {
    await start()
    const answer = await fetch(proxy.origin + PATH.messages)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, HEAD, OPTIONS'])
  })
})

describe('small routes', () => {
  test('HEAD is answered anywhere', async () => {
    await start()
    for (const path of ['/', '/api/hello', '/v1/models', PATH.chat, '/nowhere']) {
      expect((await fetch(proxy.origin + path, { method: 'HEAD' })).status).toBe(200)
    }
  })

  test('the models have the fields of both lists', async () => {
    await start({ models: ['gpt-4o', 'claude-sonnet-4-5'] })
    for (const path of ['/v1/models', '/models', '/v1/models?limit=1000']) {
      const list = (await (await fetch(proxy.origin + path)).json()) as Record<string, unknown>
      expect(list).toMatchObject({ object: 'list', has_more: false, first_id: 'gpt-4o', last_id: 'claude-sonnet-4-5' })
      expect((list['data'] as unknown[])[0]).toMatchObject({
        id: 'gpt-4o',
        object: 'model',
        type: 'model',
        display_name: 'gpt-4o',
        created: expect.any(Number) as number,
        created_at: expect.stringMatching(/^\d{4}-/) as string,
        owned_by: 'instance-0',
      })
    }
    expect(await (await fetch(`${proxy.origin}/v1/models/gpt-4o`)).json()).toMatchObject({ id: 'gpt-4o' })
    expect((await fetch(`${proxy.origin}/v1/models/none-such`)).status).toBe(404)
  })
})

describe('testing an instance', () => {
  test('says what a refusal means and what to do', async () => {
    upstream = await startUpstream(json({ error: { code: '401', message: 'invalid subscription key' } }, 401))
    proxy = await startProxy({ instances: [{ base: upstream.origin }] })
    const result = await proxy.proxy.testInstance(proxy.configuration.instances[0]!)
    expect(result).toMatchObject({
      ok: false,
      status: 401,
      request: `GET ${upstream.origin}/openai/v1/models`,
      message: expect.stringContaining('key') as string,
      fix: expect.stringContaining('Keys and Endpoint') as string,
    })
    expect(upstream.received[0]!.headers['api-key']).toBe('upstream-key-canary')
  })

  test('says that it works, or that nobody is there', async () => {
    upstream = await startUpstream(json({ data: [{}, {}] }))
    proxy = await startProxy({
      instances: [{ base: upstream.origin, version: '2024-10-21' }, { base: 'http://127.0.0.1:1' }],
    })
    const [works, fails] = proxy.configuration.instances
    expect(await proxy.proxy.testInstance(works!)).toMatchObject({
      ok: true,
      message: expect.stringContaining('2 models') as string,
    })
    expect(upstream.received[0]!.url).toBe('/openai/models?api-version=2024-10-21')
    expect(await proxy.proxy.testInstance(fails!)).toMatchObject({
      ok: false,
      message: expect.stringContaining('ECONNREFUSED') as string,
    })
  })
})
