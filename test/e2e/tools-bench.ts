/** The window with a throw-away home on a machine of its own, where the real tools can be had. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import { test as base } from './window.ts'

/** As test/run/real-tools.mjs installs them. */
const REAL_TOOLS = join(import.meta.dirname, '../../node_modules/.cache/lazuli-real-tools/node_modules/.bin')

export interface Bench {
  /** The home folder in which the tools keep their settings. */
  home: string
  /** Writes a file below it. */
  put: (path: string, text: string) => string
}

/** `lazuli` sees the machine of `bench`: its home, and a PATH with the real Claude Code and Codex if `real` is set. */
export const test = base.extend<{ bench: Bench; real: boolean }>({
  real: [false, { option: true }],

  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern.
  bench: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'lazuli-bench-'))
    const put = (path: string, text: string): string => {
      const file = join(home, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    }
    await use({ home, put })
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  },

  lazuliEnv: async ({ bench, real }, use) => {
    const node = dirname(process.execPath)
    if (real && !existsSync(join(REAL_TOOLS, 'claude'))) {
      throw new Error('The real tools are missing: "npm test -- e2e" installs them, see test/run/real-tools.mjs.')
    }
    await use({
      HOME: bench.home,
      XDG_CONFIG_HOME: join(bench.home, '.config'),
      PATH: [...(real ? [REAL_TOOLS] : []), node, '/usr/bin', '/bin'].join(':'),
    })
  },
})

export { expect } from '@playwright/test'

/** Opens one tool's detail. */
export async function openTool(page: Page, name: string): Promise<ReturnType<Page['getByRole']>> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Tools' }).click()
  await page
    .getByRole('navigation', { name: 'Local tools' })
    .getByRole('link', { name: new RegExp(`\\b${name}`) })
    .click()
  const detail = page.getByRole('complementary', { name })
  await detail.waitFor()
  return detail
}
