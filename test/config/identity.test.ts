/** What the configuration says of identities, proxies and authorities, and who gets to see of it what. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { secretsOf } from '../../electron/config/active-secrets.ts'
import { ConfigurationService } from '../../electron/config/configuration-service.ts'
import type { Configuration } from '../../electron/config/configuration.ts'
import type { SettingsStore } from '../../electron/config/settings.ts'
import { shownConfiguration } from '../../electron/config/shown-configuration.ts'
import { warningsOf } from '../../electron/config/warnings.ts'
import type { ConsoleContext } from '../../electron/console/context.ts'
import { instances } from '../../electron/console/instances.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const PROXY = 'http://corp:proxy-canary-0123@proxy.corp.test:3128'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lazuli-identity-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

interface Given {
  yaml?: string
  env?: Record<string, string>
  host?: 'desktop' | 'headless'
  settings?: Record<string, unknown>
}

function open({ yaml, env = {}, host = 'headless', settings = {} }: Given): Promise<ConfigurationService> {
  if (yaml !== undefined) writeFileSync(join(cwd, 'lazuli.yaml'), yaml)
  const store: SettingsStore & { value: Record<string, unknown> } = {
    path: '/data/config.json',
    value: settings,
    read: () => structuredClone(store.value),
    write: (next) => {
      store.value = next
    },
  }
  return ConfigurationService.open({
    host,
    settings: store,
    secrets: { get: () => Promise.resolve(undefined), set: () => Promise.resolve(), remove: () => Promise.resolve() },
    sources: { flags: {}, env, cwd, ...(yaml === undefined ? {} : { configFile: 'lazuli.yaml' }) },
    log: quiet,
    newToken: () => 'generated-token',
  })
}

async function load(given: Given): Promise<Configuration> {
  return (await open(given)).current()
}

const withInstance = (lines: readonly string[]): string =>
  [
    'instances:',
    '  - name: east',
    '    api_base: https://contoso.openai.azure.com',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n')

describe('an identity', () => {
  test('is asked for by auth: entra, or by being described where there is no key', async () => {
    const explicit = await load({ yaml: withInstance(['auth: entra', 'scope: api://gateway/.default']) })
    expect(explicit.instances[0]).toMatchObject({ credential: { type: 'entra' }, scope: 'api://gateway/.default' })
    const described = await load({ yaml: withInstance(['entra: {credential: cli, tenant_id: contoso.test}']) })
    expect(described.instances[0]).toMatchObject({
      credential: { type: 'entra' },
      entra: { credential: 'cli', tenant_id: 'contoso.test' },
    })
    const keyed = await load({ yaml: withInstance(['entra: {credential: cli}', 'api_key: the-key-0123']) })
    expect(keyed.instances[0]!.credential.type).toBe('key')
  })

  test('can be named by variables', async () => {
    const { instances: found } = await load({
      env: {
        API_INSTANCES: 'east',
        API_INSTANCE_EAST_API_BASE: 'https://contoso.openai.azure.com',
        API_INSTANCE_EAST_AUTH: 'entra',
        API_INSTANCE_EAST_ENTRA: '{"credential":"managed_identity","client_id":"mine"}',
      },
    })
    expect(found[0]).toMatchObject({
      credential: { type: 'entra' },
      entra: { credential: 'managed_identity', client_id: 'mine' },
    })
  })

  test('of an app registration wants all three parts; the secret comes from a variable', async () => {
    const lines = ['auth: entra', 'entra:', '  credential: secret', '  tenant_id: t', '  client_id: c']
    await expect(load({ yaml: withInstance(lines) })).rejects.toThrow(/line \d+: .*entra.*client_secret/)
    const given = {
      yaml: withInstance([...lines, '  client_secret: ${APP_SECRET}']),
      env: { APP_SECRET: 'app-canary-0123' },
    }
    expect((await load(given)).instances[0]!.entra?.client_secret).toBe('app-canary-0123')
  })

  test('that needs a browser is for the desktop', async () => {
    const given = { yaml: withInstance(['auth: entra', 'entra: {credential: interactive}']) }
    expect((await load({ ...given, host: 'desktop' })).instances[0]!.credential).toEqual({ type: 'entra' })
    expect((await load(given)).instances[0]!.credential).toMatchObject({
      type: 'unreadable',
      error: { code: 'entra_needs_desktop', fix: expect.stringContaining('cli') as string },
    })
  })

  test('is not taken by regional hosts, which a warning says', async () => {
    const yaml = withInstance(['auth: entra']).replace('contoso.openai.azure.com', 'eastus.api.cognitive.microsoft.com')
    expect(warningsOf(await load({ yaml }))).toEqual([expect.stringContaining('regional host')])
  })

  test('opens no unguarded port to the network: whoever calls would use it', async () => {
    await expect(load({ yaml: `server: {host: 0.0.0.0}\n${withInstance(['auth: entra'])}` })).rejects.toMatchObject({
      code: 'unsafe_bind',
    })
  })
})

describe('an authority of one’s own', () => {
  test('is read from a file beside the user, and must be a certificate', async () => {
    const yaml = withInstance(['ca_file: ca.pem'])
    await expect(load({ yaml })).rejects.toThrow(/line 4: .*ca_file: does not exist/)
    writeFileSync(join(cwd, 'ca.pem'), 'no certificate')
    await expect(load({ yaml })).rejects.toThrow(/ca_file: has no certificate/)
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=a', '-keyout', 'ca.key', '-out', 'ca.pem'],
      { cwd, stdio: 'pipe' },
    )
    expect((await load({ yaml })).instances[0]!.reach?.ca).toContain('BEGIN CERTIFICATE')
  })
})

test.each([
  ['true', true],
  ['false', false],
  ['https://a.corp.test,http://127.0.0.1:8080', ['https://a.corp.test', 'http://127.0.0.1:8080']],
])('LAZULI_SERVER_CLIENT_ENDPOINTS=%s is read', async (text, value) => {
  const { config } = await load({ env: { LAZULI_SERVER_CLIENT_ENDPOINTS: text } })
  expect(config.server.client_endpoints).toEqual(value)
})

describe('secrets of an instance', () => {
  const entra = { credential: 'secret', tenant_id: 't', client_id: 'c', client_secret: 'app-canary-0123' }
  const given: Given = {
    settings: {
      instances: [
        { name: 'east', api_base: 'https://contoso.openai.azure.com', auth: 'entra', entra, proxy_url: PROXY },
      ],
    },
  }

  test('are known to whoever takes secrets out, as they are written and as they travel', async () => {
    const known = secretsOf(await load(given))
    const basic = Buffer.from('corp:proxy-canary-0123').toString('base64')
    expect(known).toEqual(expect.arrayContaining(['app-canary-0123', 'proxy-canary-0123', basic]))
  })

  test('are in no configuration that is shown', async () => {
    const text = JSON.stringify(shownConfiguration(await load(given)))
    expect(text).not.toContain('canary')
    expect(text).toContain('proxy.corp.test:3128')
  })

  test('do not reach the window, and outlive a change there', async () => {
    const service = await open(given)
    const context = { configuration: service, secrets: {}, newId: () => 'id' } as unknown as ConsoleContext
    const [view] = await call(instances.list, undefined, { context })
    expect(JSON.stringify(view)).not.toContain('canary')
    expect(view).toMatchObject({ key: { state: 'entra' }, instance: { entra: { credential: 'secret' } } })
    const changed = { ...view!.instance, priority: 7 }
    await call(instances.save, { previousName: 'east', instance: changed }, { context })
    expect(service.current().instances[0]).toMatchObject({ priority: 7, entra, proxy_url: PROXY })
  })
})
