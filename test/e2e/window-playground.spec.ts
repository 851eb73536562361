import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chat, composer, expect, open, test } from './window.ts'

test.beforeEach(async ({ page }) => {
  await open(page, 'Playground')
  await expect(page.getByRole('combobox', { name: 'Model' })).not.toContainText('Choose')
})

test('an answer of the simulator streams in, with its figures, and one click opens its exchange', async ({ page }) => {
  const log = await chat(page, 'Hello there')
  await expect(log).toContainText('Hello there')
  await expect(log).toContainText(/simulator/i)
  await expect(log).toContainText(/TTFT [\d.]+ m?s/)
  await expect(log).toContainText(/out \d+/)
  await log.getByRole('link', { name: 'Exchange' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()
  const row = page.getByRole('grid', { name: 'Exchanges' }).getByRole('row', { selected: true })
  await expect(row).toContainText('Playground')
  await expect(page.getByRole('heading', { name: /^Why it went to/ })).toBeVisible()
  // The conversation is still there.
  await open(page, 'Playground')
  await expect(page.getByRole('log', { name: 'Conversation' })).toContainText('Hello there')
})

test('Stop keeps what had arrived, and Regenerate asks again', async ({ page }) => {
  const log = page.getByRole('log', { name: 'Conversation' })
  await composer(page).fill('Tell me something in markdown')
  await composer(page).press('Enter')
  await expect(log).toContainText(/simulator/i)
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(log).toContainText('Stopped by you')
  await expect(log).toContainText(/simulator/i)
  await log.getByRole('button', { name: 'Regenerate' }).click()
  await expect(log).not.toContainText('Stopped by you')
  await expect(log).toContainText(/TTFT/, { timeout: 20_000 })
  await expect(log.getByRole('article', { name: 'You' })).toHaveCount(1)
})

test('Shift Enter begins a new line, New chat begins anew', async ({ page }) => {
  await composer(page).fill('one')
  await composer(page).press('Shift+Enter')
  await composer(page).pressSequentially('two')
  await expect(composer(page)).toHaveValue('one\ntwo')
  await composer(page).press('Control+Enter')
  const log = page.getByRole('log', { name: 'Conversation' })
  await expect(log.getByRole('article', { name: 'You' })).toContainText('one')
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(log.getByRole('article')).toHaveCount(0)
})

test('any model name can be typed, and an unknown one fails where the answer would be', async ({ page }) => {
  await page.getByRole('combobox', { name: 'Model' }).click()
  await page.getByRole('combobox', { name: 'Find model' }).fill('claude-haiku-4-5')
  await page
    .getByRole('option', { name: /claude-haiku-4-5/ })
    .first()
    .click()
  await expect(page.getByRole('combobox', { name: 'Model' })).toContainText('claude-haiku-4-5')
  const log = await chat(page, 'Hello Claude')
  await expect(log.getByRole('article', { name: 'claude-haiku-4-5' })).toContainText(/simulator/i)
})

test('what a model writes is inert: no HTML, no pictures, no scripts, and not one request goes out', async ({
  page,
}) => {
  const asked: string[] = []
  const sink = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
  const hostile = [
    `<img src="${address}/html.png" onerror="document.title='owned'">`,
    `![picture](${address}/md.png)`,
    `[click](javascript:document.title='owned')`,
    `[site](${address}/link)`,
    `<script>document.title='owned'</script>`,
    `<link rel="stylesheet" href="${address}/style.css">`,
  ].join(' ')
  const log = await chat(page, hostile)
  const answer = log.getByRole('article').last()
  await expect(answer.locator('img, script, style, iframe, link')).toHaveCount(0)
  await expect(answer.locator('a[href^="javascript"]')).toHaveCount(0)
  for (const link of await answer.locator('.txt a').all()) {
    await expect(link).toHaveAttribute('href', /^https?:/)
    await expect(link).toHaveAttribute('rel', /noreferrer/)
    await expect(link).toHaveAttribute('target', '_blank')
  }
  await expect(page).not.toHaveTitle('owned')
  expect(asked).toEqual([])
  await new Promise((resolve) => sink.close(resolve))
})
