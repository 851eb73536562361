/** A gateway in Azure's style as an upstream: what reaches it, and how its answers are read. */
import { afterEach, describe, expect, test } from 'vitest'
import { post, startProxy } from '../harness.ts'
import type { TestInstance, TestProxy, TestSetup } from '../harness.ts'
import { json, startUpstream, stream } from '../scripted-upstream.ts'
import type { Script, ScriptedUpstream } from '../scripted-upstream.ts'
import { answer, MESSAGES, pieces, REAL, TEXT } from './gateway-says.ts'

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(
  script: Script,
  instance: Partial<TestInstance> = {},
  path = '',
  config: TestSetup['config'] = {},
): Promise<void> {
  upstream = await startUpstream(script)
  proxy = await startProxy({
    instances: [{ type: 'azure-gateway', base: upstream.origin + path, key: 'gateway-key-canary', ...instance }],
    config,
  })
}

interface Sent {
  url: string
  headers: Record<string, unknown>
  body: Record<string, unknown>
}

async function sent(index = 0): Promise<Sent> {
  const { url, headers, body } = await upstream.request(index)
  return { url, headers, body: JSON.parse(body.toString()) as Record<string, unknown> }
}

async function chat(body: Record<string, unknown>): Promise<string> {
  const response = await post(proxy.origin, '/v1/chat/completions', { messages: MESSAGES, ...body })
  expect(response.status).toBe(200)
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] }
  return choices[0]!.message.content
}

