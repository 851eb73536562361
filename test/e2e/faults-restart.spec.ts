import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { startServer } from '../headless-server.ts'

test('faults are off after a restart, but for those that are kept', async ({ page }) => {
  test.setTimeout(90_000)
  const folder = await mkdtemp(join(tmpdir(), 'lazuli-faults-'))
  const before = await startServer(folder)
  await page.goto(`${before.url}/#/traffic`)
  await page.getByRole('button', { name: 'Faults' }).click()
  const dialog = page.getByRole('dialog', { name: 'Faults' })
  await dialog.getByRole('button', { name: 'Slow start' }).click()
  await dialog.getByRole('button', { name: 'Save rule' }).click()
  await expect(dialog.getByRole('list')).toContainText('gone after a restart')
  await dialog.getByRole('button', { name: 'Missing end' }).click()
  await dialog.getByRole('checkbox', { name: 'Keep after a restart' }).check()
  await dialog.getByRole('button', { name: 'Save rule' }).click()
  await expect(dialog.getByRole('listitem')).toHaveCount(2)
  await before.stop()

  const after = await startServer(folder)
  await page.goto(`${after.url}/#/traffic`)
  await expect(page.getByText('leaves out the event that ends the answer')).toBeVisible()
  await page.getByRole('button', { name: 'Faults, 1 on' }).click()
  await expect(dialog.getByRole('listitem')).toHaveCount(1)
  await after.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})
