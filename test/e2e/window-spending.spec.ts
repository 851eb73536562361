import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { callAsTool, expect, open, test } from './window.ts'

/** The checks of axe take their time. */
test.describe.configure({ timeout: 60_000 })

async function sections(page: Page): Promise<Record<'keys' | 'budgets' | 'prices' | 'spending', Locator>> {
  await open(page, 'Settings')
  const region = (name: string): Locator => page.getByRole('region', { name, exact: true })
  return {
    keys: region('Local keys'),
    budgets: region('Budgets'),
    prices: region('Prices'),
    spending: region('Spending'),
  }
}

function ask(baseUrl: string, key: string, model: string): Promise<Response> {
  return fetch(`${baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  })
}

async function choose(page: Page, dialog: Locator, label: string, option: RegExp | string): Promise<void> {
  await dialog.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

/** As a name that no list has. */
async function type(page: Page, dialog: Locator, label: string, text: string): Promise<void> {
  await dialog.getByRole('combobox', { name: label }).click()
  await page.getByRole('combobox', { name: `Find ${label.toLowerCase()}` }).fill(text)
  await page.getByRole('option', { name: text }).click()
}

/** @param part selector of what is new on the page */
async function axe(page: Page, part: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
}

test('a local key is made, shown once, opens its models alone, and is revoked', async ({ page, baseUrl }) => {
  const { keys } = await sections(page)
  await expect(keys).toContainText('There is no key yet')
  await keys.getByRole('button', { name: 'Add key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add key' })
  await dialog.getByRole('button', { name: 'Make key' }).click()
  await expect(dialog).toContainText('give it a name')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('ci')
  await dialog.getByRole('textbox', { name: 'Models' }).fill('gpt-4.1-mini\ngpt-5*')
  await dialog.getByRole('textbox', { name: 'Per day' }).fill('lots')
  await dialog.getByRole('button', { name: 'Make key' }).click()
  await expect(dialog).toContainText('an amount above 0')
  await dialog.getByRole('textbox', { name: 'Per day' }).fill('2.50')
  await axe(page, '[role=dialog]')
  await dialog.getByRole('button', { name: 'Make key' }).click()
  const shown = page.getByRole('dialog', { name: 'The key ci' })
  await expect(shown).toContainText('shown this once')
  const key = await shown.getByRole('textbox', { name: 'Key' }).inputValue()
  expect(key).toMatch(/^lz-key-[\w-]{43}$/)
  await axe(page, '[role=dialog]')
  await shown.getByRole('button', { name: 'Done' }).click()
  const row = keys.getByRole('row', { name: /^ci/ })
  await expect(row).toContainText('gpt-4.1-mini, gpt-5*')
  await expect(row).toContainText('$2.50 a day')
  await expect(row).toContainText('never')
  expect(await page.content()).not.toContain(key)

  expect((await ask(baseUrl, key, 'gpt-4.1-mini')).status).toBe(200)
  const refused = await ask(baseUrl, key, 'claude-sonnet-4-5')
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('may not use the model')])
  expect((await fetch(`${baseUrl}/config`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(403)
  await page.reload()
  await expect(row).not.toContainText('never')

  await row.getByRole('button', { name: 'Revoke ci' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(keys).toContainText('There is no key yet')
  const after = await ask(baseUrl, key, 'claude-sonnet-4-5')
  // Where every program may call, it is a call like any other; else it is a wrong key.
  expect(after.status).toBe((await ask(baseUrl, 'wrong-key-0000', 'claude-sonnet-4-5')).status)
})

test('a budget is added, edited and removed', async ({ page }) => {
  const { budgets } = await sections(page)
  await expect(budgets).toContainText('nothing is limited')
  await budgets.getByRole('button', { name: 'Add budget' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add budget' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('Set a limit per day or per month')
  await choose(page, dialog, 'Limits', 'A deployment')
  await dialog.getByRole('textbox', { name: 'Per month' }).fill('40')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('choose one')
  await type(page, dialog, 'Deployment', 'contoso/gpt-5-prod')
  await choose(page, dialog, 'When it is used up', /^Block/)
  await axe(page, '[role=dialog]')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const row = budgets.getByRole('listitem').filter({ hasText: 'contoso/gpt-5-prod' })
  await expect(row).toContainText('blocks')
  await expect(row.getByRole('meter')).toHaveAttribute('aria-valuetext', '$0.00 of $40.00 this month')

  await row.getByRole('button', { name: 'Edit budget of contoso/gpt-5-prod' }).click()
  const edit = page.getByRole('dialog', { name: 'Edit budget' })
  await edit.getByRole('textbox', { name: 'Per day' }).fill('2')
  await edit.getByRole('button', { name: 'Save' }).click()
  await expect(row.getByRole('meter')).toHaveCount(2)
  await page.reload()
  await expect(row).toContainText('$0.00 of $2.00 today')
  await axe(page, '#budgets')

  await row.getByRole('button', { name: 'Remove budget of contoso/gpt-5-prod' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(budgets).toContainText('nothing is limited')
})

test('an own price is set and taken back', async ({ page }) => {
  const { prices } = await sections(page)
  await prices.getByRole('button', { name: 'Add own price' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add own price' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('choose one, or type its name')
  await type(page, dialog, 'Model or deployment', 'house/llama')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('Write at least one price')
  await dialog.getByRole('textbox', { name: 'Input', exact: true }).fill('0.2')
  await dialog.getByRole('textbox', { name: 'Output' }).fill('0.6')
  await axe(page, '[role=dialog]')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const row = prices.getByRole('row', { name: /house\/llama/ })
  await expect(row).toContainText('$0.20')
  await expect(row).toContainText('your own')
  await page.reload()
  await row.getByRole('button', { name: 'Remove price of house/llama' }).click()
  await expect(row).toHaveCount(0)
})

test('spending shows every request by day, deployment and client, and comes as a file', async ({ page, baseUrl }) => {
  await callAsTool(page, baseUrl, 'one')
  await callAsTool(page, baseUrl, 'two')
  const { spending } = await sections(page)
  await expect(spending).toContainText('2 requests')
  await expect(spending.getByRole('img', { name: /^Last 30 days by day\. Most on .*: 2 requests/ })).toBeVisible()
  await spending.getByRole('button', { name: 'Deployment' }).click()
  const list = spending.getByRole('table')
  await expect(list.getByRole('row', { name: /^simulator\// })).toContainText('2')
  await spending.getByRole('button', { name: 'Client' }).click()
  await expect(list.getByRole('row', { name: /^curl/ })).toBeVisible()
  await axe(page, '#spending')
  await expect(page.getByRole('contentinfo')).toContainText('$0.00 today')
})
