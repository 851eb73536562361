import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, open, test } from './window.ts'

const KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'

/** Axe looks at whole pages in both themes. */
test.describe.configure({ timeout: 90_000 })

interface Upstream {
  server: Server
  address: string
  close: () => Promise<void>
}

/** An upstream that lists two models, answers Chat with one word, and takes no pictures. */
async function upstream(): Promise<Upstream> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { status, body } = answerTo(request.url ?? '', Buffer.concat(pieces).toString())
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function answerTo(url: string, body: string): { status: number; body: unknown } {
  if (url.includes('/models'))
    return { status: 200, body: { object: 'list', data: [{ id: 'house-model' }, { id: 'house-mini' }] } }
  if (!url.includes('/chat/completions')) return { status: 404, body: { error: { message: 'no' } } }
  if (body.includes('image_url')) return { status: 400, body: { error: { message: 'The house takes no pictures.' } } }
  const choice = { index: 0, message: { role: 'assistant', content: 'hm' }, finish_reason: 'stop' }
  return { status: 200, body: { id: 'x', object: 'chat.completion', model: 'm', choices: [choice] } }
}

const dialogOf = (page: Page, name: string): Locator => page.getByRole('dialog', { name })
const mappingOf = (page: Page): Locator => page.getByRole('region', { name: 'Mapping' })
const rowsOf = (page: Page): Locator => mappingOf(page).getByRole('table', { name: 'Rules' }).getByRole('row')

async function addRule(page: Page, model: string, deployment: string): Promise<void> {
  const mapping = mappingOf(page)
  await mapping.getByRole('button', { name: 'Add rule' }).click()
  await mapping.getByRole('textbox', { name: 'Model or pattern' }).fill(model)
  await mapping.getByRole('combobox', { name: 'Deployment' }).fill(deployment)
  await page.keyboard.press('Enter')
  await expect(mapping.getByRole('textbox', { name: 'Model or pattern' })).toHaveCount(0)
}

async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(
      violations.map(({ id, nodes }) => `${colorScheme}: ${id} ${nodes.map((node) => node.html).join(' | ')}`),
    ).toEqual([])
  }
}