describe('what reaches the gateway', () => {
  test('Responses under the deployment, which is the model’s name; the key as api-key, without Bearer', async () => {
    await start(json(answer()))
    expect(await chat({ model: 'claude-4.1' })).toBe(TEXT)
    const { url, headers, body } = await sent()
    expect(url).toBe('/openai/deployments/claude-4.1/responses?api-version=fake')
    expect(headers['api-key']).toBe('gateway-key-canary')
    expect(headers['authorization']).toBeUndefined()
    expect(body).toMatchObject({ model: 'claude-4.1', stream: false })
    expect(body['input']).toEqual([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }])
    expect(body['messages']).toBeUndefined()
  })

  test('a name keeps its date, and an azure/ in front is taken off', async () => {
    await start(json(answer()))
    await chat({ model: 'azure/Claude-Sonnet-4-5-20250929' })
    expect((await sent()).url).toBe('/openai/deployments/Claude-Sonnet-4-5-20250929/responses?api-version=fake')
  })

  test.each([
    ['', 'any text at all/1', '/openai/deployments/gpt-5/responses?api-version=any+text+at+all%2F1'],
    ['/team/gateway/', undefined, '/team/gateway/openai/deployments/gpt-5/responses?api-version=fake'],
    ['/openai/deployments/x/responses', undefined, '/openai/deployments/gpt-5/responses?api-version=fake'],
    ['/api/v1', undefined, '/api/v1/openai/deployments/gpt-5/responses?api-version=fake'],
  ])('an address with the path "%s" and the version %s', async (path, version, url) => {
    await start(json(answer()), version === undefined ? {} : { version }, path)
    await chat({ model: 'gpt-5' })
    expect((await sent()).url).toBe(url)
  })

  test('the caller’s own key goes on where none is stored', async () => {
    await start(json(answer()), { key: null })
    await post(
      proxy.origin,
      '/v1/chat/completions',
      { model: 'gpt-5', messages: MESSAGES },
      { authorization: 'Bearer callers-own' },
    )
    const { headers } = await sent()
    expect(headers['api-key']).toBe('callers-own')
    expect(headers['authorization']).toBeUndefined()
  })

  test('a mapping that wishes another API does not change it, and the explanation says why', async () => {
    await start(json(answer()), {}, '', { models: [{ model: 'm', deployment: 'claude-4.1', api: 'messages' }] })
    await chat({ model: 'm' })
    expect((await sent()).url).toContain('/claude-4.1/responses')
    const { decision } = await proxy.exchange()
    expect(decision?.steps.at(-1)?.why).toBe('The gateway does not speak Messages')
  })

  test.each([
    ['chat', '/v1/chat/completions', { messages: MESSAGES, thinking: true }],
    ['chat', '/v1/chat/completions', { messages: MESSAGES, thinking: { type: 'enabled' } }],
    ['responses', '/v1/responses', { input: 'hi', thinking: true }],
    ['responses', '/v1/responses', { input: 'hi', thinking: { type: 'enabled', budget_tokens: 20_000 } }],
    [
      'messages',
      '/v1/messages',
      { messages: MESSAGES, max_tokens: 30_000, thinking: { type: 'enabled', budget_tokens: 20_000 } },
    ],
  ])('thinking asked for in %s is a medium effort', async (_, path, body) => {
    for (const model of ['gpt-5', 'o3', 'claude-4.1', 'gemini-2.5-pro']) {
      await start(json(answer()))
      const response = await post(proxy.origin, path, { model, ...body })
      expect(response.status).toBe(200)
      const { body: received } = await sent()
      expect(received['reasoning']).toEqual({ effort: 'medium' })
      expect(received).not.toHaveProperty('thinking')
      expect(response.headers.get('x-lazuli-dropped') ?? '').not.toContain('thinking')
      await proxy.close()
      await upstream.close()
    }
  })

  test('an effort that was asked for by its name stays, and no thinking is none', async () => {
    await start(json(answer()))
    await chat({ model: 'claude-4.1', thinking: true, reasoning_effort: 'high' })
    await chat({ model: 'claude-4.1', thinking: false })
    await post(proxy.origin, '/v1/responses', {
      model: 'gpt-5',
      input: 'hi',
      thinking: true,
      reasoning: { effort: 'low' },
    })
    expect((await sent(0)).body['reasoning']).toEqual({ effort: 'high' })
    expect((await sent(1)).body).not.toHaveProperty('reasoning')
    expect((await sent(2)).body['reasoning']).toEqual({ effort: 'low' })
  })

  test.each([
    ['/v1/chat/completions', { messages: MESSAGES }],
    ['/v1/responses', { input: 'hi' }],
  ])('JSON modes stand in text.format (%s)', async (path, body) => {
    await start(json(answer('{}')))
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    await post(proxy.origin, path, { model: 'claude-4.1', ...body, response_format: { type: 'json_object' } })
    await post(proxy.origin, path, {
      model: 'gemini-2.5-pro',
      ...body,
      response_format: { type: 'json_schema', json_schema: { name: 'thing', schema, strict: true } },
    })
    const [plain, strict] = [await sent(0), await sent(1)]
    expect(plain.body['text']).toEqual({ format: { type: 'json_object' } })
    expect(strict.body['text']).toEqual({ format: { type: 'json_schema', name: 'thing', schema, strict: true } })
    for (const { body: received } of [plain, strict]) expect(received).not.toHaveProperty('response_format')
  })

  test('enable_vision forwards the flag and leaves messages alone', async () => {
    await start(json(answer()), { more: { enable_vision: true } })
    const image = 'data:image/png;base64,iVBORw0KGgo='
    const picture = [{ role: 'user', content: [{ type: 'input_image', image_url: image, detail: 'auto' }] }]
    await post(proxy.origin, '/v1/responses', { model: 'claude-4.1', input: picture })
    await chat({ model: 'gpt-5' })
    expect((await sent(0)).body).toMatchObject({ input: picture, modalities: ['text', 'vision'] })
    expect((await sent(1)).body['modalities']).toEqual(['text', 'vision'])
  })

  test('without it no flag is sent', async () => {
    await start(json(answer()))
    await chat({ model: 'gpt-5' })
    expect((await sent()).body).not.toHaveProperty('modalities')
  })

  test('embeddings under the deployment; what a gateway does not have is told', async () => {
    await start(json({ object: 'list', data: [{ embedding: [1, 2] }], usage: { tokens: 3, total_tokens: 3 } }))
    const found = await post(proxy.origin, '/v1/embeddings', { model: 'text-embedding-3-large', input: 'hi' })
    expect(await found.json()).toMatchObject({ data: [{ embedding: [1, 2] }] })
    expect((await sent()).url).toBe('/openai/deployments/text-embedding-3-large/embeddings?api-version=fake')
    const images = await post(proxy.origin, '/v1/images/generations', { model: 'gpt-image-1', prompt: 'a stone' })
    expect(images.status).toBe(404)
    expect(await images.text()).toContain('gateway')
    expect(upstream.received).toHaveLength(1)
  })

  test('nothing is called that no model was asked for', async () => {
    await start(json({}))
    const models = await fetch(`${proxy.origin}/v1/models`)
    expect(models.status).toBe(200)
    expect(upstream.received).toHaveLength(0)
  })
})

