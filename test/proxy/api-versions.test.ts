/** Which api-version and which Anthropic version a call carries. */
import { describe, expect, test } from 'vitest'
import { Instance } from '../../shared/config.ts'
import type { DialectId } from '../../shared/exchange.ts'
import { azureTokens } from '../../electron/proxy/identity/azure-identity.ts'
import { createAddressing } from '../../electron/proxy/upstreams/address.ts'

const addressing = createAddressing(() => ({ origin: 'http://127.0.0.1:1', key: 'none' }), azureTokens())

async function call(
  settings: Record<string, unknown>,
  api: DialectId,
): Promise<{ path: string; version: string | undefined }> {
  const instance = {
    ...Instance.parse({ name: 'a', api_base: 'https://contoso.openai.azure.com', ...settings }),
    source: 'file' as const,
    credential: { type: 'key' as const, key: 'k', from: 'configured' as const },
  }
  const { url, headers } = await addressing.address({ instance, deployment: 'd', api }, undefined)
  return {
    path: url.pathname + url.search,
    version: headers.find(([name]) => name === 'anthropic-version')?.[1],
  }
}

describe('Azure’s versions', () => {
  test.each([
    ['Responses without any', {}, 'responses', '/openai/v1/responses'],
    [
      'Responses, preview',
      { responses_api_version: 'preview' },
      'responses',
      '/openai/v1/responses?api-version=preview',
    ],
    [
      'Responses, dated',
      { responses_api_version: '2025-04-01-preview' },
      'responses',
      '/openai/responses?api-version=2025-04-01-preview',
    ],
    [
      'Responses of a resource with a version that has them',
      { api_version: '2025-03-01-preview' },
      'responses',
      '/openai/responses?api-version=2025-03-01-preview',
    ],
    [
      'Responses of a resource with one that has not',
      { api_version: '2024-08-01-preview' },
      'responses',
      '/openai/v1/responses',
    ],
    [
      'Chat does not take that of Responses',
      { responses_api_version: 'preview', api_version: '2024-10-21' },
      'chat',
      '/openai/deployments/d/chat/completions?api-version=2024-10-21',
    ],
  ] as const)('%s', async (_what, settings, api, path) => {
    expect((await call(settings, api)).path).toBe(path)
  })
})

test('Claude is asked with the version of the instance, else with the documented one', async () => {
  expect((await call({}, 'messages')).version).toBe('2023-06-01')
  expect((await call({ anthropic_version: '2024-01-01' }, 'messages')).version).toBe('2024-01-01')
})

test('the vendors’ own addresses need not be written', async () => {
  expect((await call({ api_base: undefined, provider_type: 'openai' }, 'chat')).path).toBe('/v1/chat/completions')
  expect((await call({ api_base: undefined, provider_type: 'anthropic' }, 'messages')).path).toBe('/v1/messages')
})
