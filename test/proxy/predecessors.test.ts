/** A predecessor's variables and file, as they stand, and what reaches the upstream then. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigurationService } from '../../electron/config/configuration-service.ts'
import { createProxy, type Proxy } from '../../electron/proxy/proxy.ts'
import { post, recordingTap } from './harness.ts'
import { json, startUpstream, type Received, type ScriptedUpstream } from './scripted-upstream.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

let cwd: string
let upstream: ScriptedUpstream
let proxy: Proxy | undefined

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-predecessors-'))
  upstream = await startUpstream(json({ id: 'x', choices: [] }))
})
afterEach(async () => {
  await proxy?.close()
  proxy = undefined
  await upstream.close()
  rmSync(cwd, { recursive: true, force: true })
})

async function start(env: Record<string, string>): Promise<string> {
  const service = await ConfigurationService.open({
    host: 'headless',
    settings: { path: join(cwd, 'config.json'), read: () => ({}), write() {} },
    secrets: { get: () => Promise.resolve(undefined), set: () => Promise.resolve(), remove: () => Promise.resolve() },
    sources: { flags: { server: { port: 0 } }, env, cwd },
    log: quiet,
    newToken: () => 'unused-token',
  })
  proxy = createProxy({
    configuration: () => service.current(),
    reload: () => service.reload(),
    tap: recordingTap(),
    log: quiet,
    tokenWorker: new URL('../../electron/proxy/tokens/worker.ts', import.meta.url),
    simulator: () => ({ origin: 'http://127.0.0.1:1', key: 'none' }),
  })
  return `http://127.0.0.1:${(await proxy.listen()).port}`
}

async function ask(
  env: Record<string, string>,
  model: string,
  headers: Record<string, string> = { authorization: 'Bearer callers-key' },
): Promise<{ url: string; model: string; headers: Received['headers'] }> {
  const origin = await start(env)
  const messages = [{ role: 'user', content: 'Hello' }]
  const response = await post(origin, '/v1/chat/completions', { model, messages }, headers)
  expect([response.status, response.status === 200 ? '' : await response.text()]).toEqual([200, ''])
  const [received] = upstream.received
  return {
    url: received!.url,
    model: (JSON.parse(received!.body.toString()) as { model: string }).model,
    headers: received!.headers,
  }
}

describe('the Go proxy', () => {
  test('with an endpoint alone passes the caller’s key on as the resource’s', async () => {
    const { url, headers } = await ask({ AZURE_OPENAI_ENDPOINT: `${upstream.origin}/` }, 'gpt-4o')
    expect(url).toBe('/openai/v1/chat/completions')
    expect(headers['api-key']).toBe('callers-key')
    expect(headers.authorization).toBeUndefined()
  })

  test('with its api-version asks the deployment that the mapper names, whatever the case', async () => {
    const env = {
      AZURE_OPENAI_ENDPOINT: upstream.origin,
      AZURE_OPENAI_API_KEY: 'stored-key',
      AZURE_OPENAI_APIVERSION: '2024-08-01-preview',
      AZURE_OPENAI_MODEL_MAPPER: 'GPT-4=My-GPT4',
    }
    const { url, headers } = await ask(env, 'gpt-4')
    expect(url).toBe('/openai/deployments/My-GPT4/chat/completions?api-version=2024-08-01-preview')
    expect(headers['api-key']).toBe('stored-key')
  })

  test('in openai mode speaks to the endpoint with the caller’s key as Bearer', async () => {
    const env = { AZURE_OPENAI_PROXY_MODE: 'openai', OPENAI_API_ENDPOINT: upstream.origin }
    const { url, headers, model } = await ask(env, 'gpt-4o', { 'api-key': 'sk-caller' })
    expect([url, model]).toEqual(['/v1/chat/completions', 'gpt-4o'])
    expect(headers.authorization).toBe('Bearer sk-caller')
    expect(headers['api-key']).toBeUndefined()
  })

  test('with an endpoint map sends one model to another resource with its own key', async () => {
    const env = {
      AZURE_OPENAI_ENDPOINT: 'http://127.0.0.1:9',
      AZURE_OPENAI_API_KEY: 'main-key',
      AZURE_OPENAI_ENDPOINT_MAP: `kimi-k2=${upstream.origin}:kimi-key`,
    }
    const { headers, model } = await ask(env, 'kimi-k2')
    expect(headers['api-key']).toBe('kimi-key')
    expect(model).toBe('kimi-k2')
  })

  test('sends its Anthropic version to Claude', async () => {
    const env = { AZURE_OPENAI_ENDPOINT: upstream.origin, AZURE_OPENAI_KEY: 'k', ANTHROPIC_APIVERSION: '2024-01-01' }
    const origin = await start(env)
    const messages = [{ role: 'user', content: 'Hello' }]
    await post(origin, '/v1/chat/completions', { model: 'claude-sonnet-4-5', messages })
    const { url, headers } = upstream.received[0]!
    expect(url).toBe('/anthropic/v1/messages')
    expect(headers['anthropic-version']).toBe('2024-01-01')
    expect(headers['x-api-key']).toBe('k')
  })
})

test('TensorWall’s three variables are one resource', async () => {
  const env = {
    AZURE_OPENAI_ENDPOINT: upstream.origin,
    AZURE_OPENAI_API_KEY: 'tw-key',
    AZURE_OPENAI_API_VERSION: '2024-02-15-preview',
  }
  const { url, headers } = await ask(env, 'azure/gpt-4o', { 'x-api-key': 'gw_caller' })
  expect(url).toBe('/openai/deployments/gpt-4o/chat/completions?api-version=2024-02-15-preview')
  expect(headers['api-key']).toBe('tw-key')
})

describe('the Python proxy', () => {
  test('with its variables asks the deployment of the model’s map', async () => {
    const env = {
      API_INSTANCES: 'east',
      API_INSTANCE_EAST_API_KEY: 'east-key',
      API_INSTANCE_EAST_API_BASE: upstream.origin,
      API_INSTANCE_EAST_API_VERSION: '2024-10-21',
      API_INSTANCE_EAST_SUPPORTED_MODELS: 'gpt-4o',
      'API_INSTANCE_EAST_MODEL_MAP_GPT-4O': 'prod-4o',
    }
    const { url, headers } = await ask(env, 'gpt-4o')
    expect(url).toBe('/openai/deployments/prod-4o/chat/completions?api-version=2024-10-21')
    expect(headers['api-key']).toBe('east-key')
  })

  test('with its files serves by priority, the environment’s file over the common one', async () => {
    mkdirSync(join(cwd, 'app', 'config'), { recursive: true })
    writeFileSync(
      join(cwd, 'app', 'config', 'base.yaml'),
      `name: Azure OpenAI Proxy\nversion: "1.0.7"\nport: 3010\nrouting: {strategy: failover, retries: 3, timeout: 60}\nlogging: {level: INFO, file: ../logs/app.log, max_size: 5242880, backup_count: 3, feishu_webhook: "\${FEISHU_WEBHOOK_URL}"}\nmonitoring: {stats_window_minutes: 5, additional_windows: [15, 30, 60]}\ninstances: []\n`,
    )
    writeFileSync(
      join(cwd, 'app', 'config', 'production.yaml'),
      `instances:\n  - name: second\n    provider_type: azure\n    api_key: "\${KEY_2}"\n    api_base: http://127.0.0.1:9\n    priority: 200\n    supported_models: [gpt-4o]\n  - name: first\n    provider_type: azure\n    api_key: "\${KEY_1}"\n    api_base: ${upstream.origin}\n    api_version: 2024-08-01-preview\n    priority: 100\n    weight: 100\n    max_tpm: 240000\n    max_input_tokens: 0\n    supported_models: [gpt-4o, gpt-4o-mini]\n    model_deployments: {gpt-4o: gpt4o}\n`,
    )
    const env = { ENVIRONMENT: 'production', KEY_1: 'one', KEY_2: 'two', FEISHU_WEBHOOK_URL: '' }
    const { url, headers } = await ask(env, 'GPT-4o')
    expect(url).toBe('/openai/deployments/gpt4o/chat/completions?api-version=2024-08-01-preview')
    expect(headers['api-key']).toBe('one')
  })
})
