import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ElectronApplication, Page } from '@playwright/test'
import { expect, openedInBrowser, test } from './desktop.ts'

/** A button in the page that calls `window.open`, for a click that Chromium itself trusts. */
async function clickThatOpens(page: Page, url: string): Promise<void> {
  await page.evaluate((address) => {
    document.querySelector('#opener')?.remove()
    const button = Object.assign(document.createElement('button'), { id: 'opener', textContent: 'Open' })
    button.addEventListener('click', () => window.open(address))
    document.body.prepend(button)
  }, url)
  await page.locator('#opener').click()
}

/** Records what became of each navigation that a page asked for, after the app has decided. */
function watchNavigations(app: ElectronApplication): Promise<void> {
  return app.evaluate(({ webContents }) => {
    const seen: [string, boolean][] = []
    Object.assign(globalThis, { navigations: seen })
    for (const contents of webContents.getAllWebContents())
      contents.on('will-frame-navigate', (event) => seen.push([event.url, event.defaultPrevented]))
  })
}

function navigations(app: ElectronApplication): Promise<[string, boolean][]> {
  return app.evaluate(() => (globalThis as unknown as { navigations: [string, boolean][] }).navigations)
}

test('the page has nothing of Node or Electron but two named calls, frozen', async ({ page }) => {
  const found = await page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'global', 'Buffer', 'ipcRenderer', 'electron'].filter(
      (name) => name in globalThis,
    ),
    api: Object.keys(window.lazuli ?? {}).toSorted(),
    frozen: Object.isFrozen(window.lazuli),
    opener: window.opener,
  }))
  expect(found).toEqual({ globals: [], api: ['onCommand', 'platform'], frozen: true, opener: null })
})

test('a clicked web link opens in the system browser, and never in a window of ours', async ({ app, page }) => {
  await clickThatOpens(page, 'https://example.com/docs')
  await expect.poll(() => openedInBrowser(app)).toEqual(['https://example.com/docs'])
  expect(app.windows()).toHaveLength(1)
})

test('no other scheme is given to the system, and nothing without a click', async ({ app, page }) => {
  await clickThatOpens(page, 'vscode://file/etc/passwd')
  await clickThatOpens(page, 'mailto:someone@example.com')
  await clickThatOpens(page, 'smb://example.com/share')
  await clickThatOpens(page, 'https://example.com/clicked')
  await expect.poll(() => openedInBrowser(app)).toEqual(['https://example.com/clicked'])
  await page.evaluate(() => {
    window.open('https://example.com/by-script')
  })
  await clickThatOpens(page, 'https://example.com/again')
  await expect.poll(() => openedInBrowser(app)).toEqual(['https://example.com/clicked', 'https://example.com/again'])
  expect(app.windows()).toHaveLength(1)
})

test('the window cannot be led away from its page', async ({ app, page }) => {
  // The first page goes to its first step by itself.
  await expect(page).toHaveURL(/#\/welcome\/connect$/)
  const home = page.url()
  await watchNavigations(app)
  await page.evaluate(() => {
    location.href = 'https://example.com/by-script'
  })
  await expect.poll(() => navigations(app)).toEqual([['https://example.com/by-script', true]])
  await page.evaluate(() => {
    const link = Object.assign(document.createElement('a'), { id: 'away', href: 'http://127.0.0.1:9/by-link' })
    document.body.prepend(Object.assign(link, { textContent: 'Away' }))
  })
  await page.locator('#away').click()
  await expect.poll(() => navigations(app)).toContainEqual(['http://127.0.0.1:9/by-link', true])
  expect(page.url()).toBe(home)
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible()
})

// The fixture `page` fails on any breach of the policy; the next tests breach it on purpose and take the page without.
test('inline scripts, eval, foreign scripts and frames are refused by policy', async ({ desktop: { page } }) => {
  const policy = await page.evaluate(async () => (await fetch('/index.html')).headers.get('content-security-policy'))
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toMatch(/unsafe-(inline|eval)'?[^;]*script|script-src[^;]*unsafe/)

  const breached = await page.evaluate(async () => {
    const directives: string[] = []
    const four = new Promise<void>((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        if (directives.push(event.effectiveDirective) === 4) resolve()
      })
    })
    const add = (tag: string, properties: object): void => {
      document.body.append(Object.assign(document.createElement(tag), properties))
    }
    add('script', { textContent: 'window.inlineRan = true' })
    add('script', { src: 'https://example.com/script.js' })
    add('iframe', { src: 'https://example.com/' })
    // Later, because what Playwright evaluates may itself use eval.
    setTimeout(() => (Reflect.get(window, 'eval') as (code: string) => unknown)('window.evalRan = true'), 0)
    await four
    return { directives: directives.toSorted(), ran: 'inlineRan' in window || 'evalRan' in window }
  })
  expect(breached).toEqual({
    directives: ['frame-src', 'script-src', 'script-src-elem', 'script-src-elem'],
    ran: false,
  })
})

