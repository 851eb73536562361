import { describe, expect, it } from 'vitest'
import { ConfigurationService, type ConfigurationOptions } from '../../electron/config/configuration-service.ts'
import type { Secrets } from '../../electron/config/secrets.ts'
import type { SettingsStore } from '../../electron/config/settings.ts'
import { LazuliError } from '../../electron/core/error.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

function storeOf(value: Record<string, unknown> = {}): SettingsStore & { value: Record<string, unknown> } {
  const store = {
    path: '/data/config.json',
    value,
    read: () => structuredClone(store.value),
    write(next: Record<string, unknown>) {
      store.value = next
    },
  }
  return store
}

function secretsOf(entries: Record<string, string> = {}): Secrets & { entries: Map<string, string> } {
  const map = new Map(Object.entries(entries))
  return {
    entries: map,
    get: (ref) => Promise.resolve(map.get(ref)),
    set: (ref, value) => Promise.resolve(void map.set(ref, value)),
    remove: (ref) => Promise.resolve(void map.delete(ref)),
  }
}

const locked: Secrets = {
  get: () =>
    Promise.reject(new LazuliError({ code: 'keychain_locked', status: 503, message: 'The keychain is locked.' })),
  set: () =>
    Promise.reject(new LazuliError({ code: 'keychain_locked', status: 503, message: 'The keychain is locked.' })),
  remove: () => Promise.resolve(),
}

let tokens = 0
const open = (
  options: Partial<ConfigurationOptions> & { env?: Record<string, string>; flags?: Record<string, unknown> } = {},
) =>
  ConfigurationService.open({
    host: 'headless',
    settings: storeOf(),
    secrets: secretsOf(),
    sources: { flags: options.flags ?? {}, env: options.env ?? {}, cwd: '/nowhere' },
    log: quiet,
    newToken: () => `generated-${++tokens}`,
    ...options,
  })

describe('authentication', () => {
  it('is open on loopback headless, and by token as soon as one is set', async () => {
    expect((await open()).current()).toMatchObject({ auth: 'open', token: undefined })
    expect((await open({ env: { LAZULI_SERVER_TOKEN: 'abcdefgh' } })).current()).toMatchObject({
      auth: 'token',
      token: 'abcdefgh',
    })
    await expect(open({ flags: { server: { auth: 'token' } } })).rejects.toMatchObject({ code: 'token_missing' })
  })

  it('is by a generated token on the desktop, which the keychain keeps', async () => {
    const secrets = secretsOf()
    const first = (await open({ host: 'desktop', secrets })).current()
    expect(first.auth).toBe('token')
    expect((await open({ host: 'desktop', secrets })).current().token).toBe(first.token)
  })

  it('renews the local key: the new one is active and kept', async () => {
    const secrets = secretsOf()
    const service = await open({ host: 'desktop', secrets })
    const old = service.current().token
    const renewed = await service.renewLocalKey()
    expect(renewed).not.toBe(old)
    expect(service.current().token).toBe(renewed)
    expect(secrets.entries.get('local-key')).toBe(renewed)
  })

  it('keeps a key in memory only when the keychain is locked, and tells why', async () => {
    const settings = storeOf()
    const service = await open({ host: 'desktop', secrets: locked, settings })
    expect(service.current().token).toMatch(/^generated-/)
    expect(service.localKeyProblem?.code).toBe('keychain_locked')
    expect(JSON.stringify(settings.value)).not.toContain('generated')
  })
})

