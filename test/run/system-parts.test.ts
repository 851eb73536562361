import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const run = join(import.meta.dirname, '../run.mjs')

test('where nothing can be installed, every missing part is named, nothing is skipped, and it fails', () => {
  const env = { ...process.env, PATH: '/nonexistent', CHROMIUM_PATH: '/nonexistent/chromium' }
  const done = spawnSync(process.execPath, [run, 'e2e'], { env, encoding: 'utf8' })
  expect(done.stdout).toContain('Missing: Chromium, D-Bus, gnome-keyring')
  expect(done.stdout).toContain('chromium, dbus, gnome-keyring')
  expect(done.stdout).toMatch(/\n0 passed, 1 failed\n$/)
  expect(done.status).toBe(1)
})

test('an unknown stage names those that there are', () => {
  const done = spawnSync(process.execPath, [run, 'everything'], { encoding: 'utf8' })
  expect(done.stdout).toContain('There is no stage "everything"; there are check, build, unit, e2e, fuzz, soak.')
  expect(done.status).toBe(1)
})
