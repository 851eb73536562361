import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, startProxy, type TestProxy } from './harness.ts'
import { json, startUpstream, type ScriptedUpstream } from './scripted-upstream.ts'

const BODY = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }

let upstream: ScriptedUpstream
let proxy: TestProxy

beforeEach(async () => {
  upstream = await startUpstream(json({}))
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

describe('X-Dry-Run', () => {
  test('tells where a request would go, and sends nothing', async () => {
    proxy = await startProxy({
      instances: [{ name: 'east', base: upstream.origin, version: '2024-10-21', deployments: { 'gpt-4o': 'prod' } }],
    })
    const response = await post(proxy.origin, '/v1/chat/completions', BODY, { 'x-dry-run': 'true' })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-lazuli-instance')).toBe('east')
    expect(response.headers.get('x-lazuli-attempts')).toBe('0')
    const decision = (await response.json()) as { steps: { text: string }[] }
    expect(decision).toMatchObject({
      dry_run: true,
      model: 'gpt-4o',
      instance: 'east',
      deployment: 'prod',
      api: 'chat',
      url: `${upstream.origin}/openai/deployments/prod/chat/completions?api-version=2024-10-21`,
    })
    expect(decision.steps.map(({ text }) => text)).toContain('Deployment prod')
    expect(JSON.stringify(decision)).not.toContain('upstream-key-canary')
    expect(upstream.received).toEqual([])
    expect((await proxy.exchange()).attempts).toEqual([])
  })

  test('tells what would be lost on the way to another API', async () => {
    proxy = await startProxy({ instances: [{ base: upstream.origin }] })
    const body = { ...BODY, model: 'claude-sonnet-4-5', frequency_penalty: 1 }
    const response = await post(proxy.origin, '/v1/chat/completions', body, { 'X-Dry-Run': '1' })
    expect(await response.json()).toMatchObject({
      api: 'messages',
      losses: [expect.objectContaining({ path: 'frequency_penalty' })],
    })
    expect(upstream.received).toEqual([])
  })

  test.each([
    ['/v1/embeddings', { model: 'text-embedding-3-small', input: 'x' }, '/openai/v1/embeddings'],
    ['/v1/images/generations', { model: 'gpt-image-1', prompt: 'x' }, '/openai/v1/images/generations'],
  ])('tells it of %s, too', async (path, body, expected) => {
    proxy = await startProxy({ instances: [{ name: 'east', base: upstream.origin }] })
    const response = await post(proxy.origin, path, body, { 'x-dry-run': 'true' })
    expect(response.status).toBe(200)
    const told = (await response.json()) as { operation: string; instance: string; url: string }
    expect(told).toMatchObject({ operation: `POST ${path.slice(3)}`, instance: 'east', model: body.model })
    expect(told.url).toContain(upstream.origin + expected)
    expect(upstream.received).toEqual([])
  })

  test('creates and deletes nothing', async () => {
    proxy = await startProxy({ instances: [{ name: 'east', base: upstream.origin }] })
    for (const [method, path] of [
      ['DELETE', '/v1/files/file-1'],
      ['GET', '/v1/batches'],
    ] as const) {
      const response = await fetch(proxy.origin + path, { method, headers: { 'x-dry-run': 'true' } })
      expect([path, response.status]).toEqual([path, 200])
      expect(await response.json()).toMatchObject({ dry_run: true })
    }
    const form = new FormData()
    form.append('model', 'whisper')
    form.append('file', new Blob([Buffer.alloc(200_000)]), 'a.wav')
    const upload = await fetch(`${proxy.origin}/v1/audio/transcriptions`, {
      method: 'POST',
      body: form,
      headers: { 'x-dry-run': 'true' },
    })
    expect(await upload.json()).toMatchObject({ dry_run: true, model: 'whisper', instance: 'east' })
    expect(upstream.received).toEqual([])
  })

  test('an unknown name is the error with its explanation', async () => {
    proxy = await startProxy({ instances: [{ base: upstream.origin, models: ['gpt-4o'] }] })
    const response = await post(
      proxy.origin,
      '/v1/chat/completions',
      { ...BODY, model: 'gpt-4p' },
      { 'x-dry-run': 'true' },
    )
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('Did you mean gpt-4o?')
  })

  test('"false" is no dry run', async () => {
    proxy = await startProxy({ instances: [{ base: upstream.origin }] })
    await post(proxy.origin, '/v1/chat/completions', BODY, { 'x-dry-run': 'false' })
    expect(upstream.received).toHaveLength(1)
    expect(upstream.received[0]!.headers['x-dry-run']).toBeUndefined()
  })
})