describe('listening beyond loopback', () => {
  const beyond = { LAZULI_SERVER_HOST: '0.0.0.0' }
  const endpoint = { AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com' }

  it('is refused without a token when a key is stored, or when only the simulator serves', async () => {
    await expect(open({ env: { ...beyond, ...endpoint, AZURE_OPENAI_API_KEY: 'key' } })).rejects.toMatchObject({
      code: 'unsafe_bind',
    })
    await expect(open({ env: beyond })).rejects.toMatchObject({ code: 'unsafe_bind' })
    await expect(
      open({ env: { ...beyond, ...endpoint, AZURE_OPENAI_API_KEY: 'key', LAZULI_SERVER_AUTH: 'open' } }),
    ).rejects.toMatchObject({ code: 'unsafe_bind' })
  })

  it('is allowed with a token, and where every caller brings a key', async () => {
    expect(
      (
        await open({ env: { ...beyond, ...endpoint, AZURE_OPENAI_API_KEY: 'key', LAZULI_SERVER_TOKEN: 'abcdefgh' } })
      ).current().auth,
    ).toBe('token')
    expect((await open({ env: { ...beyond, ...endpoint } })).current().instances[0]?.credential).toEqual({
      type: 'passthrough',
    })
  })

  it('stays locked while that address is listened on, whatever is said of the next start', async () => {
    const service = await open({})
    service.listensOn('0.0.0.0')
    const openUp = { server: { host: '127.0.0.1', auth: 'open' } }
    await expect(service.changeSettings(() => openUp)).rejects.toMatchObject({ code: 'unsafe_bind' })
    await expect(service.reload()).rejects.toMatchObject({ code: 'unsafe_bind' })
    service.listensOn('127.0.0.1')
    expect((await service.changeSettings(() => openUp)).auth).toBe('open')
  })
})

describe('credentials', () => {
  const instance = { name: 'east', api_base: 'https://east.example', key_ref: 'instance/east' }

  it('come from the keychain by reference', async () => {
    const service = await open({
      settings: storeOf({ instances: [instance] }),
      secrets: secretsOf({ 'instance/east': 'sesame' }),
    })
    expect(service.current().instances[0]?.credential).toEqual({ type: 'key', key: 'sesame', from: 'keychain' })
  })

  it('are unreadable, with the reason, when the keychain is locked or has lost the key; the program still starts', async () => {
    const settings = storeOf({ instances: [instance] })
    const shut = await open({ settings, secrets: locked })
    expect(shut.current().instances[0]?.credential).toMatchObject({
      type: 'unreadable',
      error: { code: 'keychain_locked' },
    })
    const lost = await open({ settings })
    expect(lost.current().instances[0]?.credential).toMatchObject({
      type: 'unreadable',
      error: { code: 'key_missing' },
    })
  })
})

describe('changes', () => {
  it('serves the simulator until something is configured', async () => {
    const service = await open()
    expect(service.current().instances).toMatchObject([
      { name: 'simulator', provider_type: 'simulator', source: 'default' },
    ])
    await service.changeSettings((settings) => ({
      ...settings,
      instances: [{ name: 'a', api_base: 'https://a.example' }],
    }))
    expect(service.current().instances).toMatchObject([{ name: 'a', source: 'settings' }])
  })

  it('leaves file and configuration as they were when a change is invalid', async () => {
    const settings = storeOf({ theme: 'dark' })
    const service = await open({ settings })
    const before = service.current()
    await expect(service.changeSettings((value) => ({ ...value, theme: 'pink' }))).rejects.toMatchObject({
      code: 'config_invalid',
    })
    expect(service.current()).toBe(before)
    expect(settings.value).toEqual({ theme: 'dark' })
  })

  it('tells listeners, counts versions, and applies simultaneous changes one after another', async () => {
    const service = await open()
    const seen: number[] = []
    service.onChange((configuration) => seen.push(configuration.version))
    await Promise.all([
      service.changeSettings((settings) => ({ ...settings, theme: 'dark' })),
      service.changeSettings((settings) => ({ ...settings, models: [{ model: 'x' }] })),
    ])
    expect(seen).toEqual([2, 3])
    expect(service.current().config).toMatchObject({ theme: 'dark', models: [{ model: 'x' }] })
  })

  it('keeps what the program noted for itself while a change was being checked', async () => {
    const settings = storeOf()
    const service = await open({ settings })
    const change = service.changeSettings((value) => {
      settings.value = { app: { closeExplained: true } }
      return { ...value, theme: 'dark' }
    })
    await change
    expect(settings.value).toEqual({ theme: 'dark', app: { closeExplained: true } })
  })

  it("keeps the program's own notes out of the configuration", async () => {
    const service = await open({ settings: storeOf({ app: { simulatorChosen: true } }) })
    expect(service.current().version).toBe(1)
  })
})
