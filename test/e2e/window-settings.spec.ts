import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expectAccessible } from './axe.ts'
import { expect, open, test as base } from './window.ts'

/** A webhook that the environment names, and what it has got. */
const test = base.extend<{ webhook: { url: string; host: string; posts: string[] } }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern.
  webhook: async ({}, use) => {
    const posts: string[] = []
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        posts.push(body)
        return response.end()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    await use({ url: `http://${host}/hook`, host, posts })
    server.closeAllConnections()
    server.close()
  },
  lazuliEnv: async ({ webhook }, use) => use({ LAZULI_ALERTS_WEBHOOK: webhook.url, LAZULI_JOURNAL_KEEP_DAYS: '5' }),
})

test('a part of the page is reached by its name, and shown as the one that is read', async ({ page }) => {
  await open(page, 'Settings')
  const parts = page.getByRole('navigation', { name: 'Settings sections' })
  await expect(parts.getByRole('button', { name: 'Server' })).toHaveAttribute('aria-current', 'true')
  await parts.getByRole('button', { name: 'Data folder' }).click()
  await expect(page.getByRole('heading', { name: 'Data folder' })).toBeInViewport()
  await page.getByRole('group', { name: 'All settings' }).evaluate((area) => area.scrollTo(0, 0))
  await expect(parts.getByRole('button', { name: 'Server' })).toHaveAttribute('aria-current', 'true')
})

test('values are checked while they are typed, saved, and there after a reload', async ({ page }) => {
  await open(page, 'Settings')
  const most = page.getByRole('textbox', { name: 'Keep at most' })
  await most.fill('0')
  await expect(page.getByRole('button', { name: 'Apply keep at most' })).toBeDisabled()
  await expect(most).toHaveAttribute('aria-invalid', 'true')
  await most.fill('512')
  await most.press('Enter')
  await expect(page.getByRole('button', { name: 'Apply keep at most' })).toBeDisabled()
  await page.getByRole('switch', { name: 'Record bodies' }).click()
  await expect(page.getByText('only heads, figures and decisions are recorded')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Keep at most' })).toHaveValue('512')
  await expect(page.getByRole('switch', { name: 'Record bodies' })).not.toBeChecked()
})

test('what the environment sets is shown with its source and cannot be changed', async ({ page }) => {
  await open(page, 'Settings')
  await expect(page.getByRole('textbox', { name: 'Keep for' })).toHaveValue('5')
  await expect(page.getByRole('textbox', { name: 'Keep for' })).toBeDisabled()
  await expect(page.getByRole('region', { name: 'Recording' })).toContainText('set from the environment')
})

test('a test of a webhook really posts, and a wrong address is refused where it stands', async ({ page, webhook }) => {
  await open(page, 'Settings')
  const alerts = page.getByRole('region', { name: 'Alerts' })
  await alerts.getByRole('button', { name: `Test Plain JSON ${webhook.host}` }).click()
  await expect(alerts).toContainText(`${webhook.host} took the message.`)
  expect(webhook.posts).toHaveLength(1)
  expect(webhook.posts[0]).toContain('This is a test')
  await expect(alerts.getByRole('button', { name: `Remove Plain JSON ${webhook.host}` })).toBeDisabled()
  await alerts.getByRole('textbox', { name: 'Address of the webhook' }).fill('slack.com/hook')
  await alerts.getByRole('button', { name: 'Add webhook' }).click()
  await expect(alerts).toContainText('must be an http(s) address')
})

test('recording is paused and everything erased from here', async ({ page }) => {
  await open(page, 'Settings')
  const recording = page.getByRole('region', { name: 'Recording' })
  await recording.getByRole('switch', { name: 'Recording' }).click()
  await expect(page.getByRole('contentinfo')).toContainText('Recording off')
  await recording.getByRole('button', { name: 'Erase recorded traffic…' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Erase' }).click()
  await expect(recording).toContainText('Erased.')
})

test('the log’s level is set at once and its latest lines are shown', async ({ page }) => {
  await open(page, 'Settings')
  await page.getByRole('combobox', { name: 'Log level' }).click()
  await page.getByRole('option', { name: 'debug' }).click()
  await expect(page.getByRole('combobox', { name: 'Log level' })).toContainText('debug')
  await expect(page.getByRole('region', { name: 'Latest log lines' })).not.toBeEmpty()
})

test('axe finds nothing in the settings, from top to end', async ({ page }) => {
  test.setTimeout(120_000)
  await open(page, 'Settings')
  await page.getByRole('region', { name: 'Latest log lines' }).waitFor()
  await expectAccessible(page, 'Settings')
})
