import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { post, startProxy } from './harness.ts'
import type { TestInstance, TestProxy } from './harness.ts'
import { json, startUpstream } from './scripted-upstream.ts'
import type { ScriptedUpstream } from './scripted-upstream.ts'

const USER = { role: 'user', content: 'How many tokens are these?' }
const ASKED = { messages: [USER] }
const PATH = '/v1/messages/count_tokens?beta=true'

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(
  answer: { body: unknown; status?: number; headers?: Record<string, string> },
  instance: Partial<TestInstance> = {},
): Promise<void> {
  upstream = await startUpstream(json(answer.body, answer.status, answer.headers))
  proxy = await startProxy({ instances: [{ base: upstream.origin, ...instance }] })
}

async function count(
  body: unknown,
  path = PATH,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const response = await post(proxy.origin, path, body, headers)
  return {
    status: response.status,
    estimate: response.headers.get('x-lazuli-estimate'),
    ...((await response.json()) as object),
  }
}

describe('Claude on Azure counts itself', () => {
  test('the body goes on as it is, but for the deployment, with the betas', async () => {
    await start({ body: { input_tokens: 14 } }, { deployments: { 'claude-sonnet-4-5': 'prod-claude' } })
    const betas = { 'anthropic-beta': 'claude-code-20250219', 'anthropic-version': '2023-06-01', 'x-api-key': 'local' }
    const answer = await count('{"model":"claude-sonnet-4-5", "messages":[ ],"tools":[]}', PATH, betas)
    expect(answer).toEqual({ status: 200, estimate: null, input_tokens: 14 })
    const [request] = upstream.received
    expect(request!.url).toBe('/anthropic/v1/messages/count_tokens?beta=true')
    expect(request!.body.toString()).toBe('{"model":"prod-claude", "messages":[ ],"tools":[]}')
    expect(request!.headers).toMatchObject({
      'x-api-key': 'upstream-key-canary',
      'anthropic-beta': 'claude-code-20250219',
      'anthropic-version': '2023-06-01',
    })
    expect(proxy.tap.exchanges).toEqual([])
  })

  test('its error is told in its own words, without the key', async () => {
    const error = { type: 'error', error: { type: 'invalid_request_error', message: 'bad upstream-key-canary' } }
    await start({ body: error, status: 400, headers: { 'request-id': 'req_1' } })
    const answer = await count({ model: 'claude-sonnet-4-5', ...ASKED })
    expect(answer).toMatchObject({ status: 400, type: 'error', error: { message: 'bad [key]' } })
  })

  test('a quota passes its advice on', async () => {
    const error = { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }
    await start({ body: error, status: 429, headers: { 'retry-after': '7' } })
    const response = await post(proxy.origin, PATH, { model: 'claude-sonnet-4-5', ...ASKED })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
  })

  test.each([404, 405, 501])('an upstream that does not count (%i) is helped out', async (status) => {
    await start({ body: { error: { code: String(status), message: 'no' } }, status })
    const answer = await count({ model: 'claude-sonnet-4-5', ...ASKED })
    expect(answer).toMatchObject({ status: 200, estimate: 'true', input_tokens: expect.any(Number) })
  })

  test('an Anthropic instance is asked under its own base', async () => {
    await start({ body: { input_tokens: 3 } }, { type: 'anthropic' })
    await count({ model: 'claude-sonnet-4-5', ...ASKED }, '/messages/count_tokens')
    expect(upstream.received[0]!.url).toMatch(/\/messages\/count_tokens$/)
  })
})

describe('for a GPT deployment the count is made here', () => {
  test('and marked as an estimate; no upstream is asked', async () => {
    await start({ body: {} })
    for (const path of ['/v1/messages/count_tokens', '/messages/count_tokens', PATH]) {
      expect(await count({ model: 'gpt-4o', ...ASKED }, path)).toEqual({
        status: 200,
        estimate: 'true',
        input_tokens: 13,
      })
    }
    expect(upstream.received).toEqual([])
  })

  test('system, tools, calls, results and pictures count', async () => {
    await start({ body: {} })
    const tokens = async (body: object): Promise<number> =>
      (await count({ model: 'gpt-4o', ...body }))['input_tokens'] as number
    const base = await tokens(ASKED)
    const tool = { name: 'read', description: 'Reads a file', input_schema: { type: 'object' } }
    expect(await tokens({ ...ASKED, system: [{ type: 'text', text: 'Be brief.' }] })).toBeGreaterThan(base + 2)
    expect(await tokens({ ...ASKED, tools: [tool] })).toBeGreaterThan(base + 12)
    const call = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'read', input: { path: 'a.txt' } }] }
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(90_000) } }
    const result = (content: unknown): object => ({
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't', content }],
    })
    const withCall = await tokens({ messages: [USER, call] })
    expect(withCall).toBeGreaterThan(base + 10)
    expect(await tokens({ messages: [USER, call, result('twelve words')] })).toBeGreaterThan(withCall + 6)
    const shown = await tokens({ messages: [USER, call, result([image])] })
    expect(shown).toBeGreaterThan(withCall + 1500)
    expect(shown).toBeLessThan(withCall + 2000)
  })

  test('a mark that means something to the tokenizer is text here', async () => {
    await start({ body: {} })
    const messages = [{ role: 'user', content: 'what is <|endoftext|>?' }]
    expect(await count({ model: 'gpt-4o', messages })).toMatchObject({ status: 200 })
  })

  test.each<[string, unknown, RegExp]>([
    ['no messages', { model: 'gpt-4o' }, /messages: Field required/],
    ['messages that are no list', { model: 'gpt-4o', messages: 'hi' }, /messages: Input should be a list/],
    ['no model', ASKED, /model/],
    ['no JSON', '{"model":"gpt-4o",', /not valid JSON/],
  ])('%s is an error in the shape of Messages', async (_name, body, message) => {
    await start({ body: {} })
    const answer = await count(body)
    expect(answer).toMatchObject({
      status: 400,
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) },
    })
  })

  test('25 questions at once are answered within a second', async () => {
    await start({ body: {} })
    const text = 'The quick brown fox jumps over the lazy dog; 42 times. '.repeat(600)
    const started = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        count({ model: 'gpt-4o', messages: [{ role: 'user', content: `${index} ${text}` }] }),
      ),
    )
    expect(performance.now() - started).toBeLessThan(1000)
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, estimate: 'true' })
  })
})

test('a name that nothing serves is not found', async () => {
  upstream = await startUpstream(json({}))
  proxy = await startProxy({ instances: [{ base: upstream.origin, models: ['gpt-4o'] }] })
  expect(await count({ model: 'llama', ...ASKED })).toMatchObject({ status: 404, error: { type: 'not_found_error' } })
})

test('the worker that the entries name is there', () => {
  expect(existsSync(new URL('../../electron/proxy/tokens/worker.ts', import.meta.url))).toBe(true)
})
