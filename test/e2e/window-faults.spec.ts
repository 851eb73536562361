import type { Page } from '@playwright/test'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, keyHeader, open, test } from './window.ts'

/** One call of a program that keeps what it read, and how the answer ended. */
async function callPlainly(
  baseUrl: string,
  headers: Record<string, string>,
): Promise<{ status: number; retryAfter: string | null; text: string; broken: boolean }> {
  const response = await fetch(`${baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'curl/8.0', ...headers },
    body: JSON.stringify({ model: 'gpt-4.1-mini', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  })
  let text = ''
  let broken = false
  try {
    for await (const piece of response.body!) text += new TextDecoder().decode(piece)
  } catch {
    broken = true
  }
  return { status: response.status, retryAfter: response.headers.get('retry-after'), text, broken }
}

const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Faults' })

test('a rule refuses a client, and says so on the page and on the exchange', async ({ page, baseUrl }) => {
  test.setTimeout(90_000)
  const key = await keyHeader(page)
  await open(page, 'Traffic')
  await page.getByRole('button', { name: 'Faults' }).click()
  await dialogOf(page).getByRole('button', { name: 'Rate limited' }).click()
  await dialogOf(page).getByRole('textbox', { name: 'Client' }).fill('curl')
  await dialogOf(page).getByRole('textbox', { name: 'Retry-After' }).fill('soon')
  await dialogOf(page).getByRole('button', { name: 'Save rule' }).click()
  await expect(dialogOf(page).getByRole('alert')).toContainText('Seconds')
  await dialogOf(page).getByRole('textbox', { name: 'Retry-After' }).fill('7')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
  }
  await dialogOf(page).getByRole('button', { name: 'Save rule' }).click()
  await expect(dialogOf(page).getByRole('list')).toContainText('curl, every model, each request: answers 429')
  await dialogOf(page).getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('button', { name: 'Faults, 1 on' })).toBeVisible()
  await expect(page.getByText('Faults are put in on purpose.')).toBeVisible()

  expect(await callPlainly(baseUrl, key)).toMatchObject({ status: 429, retryAfter: '7' })
  await expect(page.getByRole('grid').getByRole('row').nth(1)).toContainText('faulted')
  await page.getByRole('grid').getByRole('row').nth(1).click()
  await expect(page.getByRole('region', { name: 'Origin' })).toContainText('answers 429 with Retry-After 7 s')
  expect(await callPlainly(baseUrl, { ...key, 'user-agent': 'wget/1.2' })).toMatchObject({ status: 200 })

  await page.getByRole('button', { name: 'Switch off' }).click()
  await expect(page.getByText('Faults are put in on purpose.')).toBeHidden()
  expect(await callPlainly(baseUrl, key)).toMatchObject({ status: 200, broken: false })
})

test('a stream is cut, then, with the rule edited, malformed; the rule is removed', async ({ page, baseUrl }) => {
  test.setTimeout(90_000)
  const key = await keyHeader(page)
  await open(page, 'Traffic')
  await page.getByRole('button', { name: 'Faults' }).click()
  await dialogOf(page).getByRole('button', { name: 'Cut in the middle' }).click()
  await dialogOf(page).getByRole('button', { name: 'Save rule' }).click()
  await expect(dialogOf(page).getByRole('list')).toContainText('breaks the connection before event 3')
  expect(await callPlainly(baseUrl, key)).toMatchObject({ status: 200, broken: true })

  await dialogOf(page).getByRole('button', { name: /^Edit/ }).click()
  await dialogOf(page).getByRole('combobox', { name: 'Fault' }).click()
  await page.getByRole('option', { name: 'Malformed event' }).click()
  await dialogOf(page).getByRole('textbox', { name: 'Event', exact: true }).fill('1')
  await dialogOf(page).getByRole('button', { name: 'Save rule' }).click()
  await expect(dialogOf(page).getByRole('list')).toContainText('makes event 1 malformed')
  const { text } = await callPlainly(baseUrl, key)
  const events = text.split('\n\n').map((event) => event.replace(/^data: /, ''))
  expect(() => JSON.parse(events[1] ?? '')).toThrow()

  await dialogOf(page)
    .getByRole('button', { name: /^Remove/ })
    .click()
  await expect(dialogOf(page).getByRole('list')).toHaveCount(0)
  expect(await callPlainly(baseUrl, key)).toMatchObject({ status: 200, broken: false })
})
