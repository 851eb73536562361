/** Specs against the scripted console: the built page, and an engine that says what the test wants. */
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { startScriptedConsole, type Script, type ScriptedConsole } from '../renderer/scripted-console.ts'

const folder = join(import.meta.dirname, '../../out/renderer')

/** `start` serves the page with a script; all are closed after the test. */
export const test = base.extend<{ start: (script?: Script) => Promise<ScriptedConsole> }>({
  start: async ({ page }, use) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text())
    })
    const started: ScriptedConsole[] = []
    await use(async (script) => {
      const scripted = await startScriptedConsole(folder, script)
      started.push(scripted)
      await page.goto(scripted.url)
      return scripted
    })
    await Promise.all(started.map((scripted) => scripted.close()))
    base.expect(faults, 'errors that the page did not catch').toEqual([])
  },
})

export { expect } from '@playwright/test'
