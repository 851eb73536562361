/** Identity tokens: how long they are kept, what they are asked for, and where they go. */
import { afterEach, describe, expect, test } from 'vitest'
import { LazuliError } from '../../../electron/core/error.ts'
import { createTokenSource } from '../../../electron/proxy/identity/token-source.ts'
import type { Identity, IssuedToken, TokenSource } from '../../../electron/proxy/identity/token-source.ts'
import { post, startProxy } from '../harness.ts'
import type { TestInstance, TestProxy } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { Script, ScriptedUpstream } from '../scripted-upstream.ts'

const MINUTE = 60_000
const IDENTITY: Identity = { credential: 'default' }

describe('a token', () => {
  /** A clock and an issuer that the test drives. */
  function scene(lifetime = 60 * MINUTE) {
    let clock = 0
    let wall = 1_000_000_000
    let count = 0
    const scopes: string[] = []
    const waiting: ((outcome: Error | undefined) => void)[] = []
    const source = createTokenSource({
      open: () =>
        Promise.resolve({
          getToken: (scope) =>
            new Promise<IssuedToken>((resolve, reject) => {
              scopes.push(scope)
              waiting.push((error) =>
                error === undefined
                  ? resolve({ token: `token-${++count}`, expiresOnTimestamp: wall + lifetime })
                  : reject(error),
              )
            }),
        }),
      explain: (error) => new LazuliError({ code: 'entra_unavailable', status: 503, message: String(error) }),
      monotonic: () => clock,
      now: () => wall,
    })
    return {
      source,
      scopes,
      /** All clocks go on. */
      pass: (ms: number): void => {
        clock += ms
        wall += ms
      },
      /** Somebody sets the clock of the machine. */
      setWall: (ms: number): void => {
        wall += ms
      },
      issue: async (error?: Error): Promise<void> => {
        await turn()
        for (const answer of waiting.splice(0)) answer(error)
        await turn()
      },
    }
  }
  const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

  test('is asked for once by many calls at a time, and kept', async () => {
    const { source, scopes, issue } = scene()
    const calls = Array.from({ length: 20 }, () => source.token(IDENTITY, 'a'))
    await issue()
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['token-1']))
    expect(await source.token(IDENTITY, 'a')).toBe('token-1')
    expect(scopes).toEqual(['a'])
    expect(source.known()).toEqual(['token-1'])
  })

  test('is another one for another scope or another identity', async () => {
    const { source, scopes, issue } = scene()
    const calls = [
      source.token(IDENTITY, 'a'),
      source.token(IDENTITY, 'b'),
      source.token({ credential: 'cli', tenant_id: 't' }, 'a'),
    ]
    await issue()
    expect(new Set(await Promise.all(calls)).size).toBe(3)
    expect(scopes).toEqual(['a', 'b', 'a'])
  })

  test('is renewed ahead of its end while calls go on with the one at hand', async () => {
    const { source, scopes, pass, issue } = scene()
    const first = source.token(IDENTITY, 'a')
    await issue()
    await first
    pass(54 * MINUTE)
    expect(await source.token(IDENTITY, 'a')).toBe('token-1')
    expect(scopes).toHaveLength(1)
    pass(2 * MINUTE)
    expect(await Promise.all([source.token(IDENTITY, 'a'), source.token(IDENTITY, 'a')])).toEqual([
      'token-1',
      'token-1',
    ])
    await issue()
    expect(scopes).toHaveLength(2)
    expect(await source.token(IDENTITY, 'a')).toBe('token-2')
  })

  test('whose renewal fails serves to its end, and the renewal is not tried at every call', async () => {
    const { source, scopes, pass, issue } = scene()
    const first = source.token(IDENTITY, 'a')
    await issue()
    await first
    pass(56 * MINUTE)
    expect(await source.token(IDENTITY, 'a')).toBe('token-1')
    await issue(new Error('no network'))
    for (let call = 0; call < 5; call++) expect(await source.token(IDENTITY, 'a')).toBe('token-1')
    expect(scopes).toHaveLength(2)
    pass(3.8 * MINUTE)
    const late = expect(source.token(IDENTITY, 'a')).rejects.toMatchObject({ code: 'entra_unavailable', status: 503 })
    await issue(new Error('no network'))
    await late
  })

  test('does not become valid again, or end too soon, because the machine’s clock is set', async () => {
    const { source, scopes, pass, setWall, issue } = scene()
    const first = source.token(IDENTITY, 'a')
    await issue()
    await first
    setWall(10 * 60 * MINUTE)
    expect(await source.token(IDENTITY, 'a')).toBe('token-1')
    setWall(-20 * 60 * MINUTE)
    pass(60 * MINUTE)
    const next = source.token(IDENTITY, 'a')
    await issue()
    expect(await next).toBe('token-2')
    expect(scopes).toHaveLength(2)
  })

  test('that an upstream refused is not used again; a failure is not kept', async () => {
    const { source, issue } = scene()
    const first = expect(source.token(IDENTITY, 'a')).rejects.toMatchObject({ status: 503 })
    await issue(new Error('nobody has signed in'))
    await first
    const second = source.token(IDENTITY, 'a')
    await issue()
    expect(await second).toBe('token-1')
    source.refused('token-1')
    const third = source.token(IDENTITY, 'a')
    await issue()
    expect(await third).toBe('token-2')
  })
})

