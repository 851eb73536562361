import type { Page } from '@playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
import { callAsTool, expect, open, test } from './window.ts'

const grid = (page: Page) => page.getByRole('grid', { name: 'Exchanges' })
const action = (page: Page, name: string) =>
  page.getByRole('toolbar', { name: 'Actions on the exchange' }).getByRole('button', { name, exact: true })

async function openLatest(page: Page, baseUrl: string, prompt: string): Promise<string> {
  const id = await callAsTool(page, baseUrl, prompt)
  await open(page, 'Traffic')
  await page.locator(`[id="x-${id}"]`).click()
  await expect(action(page, 'Replay')).toBeVisible()
  return id
}

async function expectNoViolations(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(
      violations.map(({ id, nodes }) => `${colorScheme}: ${id} ${nodes.map(({ html }) => html).join(' | ')}`),
    ).toEqual([])
  }
}

test('an exchange is replayed, and the new one opens and names the old one', async ({ page, baseUrl }) => {
  const id = await openLatest(page, baseUrl, 'Say it once more')
  await action(page, 'Replay').click()
  const origin = page.getByRole('region', { name: 'Origin' })
  await expect(origin).toContainText(`Replay of ${id}`)
  await expect(grid(page).getByRole('row', { selected: true })).toContainText('Replay')
  await page.getByRole('tab', { name: 'Response' }).click()
  await expect(page.getByRole('tabpanel', { name: 'Response' })).toContainText('Say it once more')
  await page.getByRole('tab', { name: 'Overview' }).click()
  await origin.getByRole('link', { name: id }).click()
  await expect(page).toHaveURL(new RegExp(`#/traffic/${id}$`))
  await page.keyboard.press('r')
  await expect(grid(page).getByRole('row')).toHaveCount(4)
})

test('a replay that does not come to its end is stopped', async ({ page, baseUrl }) => {
  await openLatest(page, baseUrl, 'Be quick')
  await action(page, 'Edit and resend').click()
  const dialog = page.getByRole('dialog', { name: 'Edit and resend' })
  const body = dialog.getByRole('textbox', { name: 'Request body' })
  await expect(body).toContainText('Be quick')
  await body.click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  const messages = [{ role: 'user', content: 'simulate stall' }]
  await page.keyboard.insertText(JSON.stringify({ model: 'gpt-4.1-mini', stream: true, messages }))
  await dialog.getByRole('button', { name: 'Send' }).click()
  const stop = page.getByRole('region', { name: 'Origin' }).getByRole('button', { name: 'Stop' })
  await expect(stop).toBeVisible()
  await expectNoViolations(page)
  await stop.click()
  await expect(stop).toBeHidden()
  await expect(grid(page).getByRole('row', { selected: true })).toContainText('left')
})

test('a request is edited, checked in place, and resent to another model', async ({ page, baseUrl }) => {
  test.setTimeout(90_000)
  await openLatest(page, baseUrl, 'The first wording')
  await action(page, 'Edit and resend').click()
  const dialog = page.getByRole('dialog', { name: 'Edit and resend' })
  const body = dialog.getByRole('textbox', { name: 'Request body' })
  await expect(body).toContainText('The first wording')
  await expectNoViolations(page)
  await body.click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText('{ "model": "gpt-4.1-mini", "messages": [')
  await expect(dialog.getByRole('status')).toContainText('line 1')
  await expect(dialog.getByRole('button', { name: 'Send' })).toBeDisabled()
  await page.keyboard.insertText('{ "role": "user", "content": "The second wording" }] }')
  await dialog.getByRole('combobox', { name: 'Model' }).click()
  await page.getByRole('combobox', { name: 'Find model' }).fill('claude-sonnet-4-5')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Send' }).click()
  await expect(dialog).toBeHidden()
  await expect(grid(page).getByRole('row', { selected: true })).toContainText('claude-sonnet-4-5')
  await page.getByRole('tab', { name: 'Request' }).click()
  await expect(page.getByRole('tabpanel', { name: 'Request' })).toContainText('The second wording')
})

test('two exchanges are compared: what was asked and answered differs, ids and times do not count', async ({
  page,
  baseUrl,
}) => {
  test.setTimeout(90_000)
  const first = await callAsTool(page, baseUrl, 'Count to three')
  await openLatest(page, baseUrl, 'Count to four')
  await expect(action(page, 'Compare')).toBeDisabled()
  await page.locator(`[id="x-${first}"]`).click()
  await page.keyboard.press('p')
  await expect(action(page, 'Pin')).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByRole('link', { name: /^Pinned/ })).toBeVisible()
  await grid(page).getByRole('row').nth(2).click()
  await action(page, 'Compare').click()
  const dialog = page.getByRole('dialog', { name: 'Compare' })
  const table = dialog.getByRole('table')
  await expect(table.getByRole('row').filter({ hasText: 'messages[0].content' })).toContainText('Count to three')
  await expect(table).toContainText('Count to four')
  await expect(table).not.toContainText('chatcmpl')
  await expect(table).not.toContainText('body.model')
  await expectNoViolations(page)
  await dialog.getByRole('button', { name: 'All' }).click()
  await expect(table).toContainText('body.model')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Unpin' }).click()
  await expect(action(page, 'Compare')).toBeDisabled()
})

test('a replay says the same as its original', async ({ page, baseUrl }) => {
  const id = await openLatest(page, baseUrl, 'Nothing changes')
  await page.keyboard.press('p')
  await page.keyboard.press('r')
  await expect(page.getByRole('region', { name: 'Origin' })).toContainText(id)
  await expect(grid(page).getByRole('row', { selected: true })).toContainText('200')
  await page.keyboard.press('d')
  await expect(page.getByRole('dialog', { name: 'Compare' })).toContainText('They say the same.')
})

test('the recorded request is copied as code, by key, from the bar and from the menu of its row', async ({
  page,
  baseUrl,
}) => {
  await openLatest(page, baseUrl, 'Copy me')
  await page.keyboard.press('ControlOrMeta+Shift+c')
  await expect(page.getByText('Copied as cURL')).toBeVisible()
  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Copy as TypeScript' }).click()
  await expect(page.getByText('Copied as TypeScript')).toBeVisible()
  await grid(page).getByRole('row').nth(1).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Copy as Python' }).click()
  await expect(page.getByText('Copied as Python')).toBeVisible()
})