test('an instance is added, tested, edited, switched off and removed', async ({ page }) => {
  const { address, close } = await upstream()
  await open(page, 'Models')
  const region = page.getByRole('region', { name: 'Instances' })
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = dialogOf(page, 'Add instance')
  await dialog.getByRole('combobox', { name: 'Type' }).click()
  await page.getByRole('option', { name: 'OpenAI-compatible' }).click()
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  await expect(dialog).toContainText('Give it a name')
  await expect(dialog).toContainText('Paste the address')
  await dialog.getByRole('textbox', { name: 'Address' }).fill(address)
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('house')
  await dialog.getByRole('radio', { name: 'Callers bring their own key' }).click()
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  const card = region.getByRole('article', { name: 'house' })
  await expect(card).toContainText('passthrough')
  await expect(card).toContainText('/models')

  await card.getByRole('button', { name: 'More for house' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('house-2')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(region.getByRole('article', { name: 'house-2' })).toBeVisible()
  await page.reload()
  await region.getByRole('button', { name: 'Test house-2' }).click()
  await expect(region.getByRole('article', { name: 'house-2' }).getByRole('status')).toContainText('/models')
  await region.getByRole('switch', { name: 'Switch house-2 off' }).click()
  await expect(region.getByRole('article', { name: 'house-2' })).toContainText('switched off')
  await region.getByRole('switch', { name: 'Switch house-2 on' }).click()
  await expect(region.getByRole('article', { name: 'house-2' })).not.toContainText('switched off')

  await region.getByRole('button', { name: 'More for house-2' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(region.getByRole('article', { name: 'house-2' })).toHaveCount(0)
  await close()
})

test('of a recording, when a request is one of it and how fast it is played are chosen, and stay', async ({ page }) => {
  await open(page, 'Models')
  const region = page.getByRole('region', { name: 'Instances' })
  const choose = async (dialog: Locator, label: string, option: string): Promise<void> => {
    await dialog.getByRole('combobox', { name: label }).click()
    await page.getByRole('option', { name: option }).click()
  }
  await page.getByRole('button', { name: 'Add instance' }).click()
  const adding = dialogOf(page, 'Add instance')
  await choose(adding, 'Type', 'Recording, played again')
  await adding.getByRole('textbox', { name: 'Bundle' }).fill('/nowhere/calls.jsonl')
  await adding.getByRole('textbox', { name: 'Name', exact: true }).fill('played')
  await choose(adding, 'A request is a recorded one when', 'What was said last is the same')
  await choose(adding, 'Speed', 'At once')
  await adding.getByRole('button', { name: 'Add and test' }).click()
  const card = region.getByRole('article', { name: 'played' })
  await expect(card).toContainText('played again')
  await page.reload()
  await card.getByRole('button', { name: 'More for played' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  const matches = page.getByRole('combobox', { name: 'A request is a recorded one when' })
  await expect(matches).toHaveText('What was said last is the same')
  await expect(page.getByRole('combobox', { name: 'Speed' })).toHaveText('At once')
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations).toEqual([])
})

test('an address is read while it is typed', async ({ page }) => {
  await open(page, 'Models')
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = dialogOf(page, 'Add instance')
  await dialog
    .getByRole('textbox', { name: 'Address' })
    .fill('https://contoso.openai.azure.com/openai/deployments/gpt-prod/chat/completions?api-version=2024-10-21')
  await expect(dialog).toContainText('Understood as')
  await expect(dialog).toContainText('gpt-prod')
  await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(/contoso/)
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
})

test('what is pasted fills the form, its key is never shown, and discovered deployments are picked', async ({
  page,
}) => {
  const { address, close } = await upstream()
  await open(page, 'Models')
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = dialogOf(page, 'Add instance')
  const paste = dialog.getByRole('textbox', { name: 'Paste from the portal' })
  await paste.fill(`OPENAI_BASE_URL=${address}\nOPENAI_API_KEY=${KEY}`)
  await expect(dialog).toContainText('The key, for the keychain')
  await expect(paste).not.toHaveValue(new RegExp(KEY))
  await expect(paste).toHaveValue(/•/)
  await expect(dialog.getByRole('textbox', { name: 'Address' })).toHaveValue(address)
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('house')
  await dialog.getByRole('radio', { name: 'Stored key' }).click()
  await expect(dialog.getByLabel('Key', { exact: true })).toHaveValue(KEY)
  await expect(dialog.getByLabel('Key', { exact: true })).toHaveAttribute('type', 'password')

  await dialog.getByRole('button', { name: 'Test connection' }).click()
  await expect(dialog.getByRole('status').filter({ hasText: 'Address and key work' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Find deployments' }).click()
  await dialog.getByRole('checkbox', { name: 'Serve house-model' }).uncheck()
  await dialog.getByRole('textbox', { name: 'Name for house-mini' }).fill('gpt-4o-mini')
  await dialog.getByRole('textbox', { name: 'Another deployment' }).fill('typed-one')
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('checkbox', { name: 'Serve typed-one' })).toBeChecked()
  await expectAccessible(page)
  await close()
})

test('rules are added, edited, moved, undone and redone, and the resolver follows', async ({ page }) => {
  await open(page, 'Models')
  const mapping = mappingOf(page)
  const rows = rowsOf(page)
  await mapping.getByRole('button', { name: 'Add rule' }).click()
  await page.keyboard.press('Enter')
  await expect(mapping.getByRole('alert')).toContainText('Write a model name')
  await page.keyboard.press('Escape')

  await addRule(page, 'fast*', 'gpt-5-mini')
  await addRule(page, 'clever', 'gpt-5.1')
  await expect(rows).toHaveCount(3)
  await expect(mapping.getByRole('status')).toHaveText('Saved')

  await mapping.getByRole('button', { name: 'Edit rule 1' }).press('Alt+ArrowDown')
  await expect(rows.nth(1)).toContainText('clever')
  await expect(mapping.getByRole('button', { name: 'Edit rule 2' })).toBeFocused()
  await mapping.getByRole('button', { name: 'Undo' }).click()
  await expect(rows.nth(1)).toContainText('fast*')
  await mapping.getByRole('button', { name: 'Redo' }).click()
  await expect(rows.nth(1)).toContainText('clever')

  await mapping.getByRole('button', { name: 'Edit rule 1' }).click()
  await mapping.getByRole('combobox', { name: 'Deployment' }).fill('gpt-4.1-mini')
  await page.keyboard.press('Enter')
  await expect(rows.nth(1)).toContainText('gpt-4.1-mini')

  await page.getByRole('region', { name: 'Resolver' }).getByRole('textbox', { name: 'Model name' }).fill('clever')
  await expect(page.getByRole('region', { name: 'Resolver' })).toContainText('gpt-4.1-mini on simulator')
  await expect(rows.nth(1)).toHaveAttribute('aria-current', 'true')

  await page.reload()
  await expect(rows.nth(1)).toContainText('clever')
  await mapping.getByRole('button', { name: 'More for rule 1' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await expect(rows).toHaveCount(2)
})

test('the mapping is edited by keyboard alone: the grip moves and tells, Ctrl+Z takes back', async ({ page }) => {
  await open(page, 'Models')
  const mapping = mappingOf(page)
  const rows = rowsOf(page)
  for (const name of ['one', 'two', 'three']) await addRule(page, name, 'gpt-5.1')
  const grip = mapping.getByRole('button', { name: 'Reorder rule 3' })
  await grip.focus()
  await page.keyboard.press('ArrowUp')
  await expect(rows.nth(2)).toContainText('three')
  await expect(mapping.getByRole('button', { name: 'Reorder rule 2' })).toBeFocused()
  await expect(mapping.getByText('Rule three is now at place 2 of 3.')).toBeAttached()
  await page.keyboard.press('Alt+ArrowUp')
  await expect(rows.nth(1)).toContainText('three')
  await page.keyboard.press('Control+z')
  await expect(rows.nth(2)).toContainText('three')
  await page.keyboard.press('Control+Shift+z')
  await expect(rows.nth(1)).toContainText('three')
})

test('a rule is dragged to another place', async ({ page }) => {
  await open(page, 'Models')
  const mapping = mappingOf(page)
  for (const name of ['one', 'two', 'three']) await addRule(page, name, 'gpt-5.1')
  const from = await mapping.getByRole('button', { name: 'Reorder rule 1' }).boundingBox()
  const to = await mapping.getByRole('button', { name: 'Reorder rule 3' }).boundingBox()
  if (from === null || to === null) throw new Error('no grip is shown')
  await page.mouse.move(from.x + 5, from.y + 5)
  await page.mouse.down()
  await page.mouse.move(to.x + 5, to.y + 5, { steps: 4 })
  await page.mouse.up()
  await expect(rowsOf(page).nth(3)).toContainText('one')
  await expect(rowsOf(page).nth(1)).toContainText('two')
})

test('a rule that is never reached says so and is put right; a copy is a start for another', async ({ page }) => {
  await open(page, 'Models')
  const mapping = mappingOf(page)
  const rows = rowsOf(page)
  await addRule(page, 'gpt-*', 'gpt-5.1')
  await addRule(page, 'gpt-4*', 'gpt-4.1-mini')
  await expect(rows.nth(2)).toContainText('Never reached: rule 1 (gpt-*) comes first')
  await expectAccessible(page)
  await mapping.getByRole('button', { name: 'Move above rule 1' }).click()
  await expect(rows.nth(1)).toContainText('gpt-4*')
  await expect(mapping).not.toContainText('Never reached')

  await mapping.getByRole('button', { name: 'More for rule 1' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(mapping).toContainText('Never reached: rule 1 is for the same name.')
  await mapping.getByRole('textbox', { name: 'Model or pattern' }).fill('o4*')
  await expect(mapping).not.toContainText('Never reached')
  await page.keyboard.press('Enter')
  await expect(rows.nth(2)).toContainText('o4*')
})

test('the resolver answers each API, and makes the rule for a name that nothing serves', async ({ page }) => {
  const { address, close } = await upstream()
  await open(page, 'Models')
  await addHouse(page, address, 'gpt-4o')
  const resolver = page.getByRole('region', { name: 'Resolver' })
  const name = resolver.getByRole('textbox', { name: 'Model name' })
  await name.fill('gpt-4o')
  await expect(resolver).toContainText('gpt-4o on house')
  await resolver.getByRole('button', { name: 'Messages' }).click()
  await expect(resolver).toContainText('callers of Messages are translated')
  await name.fill('gpt-4oo')
  await expect(resolver).toContainText('Nothing serves this name')
  await resolver.getByRole('button', { name: 'Make the rule to gpt-4o' }).click()
  await page.keyboard.press('Enter')
  await expect(rowsOf(page).nth(1)).toContainText('gpt-4oo')
  await expect(resolver).toContainText('gpt-4o on house')
  await expect(rowsOf(page).nth(1)).toHaveAttribute('aria-current', 'true')
  await close()
})

test('a probe says its price, ticks feature by feature, and its facts warn in the resolver', async ({ page }) => {
  const { address, close } = await upstream()
  await open(page, 'Models')
  await addHouse(page, address, 'gpt-4o')
  await page.getByRole('button', { name: 'More for house' }).click()
  await page.getByRole('menuitem', { name: 'Deployments' }).click()
  const dialog = dialogOf(page, 'Deployments of house')
  await dialog.getByRole('button', { name: 'Probe gpt-4o' }).click()
  await expect(dialog).toContainText('real requests go to house')
  await dialog.getByRole('button', { name: 'Send these requests' }).click()
  await expect(dialog.getByRole('listitem', { name: /^Images: refused\. The house takes no pictures/ })).toBeVisible()
  await expect(dialog.getByRole('listitem', { name: /^Tools: not supported/ })).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Probe again' })).toBeVisible()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Close' }).click()
  const resolver = page.getByRole('region', { name: 'Resolver' })
  await resolver.getByRole('textbox', { name: 'Model name' }).fill('gpt-4o')
  await expect(resolver).toContainText('Images: refused by the deployment')
  await close()
})

test('a predecessor’s variables are taken after a preview, as one step that can be undone', async ({ page }) => {
  await open(page, 'Models')
  const mapping = mappingOf(page)
  await mapping.getByRole('button', { name: 'Import…' }).click()
  const dialog = dialogOf(page, 'Import')
  await dialog
    .getByRole('textbox', { name: 'YAML or variables' })
    .fill('AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com\nAZURE_OPENAI_MODEL_MAPPER=gpt-4o=prod-4o,o3=prod-o3')
  await dialog.getByRole('button', { name: 'Preview' }).click()
  await expect(dialog).toContainText('Read as variables: 1 instance, 2 rules.')
  await dialog.getByRole('checkbox', { name: 'Take rule o3' }).uncheck()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Take 2' }).click()
  const cards = page.getByRole('region', { name: 'Instances' })
  await expect(cards.getByRole('article', { name: 'azure' })).toBeVisible()
  await expect(rowsOf(page).nth(1)).toContainText('prod-4o')
  await expect(rowsOf(page)).toHaveCount(2)
  await mapping.getByRole('button', { name: 'Undo' }).click()
  await expect(rowsOf(page)).toHaveCount(1)
  await expect(cards.getByRole('article', { name: 'azure' })).toHaveCount(0)
  await mapping.getByRole('button', { name: 'Redo' }).click()
  await expect(rowsOf(page)).toHaveCount(2)
  await expect(cards.getByRole('article', { name: 'azure' })).toBeVisible()

  await mapping.getByRole('button', { name: 'Export' }).click()
  await expect(dialogOf(page, 'Export as YAML').getByRole('textbox', { name: 'YAML' })).toHaveValue(
    /deployment: prod-4o/,
  )
})

/** An instance without a key, which lists this model alone. */
async function addHouse(page: Page, address: string, model: string): Promise<void> {
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = dialogOf(page, 'Add instance')
  await dialog.getByRole('combobox', { name: 'Type' }).click()
  await page.getByRole('option', { name: 'OpenAI-compatible' }).click()
  await dialog.getByRole('textbox', { name: 'Address' }).fill(address)
  await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('house')
  await dialog.getByRole('radio', { name: 'Callers bring their own key' }).click()
  await dialog.getByRole('button', { name: 'Advanced' }).click()
  await dialog.getByRole('textbox', { name: 'Supported models' }).fill(model)
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  await expect(page.getByRole('article', { name: 'house' })).toBeVisible()
}
