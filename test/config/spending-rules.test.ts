import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { secretsOf } from '../../electron/config/active-secrets.ts'
import { warningsOfBudgets } from '../../electron/config/budget-warnings.ts'
import { ConfigError } from '../../electron/config/config-error.ts'
import { ConfigurationService } from '../../electron/config/configuration-service.ts'
import type { Configuration } from '../../electron/config/configuration.ts'
import { digestOf } from '../../electron/config/named-keys.ts'
import { shownConfiguration } from '../../electron/config/shown-configuration.ts'
import { scopeOf } from '../../electron/routing/budgets.ts'

const KEY = 'named-key-canary-0001'
const HASH = digestOf('another-key-0000001').toString('hex')
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

let cwd: string
let settings: Record<string, unknown>
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-config-'))
  settings = {}
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

async function configured(yaml: string, env: Record<string, string> = {}): Promise<Configuration> {
  writeFileSync(join(cwd, 'lazuli.yaml'), yaml)
  const service = await ConfigurationService.open({
    host: 'headless',
    settings: {
      path: '/data/config.json',
      read: () => structuredClone(settings),
      write(next) {
        settings = next
      },
    },
    secrets: { get: () => Promise.resolve(undefined), set: () => Promise.resolve(), remove: () => Promise.resolve() },
    sources: { flags: {}, env, cwd, configFile: 'lazuli.yaml' },
    log: quiet,
    newToken: () => 'generated-token',
  })
  return service.current()
}

async function mistakes(yaml: string, env: Record<string, string> = {}): Promise<string> {
  const error: unknown = await configured(yaml, env).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message
}

describe('local keys in the configuration', () => {
  test('come from YAML, with the key itself in the environment', async () => {
    const yaml =
      'server:\n  keys:\n    - {name: ci, key: "${CI_KEY}", models: [gpt-5*], daily: 2, expires: 2027-01-31}\n'
    const { keys, config } = await configured(yaml, { CI_KEY: KEY })
    expect(keys).toEqual([
      {
        name: 'ci',
        digest: digestOf(KEY),
        models: ['gpt-5*'],
        expiresAt: new Date(2027, 1, 1).getTime(),
        source: 'file',
      },
    ])
    expect(config.server.keys[0]).toMatchObject({ daily: 2, on_exceed: 'block' })
  })

  test('are joined by name over the sources, and keep where each came from', async () => {
    settings = {
      server: {
        keys: [
          { name: 'made', hash: HASH },
          { name: 'CI', hash: HASH },
        ],
      },
    }
    const { keys } = await configured(`server: {keys: [{name: ci, key: ${KEY}}]}\n`)
    expect(keys.map(({ name, source }) => [name, source])).toEqual([
      ['made', 'settings'],
      ['ci', 'file'],
    ])
  })

  test('can be set as JSON in the environment', async () => {
    const env = { LAZULI_SERVER_KEYS: JSON.stringify([{ name: 'ci', key: KEY }]) }
    expect((await configured('theme: dark\n', env)).keys).toMatchObject([{ name: 'ci', source: 'environment' }])
  })

  test.each([
    ['{name: ci}', 'server.keys[0].key: must be set (or hash in its place)'],
    [`{name: ci, key: ${KEY}, hash: ${HASH}}`, 'server.keys[0].key'],
    ['{name: ci, key: short}', 'at least 16 characters'],
    ['{name: ci, hash: 1234}', 'must be a SHA-256 in hex'],
    [`{name: ci, key: ${KEY}, models: []}`, 'server.keys[0].models'],
    [`{name: ci, key: ${KEY}, expires: soon}`, 'must be a date such as 2027-01-31'],
    [`{name: ci, key: ${KEY}, daily: 0}`, 'server.keys[0].daily'],
    [`{name: ci, key: ${KEY}, colour: red}`, 'colour'],
    [`{name: ci, key: ${KEY}}, {name: CI, key: ${KEY}-2}`, 'server.keys[1].name: is used by another key already'],
  ])('are refused with their place: %s', async (keys, told) => {
    const message = await mistakes(`server:\n  keys: [${keys}]\n`)
    expect(message).toContain(told)
    expect(message).not.toContain(KEY)
  })

  test('are never one of the tokens', async () => {
    const one = await mistakes(`server: {token: ${KEY}, keys: [{name: ci, key: ${KEY}}]}\n`)
    expect(one).toContain('the key ci must be another one than the tokens')
    expect(one).not.toContain(KEY)
    expect(await mistakes(`server: {admin_token: ${KEY}, keys: [{name: ci, key: ${KEY}}]}\n`)).toContain('the tokens')
  })

  test('are shown without key and digest, and known as secrets', async () => {
    const configuration = await configured(`server: {keys: [{name: ci, key: ${KEY}}, {name: made, hash: ${HASH}}]}\n`)
    const shown = JSON.stringify(shownConfiguration(configuration))
    expect(shown).toContain('"ci"')
    expect(shown).not.toContain(KEY)
    expect(shown).not.toContain(HASH)
    expect(secretsOf(configuration)).toContain(KEY)
  })

  test('leave open what is open, which is told, and suffice where a token is asked for', async () => {
    const open = await configured(`server: {keys: [{name: ci, key: ${KEY}}]}\n`)
    expect(open.auth).toBe('open')
    expect(warningsOfBudgets(open)).toEqual([expect.stringContaining('the server is open')])
    const closed = await configured(`server: {auth: token, keys: [{name: ci, key: ${KEY}}]}\n`)
    expect([closed.auth, closed.token, warningsOfBudgets(closed)]).toEqual(['token', 'generated-token', []])
  })
})