test('the page cannot reach files outside of its folder, nor the network', async ({ desktop: { page } }) => {
  const statuses = await page.evaluate(async () => {
    const paths = ['/index.html', '/../main/main.js', '/..%2fmain%2fmain.js', '/%2e%2e/main/main.js', '//etc/passwd']
    const answers = await Promise.all(paths.map((path) => fetch(new URL(location.origin).origin + path)))
    return answers.map((answer) => answer.status)
  })
  expect(statuses).toEqual([200, 404, 404, 404, 404])
  const network = await page.evaluate(() => fetch('https://example.com/').then(String, String))
  expect(network).toContain('TypeError')
})

test('a page of another origin gets no console, even with our preload', async ({ app, page }) => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Foreign</title>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const opened = app.waitForEvent('window')
    const { port } = server.address() as AddressInfo
    await app.evaluate(async ({ app: self, BrowserWindow }, url) => {
      const preload = `${self.getAppPath()}/out/preload/preload.cjs`
      await new BrowserWindow({ show: false, webPreferences: { preload } }).loadURL(url)
    }, `http://127.0.0.1:${port}/`)
    const foreign = await opened
    await foreign.waitForURL(/127\.0\.0\.1/)
    const request = await captureRequest(page)
    await ask(foreign, request)
    await ask(page, request)
    await expect.poll(() => answers(page)).toBe(1)
    expect(await answers(foreign)).toBe(0)
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('a frame inside the page has no preload, and cannot ask in the name of the page', async ({ app, page }) => {
  await expect(page.getByRole('contentinfo')).toContainText('Running')
  await app.evaluate(({ ipcMain }) => {
    Object.assign(globalThis, { asked: 0 })
    ipcMain.on('lazuli:connect', () => {
      ;(globalThis as unknown as { asked: number }).asked++
    })
  })
  await page.evaluate(() => {
    document.body.append(document.createElement('iframe'))
  })
  const frame = page.frames().find((one) => one !== page.mainFrame())
  expect(await frame?.evaluate(() => 'lazuli' in window)).toBe(false)
  await frame?.evaluate(() => parent.postMessage('lazuli:connect', '*', [new MessageChannel().port2]))
  // The page's own wish comes after it, and alone arrives.
  await page.evaluate(() => {
    window.postMessage('lazuli:connect', '*', [new MessageChannel().port2])
  })
  const asked = (): Promise<number> => app.evaluate(() => (globalThis as unknown as { asked: number }).asked)
  await expect.poll(asked).toBe(1)
})

test('no permission is given but writing text to the clipboard', async ({ page }) => {
  const states = await page.evaluate(async () => {
    const query = async (name: string): Promise<string> =>
      (await navigator.permissions.query({ name: name as PermissionName })).state
    return {
      notifications: await query('notifications'),
      geolocation: await query('geolocation'),
      microphone: await query('microphone'),
      read: await navigator.clipboard.readText().catch((error: Error) => error.name),
      write: await navigator.clipboard.writeText('lazuli').then(() => 'written', String),
    }
  })
  expect(states).toEqual({
    notifications: 'denied',
    geolocation: 'denied',
    microphone: 'denied',
    read: 'NotAllowedError',
    write: 'written',
  })
})

/** What the page sends over its port when it asks something; the page goes to Settings for it. */
async function captureRequest(page: Page): Promise<unknown> {
  await page.evaluate(() => {
    const send = Reflect.get(MessagePort.prototype, 'postMessage') as (...args: unknown[]) => void
    MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
      if (String(args[0]).includes('/settings/get')) Object.assign(window, { captured: args[0] })
      send.apply(this, args)
    }
  })
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  const captured = (): Promise<unknown> => page.evaluate(() => Reflect.get(window, 'captured') as unknown)
  await expect.poll(captured).toBeDefined()
  return captured()
}

/** Asks for a console as our page does, and sends the request to it. Answers are counted. */
async function ask(page: Page, request: unknown): Promise<void> {
  await page.evaluate((message) => {
    const { port1, port2 } = new MessageChannel()
    Object.assign(window, { answers: 0 })
    port1.addEventListener('message', () => {
      ;(window as unknown as { answers: number }).answers++
    })
    port1.start()
    window.postMessage('lazuli:connect', '*', [port2])
    port1.postMessage(message)
  }, request)
}

function answers(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { answers: number }).answers)
}
