import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { chat, composer, expect, open, test } from './window.ts'

test.beforeEach(async ({ page }) => {
  await open(page, 'Playground')
  await expect(page.getByRole('combobox', { name: 'Model' })).not.toContainText('Choose')
})

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const log = (page: Page): Locator => page.getByRole('log', { name: 'Conversation' })

async function choose(page: Page, model: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Model' }).click()
  await page.getByRole('combobox', { name: 'Find model' }).fill(model)
  await page.getByRole('option', { name: model }).first().click()
}

test('an answer of the simulator streams in, with its figures, and one click opens its exchange', async ({ page }) => {
  await chat(page, 'Hello there')
  await expect(log(page)).toContainText('Hello there')
  await expect(log(page)).toContainText(/simulator/i)
  await expect(log(page)).toContainText(/TTFT [\d.]+ m?s/)
  await expect(log(page)).toContainText(/out \d+/)
  await expect(log(page)).toContainText(/cost (\$|<\$)/)
  await log(page).getByRole('link', { name: 'Exchange' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()
  const row = page.getByRole('grid', { name: 'Exchanges' }).getByRole('row', { selected: true })
  await expect(row).toContainText('Playground')
  await expect(page.getByRole('heading', { name: /^Why it went to/ })).toBeVisible()
  // The conversation is still there.
  await open(page, 'Playground')
  await expect(page.getByRole('log', { name: 'Conversation' })).toContainText('Hello there')
})

test('Stop keeps what had arrived, Regenerate asks again, and both answers stay', async ({ page }) => {
  await composer(page).fill('count to 400')
  await composer(page).press('Enter')
  await expect(log(page)).toContainText(/simulator counts/i)
  await page.keyboard.press('Escape')
  await expect(log(page)).toContainText('Stopped by you')
  await log(page).getByRole('button', { name: 'Regenerate' }).click()
  await expect(log(page)).not.toContainText('Stopped by you')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(log(page)).toContainText('2/2')
  await log(page).getByRole('button', { name: 'Previous answer' }).click()
  await expect(log(page)).toContainText('1/2')
  await expect(log(page).getByRole('article', { name: 'You' })).toHaveCount(1)
})

test('the last message is edited with ↑, and the first version stays as a branch', async ({ page }) => {
  await chat(page, 'Hello one')
  await composer(page).press('ArrowUp')
  const edited = page.getByRole('textbox', { name: 'Edited message' })
  await expect(edited).toHaveValue('Hello one')
  await edited.fill('Hello two')
  await edited.press('Enter')
  await expect(log(page)).toContainText('You wrote: “Hello two”')
  await log(page).getByRole('button', { name: 'Previous version of the message' }).click()
  await expect(log(page)).toContainText('You wrote: “Hello one”')
})

test('chats are kept over a restart of the page, found, renamed, copied, deleted and brought back', async ({
  page,
}) => {
  test.slow()
  await chat(page, 'Why is lapis blue?')
  const list = page.getByRole('complementary', { name: 'Chats' })
  await expect(list.getByRole('link', { name: /Why is lapis blue/ })).toHaveAttribute('aria-current', 'true')
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(log(page).getByRole('article')).toHaveCount(0)
  await chat(page, 'Something else')
  await page.reload()
  await expect(log(page)).toContainText('Something else')
  await list.getByRole('searchbox', { name: 'Search chats' }).fill('LAPIS')
  await expect(list.getByRole('link')).toHaveCount(1)
  await list.getByRole('link', { name: /Why is lapis blue/ }).click()
  await expect(log(page)).toContainText('You wrote: “Why is lapis blue?”')
  await list.getByRole('searchbox').fill('')

  await list.getByRole('button', { name: 'Actions for Why is lapis blue?' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await list.getByRole('textbox', { name: 'Name of the chat' }).fill('Stones')
  await page.keyboard.press('Enter')
  await expect(list.getByRole('link', { name: /^Stones/ })).toBeVisible()
  await list.getByRole('button', { name: 'Actions for Stones' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(list.getByRole('link', { name: /^Stones/ })).toHaveCount(2)
  await list.getByRole('button', { name: 'Actions for Stones', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(list.getByRole('link', { name: /^Stones/ })).toHaveCount(1)
  await expect(log(page).getByRole('article')).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(list.getByRole('link', { name: /^Stones/ })).toHaveCount(2)
})

test('variables of prompts get fields, and are filled in when it is sent', async ({ page }) => {
  await page.getByRole('textbox', { name: 'System prompt' }).fill('Answer in {{language}}.')
  await page.getByRole('textbox', { name: 'language' }).fill('Portuguese')
  await composer(page).fill('Hello in {{language}}, {{name}}')
  await page.getByRole('textbox', { name: 'name', exact: true }).fill('Ana')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(log(page)).toContainText('You wrote: “Hello in Portuguese, Ana”')
})

test('parameters are those of the deployment; what it refuses is named with the reason', async ({ page }) => {
  test.slow()
  const panel = page.getByRole('complementary', { name: 'Parameters' })
  await choose(page, 'gpt-5.1')
  await expect(panel.getByRole('textbox', { name: 'Temperature' })).toHaveCount(0)
  await expect(panel).toContainText(/Temperature.*not taken/)
  await panel.getByRole('button', { name: 'low', exact: true }).first().click()
  await chat(page, 'Hello')
  await expect(log(page).getByRole('button', { name: /^Thought for/ })).toHaveAttribute('aria-expanded', 'false')
  await log(page)
    .getByRole('button', { name: /^Thought for/ })
    .click()
  await expect(log(page)).toContainText('I answer without a model')
  await choose(page, 'gpt-4.1-mini')
  await panel.getByRole('textbox', { name: 'Temperature' }).fill('3')
  await expect(panel).toContainText('At most 2')
  await panel.getByRole('textbox', { name: 'Temperature' }).fill('0.5')
  await panel.getByRole('textbox', { name: 'Max output tokens' }).fill('12')
  await composer(page).fill('Hello again')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(log(page)).toContainText('cut at the token limit')
})

test('pictures and text files go along; what no model reads is refused with a sentence', async ({ page }) => {
  const files = page.getByLabel('Files to attach')
  await files.setInputFiles([
    { name: 'dot.png', mimeType: 'image/png', buffer: PIXEL },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('the word is lapis') },
  ])
  await expect(page.getByRole('img', { name: 'dot.png' })).toBeVisible()
  await files.setInputFiles({ name: 'a.zip', mimeType: 'application/zip', buffer: Buffer.from([80, 75, 3, 4, 0, 255]) })
  await expect(page.getByRole('status').filter({ hasText: 'a.zip is neither text, nor a picture' })).toBeVisible()
  await files.setInputFiles({ name: 'b.txt', mimeType: 'text/plain', buffer: Buffer.from('other') })
  await page.getByRole('button', { name: 'Remove b.txt' }).click()
  await chat(page, 'What is this?')
  await expect(log(page)).toContainText(/with \d attachment/)
  await expect(log(page).getByRole('img', { name: 'dot.png' })).toBeVisible()
  await expect(log(page).getByRole('listitem').filter({ hasText: 'notes.txt' })).toContainText('sent as text')
})

test('a picture is pasted and dropped', async ({ page }) => {
  const bytes = [...PIXEL]
  const give = (target: Locator, type: 'paste' | 'drop'): Promise<void> =>
    target.evaluate(
      (element, given) => {
        const data = new DataTransfer()
        data.items.add(new File([new Uint8Array(given.bytes)], `${given.type}.png`, { type: 'image/png' }))
        const init = { bubbles: true, cancelable: true }
        element.dispatchEvent(
          given.type === 'paste'
            ? new ClipboardEvent('paste', { ...init, clipboardData: data })
            : new DragEvent('drop', { ...init, dataTransfer: data }),
        )
      },
      { bytes, type },
    )
  await give(composer(page), 'paste')
  await expect(page.getByRole('img', { name: 'paste.png' })).toBeVisible()
  await give(log(page), 'drop')
  await expect(page.getByRole('img', { name: 'drop.png' })).toBeVisible()
})

test('a tool is defined, called, answered by hand, and the answer is read', async ({ page }) => {
  test.slow()
  await page.getByRole('button', { name: 'Add tool' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add tool' })
  const schema = dialog.getByRole('textbox', { name: /^Arguments/ })
  const sample = await schema.inputValue()
  await schema.fill('{ "type": "objekt" }')
  await expect(dialog.getByRole('alert')).toContainText('"objekt" is no type')
  await expect(dialog.getByRole('button', { name: 'Add' })).toBeDisabled()
  await schema.fill(sample)
  await dialog.getByRole('button', { name: 'Add' }).click()
  await composer(page).fill('Call get_weather')
  await page.getByRole('button', { name: 'Send' }).click()
  const call = log(page).getByRole('region', { name: 'Call of get_weather' })
  const answer = call.getByRole('textbox', { name: 'Answer of get_weather' })
  await expect(answer).toHaveValue(/"celsius":21/)
  await answer.fill('33 degrees')
  await log(page).getByRole('button', { name: 'Send answer' }).click()
  await expect(log(page)).toContainText('get_weather answered “33 degrees”')

  await page.getByRole('button', { name: 'Edit get_weather' }).click()
  await page.getByLabel(/^Answer by itself/).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await composer(page).fill('Call get_weather again')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(log(page)).toContainText(/get_weather answered “{"city"/)
})

test('an answer by schema is shown as JSON, and checked', async ({ page }) => {
  await page.getByRole('button', { name: /^Ask for JSON by schema/ }).click()
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(log(page)).toContainText('Fits the schema')
  await expect(log(page).getByRole('region', { name: 'Answer as JSON' })).toContainText('"points"')
})

test('two deployments answer one message, one stops alone, and one goes on', async ({ page }) => {
  test.slow()
  await page.getByRole('button', { name: '2 side by side' }).click()
  const first = page.getByRole('region', { name: /^Column 1/ })
  const second = page.getByRole('region', { name: /^Column 2/ })
  await composer(page).fill('count to 400')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(first.getByRole('log')).toContainText('simulator counts')
  await expect(second.getByRole('log')).toContainText('simulator counts')
  await first.getByRole('button', { name: /^Stop/ }).click()
  await expect(first.getByRole('log')).toContainText('Stopped by you')
  await expect(page.getByText('1 of 2 finished')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(second.getByRole('log')).toContainText('Stopped by you')
  await expect(page.getByRole('group', { name: 'Comparison' })).toContainText(/Time to first token/)
  await second.getByRole('button', { name: /^Continue with/ }).click()
  await expect(page.getByRole('log')).toHaveCount(1)
  await chat(page, 'And now?')
  await expect(log(page)).toContainText('You wrote: “And now?”')
})

test('an error has its cause and a way on, and the way on works', async ({ page }) => {
  test.slow()
  await composer(page).fill('simulate error 400')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect(log(page).getByRole('alert')).toContainText('simulated')
  await expect(log(page).getByRole('link', { name: 'Exchange' })).toBeVisible()
  await log(page).getByRole('button', { name: 'Try again' }).click()
  await expect(log(page)).toContainText('2/2')
})

test('a request is there as code of three kinds, and raw as it went over the wire', async ({ page, baseUrl }) => {
  test.slow()
  await chat(page, `It's "here"`)
  await page.getByRole('button', { name: 'Copy as code' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('region', { name: 'Request as cURL' })).toContainText(`curl -N '${baseUrl}/v1/`)
  await dialog.getByRole('button', { name: 'Python' }).click()
  await expect(dialog.getByRole('region')).toContainText('import')
  await dialog.getByRole('button', { name: 'Raw' }).click()
  await expect(dialog.getByRole('region', { name: 'Raw request' })).toContainText('"stream": true')
  await expect(dialog.getByRole('region', { name: 'Raw answer' })).toContainText('data:')
  await dialog.getByRole('link', { name: 'Open in Traffic' }).click()
  await expect(page.getByRole('grid', { name: 'Exchanges' }).getByRole('row', { selected: true })).toBeVisible()
})

test('markdown is set while it streams: a table, code with colours, which are loaded only for it', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await chat(page, 'Hello there')
  expect(asked.filter((url) => url.includes('highlighter'))).toEqual([])
  await chat(page, 'Show me a markdown sample')
  await expect(log(page).getByRole('table')).toContainText('Wire')
  await expect(log(page).locator('.hljs-keyword').first()).toBeVisible()
  expect(asked.filter((url) => url.includes('highlighter'))).toHaveLength(1)
  await expect(log(page).getByRole('button', { name: 'Copy code' })).toBeVisible()
})

test('nothing is wrong with it for assistive technology, in both themes, one column or two', async ({ page }) => {
  test.slow()
  await chat(page, 'Show me a markdown sample')
  for (const columns of [1, 2]) {
    if (columns === 2) await page.getByRole('button', { name: '2 side by side' }).click()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id} ${nodes.map((node) => node.html).join(' | ')}`)).toEqual([])
    }
  }
})

test('Shift Enter begins a new line, New chat begins anew', async ({ page }) => {
  await composer(page).fill('one')
  await composer(page).press('Shift+Enter')
  await composer(page).pressSequentially('two')
  await expect(composer(page)).toHaveValue('one\ntwo')
  await composer(page).press('Control+Enter')
  await expect(log(page).getByRole('article', { name: 'You' })).toContainText('one')
  await page.getByRole('button', { name: 'New chat' }).click()
  await expect(log(page).getByRole('article')).toHaveCount(0)
})

test('any model name can be typed, and an unknown one fails where the answer would be', async ({ page }) => {
  await page.getByRole('combobox', { name: 'Model' }).click()
  await page.getByRole('combobox', { name: 'Find model' }).fill('claude-haiku-4-5')
  await page
    .getByRole('option', { name: /claude-haiku-4-5/ })
    .first()
    .click()
  await expect(page.getByRole('combobox', { name: 'Model' })).toContainText('claude-haiku-4-5')
  await chat(page, 'Hello Claude')
  await expect(log(page).getByRole('article', { name: 'claude-haiku-4-5' })).toContainText(/simulator/i)
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
  await chat(page, hostile)
  const answer = log(page).getByRole('article').last()
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