describe('a call with an identity', () => {
  const TOKEN = 'entra-token-canary-0001'
  let upstream: ScriptedUpstream
  let proxy: TestProxy
  afterEach(async () => {
    await proxy.close()
    await upstream.close()
  })

  async function start(
    instance: Partial<TestInstance> = {},
    script: Script = json({ id: 'x', choices: [], content: [], output: [], data: [] }),
    fail?: LazuliError,
  ): Promise<{ scopes: string[]; refused: string[] }> {
    const scopes: string[] = []
    const refused: string[] = []
    const tokens: TokenSource = {
      token: (_identity, scope) => {
        scopes.push(scope)
        return fail === undefined ? Promise.resolve(TOKEN) : Promise.reject(fail)
      },
      refused: (token) => refused.push(token),
      known: () => [TOKEN],
    }
    upstream = await startUpstream(script)
    proxy = await startProxy({
      instances: [{ base: upstream.origin, ...instance, made: { credential: { type: 'entra' } } }],
      options: { tokens },
    })
    return { scopes, refused }
  }

  function ask(path = '/v1/chat/completions', model = 'gpt-4o'): Promise<Response> {
    const body = { model, max_tokens: 10, messages: [{ role: 'user', content: 'hi' }], input: 'hi' }
    return post(proxy.origin, path, body, { authorization: 'Bearer a-callers-own', 'api-key': 'b-callers-own' })
  }

  const FOUNDRY = 'https://ai.azure.com/.default'
  const CLASSIC = 'https://cognitiveservices.azure.com/.default'
  test.each([
    ['/v1/chat/completions', 'gpt-4o', 'v1', FOUNDRY],
    ['/v1/chat/completions', 'gpt-4o', '2024-10-21', CLASSIC],
    ['/v1/responses', 'gpt-4o', '2025-04-01-preview', CLASSIC],
    ['/v1/responses', 'gpt-4o', '2024-10-21', FOUNDRY],
    ['/v1/messages', 'claude-sonnet-4-5', '2024-10-21', FOUNDRY],
    ['/v1/messages/count_tokens', 'claude-sonnet-4-5', 'v1', FOUNDRY],
    ['/v1/embeddings', 'text-embedding-3-small', '2024-10-21', CLASSIC],
  ])('%s for %s on %s carries a token for %s, as Bearer and alone', async (path, model, version, scope) => {
    const { scopes } = await start({ version })
    expect((await ask(path, model)).status).toBeLessThan(300)
    const { headers, rawHeaders } = await upstream.request()
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`)
    expect(headers).not.toHaveProperty('api-key')
    expect(headers).not.toHaveProperty('x-api-key')
    expect(rawHeaders.join()).not.toContain('callers-own')
    expect(new Set(scopes)).toEqual(new Set([scope]))
  })

  test('the instance’s own scope counts for more', async () => {
    const { scopes } = await start({ more: { scope: 'api://gateway/.default' } })
    await ask()
    expect(scopes).toEqual(['api://gateway/.default'])
  })

  test('a 401 gives the token up, names the other scope, and an echo of the token is taken out', async () => {
    const { refused } = await start({}, ({ received, response }) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: `bad audience: ${received.headers.authorization}` } }))
    })
    const answer = await ask()
    expect(answer.status).toBe(401)
    expect(await answer.text()).not.toContain(TOKEN)
    expect(refused).toEqual([TOKEN])
    expect((await proxy.exchange()).ends[0]!.failure?.fix).toContain(CLASSIC)
    const test = await proxy.proxy.testInstance(proxy.configuration.instances[0]!)
    expect(test).toMatchObject({ ok: false, status: 401 })
    expect(test.fix).toContain(CLASSIC)
    expect(JSON.stringify(test)).not.toContain(TOKEN)
  })

  test('without an identity nothing is sent, and the client is told cause and fix in its dialect', async () => {
    const fail = new LazuliError({ code: 'entra_unavailable', status: 503, message: 'Nobody.', fix: 'Run az login.' })
    await start({}, undefined, fail)
    const answer = await ask('/v1/messages', 'claude-sonnet-4-5')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ type: 'error', error: { message: 'Nobody. Run az login.' } })
    expect(upstream.received).toEqual([])
    const test = await proxy.proxy.testInstance(proxy.configuration.instances[0]!)
    expect(test).toMatchObject({ ok: false, message: 'Nobody.', fix: 'Run az login.' })
  })

  test('the test button signs in', async () => {
    await start()
    expect(await proxy.proxy.testInstance(proxy.configuration.instances[0]!)).toMatchObject({ ok: true, status: 200 })
    expect((await upstream.request()).headers.authorization).toBe(`Bearer ${TOKEN}`)
  })
})
