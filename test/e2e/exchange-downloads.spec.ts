/** In a browser alone: the app's stand-in has neither a folder for downloads nor a clipboard that a test may read. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
import { readBundle } from '../../shared/bundle.ts'
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

/** What a download was saved as. */
async function saved(page: Page, save: string | RegExp): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('dialog').getByRole('button', { name: save }).click(),
  ])
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
}

test('chosen exchanges leave as a bundle and come back from it', async ({ page, baseUrl, lazuli }) => {
  test.setTimeout(90_000)
  const key = await keyHeader(page)
  for (const prompt of ['one', 'two', 'three']) await callAsTool(page, baseUrl, prompt, key)
  await open(page, 'Traffic')
  await rows(page).nth(1).click()
  await rows(page)
    .nth(2)
    .click({ modifiers: ['Shift'] })
  await expect(page.getByText('2 exchanges chosen')).toBeVisible()
  const chosen = page.getByRole('toolbar', { name: 'Actions on the chosen exchanges' })
  await chosen.getByRole('button', { name: 'Export' }).click()
  await expect(page.getByRole('radio', { name: /^SSE fixture/ })).toBeDisabled()
  await axe(page)
  const bundle = await saved(page, 'Save 2 exchanges')
  const read = readBundle(bundle.text)
  expect('exchanges' in read && read.exchanges.map(({ detail }) => detail.requestBody.text)).toEqual([
    expect.stringContaining('one'),
    expect.stringContaining('two'),
  ])
  const file = join(lazuli.folder, bundle.name)
  await writeFile(file, bundle.text)
  await page.getByLabel('Bundle to import').setInputFiles(file)
  await expect(page.getByText('2 exchanges imported')).toBeVisible()
  await expect(rows(page)).toHaveCount(6)
  await expect(page.getByRole('region', { name: 'Origin' })).toContainText('Imported from a bundle')
})

test('one exchange leaves as HAR and as the bytes of its stream', async ({ page, baseUrl }) => {
  await callAsTool(page, baseUrl, 'A stream to keep')
  await open(page, 'Traffic')
  await rows(page).nth(1).click()
  const bar = page.getByRole('toolbar', { name: 'Actions on the exchange' })
  await bar.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('radio', { name: /^HAR/ }).check()
  const har = JSON.parse((await saved(page, /^Save/)).text) as { log: { version: string; entries: unknown[] } }
  expect(har.log).toMatchObject({ version: '1.2' })
  expect(har.log.entries).toHaveLength(2)
  await bar.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('radio', { name: /^SSE/ }).check()
  await page.getByRole('button', { name: 'To the client' }).click()
  expect((await saved(page, /^Save/)).text).toMatch(/^data: [\s\S]*data: \[DONE\]/)
})

test('the recorded request is copied as cURL, TypeScript and Python', async ({ page, baseUrl }) => {
  await callAsTool(page, baseUrl, 'Copy me')
  await open(page, 'Traffic')
  await rows(page).nth(1).click()
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
  await page.keyboard.press('ControlOrMeta+Shift+c')
  await expect.poll(copied).toContain(`${baseUrl}/v1/chat/completions`)
  expect(await copied()).toContain('Copy me')
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Copy as TypeScript' }).click()
  await expect.poll(copied).toContain('new OpenAI(')
  await rows(page).nth(1).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Copy as Python' }).click()
  await expect.poll(copied).toContain('client = OpenAI(')
})
