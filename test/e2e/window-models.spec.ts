import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, open, test } from './window.ts'

/** An upstream that lists one model and wants one key. */
async function upstream(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const found = request.url?.includes('/models') === true
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        found ? { object: 'list', data: [{ id: 'house-model', object: 'model' }] } : { error: { message: 'no' } },
      ),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` }
}

test('an instance is added, tested, edited and removed', async ({ page }) => {
  const { server, address } = await upstream()
  await open(page, 'Models')
  const region = page.getByRole('region', { name: 'Instances' })
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add instance' })
  await dialog.getByRole('combobox', { name: 'Type' }).click()
  await page.getByRole('option', { name: 'OpenAI-compatible' }).click()
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  await expect(dialog).toContainText('Give it a name')
  await expect(dialog).toContainText('Paste the address')
  await dialog.getByRole('textbox', { name: 'Address' }).fill(address)
  await dialog.getByRole('textbox', { name: 'Name' }).fill('house')
  await dialog.getByRole('radio', { name: 'Callers bring their own key' }).click()
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  const card = region.getByRole('article', { name: 'house' })
  await expect(card).toContainText('passthrough')
  await expect(card).toContainText('/models')

  await card.getByRole('button', { name: 'More for house' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('house-2')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(region.getByRole('article', { name: 'house-2' })).toBeVisible()
  await page.reload()
  await region.getByRole('button', { name: 'Test house-2' }).click()
  await expect(region.getByRole('article', { name: 'house-2' }).getByRole('status')).toContainText('/models')

  await region.getByRole('button', { name: 'More for house-2' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(region.getByRole('article', { name: 'house-2' })).toHaveCount(0)
  await new Promise((resolve) => server.close(resolve))
})

test('an address is read while it is typed', async ({ page }) => {
  await open(page, 'Models')
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add instance' })
  await dialog
    .getByRole('textbox', { name: 'Address' })
    .fill('https://contoso.openai.azure.com/openai/deployments/gpt-prod/chat/completions?api-version=2024-10-21')
  await expect(dialog).toContainText('Understood as')
  await expect(dialog).toContainText('gpt-prod')
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue(/contoso/)
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('rules are added, edited, moved, undone and redone, and the resolver follows', async ({ page }) => {
  await open(page, 'Models')
  const mapping = page.getByRole('region', { name: 'Mapping' })
  const rows = mapping.getByRole('table', { name: 'Rules' }).getByRole('row')
  const add = async (model: string, deployment: string): Promise<void> => {
    await mapping.getByRole('button', { name: 'Add rule' }).click()
    await mapping.getByRole('textbox', { name: 'Model or pattern' }).fill(model)
    await mapping.getByRole('textbox', { name: 'Deployment' }).fill(deployment)
    await page.keyboard.press('Enter')
    await expect(mapping.getByRole('textbox', { name: 'Model or pattern' })).toHaveCount(0)
  }
  await mapping.getByRole('button', { name: 'Add rule' }).click()
  await page.keyboard.press('Enter')
  await expect(mapping.getByRole('alert')).toContainText('Write a model name')
  await page.keyboard.press('Escape')

  await add('fast*', 'gpt-5-mini')
  await add('clever', 'gpt-5.1')
  await expect(rows).toHaveCount(3)
  await expect(rows.nth(1)).toContainText('fast*')

  await mapping.getByRole('button', { name: 'Edit rule 1' }).press('Alt+ArrowDown')
  await expect(rows.nth(1)).toContainText('clever')
  await mapping.getByRole('button', { name: 'Undo' }).click()
  await expect(rows.nth(1)).toContainText('fast*')
  await mapping.getByRole('button', { name: 'Redo' }).click()
  await expect(rows.nth(1)).toContainText('clever')

  await mapping.getByRole('button', { name: 'Edit rule 1' }).click()
  await mapping.getByRole('textbox', { name: 'Deployment' }).fill('gpt-4.1-mini')
  await page.keyboard.press('Enter')
  await expect(rows.nth(1)).toContainText('gpt-4.1-mini')

  await page.getByRole('region', { name: 'Resolver' }).getByRole('textbox', { name: 'Model name' }).fill('clever')
  await expect(page.getByRole('region', { name: 'Resolver' })).toContainText('gpt-4.1-mini on simulator')
  await expect(rows.nth(1)).toHaveAttribute('aria-current', 'true')

  await page.reload()
  await expect(rows.nth(1)).toContainText('clever')
  await mapping.getByRole('button', { name: 'Remove rule 1' }).click()
  await expect(rows).toHaveCount(2)
})
