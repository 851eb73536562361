/** Every variable of the predecessors, as it stands, with what is understood of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../electron/config/config-error.ts'
import { loadConfig, type LoadedConfig } from '../../electron/config/load.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-variables-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const load = (env: Record<string, string>, configFile?: string): LoadedConfig =>
  loadConfig({ settings: { file: 'config.json', value: {} }, flags: {}, env, cwd, configFile })

function refusal(env: Record<string, string>): string {
  try {
    load(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  throw new Error('was accepted')
}

const ENDPOINT = { AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com/' }

describe('one Azure resource', () => {
  it.each([
    ['AZURE_OPENAI_API_KEY', 'the-key', { api_key: 'the-key' }],
    ['AZURE_OPENAI_KEY', 'the-key', { api_key: 'the-key' }],
    ['AZURE_OPENAI_TOKEN', 'the-key', { api_key: 'the-key' }],
    ['AZURE_OPENAI_API_VERSION', '2024-02-15-preview', { api_version: '2024-02-15-preview' }],
    ['AZURE_OPENAI_APIVERSION', '2024-08-01-preview', { api_version: '2024-08-01-preview' }],
    ['AZURE_OPENAI_MODELS_APIVERSION', '2024-10-21', { models_api_version: '2024-10-21', api_version: 'v1' }],
    ['AZURE_OPENAI_RESPONSES_APIVERSION', 'preview', { responses_api_version: 'preview', api_version: 'v1' }],
    ['AZURE_OPENAI_RESPONSES_APIVERSION', '2025-04-01-preview', { responses_api_version: '2025-04-01-preview' }],
    ['ANTHROPIC_APIVERSION', '2023-06-01', { anthropic_version: '2023-06-01' }],
    ['AZURE_OPENAI_PROXY_MODE', 'azure', { provider_type: 'azure' }],
  ])('reads %s=%s', (name, value, expected) => {
    const { config, variables } = load({ ...ENDPOINT, [name]: value })
    expect(config.instances).toHaveLength(1)
    expect(config.instances[0]).toMatchObject({ name: 'azure', ...expected })
    expect(variables).toContain('AZURE_OPENAI_ENDPOINT')
  })

  it('takes the vendor’s own name of a key before the old ones, and an empty one as not set', () => {
    const env = { ...ENDPOINT, AZURE_OPENAI_API_KEY: '', AZURE_OPENAI_KEY: 'second', AZURE_OPENAI_TOKEN: 'third' }
    expect(load(env).config.instances[0]!.api_key).toBe('second')
  })

  it('has no key where none is set: callers bring theirs', () => {
    expect(load(ENDPOINT).config.instances[0]!.api_key).toBeUndefined()
  })

  it('uses v1 for Responses where the copied example names a version that Azure refuses, and says so', () => {
    const env = { ...ENDPOINT, AZURE_OPENAI_RESPONSES_APIVERSION: '2024-08-01-preview' }
    const { config, notes } = load(env)
    expect(config.instances[0]!.responses_api_version).toBeUndefined()
    expect(notes).toEqual([expect.stringContaining('AZURE_OPENAI_RESPONSES_APIVERSION')])
    // Somebody's own gateway may know it.
    const gateway = { ...env, AZURE_OPENAI_ENDPOINT: 'https://gateway.example' }
    expect(load(gateway).config.instances[0]!.responses_api_version).toBe('2024-08-01-preview')
  })
})

describe('the Go proxy', () => {
  it('goes to OpenAI itself in openai mode, with the callers’ keys, whatever is set for Azure', () => {
    const env = { ...ENDPOINT, AZURE_OPENAI_API_KEY: 'azure-key', AZURE_OPENAI_PROXY_MODE: 'openai' }
    const [instance, ...others] = load(env).config.instances
    expect(others).toEqual([])
    expect(instance).toMatchObject({ provider_type: 'openai', api_base: 'https://api.openai.com' })
    expect(instance!.api_key).toBeUndefined()
    const elsewhere = load({ AZURE_OPENAI_PROXY_MODE: 'OpenAI', OPENAI_API_ENDPOINT: 'https://other.example' })
    expect(elsewhere.config.instances[0]!.api_base).toBe('https://other.example')
  })

  it('maps models before every other rule, to the resource that the mapper is written for', () => {
    writeFileSync(join(cwd, 'c.yaml'), 'models: [{model: gpt-4, deployment: from-file}]\n')
    const env = { ...ENDPOINT, AZURE_OPENAI_MODEL_MAPPER: 'GPT-4=gpt-4-0613, gpt-3.5-turbo=gpt-35-turbo ,' }
    const { config, sources } = load(env, 'c.yaml')
    expect(config.models.map(({ model, deployment, instances }) => [model, deployment, instances])).toEqual([
      ['GPT-4', 'gpt-4-0613', ['azure']],
      ['gpt-3.5-turbo', 'gpt-35-turbo', ['azure']],
      ['gpt-4', 'from-file', []],
    ])
    expect(sources.get('models')).toBe('environment')
  })

  it('reads serverless deployments with a key each, also where a shell takes no dash in a name', () => {
    const { config } = load({
      AZURE_AI_STUDIO_DEPLOYMENTS: 'mistral-large=Mistral-large2:swedencentral,llama-3.1=Meta-Llama:northcentralus',
      'AZURE_OPENAI_KEY_MISTRAL-LARGE': 'key-m',
      AZURE_OPENAI_KEY_LLAMA_3_1: 'key-l',
    })
    expect(config.instances).toMatchObject([
      {
        name: 'serverless mistral-large',
        provider_type: 'generic',
        api_base: 'https://Mistral-large2.swedencentral.models.ai.azure.com',
        api_key: 'key-m',
        supported_models: ['mistral-large'],
      },
      { api_base: 'https://Meta-Llama.northcentralus.models.ai.azure.com', api_key: 'key-l' },
    ])
    expect(config.models).toMatchObject([
      { model: 'mistral-large', instances: ['serverless mistral-large'] },
      { model: 'llama-3.1', instances: ['serverless llama-3.1'] },
    ])
  })

  it.each([
    ['https://a.openai.azure.com:k3y', 'https://a.openai.azure.com', 'k3y'],
    ['https://a.openai.azure.com/:k3y', 'https://a.openai.azure.com/', 'k3y'],
    ['https://a.openai.azure.com', 'https://a.openai.azure.com', 'main'],
    ['http://127.0.0.1:8080:k3y', 'http://127.0.0.1:8080', 'k3y'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'main'],
    ['http://127.0.0.1:8080/some/path:k3y', 'http://127.0.0.1:8080/some/path', 'k3y'],
    ['http://[::1]:8080:k3y', 'http://[::1]:8080', 'k3y'],
    ['a.openai.azure.com:k3y', 'https://a.openai.azure.com', 'k3y'],
  ])('reads the endpoint map’s %s', (entry, address, key) => {
    const env = { ...ENDPOINT, AZURE_OPENAI_API_KEY: 'main', AZURE_OPENAI_ENDPOINT_MAP: `kimi-k2=${entry}` }
    const { config } = load(env)
    expect(config.instances[1]).toMatchObject({
      provider_type: 'azure',
      api_base: address,
      api_key: key,
      supported_models: ['kimi-k2'],
    })
    expect(config.models).toMatchObject([{ model: 'kimi-k2', instances: [config.instances[1]!.name] }])
  })

  it('reads .env with names that a shell would drop', () => {
    writeFileSync(
      join(cwd, '.env'),
      `# copied\nAZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com/\nAZURE_AI_STUDIO_DEPLOYMENTS=mistral-large=Mistral:eastus\nAZURE_OPENAI_KEY_MISTRAL-LARGE=dotenv-key\nAPI_INSTANCES=a\nAPI_INSTANCE_A_API_BASE=https://a.example\nAPI_INSTANCE_A_MODEL_MAP_GPT-3.5-TURBO=old\n`,
    )
    const { instances } = load({}).config
    expect(instances.find(({ name }) => name === 'serverless mistral-large')!.api_key).toBe('dotenv-key')
    expect(instances.find(({ name }) => name === 'a')!.model_deployments).toEqual({ 'gpt-3.5-turbo': 'old' })
  })
})

describe('the Python proxy', () => {
  it('reads a list of instances with every key', () => {
    const prefix = 'API_INSTANCE_EAST_'
    const env = {
      API_INSTANCES: 'east, west',
      [`${prefix}API_KEY`]: 'k1',
      [`${prefix}API_BASE`]: 'https://east.openai.azure.com',
      [`${prefix}API_VERSION`]: '2024-08-01-preview',
      [`${prefix}PROVIDER_TYPE`]: 'Azure',
      [`${prefix}PRIORITY`]: '1',
      [`${prefix}WEIGHT`]: '50',
      [`${prefix}MAX_TPM`]: '240000',
      [`${prefix}MAX_INPUT_TOKENS`]: '8000',
      [`${prefix}SUPPORTED_MODELS`]: 'gpt-4o, gpt-4o-mini',
      [`${prefix}PROXY_URL`]: 'http://proxy.example:3128',
      [`${prefix}ENABLED`]: 'false',
      [`${prefix}TIMEOUT`]: '30',
      [`${prefix}STREAM_TIMEOUT`]: '300',
      [`${prefix}RETRY_COUNT`]: '2',
      [`${prefix}RATE_LIMIT_ENABLED`]: 'true',
      [`${prefix}MODEL_MAP_GPT_4O`]: 'prod-4o',
      [`${prefix}MODEL_MAP_GPT-4O-MINI`]: 'prod-mini',
      [`${prefix}MODEL_MAP_gpt-3.5-turbo`]: 'prod-35',
      API_INSTANCE_WEST_API_BASE: 'https://west.example/v1',
      API_INSTANCE_WEST_PROVIDER_TYPE: 'generic',
    }
    expect(load(env).config.instances).toMatchObject([
      {
        name: 'east',
        provider_type: 'azure',
        api_key: 'k1',
        api_base: 'https://east.openai.azure.com',
        api_version: '2024-08-01-preview',
        priority: 1,
        weight: 50,
        max_tpm: 240_000,
        max_input_tokens: 8000,
        supported_models: ['gpt-4o', 'gpt-4o-mini'],
        proxy_url: 'http://proxy.example:3128',
        enabled: false,
        timeout: 30,
        stream_timeout: 300,
        retry_count: 2,
        rate_limit_enabled: true,
        model_deployments: { 'gpt-4o': 'prod-4o', 'gpt-4o-mini': 'prod-mini', 'gpt-3.5-turbo': 'prod-35' },
      },
      { name: 'west', provider_type: 'generic', api_base: 'https://west.example/v1', priority: 100 },
    ])
  })

  it('finds an instance whose name no shell takes', () => {
    const env = { API_INSTANCES: 'east-2.eu', API_INSTANCE_EAST_2_EU_API_BASE: 'https://a.example' }
    expect(load(env).config.instances).toMatchObject([{ name: 'east-2.eu', api_base: 'https://a.example' }])
  })

  it('reads one resource without a list, and not beside one', () => {
    const single = { API_KEY: 'k', API_BASE: 'https://one.openai.azure.com', API_VERSION: '2024-10-21' }
    expect(load(single).config.instances).toMatchObject([
      { name: 'default', provider_type: 'azure', api_key: 'k', api_version: '2024-10-21', priority: 1 },
    ])
    expect(load({ ...single, API_PROVIDER_TYPE: 'GENERIC' }).config.instances[0]!.provider_type).toBe('generic')
    const listed = { ...single, API_INSTANCES: 'a', API_INSTANCE_A_API_BASE: 'https://a.example' }
    expect(load(listed).config.instances.map(({ name }) => name)).toEqual(['a'])
    expect(load({ API_KEY: 'of something else' }).config.instances).toEqual([])
  })

  it('reads level, webhook and admin key', () => {
    const { config } = load({
      LOG_LEVEL: 'WARNING',
      FEISHU_WEBHOOK_URL: 'https://hook.example/x',
      ADMIN_API_KEY: 'admin-key-1',
    })
    expect(config.logging).toMatchObject({ level: 'warn', feishu_webhook: 'https://hook.example/x' })
    expect(config.server.admin_token).toBe('admin-key-1')
    expect(load({ LOG_LEVEL: 'debug', LAZULI_LOGGING_LEVEL: 'error' }).config.logging.level).toBe('error')
  })

  it('takes an empty FEISHU_WEBHOOK_URL as set', () => {
    writeFileSync(join(cwd, 'c.yaml'), 'logging: {feishu_webhook: "${FEISHU_WEBHOOK_URL}"}\n')
    expect(load({ FEISHU_WEBHOOK_URL: '' }, 'c.yaml').config.logging.feishu_webhook).toBe('')
  })
})

describe('several kinds at once', () => {
  it('joins them by name; our own variable wins', () => {
    const { config, sources } = load({
      ...ENDPOINT,
      LAZULI_INSTANCES: '[{"name":"Azure","api_base":"https://ours.example"}]',
      API_INSTANCES: 'a',
      API_INSTANCE_A_API_BASE: 'https://a.example',
    })
    expect(config.instances.map(({ name, api_base }) => [name, api_base])).toEqual([
      ['Azure', 'https://ours.example'],
      ['a', 'https://a.example'],
    ])
    expect(sources.get('instances.a')).toBe('environment')
  })
})

describe('what cannot be', () => {
  it.each([
    [{ AZURE_OPENAI_PROXY_MODE: 'both' }, 'AZURE_OPENAI_PROXY_MODE: must be azure or openai'],
    [{ AZURE_OPENAI_MODEL_MAPPER: 'a=b,c' }, 'AZURE_OPENAI_MODEL_MAPPER: has an entry that is not of the form'],
    [{ AZURE_AI_STUDIO_DEPLOYMENTS: 'm=Name' }, 'AZURE_AI_STUDIO_DEPLOYMENTS: has an entry for m'],
    [{ AZURE_AI_STUDIO_DEPLOYMENTS: 'm=evil.test/x:eastus' }, 'AZURE_AI_STUDIO_DEPLOYMENTS'],
    [{ AZURE_OPENAI_ENDPOINT_MAP: 'm=' }, 'AZURE_OPENAI_ENDPOINT_MAP'],
    [{ API_INSTANCES: 'x' }, 'API_INSTANCES: names x, but API_INSTANCE_X_API_BASE is not set'],
    [
      { API_INSTANCES: 'x', API_INSTANCE_X_API_BASE: 'https://x.example', API_INSTANCE_X_PRIORITY: 'high' },
      'API_INSTANCE_X_PRIORITY: instances[0].priority: must be a number',
    ],
    [
      { API_INSTANCES: 'x', API_INSTANCE_X_API_BASE: 'https://x.example', API_INSTANCE_X_PROVIDER_TYPE: 'clippy' },
      'API_INSTANCE_X_PROVIDER_TYPE: instances[0].provider_type: must be one of',
    ],
    [{ ...ENDPOINT, AZURE_OPENAI_APIVERSION: 'soon' }, 'AZURE_OPENAI_APIVERSION: instances[0].api_version'],
    [{ AZURE_OPENAI_ENDPOINT: 'https://portal.azure.com' }, 'AZURE_OPENAI_ENDPOINT: instances[0].api_base'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: logging.level: must be one of'],
    [{ LAZULI_ROUTING_RETRIES: '-1' }, 'LAZULI_ROUTING_RETRIES: routing.retries: must be at least 0'],
    [{ LAZULI_SERVER_TOKEN: 'the-same-one', LAZULI_SERVER_ADMIN_TOKEN: 'the-same-one' }, 'server.admin_token'],
  ])('%j is refused, and the variable named', (env, expected) => {
    expect(refusal(env as Record<string, string>)).toContain(expected)
  })

  it('repeats no key of a malformed map', () => {
    expect(refusal({ AZURE_OPENAI_ENDPOINT_MAP: 'https://a.example:canary-1' })).not.toContain('canary-1')
  })
})
