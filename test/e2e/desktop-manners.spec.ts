import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import {
  chooseInTray,
  expect,
  isWindowVisible,
  quit,
  runDesktop,
  settingsOf,
  startDesktop,
  startHidden,
  test,
  trayLabels,
} from './desktop.ts'

const TOKEN = 'a-token-for-the-manners'

test('start at login is opt-in, and can be taken back', async ({ userData }) => {
  test.skip(process.platform !== 'linux', 'elsewhere the system keeps the list itself')
  const config = join(userData, 'xdg')
  const entry = join(config, 'autostart/lazuli.desktop')
  const first = await startDesktop(userData, { XDG_CONFIG_HOME: config })
  expect(existsSync(entry)).toBe(false)
  await first.page.getByRole('link', { name: 'Settings' }).click()
  await first.page.getByRole('switch', { name: 'Start at login' }).click()
  await expect(first.page.getByRole('switch', { name: 'Start at login' })).toBeChecked()
  expect(await readFile(entry, 'utf8')).toMatch(/^Exec=".+" "--hidden"$/m)
  await first.page.getByRole('switch', { name: 'Start at login' }).click()
  await expect.poll(() => existsSync(entry)).toBe(false)
  await quit(first)
})

test('what the system starts has no window until the tray is asked for one', async ({ userData }) => {
  const app = await startHidden(userData)
  await expect.poll(() => trayLabels(app).then(([status]) => status)).toMatch(/^Serving at/)
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
  const window = app.waitForEvent('window')
  await chooseInTray(app, 'open')
  await window
  await expect.poll(() => isWindowVisible(app)).toBe(true)
  await app.close()
})

test('the data folder opens in the file manager', async ({ app, page, userData }) => {
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Open folder' }).click()
  await expect.poll(() => probed(app, 'openedFolders')).toEqual([userData])
})

test('a link opens a page, and fills in a form that only the user can send', async ({ app, page, userData }) => {
  await runDesktop(userData, {}, ['lazuli://settings/alerts'])
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  expect(await isWindowVisible(app)).toBe(true)
  const address = 'https://contoso.openai.azure.com/'
  await runDesktop(userData, {}, [`lazuli://add-instance?address=${encodeURIComponent(address)}`])
  const dialog = page.getByRole('dialog', { name: 'Add instance' })
  await expect(dialog.getByRole('textbox', { name: /Address|Endpoint/ }).first()).toHaveValue(address)
  expect(existsSync(join(userData, 'config.json')) ? await settingsOf(userData) : {}).not.toHaveProperty('instances')
})

test('a taken port is asked about: the offered one is kept, from then on', async ({ userData }) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const desktop = await startDesktop(userData, { LAZULI_SERVER_PORT: String(port), DESKTOP_ANSWERS: 'Use port' })
  expect(desktop.output()).toContain(`Port ${port} on 127.0.0.1 is in use`)
  const chosen = Number(new URL(desktop.baseUrl).port)
  expect(chosen).toBeGreaterThan(port)
  expect(await settingsOf(userData)).toMatchObject({ server: { port: chosen } })
  await quit(desktop)
  other.close()
})

test('a refused key is told by the system while nobody looks at the window', async ({ userData }) => {
  const azure = createHttpServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' })
    response.end('{"error":{"code":"401","message":"Access denied due to invalid subscription key."}}')
  }).listen(0, '127.0.0.1')
  await once(azure, 'listening')
  const desktop = await startDesktop(userData, {
    LAZULI_SERVER_TOKEN: TOKEN,
    API_INSTANCES: 'east',
    API_INSTANCE_EAST_PROVIDER_TYPE: 'generic',
    API_INSTANCE_EAST_API_KEY: 'withdrawn-key-1234567890',
    API_INSTANCE_EAST_API_BASE: `http://127.0.0.1:${(azure.address() as AddressInfo).port}/v1`,
  })
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide())
  await fetch(`${desktop.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hello' }] }),
  })
  await expect.poll(() => probed(desktop.app, 'notifications').then((shown) => shown.length)).toBe(1)
  await desktop.app.evaluate(() => {
    const { desktopProbe } = globalThis as unknown as {
      desktopProbe: { notifications: { emit(event: string): void }[] }
    }
    desktopProbe.notifications[0]?.emit('click')
  })
  await expect.poll(() => isWindowVisible(desktop.app)).toBe(true)
  await expect(desktop.page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible()
  await quit(desktop)
  azure.close()
})

test('the menu has the palette and the keys', async ({ app, page }) => {
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('palette')?.click())
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible()
})

function probed(app: ElectronApplication, what: 'openedFolders' | 'notifications'): Promise<unknown[]> {
  return app.evaluate((_electron, name) => {
    const { desktopProbe } = globalThis as unknown as { desktopProbe: Record<string, unknown[]> }
    // A notification is an object of Electron's, which does not travel.
    return (desktopProbe[name] ?? []).map((one) => (typeof one === 'string' ? one : true))
  }, what)
}
