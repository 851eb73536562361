/** Every page and its states in both themes and two sizes: pictures to look at in test-results/screenshots, and axe. */
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { PlaygroundEvent } from '../../shared/playground.ts'
import type { Script } from '../renderer/scripted-console.ts'
import { keptChats } from '../renderer/scripted-playground.ts'
import type { Picture } from './pictures/picture.ts'
import { SHELL_PICTURES } from './pictures/shell.ts'
import { expect, test } from './scripted.ts'

const folder = join(import.meta.dirname, '../../test-results/screenshots')
const SIZES = { large: { width: 1280, height: 800 }, small: { width: 900, height: 600 } }

const go = (page: Page, title: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: title }).click()
const openExchange = async (page: Page, id: string, tab: string): Promise<void> => {
  await page.goto(`${page.url().split('#')[0]}#/traffic/${id}`)
  await page.getByRole('tab', { name: tab }).click()
  await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true')
}
const toSection = async (page: Page, name: string): Promise<void> => {
  await go(page, 'Settings')
  const section = page.getByRole('region', { name, exact: true })
  await section.getByRole('button').first().waitFor()
  await page.waitForFunction(() => document.querySelectorAll('.money-table, .none-yet').length >= 3)
  await section.evaluate((element) => element.scrollIntoView())
}
const ask = async (page: Page, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
}
const send = async (page: Page, text: string): Promise<void> => {
  await go(page, 'Playground')
  await ask(page, text)
  await page.getByRole('log').getByRole('link', { name: 'Exchange' }).waitFor()
}
const FAILED: Script['answer'] = [
  { type: 'exchange', id: 'ex_00007' },
  {
    type: 'delta',
    kind: 'text',
    text: 'Here is the table, one object per status. Statuses that are never retried carry `"retry": false` and',
  },
  {
    type: 'error',
    failure: {
      code: 'proxy_upstream_incomplete',
      message: 'The upstream closed the connection after 3.02 s.',
      fix: 'foundry-eastus2 sent 41 events and no end marker. What had arrived is kept; send the request again.',
    },
  },
]

const DONE: Extract<PlaygroundEvent, { type: 'end' }> = {
  type: 'end',
  finish: 'stop',
  ttftMs: 320,
  durationMs: 1_480,
  losses: [],
}
const CALLING: PlaygroundEvent[] = [
  { type: 'exchange', id: 'ex_00003', instance: 'foundry-eastus2', deployment: 'gpt-5-1-prod' },
  { type: 'delta', kind: 'text', text: 'I look up the weather there first.' },
  { type: 'call', call: 0, id: 'call_1', name: 'get_weather' },
  { type: 'arguments', call: 0, text: '{"city":"Lisbon"}' },
  { ...DONE, finish: 'tool', usage: { input: 212, output: 34 }, cost: 0.0006 },
]
const BY_SCHEMA: PlaygroundEvent[] = [
  { type: 'exchange', id: 'ex_00004', instance: 'foundry-eastus2', deployment: 'gpt-5-1-prod' },
  { type: 'delta', kind: 'text', text: '{"summary":"Text cannot be taken back","points":["bytes are out",2]}' },
  { ...DONE, usage: { input: 212, output: 34 }, cost: 0.0006 },
]

/** As the portal's samples write them. */
const VARIABLES = `AZURE_OPENAI_ENDPOINT=https://contoso-ai-eastus2.openai.azure.com/
AZURE_OPENAI_API_KEY=0123456789abcdef0123456789abcdef`
const YAML = `instances:
  - name: east
    api_key: \${EAST_KEY}
    api_base: https://east.openai.azure.com
  - name: west
    api_key: a-key-of-the-west
    api_base: https://west.openai.azure.com
models:
  - { model: 'gpt-5*', deployment: gpt-5-prod, instances: [east] }
routing: { strategy: weighted }
`

