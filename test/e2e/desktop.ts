import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { _electron, test as base } from '@playwright/test'
import type { ElectronApplication, Page } from '@playwright/test'

const root = join(import.meta.dirname, '../..')
const probe = join(import.meta.dirname, 'desktop-probe.cjs')
const require = createRequire(import.meta.url)

// The real Electron where its binary is there, else the stand-in: the specs are the same.
if (!existsSync(join(dirname(require.resolve('electron/package.json')), 'path.txt'))) {
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = join(root, 'test/host')
}

/** A running app with a data folder of its own. */
export interface Desktop {
  readonly app: ElectronApplication
  readonly page: Page
  /** From its ready line, e.g. `http://127.0.0.1:41234`. */
  readonly baseUrl: string
  /** Everything printed so far, stdout and stderr. */
  output(): string
  /** Resolves to the exit code. */
  readonly exited: Promise<number | null>
}

interface Options {
  /** Further environment variables of the app; port 0, a free one, unless named. */
  desktopEnv: Record<string, string>
}

/** Starts the built app and waits for its window and its ready line. */
export async function startDesktop(userData: string, env: Record<string, string> = {}): Promise<Desktop> {
  const app = await _electron.launch({
    args: ['-r', probe, root, `--user-data-dir=${userData}`],
    cwd: userData,
    env: environment(userData, env),
    // The app sets the theme itself; a scheme of Playwright's would win over it.
    colorScheme: null,
  })
  const child = app.process()
  let printed = ''
  const ready = new Promise<string>((resolve, reject) => {
    const read = (text: string): void => {
      printed += text
      const url = /^lazuli listening on (http:\/\/\S+)$/m.exec(printed)?.[1]
      if (url !== undefined) resolve(url)
    }
    child.stdout?.setEncoding('utf8').on('data', read)
    child.stderr?.setEncoding('utf8').on('data', read)
    child.once('exit', (code) => reject(new Error(`the app ended with ${code} before it was ready:\n${printed}`)))
  })
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
  })
  const page = await app.firstWindow()
  await page.waitForURL((url) => url.href !== 'about:blank')
  return { app, page, baseUrl: await ready, output: () => printed, exited }
}

/** Starts the app as the system does at login: there is no window to wait for. */
export function startHidden(userData: string, env: Record<string, string> = {}): Promise<ElectronApplication> {
  return _electron.launch({
    args: ['-r', probe, root, `--user-data-dir=${userData}`, '--hidden'],
    cwd: userData,
    env: environment(userData, env),
  })
}

/** Runs the app without driving it, for starts that end by themselves. */
export function runDesktop(
  userData: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const executable = require('electron') as unknown as string
  const sandbox = process.platform === 'linux' ? ['--no-sandbox'] : []
  const child = spawn(executable, ['-r', probe, root, ...sandbox, `--user-data-dir=${userData}`, ...args], {
    cwd: userData,
    env: environment(userData, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

function environment(userData: string, more: Record<string, string>): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { ...Object.fromEntries(inherited), INIT_CWD: userData, LAZULI_SERVER_PORT: '0', ...more }
}

/** Chooses an item of the tray's menu. */
export function chooseInTray(app: ElectronApplication, id: string): Promise<void> {
  return app.evaluate((_electron, item) => {
    const { desktopProbe } = globalThis as unknown as {
      desktopProbe: { trayMenu: { getMenuItemById(id: string): { click(): void } } }
    }
    desktopProbe.trayMenu.getMenuItemById(item).click()
  }, id)
}

/** The words of the tray's menu, separators left out. */
export function trayLabels(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => {
    const { desktopProbe } = globalThis as unknown as {
      desktopProbe: { trayMenu?: { items: { label: string; type: string }[] } }
    }
    return (desktopProbe.trayMenu?.items ?? []).filter((item) => item.type !== 'separator').map((item) => item.label)
  })
}

/** Addresses that the app gave to the system's browser. */
export function openedInBrowser(app: ElectronApplication): Promise<string[]> {
  return app.evaluate(() => (globalThis as unknown as { desktopProbe: { opened: string[] } }).desktopProbe.opened)
}

export function isWindowVisible(app: ElectronApplication): Promise<boolean> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().some((window) => window.isVisible()))
}

/** Closes the window as the user does, with its title bar's button. */
export function closeWindow(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ BrowserWindow }) => {
    for (const window of BrowserWindow.getAllWindows()) window.close()
  })
}

/** Quits as the menu does, and waits for the end. */
export async function quit(desktop: Desktop): Promise<number | null> {
  // The answer may not come any more.
  await desktop.app.evaluate(({ app }) => app.quit()).catch(() => undefined)
  return desktop.exited
}

export async function settingsOf(userData: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(userData, 'config.json'), 'utf8')) as Record<string, unknown>
}

/** `test` of the specs that run in the app. A page that throws, or breaks its own policy, fails its test. */
export const test = base.extend<Options & { userData: string; desktop: Desktop; app: ElectronApplication }>({
  desktopEnv: [{}, { option: true }],

  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern.
  userData: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'lazuli-desktop-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  },

  desktop: async ({ userData, desktopEnv }, use) => {
    const desktop = await startDesktop(userData, desktopEnv)
    await use(desktop)
    await desktop.app.close()
  },

  app: ({ desktop }, use) => use(desktop.app),

  page: async ({ desktop }, use) => {
    const { page } = desktop
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text())
    })
    await use(page)
    base.expect(faults, 'errors that the page did not catch').toEqual([])
  },
})

export { expect } from '@playwright/test'