describe('budgets in the configuration', () => {
  test('are read with their limits', async () => {
    const { config } = await configured(
      'budgets:\n  - {scope: all, daily: 5}\n  - {scope: a/b, monthly: 9, on_exceed: block}\n',
    )
    expect(config.budgets).toEqual([
      { scope: 'all', daily: 5, on_exceed: 'warn' },
      { scope: 'a/b', monthly: 9, on_exceed: 'block' },
    ])
  })

  test.each([
    ['{scope: all}', 'budgets[0].daily: must be set, or monthly'],
    ['{daily: 5}', 'budgets[0].scope'],
    ['{scope: all, daily: -1}', 'budgets[0].daily'],
    ['{scope: all, daily: 5, on_exceed: explode}', 'budgets[0].on_exceed'],
  ])('are refused with their place: %s', async (budget, told) => {
    const message = await mistakes(`budgets:\n  - ${budget}\n`)
    expect(message).toContain(told)
    expect(message).toContain('lazuli.yaml')
  })

  test.each([
    ['all', { type: 'all' }],
    ['ALL', { type: 'all' }],
    ['ci', { type: 'key', name: 'CI' }],
    ['key: ci', { type: 'key', name: 'CI' }],
    ['key:other', { type: 'key', name: 'other' }],
    ['deployment:ci', { type: 'deployment', deployment: 'ci' }],
    ['gpt-5', { type: 'deployment', deployment: 'gpt-5' }],
    ['west/gpt-5', { type: 'deployment', instance: 'west', deployment: 'gpt-5' }],
    ['deployment:west/org/gpt-5', { type: 'deployment', instance: 'west', deployment: 'org/gpt-5' }],
  ])('understand the scope %s', (scope, of) => {
    expect(scopeOf(scope, [{ name: 'CI' }])).toEqual(of)
  })

  test('warn of what they cannot count, and of keys that do not exist', async () => {
    const instances =
      'instances:\n  - name: west\n    api_base: https://west.openai.azure.com\n    api_key: some-key-000\n' +
      '    model_deployments: {gpt-5: gpt-5-prod, llama-house: house, llama-own: own}\n'
    const found = warningsOfBudgets(
      await configured(
        `${instances}prices: {own: {input: 1, output: 1}}\nbudgets: [{scope: all, daily: 5}, {scope: "key:gone", daily: 1}]\n`,
      ),
    )
    expect(found).toEqual([
      'A budget names the local key gone, which does not exist.',
      'Budgets do not count what west/house cost: no price is known. Set one under prices, by deployment or model.',
    ])
    expect(warningsOfBudgets(await configured(instances))).toEqual([])
  })
})