const CLIENTS = [
  { client: 'chat', path: '/v1/chat/completions', body: { messages: MESSAGES } },
  { client: 'messages', path: '/v1/messages', body: { messages: MESSAGES, max_tokens: 100 } },
  { client: 'responses', path: '/v1/responses', body: { input: 'hi' } },
]

describe.each(CLIENTS)('a stream for a client of $client', ({ path, body }) => {
  test.each([
    ['claude-4.1', undefined, 2],
    ['gemini-2.5-flash', 5, 5],
    ['qwen3-30b', 1, 1],
  ])('%s is fetched whole and cut into %s slices of equal code points', async (model, slices, count) => {
    await start(json(answer()), slices === undefined ? {} : { slices })
    const response = await post(proxy.origin, path, { model, stream: true, ...body })
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const found = pieces(await response.text())
    expect((await sent()).body['stream']).toBe(false)
    const points = Array.from(TEXT)
    const size = Math.ceil(points.length / count)
    const expected = Array.from({ length: count }, (_, at) => points.slice(at * size, (at + 1) * size).join(''))
    expect(found).toEqual(expected)
  })

  test.each(['gpt-5', 'gpt-4.1', 'o3'])('%s is really streamed', async (model) => {
    await start(stream(REAL, [200, 400]))
    const response = await post(proxy.origin, path, { model, stream: true, ...body })
    const text = await response.text()
    expect((await sent()).body['stream']).toBe(true)
    expect(pieces(text)).toEqual(['Zwölf ', TEXT.slice('Zwölf '.length)])
  })
})

test('a Responses client gets the bytes of a real stream, and of a whole answer, as they came', async () => {
  await start((play) => (play.received.body.includes('"stream":true') ? stream(REAL)(play) : json(answer())(play)))
  const body = { model: 'gpt-5', input: 'hi' }
  const streamed = await post(proxy.origin, '/v1/responses', { ...body, stream: true })
  expect(await streamed.text()).toBe(REAL.toString())
  const whole = await post(proxy.origin, '/v1/responses', body)
  expect(await whole.text()).toBe(JSON.stringify(answer()))
})

describe('time limits', () => {
  test('the instance’s own, for whole answers and for streams', async () => {
    await start(() => {}, { more: { timeout: 0.1, stream_timeout: 0.2 } }, '', { routing: { retries: 0 } })
    const whole = await post(proxy.origin, '/v1/chat/completions', { model: 'gpt-5', messages: MESSAGES })
    const streamed = await post(proxy.origin, '/v1/chat/completions', {
      model: 'gpt-5',
      messages: MESSAGES,
      stream: true,
    })
    // A model that cannot stream is asked for a whole answer, and has the time of one.
    const sliced = await post(proxy.origin, '/v1/chat/completions', {
      model: 'claude-4.1',
      messages: MESSAGES,
      stream: true,
    })
    expect([whole.status, streamed.status, sliced.status]).toEqual([504, 504, 504])
    expect(await whole.text()).toContain('0.1')
    expect(await streamed.text()).toContain('0.2')
    expect(await sliced.text()).toContain('0.1')
  })
})
