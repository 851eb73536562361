import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { startServer, type Server, type ServerOptions } from '../headless-server.ts'

/**
 * `test` of the specs that run in a browser, with options for `test.use({ serveArgs: ['--token', '…'] })`: `server` is
 * started afresh for each test, and `page` has it open. A page that throws, or that breaks its own content security
 * policy, fails its test.
 */
export const test = base.extend<ServerOptions & { server: Server }>({
  serveArgs: [[], { option: true }],
  serveEnv: [{}, { option: true }],

  server: async ({ serveArgs, serveEnv }, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lazuli-e2e-'))
    const server = await startServer(dataDir, { serveArgs, serveEnv })
    await use(server)
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  },

  page: async ({ page, server }, use) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text())
    })
    await page.goto(server.url)
    await use(page)
    base.expect(faults, 'errors that the page did not catch').toEqual([])
  },
})

export { expect } from '@playwright/test'
