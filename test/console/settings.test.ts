import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { startConsole, type TestConsole, type TestConsoleSetup } from './console-for-tests.ts'

const open: TestConsole[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(setup?: TestConsoleSetup): Promise<TestConsole> {
  const started = await startConsole(setup)
  open.push(started)
  return started
}

const settingsFile = async ({ folder }: TestConsole): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>

test('what is saved holds at once and stands in the settings file', async () => {
  const lazuli = await start()
  const view = await lazuli.console.settings.save({
    keepDays: 3,
    bodies: false,
    logLevel: 'warn',
    logFile: 'lazuli.log',
  })
  expect(view.keepDays).toEqual({ value: 3, source: 'settings' })
  expect(view.bodies.value).toBe(false)
  expect(lazuli.engine.configuration.current().config.logging).toMatchObject({ level: 'warn', file: 'lazuli.log' })
  expect(await settingsFile(lazuli)).toMatchObject({ journal: { keep_days: 3, bodies: false } })
  expect((await lazuli.console.settings.save({ logFile: null })).logFile.value).toBeUndefined()
  expect((await settingsFile(lazuli))['logging']).toEqual({ level: 'warn' })
})

test('what another source sets is shown with its source, and not changed', async () => {
  const lazuli = await start({ env: { LAZULI_JOURNAL_KEEP_DAYS: '5' } })
  expect((await lazuli.console.settings.get()).keepDays).toEqual({ value: 5, source: 'environment' })
  await expect(lazuli.console.settings.save({ keepDays: 9, theme: 'dark' })).rejects.toMatchObject({
    data: { code: 'setting_fixed' },
  })
  expect((await lazuli.console.settings.get()).theme.value).toBe('system')
})

test('an address beyond this computer is refused without a local key', async () => {
  const { console } = await start()
  await expect(console.settings.save({ host: '0.0.0.0' })).rejects.toMatchObject({ data: { code: 'unsafe_bind' } })
  expect((await console.settings.get()).host.value).toBe('127.0.0.1')
})

test('the key stays needed while the network is listened on, whatever the settings say of the next start', async () => {
  const { console } = await start({ flags: { server: { port: 0, token: 'a-token-for-tests' } } })
  const { activeHost } = await console.settings.save({ host: '0.0.0.0' })
  expect(activeHost).toBe('127.0.0.1')
  const wide = await start({ env: { LAZULI_SERVER_HOST: '0.0.0.0', LAZULI_SERVER_TOKEN: 'a-token-for-tests' } })
  await expect(wide.console.settings.save({ auth: 'open' })).rejects.toMatchObject({ data: { code: 'unsafe_bind' } })
})

test('a webhook is kept in the keychain, posted to by a test, and forgotten when it is removed', async () => {
  const lazuli = await start()
  const posts: string[] = []
  let status = 200
  const receiver = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      posts.push(body)
      return response.writeHead(status).end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const url = `http://${host}/hook/very-secret-part`

  const { webhooks } = await lazuli.console.settings.addWebhook({ kind: 'webhook', url })
  expect(webhooks).toMatchObject([{ kind: 'webhook', host, source: 'settings' }])
  const { id } = webhooks[0]!
  expect(lazuli.keys.get(id)).toBe(url)
  expect(JSON.stringify(await settingsFile(lazuli))).not.toContain('very-secret-part')
  expect(lazuli.engine.configuration.current().config.alerts?.webhook).toEqual([url])

  expect(await lazuli.console.settings.testWebhook({ id })).toEqual({ ok: true, message: `${host} took the message.` })
  expect(JSON.parse(posts[0]!)).toMatchObject({ source: 'lazuli', kind: 'test' })
  status = 500
  expect(await lazuli.console.settings.testWebhook({ id })).toEqual({
    ok: false,
    message: 'Not taken: it answered 500',
  })

  expect((await lazuli.console.settings.removeWebhook({ id })).webhooks).toEqual([])
  expect(lazuli.keys.size).toBe(0)
  receiver.close()
})

test('webhooks of another source are shown without their address, tested, and not removed', async () => {
  const lazuli = await start({ env: { LAZULI_ALERTS_SLACK: 'https://hooks.slack.com/services/secret' } })
  const { webhooks } = await lazuli.console.settings.get()
  expect(webhooks).toEqual([{ id: 'slack-0', kind: 'slack', host: 'hooks.slack.com', source: 'environment' }])
  await expect(lazuli.console.settings.removeWebhook({ id: 'slack-0' })).rejects.toMatchObject({
    data: { code: 'setting_fixed' },
  })
})

test('an address that the keychain has lost is said, and nothing is posted', async () => {
  const lazuli = await start()
  const { webhooks } = await lazuli.console.settings.addWebhook({ kind: 'teams', url: 'https://example.com/hook' })
  lazuli.keys.clear()
  const [lost] = (await lazuli.console.settings.get()).webhooks
  expect(lost?.problem?.code).toBe('key_missing')
  expect((await lazuli.console.settings.testWebhook({ id: webhooks[0]!.id })).ok).toBe(false)
})

test('the latest lines of the log can be read, and where there is no desktop nothing of it is offered', async () => {
  const { console } = await start()
  await console.settings.save({ logLevel: 'debug' })
  expect(Array.isArray((await console.settings.log()).lines)).toBe(true)
  expect((await console.settings.get()).startAtLogin).toBeUndefined()
  await expect(console.settings.save({ startAtLogin: true })).rejects.toMatchObject({ data: { code: 'desktop_only' } })
  await expect(console.settings.openDataFolder()).rejects.toMatchObject({ data: { code: 'desktop_only' } })
})
