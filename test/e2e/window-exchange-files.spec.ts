import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
import { bundleHeader, bundleLine } from '../../shared/bundle.ts'
import { exchangeDetail } from '../renderer/scripted-exchange.ts'
import { exchangeRows } from '../renderer/scripted-scene.ts'
import { callAsTool, expect, keyHeader, open, test } from './window.ts'

const rows = (page: Page) => page.getByRole('grid', { name: 'Exchanges' }).getByRole('row')

async function axe(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${colorScheme}: ${id} ${nodes.map(({ html }) => html).join()}`)).toEqual(
      [],
    )
  }
}

test('a file that is no bundle is refused with a sentence', async ({ page, lazuli }) => {
  await open(page, 'Traffic')
  const file = join(lazuli.folder, 'notes.jsonl')
  await writeFile(file, '{"hello":1}\n')
  await page.getByLabel('Bundle to import').setInputFiles(file)
  await expect(page.getByRole('status').filter({ hasText: 'bundle' })).toBeVisible()
})

test('a bundle is imported by dropping it on the page', async ({ page }) => {
  const detail = exchangeDetail(exchangeRows(10)[3]!)
  const lane = { events: [], truncated: false }
  const text = bundleHeader + bundleLine({ detail, upstream: lane, client: lane })
  await open(page, 'Traffic')
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer()
    data.items.add(new File([content], 'recorded.jsonl'))
    return data
  }, text)
  await rows(page).first().dispatchEvent('drop', { dataTransfer: transfer })
  await expect(page.getByText('1 exchange imported from recorded.jsonl')).toBeVisible()
  await expect(page.getByRole('region', { name: 'Origin' })).toContainText('Imported from a bundle')
  await expect(rows(page)).toHaveCount(2)
})

test('what the filter matches is served as a mock that answers as recorded', async ({ page, baseUrl }) => {
  test.setTimeout(90_000)
  const key = await keyHeader(page)
  await callAsTool(page, baseUrl, 'Record this', key)
  await open(page, 'Traffic')
  await expect(rows(page).nth(1)).toContainText('200')
  await page.getByRole('button', { name: 'More of the list' }).click()
  await page.getByRole('menuitem', { name: 'Serve all that match as mock' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name of the instance' }).fill('played')
  await axe(page)
  await dialog.getByRole('button', { name: 'Serve', exact: true }).click()
  await expect(dialog).toContainText('played serves')
  await dialog.getByRole('button', { name: 'Done' }).click()
  const id = await callAsTool(page, baseUrl, 'Record this', key)
  await page.locator(`[id="x-${id}"]`).click()
  await expect(page.getByRole('region', { name: 'Overview of the exchange' })).toContainText('played')
  await open(page, 'Models')
  await expect(page.getByRole('region', { name: 'Instances' })).toContainText('played')
})
