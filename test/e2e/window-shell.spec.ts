import { AxeBuilder } from '@axe-core/playwright'
import { chat, expect, open, test, type PageTitle } from './window.ts'

test('the first run offers Azure or the simulator, and the simulator leads to a chat', async ({ page, baseUrl }) => {
  await expect(page.getByRole('heading', { level: 1, name: 'Welcome to Lazuli' })).toBeVisible()
  await page.getByRole('button', { name: /^Connect Azure Paste/ }).click()
  await page.getByRole('button', { name: 'Add and test' }).click()
  await expect(page.getByRole('alert').first()).toContainText('Paste the address')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: /^Try it with the simulator/ }).click()
  await expect(page.getByRole('region', { name: 'curl command' })).toContainText(baseUrl)
  await open(page, 'Playground')
  await chat(page, 'Hello')
})

test('the rail has the pages that exist, and the keys go there', async ({ page }) => {
  const links = page.getByRole('navigation').getByRole('link')
  await expect(links).toHaveText(['Traffic', 'Playground', 'Models', 'Tools', 'Settings'])
  for (const [index, title] of ['Traffic', 'Playground', 'Models', 'Tools', 'Settings'].entries()) {
    await page.keyboard.press(`Control+${index + 1}`)
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    await expect(page.getByRole('navigation').getByRole('link', { name: title })).toHaveAttribute(
      'aria-current',
      'page',
    )
  }
})

test('the status bar says that it runs, and copies the base URL', async ({ page, baseUrl }) => {
  const bar = page.getByRole('contentinfo')
  await expect(bar).toContainText('Running')
  await expect(bar).toContainText('requests/min')
  await expect(bar).toContainText(baseUrl)
  await bar.getByRole('button', { name: 'Copy base URL' }).click()
  await expect(bar.getByRole('status')).toHaveText('Copied')
})

test('the theme is set, stays, and is the first thing that is drawn', async ({ page }) => {
  await open(page, 'Settings')
  await page.getByRole('radiogroup', { name: 'Theme' }).getByRole('radio', { name: 'Dark' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await page.getByRole('radio', { name: 'Dark' }).press('ArrowLeft')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
})

for (const theme of ['Light', 'Dark'] as const) {
  test(`axe finds nothing on any page, ${theme.toLowerCase()}`, async ({ page }) => {
    test.setTimeout(90_000)
    const check = async (what: string): Promise<void> => {
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
      expect(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes.map((node) => node.html).join(' | ')}`)).toEqual(
        [],
      )
    }
    await check('Welcome')
    await page.getByRole('button', { name: /^Connect Azure Paste/ }).click()
    await page.getByRole('dialog').waitFor()
    await check('Connect Azure')
    await page.keyboard.press('Escape')
    await open(page, 'Settings')
    await page.getByRole('radiogroup', { name: 'Theme' }).getByRole('radio', { name: theme }).click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase())
    await check('Settings')
    await open(page, 'Traffic')
    await expect(page.getByRole('heading', { name: 'No requests yet' })).toBeVisible()
    await check('Traffic, empty')
    await open(page, 'Playground')
    await check('Playground, empty')
    const log = await chat(page, 'Show me markdown')
    await check('Playground')
    await log.getByRole('link', { name: 'Exchange' }).click()
    for (const tab of ['Overview', 'Stream', 'Request', 'Response', 'Raw']) {
      await page.getByRole('tab', { name: tab }).click()
      await check(`Traffic, ${tab}`)
    }
    await open(page, 'Models' satisfies PageTitle)
    await page.getByRole('textbox', { name: 'Model name' }).fill('claude-sonnet-4-5')
    await expect(page.getByRole('region', { name: 'Resolver' })).toContainText('on simulator')
    await page.getByRole('button', { name: 'Add rule' }).click()
    await check('Models')
    await page.getByRole('button', { name: 'Add instance' }).click()
    await page.getByRole('button', { name: 'Advanced' }).click()
    await check('Add instance')
  })
}