const PICTURES: Record<string, Picture> = {
  'traffic-full': { act: (page) => page.getByRole('row').nth(3).waitFor() },
  'traffic-empty': { script: { rows: 0, simulated: true }, act: (page) => page.getByText('No requests yet').waitFor() },
  'traffic-error': { act: (page) => openExchange(page, 'ex_00007', 'Overview') },
  'traffic-problem': {
    script: {
      problem: {
        code: 'journal_disk_full',
        message: 'The disk is full.',
        fix: 'Traffic is served but not stored. Free some space.',
      },
    },
    act: (page) => page.getByText('The disk is full.').waitFor(),
  },
  'traffic-overview': { act: (page) => openExchange(page, 'ex_00001', 'Overview') },
  'traffic-stream': {
    act: async (page) => {
      await openExchange(page, 'ex_00001', 'Stream')
      await page.getByRole('list', { name: 'Client events' }).getByRole('button').nth(4).click()
    },
  },
  'traffic-reasoning': {
    act: async (page) => {
      await openExchange(page, 'ex_00008', 'Stream')
      await page.getByRole('list', { name: 'Client events' }).getByRole('button').nth(6).click()
    },
  },
  'traffic-findings': { act: (page) => openExchange(page, 'ex_00008', 'Overview') },
  'traffic-request': { act: (page) => openExchange(page, 'ex_00008', 'Request') },
  'traffic-json': {
    act: async (page) => {
      await openExchange(page, 'ex_00008', 'Request')
      await page.getByRole('button', { name: 'JSON', exact: true }).click()
      await page.getByRole('textbox', { name: 'Text of the request' }).waitFor()
    },
  },
  'traffic-changes': {
    act: async (page) => {
      await openExchange(page, 'ex_00008', 'Request')
      await page.getByRole('button', { name: 'Changes' }).click()
      await page.getByRole('textbox', { name: 'Body to the upstream' }).waitFor()
    },
  },
  'traffic-response': { act: (page) => openExchange(page, 'ex_00008', 'Response') },
  'traffic-timing': { act: (page) => openExchange(page, 'ex_00008', 'Timing') },
  'traffic-filter': {
    act: async (page) => {
      await page.getByRole('combobox', { name: 'Filter' }).fill('client:')
      await page.getByRole('option').first().waitFor()
    },
  },
  'traffic-no-match': {
    act: async (page) => {
      await page.getByRole('combobox', { name: 'Filter' }).fill('model:gpt-5.1 ttft:>20s')
      await page.getByText('Nothing matches this filter').waitFor()
    },
  },
  'traffic-sessions': {
    act: async (page) => {
      await page.getByRole('button', { name: 'Sessions' }).click()
      await page.getByText('4 calls').waitFor()
    },
  },
  'traffic-faults': {
    act: async (page) => {
      await page.getByRole('button', { name: 'Faults' }).click()
      await page.getByRole('button', { name: 'Stall' }).click()
      await page.getByRole('button', { name: 'Save rule' }).click()
      await page.getByRole('dialog').getByRole('listitem').waitFor()
      await page.getByRole('button', { name: 'Rate limited' }).click()
    },
  },
  'traffic-compare': {
    act: async (page) => {
      await openExchange(page, 'ex_00001', 'Overview')
      await page.keyboard.press('p')
      await openExchange(page, 'ex_00008', 'Overview')
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.getByRole('table').waitFor()
    },
  },
  'traffic-edit': {
    act: async (page) => {
      await openExchange(page, 'ex_00008', 'Overview')
      await page.getByRole('button', { name: 'Edit and resend' }).click()
      await page.getByRole('textbox', { name: 'Request body' }).waitFor()
    },
  },
  'traffic-chosen': {
    act: async (page) => {
      await page.getByRole('row').nth(3).click()
      await page
        .getByRole('row')
        .nth(5)
        .click({ modifiers: ['Shift'] })
      await page.getByText('exchanges chosen').waitFor()
    },
  },
  'traffic-raw': { act: (page) => openExchange(page, 'ex_00001', 'Raw') },
  'playground-empty': {
    act: async (page) => {
      await go(page, 'Playground')
      await page.getByText('Talk to').waitFor()
    },
  },
  'playground-full': {
    script: { chats: keptChats(Date.now()) },
    act: async (page) => {
      await go(page, 'Playground')
      await page
        .getByRole('textbox', { name: 'System prompt' })
        .fill('You review TypeScript for a streaming proxy. Answer briefly, in {{language}}.')
      await page.getByRole('textbox', { name: 'language' }).fill('English')
      await send(page, 'When may the relay retry a streamed call? Today it retries on any 5xx.')
      await page.locator('.hljs-keyword').first().waitFor()
    },
  },
  'playground-error': {
    script: { answer: FAILED, chats: keptChats(Date.now()) },
    act: (page) => send(page, 'Rewrite the retry table as JSON.'),
  },
  'playground-compare': {
    act: async (page) => {
      await go(page, 'Playground')
      await page.getByRole('button', { name: '2 side by side' }).click()
      await ask(page, 'Explain in three sentences why a 429 from Azure can arrive below the minute quota.')
      await expect(page.getByRole('link', { name: 'Exchange' })).toHaveCount(2)
    },
  },
  'playground-tools': {
    script: { answer: CALLING },
    act: async (page) => {
      await go(page, 'Playground')
      await page.getByRole('button', { name: /^Watch a tool call/ }).click()
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByRole('textbox', { name: 'Answer of get_weather' }).waitFor()
    },
  },
  'playground-tool-dialog': {
    act: async (page) => {
      await go(page, 'Playground')
      await page.getByRole('button', { name: 'Add tool' }).click()
      await page.getByRole('textbox', { name: /^Arguments/ }).fill('{ "type": "objekt" }')
    },
  },
  'playground-schema': {
    script: { answer: BY_SCHEMA },
    act: async (page) => {
      await go(page, 'Playground')
      await page.getByRole('button', { name: /^Ask for JSON/ }).click()
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText('Does not fit the schema').waitFor()
    },
  },
  'playground-code': {
    act: async (page) => {
      await send(page, 'When may the relay retry a streamed call?')
      await page.getByRole('button', { name: 'Copy as code' }).click()
      await page.getByRole('region', { name: 'Request as cURL' }).waitFor()
    },
  },
  'models-full': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'Test foundry-eastus2' }).click()
      await page.getByRole('textbox', { name: 'Model name' }).fill('azure/claude-sonnet-4-5-20250929')
      await page.getByText('sonnet-prod on').first().waitFor()
    },
  },
  'models-unknown': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('textbox', { name: 'Model name' }).fill('gpt-4.1-mni')
      await page.getByText('Nearest names').waitFor()
    },
  },
  'models-fixed': {
    script: { fixed: true },
    act: async (page) => {
      await go(page, 'Models')
      await page.getByText('AZURE_OPENAI_MODEL_MAPPER').waitFor()
    },
  },
  'models-probe': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'More for foundry-eastus2' }).click()
      await page.getByRole('menuitem', { name: 'Deployments' }).click()
      await page.getByRole('button', { name: 'Probe sonnet-prod' }).click()
      await page.getByText('real requests go to').waitFor()
    },
  },
  'models-probed': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'More for foundry-eastus2' }).click()
      await page.getByRole('menuitem', { name: 'Deployments' }).click()
      await page.getByRole('button', { name: 'Probe gpt-5-1-prod' }).click()
      await page.getByRole('button', { name: 'Send these requests' }).click()
      await page.getByRole('button', { name: 'Probe again' }).waitFor()
    },
  },
  'models-import': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'Import…' }).click()
      await page.getByRole('textbox', { name: 'YAML or variables' }).fill(YAML)
      await page.getByRole('button', { name: 'Preview' }).click()
      await page.getByText('Read as YAML').waitFor()
    },
  },
  'models-empty': {
    script: { simulated: true },
    act: async (page) => {
      await go(page, 'Models')
      await page.getByText('No rules.').waitFor()
    },
  },
  'models-edit': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'Edit rule 3' }).click()
      await page.getByRole('textbox', { name: 'Model or pattern' }).fill('')
      await page.keyboard.press('Enter')
    },
  },
  'models-pick': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'Add instance' }).click()
      await page.getByRole('textbox', { name: 'Paste from the portal' }).fill(VARIABLES)
      await page.getByText('The key, for the keychain').waitFor()
      await page.getByRole('button', { name: 'Test connection' }).click()
      await page.getByRole('button', { name: 'Find deployments' }).click()
      await page.getByRole('checkbox', { name: 'Serve gpt-5-mini' }).uncheck()
    },
  },
  'models-add': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'Add instance' }).click()
      await page.getByRole('textbox', { name: 'Paste from the portal' }).fill(VARIABLES)
      await page.getByText('Understood as').waitFor()
    },
  },
  settings: {
    act: async (page) => {
      await go(page, 'Settings')
      await page.getByRole('button', { name: 'Show local key' }).click()
    },
  },
  'settings-keys': { act: (page) => toSection(page, 'Local keys') },
  'settings-new-key': {
    act: async (page) => {
      await toSection(page, 'Local keys')
      await page.getByRole('button', { name: 'Add key' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('build server')
      await page.getByRole('button', { name: 'Make key' }).click()
      await page.getByText('shown this once').waitFor()
    },
  },
  'settings-budgets': { act: (page) => toSection(page, 'Budgets') },
  'settings-budget': {
    act: async (page) => {
      await toSection(page, 'Budgets')
      await page.getByRole('button', { name: /^Edit budget of foundry/ }).click()
      await page.getByRole('dialog').getByRole('textbox', { name: 'Per day' }).fill('none')
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    },
  },
  'settings-prices': { act: (page) => toSection(page, 'Prices') },
  'settings-spending': { act: (page) => toSection(page, 'Spending') },
  'settings-spending-empty': { script: { rows: 0 }, act: (page) => toSection(page, 'Local keys') },
  tools: { act: (page) => go(page, 'Tools') },
  'tools-check': {
    act: async (page) => {
      await go(page, 'Tools')
      await page.getByRole('button', { name: 'Run it for me' }).click()
      await page.getByText('It was let in').scrollIntoViewIfNeeded()
    },
  },
  'tools-container': { script: { container: true }, act: (page) => go(page, 'Tools') },
  ...SHELL_PICTURES,
}

for (const [name, picture] of Object.entries(PICTURES)) {
  test(`${name}, in both themes and sizes`, async ({ page, start }) => {
    test.setTimeout(60_000)
    await page.emulateMedia({ colorScheme: 'light' })
    await start(picture.script)
    await picture.act(page)
    await page.mouse.move(0, 0)
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport)
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme })
        const file = join(folder, `${name}-${theme}${size === 'small' ? '-900x600' : ''}.png`)
        await page.screenshot({ path: file, animations: 'disabled' })
        if (size === 'small') continue
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(
          violations.map(({ id, nodes }) => `${theme}: ${id} ${nodes.map((node) => node.html).join(' | ')}`),
        ).toEqual([])
      }
    }
  })
}
