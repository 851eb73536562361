import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../electron/config/config-error.ts'
import { loadConfig, type ConfigSources } from '../../electron/config/load.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const load = (sources: Partial<ConfigSources> = {}) =>
  loadConfig({ settings: { file: '/settings/config.json', value: {} }, flags: {}, env: {}, cwd, ...sources })

function file(name: string, text: string): string {
  mkdirSync(join(cwd, name, '..'), { recursive: true })
  writeFileSync(join(cwd, name), text)
  return name
}

function mistakes(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  throw new Error('was accepted')
}

describe('precedence', () => {
  it('uses the defaults when nothing is set', () => {
    const { config, sources } = load()
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 11437 })
    expect(config.instances).toEqual([])
    expect(sources.size).toBe(0)
  })

  it('lets settings, file, environment and flags override one another in this order, and tells the source', () => {
    const configFile = file('lazuli.yaml', 'server: {port: 2, host: 127.0.0.2}\ntheme: dark\ntimeouts: {idle: 7}\n')
    const value = { server: { port: 1, cors_origins: ['http://a.test'] }, timeouts: { idle: 5, connect: 3 } }
    const settings = { file: 'config.json', value }
    const fromFile = load({ settings, configFile })
    expect(fromFile.config.server).toMatchObject({ port: 2, host: '127.0.0.2', cors_origins: ['http://a.test'] })
    expect(fromFile.config.timeouts).toMatchObject({ idle: 7, connect: 3 })
    expect(fromFile.sources.get('server.port')).toBe('file')
    expect(fromFile.sources.get('server.cors_origins')).toBe('settings')
    expect(fromFile.sources.get('theme')).toBe('file')

    const env = { LAZULI_SERVER_PORT: '3' }
    expect(load({ settings, configFile, env }).config.server.port).toBe(3)
    expect(load({ settings, configFile, env, flags: { server: { port: 4 } } }).config.server.port).toBe(4)
  })

  it('joins instances of all sources by name, the later source winning, and keeps where each came from', () => {
    const configFile = file('c.yaml', 'instances:\n  - {name: B, api_base: "https://b2.example"}\n')
    const settings = {
      file: 's',
      value: {
        instances: [
          { name: 'a', api_base: 'https://a.example' },
          { name: 'b', api_base: 'https://b1.example' },
        ],
      },
    }
    const { config, sources } = load({ settings, configFile })
    expect(config.instances.map((each) => [each.name, each.api_base])).toEqual([
      ['a', 'https://a.example'],
      ['B', 'https://b2.example'],
    ])
    expect(sources.get('instances.a')).toBe('settings')
    expect(sources.get('instances.b')).toBe('file')
  })

  it('reads config/base.yaml and the file of $ENVIRONMENT where no file is named', () => {
    file('config/base.yaml', 'port: 3010\nrouting: {strategy: weighted}\n')
    file('config/production.yaml', 'server: {port: 3011}\n')
    expect(load({ env: { ENVIRONMENT: 'production' } }).config.server.port).toBe(3011)
    expect(load({ env: {} }).config.server.port).toBe(3010)
  })
})

describe('environment', () => {
  it('turns one Azure resource into an instance', () => {
    const env = {
      AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com/',
      AZURE_OPENAI_API_KEY: '0123456789',
      AZURE_OPENAI_API_VERSION: '2024-10-21',
    }
    const { config, sources } = load({ env })
    expect(config.instances).toMatchObject([
      {
        name: 'azure',
        provider_type: 'azure',
        api_base: 'https://contoso.openai.azure.com/',
        api_key: '0123456789',
        api_version: '2024-10-21',
      },
    ])
    expect(sources.get('instances.azure')).toBe('environment')
  })

  it.each([
    ['0.0.0.0:8080', '0.0.0.0', 8080],
    [':9000', '0.0.0.0', 9000],
    ['9001', '127.0.0.1', 9001],
    ['[::1]:9002', '::1', 9002],
    ['localhost:9003', 'localhost', 9003],
  ])('reads AZURE_OPENAI_PROXY_ADDRESS=%s', (address, host, port) => {
    expect(load({ env: { AZURE_OPENAI_PROXY_ADDRESS: address } }).config.server).toMatchObject({ host, port })
  })

  it('reads LAZULI_ names for every key, with numbers, switches, lists and JSON', () => {
    const { config } = load({
      env: {
        LAZULI_SERVER_TOKEN: '12345678',
        LAZULI_SERVER_CORS_ORIGINS: 'http://a.test, http://b.test',
        LAZULI_JOURNAL_BODIES: 'off',
        LAZULI_TIMEOUTS_FIRST_BYTE: '1.5',
        LAZULI_MODELS: '[{"model":"gpt-*","deployment":"prod"}]',
      },
    })
    expect(config.server).toMatchObject({ token: '12345678', cors_origins: ['http://a.test', 'http://b.test'] })
    expect(config.journal.bodies).toBe(false)
    expect(config.timeouts.first_byte).toBe(1.5)
    expect(config.models).toMatchObject([{ model: 'gpt-*', deployment: 'prod', api: 'auto' }])
  })

  it('reads .env of the directory, and a real variable beats it', () => {
    writeFileSync(join(cwd, '.env'), 'LAZULI_SERVER_PORT=5000\nLAZULI_SERVER_HOST=127.0.0.9\n')
    expect(load({ env: { LAZULI_SERVER_PORT: '6000' } }).config.server).toMatchObject({ port: 6000, host: '127.0.0.9' })
  })

  it('names the variable that is wrong', () => {
    expect(mistakes(() => load({ env: { LAZULI_SERVER_PORT: 'eighty' } }))).toBe(
      'LAZULI_SERVER_PORT: server.port: must be a number',
    )
    expect(mistakes(() => load({ env: { AZURE_OPENAI_PROXY_ADDRESS: '1.2.3.4:nope' } }))).toContain(
      'AZURE_OPENAI_PROXY_ADDRESS',
    )
    expect(mistakes(() => load({ env: { AZURE_OPENAI_ENDPOINT: 'ftp://x' } }))).toContain(
      'AZURE_OPENAI_ENDPOINT: instances[0].api_base: must be an http(s) address',
    )
    expect(mistakes(() => load({ env: { LAZULI_INSTANCES: '[{' } }))).toContain('LAZULI_INSTANCES')
  })
})

