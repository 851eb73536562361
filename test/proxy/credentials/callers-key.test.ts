/** Whose key goes upstream: passthrough, the local key under its names, vendor prefixes; the two spellings of a name. */
import { afterEach, describe, expect, test } from 'vitest'
import { post, startProxy } from '../harness.ts'
import type { TestInstance, TestProxy, TestSetup } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { Received, Script, ScriptedUpstream } from '../scripted-upstream.ts'

const LOCAL = 'local-token-canary'
const PATHS = { chat: '/v1/chat/completions', responses: '/v1/responses', messages: '/v1/messages' }

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(instance: Partial<TestInstance>, setup: Partial<TestSetup> = {}, script?: Script): Promise<void> {
  upstream = await startUpstream(script ?? json({ id: 'x', choices: [], content: [], output: [] }))
  proxy = await startProxy({ instances: [{ base: upstream.origin, ...instance }], ...setup })
}

function ask(headers: Record<string, string>, model = 'gpt-4o', path = PATHS.chat): Promise<Response> {
  const body = { model, max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], input: 'hi' }
  return post(proxy.origin, path, body, headers)
}

function keysOf({ headers }: Received): Record<string, unknown> {
  return Object.fromEntries(
    ['authorization', 'api-key', 'x-api-key'].flatMap((name) =>
      headers[name] === undefined ? [] : [[name, headers[name]]],
    ),
  )
}

describe('passthrough', () => {
  test.each([
    [{ authorization: 'Bearer mine-0001' }, 'gpt-4o', PATHS.chat, { 'api-key': 'mine-0001' }],
    [{ 'api-key': 'mine-0001' }, 'gpt-4o', PATHS.responses, { 'api-key': 'mine-0001' }],
    [{ 'X-API-Key': 'mine-0001' }, 'gpt-4o', PATHS.chat, { 'api-key': 'mine-0001' }],
    [{ 'x-api-key': 'mine-0001' }, 'claude-sonnet-4-5', PATHS.messages, { 'x-api-key': 'mine-0001' }],
    [{ authorization: 'Bearer mine-0001' }, 'claude-sonnet-4-5', PATHS.messages, { 'x-api-key': 'mine-0001' }],
    [
      { authorization: 'Bearer eyJhbGciOi.eyJhdWQi.c2ln' },
      'gpt-4o',
      PATHS.chat,
      { authorization: 'Bearer eyJhbGciOi.eyJhdWQi.c2ln' },
    ],
  ])('%j for %s goes on as %j', async (sent, model, path, received) => {
    await start({ key: null })
    expect((await ask(sent, model, path)).status).toBe(200)
    expect(keysOf(await upstream.request())).toEqual(received)
  })

  test('the local key is not taken for the caller’s own, which goes beside it', async () => {
    await start({ key: null }, { token: LOCAL })
    await ask({ authorization: `Bearer ${LOCAL}`, 'api-key': 'mine-0001' })
    expect(keysOf(await upstream.request())).toEqual({ 'api-key': 'mine-0001' })
    const alone = await ask({ authorization: `Bearer ${LOCAL}` })
    expect(alone.status).toBe(401)
    expect(await alone.text()).toContain('no key of its own')
    expect(upstream.received).toHaveLength(1)
  })
})

test('a stored key wins over whatever a caller of an open proxy sends', async () => {
  await start({ key: 'stored-key-0001' })
  await ask({ authorization: 'Bearer a-callers', 'api-key': 'b-callers', 'x-api-key': 'c-callers' })
  expect(keysOf(await upstream.request())).toEqual({ 'api-key': 'stored-key-0001' })
})

test.each(['Authorization', 'api-key', 'x-api-key', 'X-API-Key'])(
  'the local key opens as %s, and stays here',
  async (name) => {
    await start({ key: 'stored-key-0001' }, { token: LOCAL })
    const headers = { [name]: name === 'Authorization' ? `Bearer ${LOCAL}` : LOCAL }
    expect((await ask(headers)).status).toBe(200)
    expect((await ask({ [name]: 'wrong' })).status).toBe(401)
    expect(upstream.received).toHaveLength(1)
    expect(JSON.stringify(upstream.received[0]!.rawHeaders)).not.toContain(LOCAL)
  },
)

test.each([
  ['gpt-4o', PATHS.chat],
  ['gpt-4o', PATHS.responses],
  ['claude-sonnet-4-5', PATHS.messages],
])('azure/%s on %s is the model without its prefix', async (model, path) => {
  await start({})
  await ask({}, `azure/${model}`, path)
  expect(JSON.parse((await upstream.request()).body.toString('utf8'))).toMatchObject({ model })
})

describe('a deployment that has the other spelling', () => {
  const knows =
    (name: string, error: object): Script =>
    (play) => {
      const { model } = JSON.parse(play.received.body.toString('utf8')) as { model: string }
      const answer = { id: 'msg_1', type: 'message', role: 'assistant', model, content: [], usage: {} }
      return model === name ? json(answer)(play) : json(error, 404)(play)
    }
  const ANTHROPIC = { type: 'error', error: { type: 'not_found_error', message: 'model: there is none' } }
  const AZURE = { error: { code: 'DeploymentNotFound', message: 'The API deployment does not exist.' } }
  const models = (): string[] =>
    upstream.received.map(({ body }) => (JSON.parse(body.toString('utf8')) as { model: string }).model)

  test.each([
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5', 'claude-sonnet-4.5', PATHS.messages, ANTHROPIC],
    ['claude-sonnet-4-5', 'claude-sonnet-4-5', 'claude-sonnet-4.5', PATHS.chat, ANTHROPIC],
    ['gpt-3.5-turbo', 'gpt-35-turbo', 'gpt-3.5-turbo', PATHS.chat, AZURE],
  ])('%s is asked for as %s, then as %s, which is remembered', async (model, first, second, path, error) => {
    await start({}, {}, knows(second, error))
    const answer = await ask({}, model, path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-lazuli-deployment')).toBe(second)
    expect((await ask({}, model, path)).status).toBe(200)
    expect(models()).toEqual([first, second, second])
    const exchange = await proxy.exchange()
    expect(exchange.described['deployment']).toBe(second)
    expect(exchange.attempts.map(({ status }) => status)).toEqual([404, 200])
  })

  test('where neither is known, the error is that of the first', async () => {
    await start({}, {}, knows('other', ANTHROPIC))
    const answer = await ask({}, 'claude-sonnet-4-5', PATHS.messages)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual(ANTHROPIC)
    expect(answer.headers.get('x-lazuli-deployment')).toBe('claude-sonnet-4-5')
    expect(models()).toEqual(['claude-sonnet-4-5', 'claude-sonnet-4.5'])
    await ask({}, 'claude-sonnet-4-5', PATHS.messages)
    expect(models()).toHaveLength(4)
  })

  test('a mapping always wins, and another 404 means something else', async () => {
    await start(
      { deployments: { 'claude-sonnet-4-5': 'claude-sonnet-4-5' } },
      {},
      knows('claude-sonnet-4.5', ANTHROPIC),
    )
    expect((await ask({}, 'claude-sonnet-4-5', PATHS.messages)).status).toBe(404)
    expect(models()).toEqual(['claude-sonnet-4-5'])
    await proxy.close()
    await upstream.close()
    await start({}, {}, json({ error: { code: '404', message: 'Resource not found' } }, 404))
    const answer = await ask({}, 'claude-sonnet-4-5', PATHS.messages)
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('Resource not found')
    expect(models()).toEqual(['claude-sonnet-4-5'])
  })
})
