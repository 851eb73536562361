/** Models and deployments: what is configured, and what the resources really have. */
import { afterEach, describe, expect, test } from 'vitest'
import { startProxy } from '../harness.ts'
import type { TestInstance, TestProxy } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { ScriptedUpstream } from '../scripted-upstream.ts'

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const DEPLOYMENTS = {
  object: 'list',
  data: [
    {
      id: 'prod-chat',
      model: 'gpt-4o',
      created_at: 1_700_000_000,
      object: 'deployment',
      owner: 'organization-owner',
      status: 'succeeded',
    },
    {
      id: 'vectors',
      model: 'text-embedding-3-small',
      created_at: 1_700_000_001,
      object: 'deployment',
      status: 'succeeded',
    },
  ],
}

async function start(
  instance: Omit<TestInstance, 'base'> = {},
  answer: unknown = DEPLOYMENTS,
  status = 200,
): Promise<void> {
  upstream = await startUpstream(json(answer, status))
  proxy = await startProxy({ instances: [{ name: 'res', base: upstream.origin, ...instance }] })
}
const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(proxy.origin + path)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('GET /v1/models', () => {
  test('has the mapped names and the deployments that the resource has', async () => {
    await start({ deployments: { 'gpt-4o': 'prod-chat' } })
    const { body } = await get('/v1/models')
    const data = body['data'] as Record<string, unknown>[]
    expect(data.map(({ id, deployment }) => [id, deployment])).toEqual([
      ['gpt-4o', 'prod-chat'],
      ['prod-chat', 'prod-chat'],
      ['vectors', 'vectors'],
    ])
    expect(data[0]).toMatchObject({
      object: 'model',
      created: 1_700_000_000,
      owned_by: 'res',
      type: 'model',
      display_name: 'gpt-4o',
      created_at: '2023-11-14T22:13:20.000Z',
    })
    expect(body).toMatchObject({ object: 'list', has_more: false, first_id: 'gpt-4o', last_id: 'vectors' })
    expect(upstream.received[0]!.url).toBe('/openai/deployments?api-version=2023-03-15-preview')
    expect(upstream.received[0]!.headers['api-key']).toBe('upstream-key-canary')
  })

  test('asks a resource once for many callers', async () => {
    await start()
    await Promise.all(['/v1/models', '/models', '/openai/models?api-version=1', '/deployments', '/v1/models'].map(get))
    expect(upstream.received).toHaveLength(1)
  })

  test.each([
    ['refuses', { error: {} }, 404],
    ['answers nonsense', { data: 'x' }, 200],
  ])('has the mapped names where the resource %s', async (_what, answer, status) => {
    await start({ deployments: { 'gpt-4o': 'prod-chat' } }, answer, status)
    const { body } = await get('/v1/models')
    expect((body['data'] as { id: string }[]).map(({ id }) => id)).toEqual(['gpt-4o'])
  })

  test('has no deployment that cannot be asked for', async () => {
    await start({ models: ['gpt-4o'] })
    const { body } = await get('/v1/models')
    expect((body['data'] as { id: string }[]).map(({ id }) => id)).toEqual(['gpt-4o'])
  })

  test('lists the models of other vendors, too', async () => {
    await start({ type: 'generic' }, { data: [{ id: 'llama-3', object: 'model', created: 5 }] })
    const { body } = await get('/v1/models')
    expect((body['data'] as { id: string }[]).map(({ id }) => id)).toEqual(['llama-3'])
    expect(upstream.received[0]!.url).toBe('/v1/models')
  })
})

test('capabilities follow the model behind the deployment', async () => {
  await start({ deployments: { embed: 'vectors' }, base_models: { vectors: 'text-embedding-3-small' } })
  expect((await get('/v1/models/prod-chat/capabilities')).body).toMatchObject({
    id: 'prod-chat',
    object: 'model.capabilities',
    base_model: 'gpt-4o',
    capabilities: { chat_completion: true, embeddings: false, vision: true, tools: true, streaming: true },
  })
  expect((await get('/v1/models/embed/capabilities')).body).toMatchObject({
    capabilities: { chat_completion: false, embeddings: true },
  })
  expect((await get('/v1/models/claude-sonnet-4-5/capabilities')).body).toMatchObject({
    capabilities: { messages: true, reasoning: true },
    context_window: expect.any(Number),
  })
})

describe('GET /deployments', () => {
  test('has the resource’s own entries, and the mapped ones that it did not name', async () => {
    await start({ deployments: { 'gpt-5': 'not-there' } })
    const { body } = await get('/deployments')
    expect(
      (body['data'] as Record<string, unknown>[]).map(({ id, model, status, owner }) => [id, model, status, owner]),
    ).toEqual([
      ['prod-chat', 'gpt-4o', 'succeeded', 'res'],
      ['vectors', 'text-embedding-3-small', 'succeeded', 'res'],
      ['not-there', 'gpt-5', 'configured', 'res'],
    ])
    expect((await get('/openai/deployments?api-version=2023-03-15-preview')).body).toEqual(body)
  })

  test('one by its name', async () => {
    await start({ models: ['gpt-4o'] })
    expect((await get('/deployments/vectors')).body).toMatchObject({
      id: 'vectors',
      object: 'deployment',
      model: 'text-embedding-3-small',
    })
    const unknown = await get('/deployments/nowhere')
    expect(unknown.status).toBe(404)
  })
})

test('voices can be chosen from', async () => {
  await start()
  const { body } = await get('/v1/audio/voices')
  expect(body['voices']).toContainEqual({ id: 'alloy', name: 'Alloy', object: 'voice' })
})
