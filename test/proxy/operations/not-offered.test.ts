/** Routes that Azure has retired or never had, and requests that do not fit a route: told before any call. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startProxy } from '../harness.ts'
import type { TestProxy } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { ScriptedUpstream } from '../scripted-upstream.ts'

let upstream: ScriptedUpstream
let proxy: TestProxy
beforeEach(async () => {
  upstream = await startUpstream(json({ ok: true }))
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function send(route: string, body?: unknown): Promise<Response> {
  const [method, path] = route.split(' ') as [string, string]
  return fetch(proxy.origin + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
}

describe('what is not there', () => {
  test.each([
    ['POST /v1/assistants', 410, 'Responses'],
    ['GET /v1/threads/thread_1/runs', 410, 'Responses'],
    ['POST /openai/assistants?api-version=2024-05-01-preview', 410, 'Responses'],
    ['POST /v1/images/variations', 404, 'edits'],
    ['POST /v1/edits', 410, 'chat'],
    ['POST /v1/moderations', 404, 'Azure'],
    ['GET /v1/nothing', 404, '/v1/files'],
  ])('%s → %i with advice', async (route, status, advice) => {
    const response = await send(route, route.startsWith('POST') ? { model: 'm', input: 'x' } : undefined)
    expect(response.status).toBe(status)
    expect(await response.text()).toContain(advice)
    expect(upstream.received).toEqual([])
  })

  test('a wrong method is told with the right ones', async () => {
    const response = await send('PUT /v1/files/file-1', {})
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS')
  })

  test('forms, octets and texts are refused where JSON is wanted', async () => {
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/octet-stream']) {
      const response = await fetch(`${proxy.origin}/v1/embeddings`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{"model":"m","input":"x"}',
      })
      expect(response.status).toBe(415)
    }
    const text = await fetch(`${proxy.origin}/v1/files`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'x',
    })
    expect(text.status).toBe(415)
    expect(upstream.received).toEqual([])
  })
})