const yaml = (text: string, env = {}) => load({ configFile: file('x.yaml', text), env })
const wrong = (text: string, env = {}) => mistakes(() => yaml(text, env))

describe('YAML', () => {
  it("loads the Python proxy's file as it stands and says which keys do nothing yet", () => {
    const { config, withoutEffect } = yaml(
      `name: LLM Router\nversion: 1.0.0\nport: 3010\nrouting: {strategy: failover, retries: 3, timeout: 60}\nlogging: {level: WARNING, file: logs/app.log, max_size: 5242880, backup_count: 3, feishu_webhook: ""}\nmonitoring: {stats_window_minutes: 5, additional_windows: [15, 30, 60]}\ninstances:\n  - name: east\n    provider_type: azure\n    api_key: \${EAST_KEY}\n    api_base: https://east.openai.azure.com\n    api_version: 2024-10-21\n    priority: 1\n    weight: 50\n    max_tpm: 240000\n    supported_models: [gpt-4o]\n    model_deployments: {gpt-4o: gpt-4o-prod}\n`,
      { EAST_KEY: '42' },
    )
    expect(config.server.port).toBe(3010)
    expect(config.logging.level).toBe('warn')
    expect(config.instances[0]).toMatchObject({
      name: 'east',
      api_key: '42',
      api_version: '2024-10-21',
      supported_models: ['gpt-4o'],
    })
    expect(withoutEffect.filter((key) => key.startsWith('logging'))).toEqual([])
    expect(withoutEffect).not.toContain('routing.strategy')
    expect(withoutEffect).not.toContain('instances[].max_tpm')
  })

  it('takes prices of one’s own, and refuses what is none', () => {
    const { config, withoutEffect } = yaml('prices:\n  gpt-5-prod: {input: 1.1, cached: "0.11", output: 8}\n')
    expect(config.prices).toEqual({ 'gpt-5-prod': { input: 1.1, cached: 0.11, output: 8 } })
    expect(withoutEffect).toEqual([])
    expect(wrong('prices:\n  gpt-5: {input: -1}\n')).toMatch(/line 2.*prices\.gpt-5\.input/s)
    expect(wrong('prices:\n  gpt-5: {in: 1}\n')).toContain('in')
  })

  it('puts variables into numbers too', () => {
    expect(yaml('server: {port: "${P}"}', { P: '81' }).config.server.port).toBe(81)
  })

  it('names file and line of each mistake, all at once', () => {
    const text = wrong(
      'server:\n  port: 70000\ninstances:\n  - name: a\n    provider_type: clippy\n    api_base: not a url\n  - name: b\n    priority: high\n    api_base: https://b\n',
    )
    expect(text).toContain('x.yaml, line 2: server.port: must be at most 65535')
    expect(text).toContain('x.yaml, line 5: instances[0].provider_type: must be one of azure')
    expect(text).toContain('x.yaml, line 6: instances[0].api_base: must be an http(s) address')
    expect(text).toContain('x.yaml, line 8: instances[1].priority: must be a number')
  })

  it('names an unset variable and its line, never a value', () => {
    const text = wrong('instances:\n  - name: a\n    api_base: https://a\n    api_key: ${NOT_SET}\n')
    expect(text).toContain('x.yaml, line 4: the environment variable NOT_SET is not set')
  })

  it.each([
    ['a syntax error', 'server:\n  port: [1\n', /line \d/],
    ['an empty file', '# nothing\n', /is empty/],
    ['a list at the top', '- a\n', /must be a group of keys/],
    ['an unknown key', 'server:\n  prot: 1\n', /line 2: server\.prot: is not a known key/],
    [
      'two instances of one name',
      'instances:\n  - {name: a, api_base: "https://a"}\n  - {name: A, api_base: "https://b"}\n',
      /line 3: instances\[1\]\.name: is used/,
    ],
    ['an instance without address', 'instances:\n  - name: a\n', /instances\[0\]\.api_base: is missing/],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
      /too many aliases/,
    ],
    ['a negative retry count', 'routing: {retries: -1}\n', /routing\.retries: must be at least 0/],
  ])('refuses %s', (_what, text, expected) => {
    expect(wrong(text)).toMatch(expected)
  })

  it('refuses a named file that is not there', () => {
    expect(mistakes(() => load({ configFile: 'absent.yaml' }))).toContain('absent.yaml: does not exist')
  })

  it('never repeats a secret in a mistake', () => {
    const text = wrong(
      'server: {token: "s3cr"}\ninstances:\n  - {name: a, api_base: "https://a", api_key: [canary-123]}\n',
    )
    expect(text).toContain('server.token')
    expect(text).toContain('instances[0].api_key')
    expect(text).not.toContain('s3cr')
    expect(text).not.toContain('canary-123')
  })
})
