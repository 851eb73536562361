/** The common file with that of an environment over it, as the Python proxy reads them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../electron/config/config-error.ts'
import { loadConfig, type LoadedConfig } from '../../electron/config/load.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-yaml-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function load(base: string, override?: string, { folder = 'config', env = {} } = {}): LoadedConfig {
  mkdirSync(join(cwd, folder), { recursive: true })
  writeFileSync(join(cwd, folder, 'base.yaml'), base)
  if (override !== undefined) writeFileSync(join(cwd, folder, 'production.yaml'), override)
  const variables = { ENVIRONMENT: 'production', ...env }
  return loadConfig({ settings: { file: 'config.json', value: {} }, flags: {}, env: variables, cwd })
}

function refusal(...args: Parameters<typeof load>): string {
  try {
    load(...args)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  throw new Error('was accepted')
}

const EAST = 'instances:\n  - name: east\n    api_base: https://east.example\n'

describe('a file of an environment', () => {
  it.each(['config', 'app/config'])('is read from %s', (folder) => {
    const { config, files } = load('port: 3010\n' + EAST, 'port: 3011\n', { folder })
    expect(config.server.port).toBe(3011)
    expect(files).toEqual([join(cwd, folder, 'base.yaml'), join(cwd, folder, 'production.yaml')])
  })

  it('is the one of development where no environment is named', () => {
    load(EAST)
    writeFileSync(join(cwd, 'config', 'development.yaml'), 'port: 3012\n')
    const found = loadConfig({ settings: { file: 's', value: {} }, flags: {}, env: {}, cwd })
    expect(found.config.server.port).toBe(3012)
  })

  it('merges groups key by key and joins lists', () => {
    const { config } = load(
      'routing: {strategy: weighted, retries: 3}\nmonitoring: {additional_windows: [15, 30]}\n' + EAST,
      'routing: {retries: 1}\nmonitoring: {additional_windows: [30, 60]}\ninstances:\n  - {name: west, api_base: "https://west.example"}\n',
    )
    expect(config.routing).toMatchObject({ strategy: 'weighted', retries: 1 })
    expect(config.monitoring.additional_windows).toEqual([15, 30, 60])
    expect(config.instances.map(({ name }) => name)).toEqual(['east', 'west'])
  })

  it('changes single keys of an instance that the common file has', () => {
    const { config } = load(
      'instances:\n  - {name: east, api_base: "https://east.example", priority: 5, supported_models: [a], model_deployments: {a: x}}\n',
      'instances:\n  - {name: EAST, api_key: "${KEY}", supported_models: [a, b], model_deployments: {b: y}}\n',
      { env: { KEY: 'sesame' } },
    )
    expect(config.instances).toHaveLength(1)
    expect(config.instances[0]).toMatchObject({
      api_base: 'https://east.example',
      api_key: 'sesame',
      priority: 5,
      supported_models: ['a', 'b'],
      model_deployments: { a: 'x', b: 'y' },
    })
  })

  it.each([
    ['in the common file', EAST + '    priority: high\n', 'port: 1\n', 'base.yaml, line 4: instances[0].priority'],
    [
      'in the override',
      EAST,
      'instances:\n  - name: east\n    priority: high\n',
      'production.yaml, line 3: instances[0].priority',
    ],
    [
      'in an added instance',
      EAST,
      'instances:\n  - name: west\n    api_base: https://w.example\n    weight: -1\n',
      'production.yaml, line 4: instances[1].weight',
    ],
    [
      'an added instance without address',
      EAST,
      'port: 1\ninstances:\n  - name: west\n',
      'production.yaml, line 3: instances[1]',
    ],
    [
      'in a joined list',
      'models:\n  - {model: a}\n' + EAST,
      'models:\n  - {model: ""}\n',
      'production.yaml, line 2: models[1].model',
    ],
    [
      'a name twice in the common file',
      EAST + '  - {name: east, api_base: "https://e"}\n',
      'port: 1\n',
      'base.yaml, line 4: instances[1].name',
    ],
    [
      'an unset variable',
      EAST,
      'port: 1\nname: ${NOT_SET}\n',
      'production.yaml, line 2: the environment variable NOT_SET',
    ],
    ['an empty override', EAST, '# nothing\n', 'production.yaml, line 1: is empty'],
    ['an unknown key', EAST, 'routing:\n  retrys: 1\n', 'production.yaml, line 2: routing.retrys'],
  ])('names its own file and line for a mistake: %s', (_what, base, override, expected) => {
    expect(refusal(base, override)).toContain(expected)
  })
})

describe('as Python’s YAML is written', () => {
  it('takes a key without a value as not set, and an empty proxy as none', () => {
    const { config } = load('logging:\n  file:\n' + EAST + '    proxy_url: ""\n    max_tpm:\n')
    expect(config.logging.file).toBeUndefined()
    expect(config.instances[0]).not.toHaveProperty('proxy_url')
    expect(config.instances[0]).not.toHaveProperty('max_tpm')
  })

  it('follows merge keys', () => {
    const text = 'instances:\n  - &one {name: a, api_base: "https://a.example", priority: 7}\n  - {<<: *one, name: b}\n'
    expect(load(text).config.instances).toMatchObject([{ name: 'a' }, { name: 'b', priority: 7 }])
  })

  it('puts references into any part of a text, into names and lists', () => {
    const text =
      'instances:\n  - name: ${REGION}-1\n    api_base: https://${REGION}.example\n    supported_models: ["${M}", x]\n'
    const { config } = load(text, undefined, { env: { REGION: 'east', M: 'gpt-4o' } })
    expect(config.instances[0]).toMatchObject({
      name: 'east-1',
      api_base: 'https://east.example',
      supported_models: ['gpt-4o', 'x'],
    })
  })

  it('reads switches as Python does', () => {
    expect(load(EAST + '    enabled: no\n').config.instances[0]!.enabled).toBe(false)
  })
})

describe('a text that YAML reads otherwise', () => {
  const keyed = (value: string): string => `${EAST}    api_key: ${value}\n`

  it.each([
    '*canary-1',
    '!<canary-1',
    '|canary-1',
    '"canary-1',
    '"\\qcanary-1"',
    '[canary-1',
    '%canary-1',
    '@canary-1',
    '{canary-1: {',
    '`canary-1',
  ])('the key %s is refused with its line and without itself', (value) => {
    const message = refusal(keyed(value))
    expect(message).toMatch(/base\.yaml, line [45]/)
    expect(message).not.toContain('canary')
  })

  it('tells what to do about a pattern without quotes', () => {
    expect(refusal('models:\n  - model: *mini\n')).toContain('line 2: a text that begins with * is an alias')
  })
})

describe('what cannot be', () => {
  it.each([
    ['no instances', 'port: 1\ninstances: []\n', /line 2: instances: has no instances/],
    ['an empty key of instances', 'port: 1\ninstances:\n', /line 2: instances: has no instances/],
    [
      'an unknown strategy',
      EAST + 'routing:\n  strategy: random_walk\n',
      /line 5: routing\.strategy: must be one of failover/,
    ],
    [
      'a priority that is no number',
      EAST + '    priority: first\n',
      /line 4: instances\[0\]\.priority: must be a number/,
    ],
    ['a port that is none', EAST + 'port: 65536\n', /line 4: (server\.)?port: must be at most 65535/],
    ['a timeout of nothing', EAST + '    timeout: 0\n', /line 4: instances\[0\]\.timeout: must be at least/],
    [
      'an address that is a site',
      'instances:\n  - name: a\n    api_base: https://ai.azure.com\n',
      /line 3: .*cannot be called/,
    ],
    [
      'an address with a password',
      'instances:\n  - name: a\n    api_base: https://u:canary-9@a.example\n',
      /line 3: .*carries a user name/,
    ],
    ['an upstream type that does not work', EAST + '    provider_type: gramophone\n', /line 4: .*must be one of azure/],
    ['a deep nest', `a: ${'['.repeat(20_000)}\n`, /base\.yaml, line \d+/],
  ])('%s is refused', (_what, text, expected) => {
    const message = refusal(text)
    expect(message).toMatch(expected)
    expect(message).not.toContain('canary')
  })

  it('an empty list is fine where another source has instances', () => {
    const { config } = load('instances: []\n', undefined, {
      env: { AZURE_OPENAI_ENDPOINT: 'https://a.openai.azure.com' },
    })
    expect(config.instances).toHaveLength(1)
  })
})
