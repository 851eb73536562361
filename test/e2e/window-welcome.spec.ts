import { expectAccessible } from './axe.ts'
import { expect, keyHeader, test } from './window.ts'

test('three steps, each with a check that something real happened', async ({ page, baseUrl }) => {
  test.setTimeout(90_000)
  const steps = page.getByRole('list', { name: 'First steps' })
  await expect(page.getByRole('heading', { level: 1, name: 'Welcome to Lazuli' })).toBeVisible()
  await expect(steps.getByText('done')).toHaveCount(0)

  await page.getByRole('button', { name: /^Try it with the simulator/ }).click()
  await expect(page.getByText(/^simulator answered in/).first()).toBeVisible()
  await expect(page.getByRole('region', { name: 'curl command' })).toContainText(baseUrl)
  await page.getByRole('button', { name: 'Continue' }).click()

  await page.getByRole('button', { name: 'Ask it to say hello' }).click()
  await expect(page.getByRole('link', { name: 'See every byte of it' })).toBeVisible({ timeout: 20_000 })
  await expect(steps.getByRole('button', { name: /Pick a deployment\s*, done/ })).toBeVisible()
  await page.getByRole('button', { name: 'Continue' }).click()

  await expect(page.getByRole('heading', { name: 'Connect a tool' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Finish without' })).toBeVisible()
  const key = await keyHeader(page)
  await expect(page.getByRole('heading', { name: 'Connect a tool' })).toBeVisible()
  const answer = await fetch(`${baseUrl}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'claude-cli/2.1.44 (external, cli)', ...key },
    body: JSON.stringify({
      model: 'claude-sonnet-4-5',
      max_tokens: 20,
      messages: [{ role: 'user', content: 'Hello' }],
    }),
  })
  expect(answer.status).toBe(200)
  await expect(page.getByText('Claude Code talks through Lazuli').first()).toBeVisible({ timeout: 20_000 })
  await page.getByRole('button', { name: 'Finish' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()
})

test('the steps can be left and gone on with later, from where they were', async ({ page }) => {
  await page.getByRole('button', { name: /^Try it with the simulator/ }).click()
  await expect(page.getByText(/^simulator answered in/).first()).toBeVisible()
  await page.getByRole('link', { name: 'Traffic' }).click()
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Traffic' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find a command' }).fill('first steps')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /Connect Azure\s*, done/ })).toBeVisible()
})

test('who skips everything is left with the simulator, and is not asked again', async ({ page }) => {
  for (const word of ['Skip', 'Skip', 'Finish without']) {
    // oxlint-disable-next-line no-await-in-loop -- one step after the other
    await page.getByRole('button', { name: word }).click()
  }
  await expect(page.getByRole('heading', { level: 1, name: 'Playground' })).toBeVisible()
  await page.goto(page.url().replace(/#.*$/, ''))
  await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()
})

test('axe finds nothing in any of the steps', async ({ page }) => {
  test.setTimeout(180_000)
  await expectAccessible(page, 'Connect')
  await page.getByRole('button', { name: /^Try it with the simulator/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Ask it to say hello' }).click()
  await page.getByRole('link', { name: 'See every byte of it' }).waitFor({ timeout: 20_000 })
  await expectAccessible(page, 'Chat')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Connect a tool' }).waitFor()
  await expectAccessible(page, 'Tool')
})
