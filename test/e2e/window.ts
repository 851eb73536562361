/** The same specs of the window on both hosts: in the app, and in a browser at the server's own address. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Locator, type Page } from '@playwright/test'
import { startDesktop } from './desktop.ts'
import { startServer } from '../headless-server.ts'

export interface Lazuli {
  /** Address for local tools, without a slash at the end. */
  baseUrl: string
  page: Page
  /** Its data folder. */
  folder: string
}

/** `lazuli` is started afresh for each test; `page` shows it. A page that throws or breaks its policy fails its test. */
export const test = base.extend<{ lazuli: Lazuli; baseUrl: string; lazuliEnv: Record<string, string> }>({
  /** Further environment variables of the program. */
  lazuliEnv: [{}, { option: true }],

  lazuli: async ({ playwright, lazuliEnv }, use, info) => {
    const folder = await mkdtemp(join(tmpdir(), 'lazuli-window-'))
    if (info.project.name === 'desktop') {
      const desktop = await startDesktop(folder, lazuliEnv)
      await use({ baseUrl: desktop.baseUrl, page: desktop.page, folder })
      await desktop.app.close()
    } else {
      const server = await startServer(folder, { serveEnv: lazuliEnv })
      // Not the fixture `browser`: naming it would start one for the app too.
      const browser = await playwright.chromium.launch(info.project.use.launchOptions)
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      const page = await context.newPage()
      await page.goto(server.url)
      await use({ baseUrl: server.url, page, folder })
      await browser.close()
      await server.stop()
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  },

  baseUrl: ({ lazuli }, use) => use(lazuli.baseUrl),

  page: async ({ lazuli }, use) => {
    const { page } = lazuli
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text())
    })
    // A key that is pressed before the window stands goes nowhere.
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    await use(page)
    base.expect(faults, 'errors that the page did not catch').toEqual([])
  },
})

export { expect } from '@playwright/test'

export type PageTitle = 'Traffic' | 'Playground' | 'Models' | 'Tools' | 'Settings'

/** Goes to a page by its link and waits for its heading. */
export async function open(page: Page, title: PageTitle): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

/** A request as a local tool makes it: with the local key where one is needed; for several, read it once. */
export async function callAsTool(
  page: Page,
  baseUrl: string,
  prompt: string,
  key?: Record<string, string>,
): Promise<string> {
  const response = await fetch(`${baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'curl/8.0', ...(key ?? (await keyHeader(page))) },
    body: JSON.stringify({ model: 'gpt-4.1-mini', stream: true, messages: [{ role: 'user', content: prompt }] }),
  })
  await response.text()
  const id = response.headers.get('x-lazuli-exchange')
  if (id === null) throw new Error(`status ${response.status} without an exchange id`)
  return id
}

/** Read where a user reads it: in Settings. */
export async function keyHeader(page: Page): Promise<Record<string, string>> {
  const back = page.url()
  await open(page, 'Settings')
  await page.getByRole('heading', { name: 'Access' }).waitFor()
  const show = page.getByRole('button', { name: 'Show local key' })
  const needed = (await show.count()) > 0
  let key = ''
  if (needed) {
    await show.click()
    await page.getByRole('button', { name: 'Hide local key' }).waitFor()
    key = await page.getByRole('textbox', { name: 'Local key' }).inputValue()
  }
  await page.goto(back)
  return needed ? { authorization: `Bearer ${key}` } : {}
}

export function composer(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Message' })
}

/** Sends a message in the Playground and waits until its answer is complete. */
export async function chat(page: Page, message: string): Promise<Locator> {
  const log = page.getByRole('log', { name: 'Conversation' })
  const answers = await log.getByRole('link', { name: 'Exchange' }).count()
  await composer(page).fill(message)
  await page.getByRole('button', { name: 'Send' }).click()
  await base.expect(log.getByRole('link', { name: 'Exchange' })).toHaveCount(answers + 1, { timeout: 20_000 })
  return log
}
