/** Every page and its states in both themes and two sizes: pictures to look at in test-results/screenshots, and axe. */
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import type { Script } from '../renderer/scripted-console.ts'
import { expect, test } from './scripted.ts'

const folder = join(import.meta.dirname, '../../test-results/screenshots')
const SIZES = { large: { width: 1280, height: 800 }, small: { width: 900, height: 600 } }

interface Picture {
  script?: Script
  /** Brings the page to the state that is pictured. */
  act: (page: Page) => Promise<void>
}

const go = (page: Page, title: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: title }).click()
const openExchange = async (page: Page, id: string, tab: string): Promise<void> => {
  await page.goto(`${page.url()}#/traffic/${id}`)
  await page.getByRole('tab', { name: tab }).click()
  await expect(page.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true')
}
const send = async (page: Page, text: string): Promise<void> => {
  await go(page, 'Playground')
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.keyboard.press('Enter')
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
  'traffic-request': { act: (page) => openExchange(page, 'ex_00001', 'Request') },
  'traffic-response': { act: (page) => openExchange(page, 'ex_00001', 'Response') },
  'traffic-raw': { act: (page) => openExchange(page, 'ex_00001', 'Raw') },
  'playground-empty': {
    act: async (page) => {
      await go(page, 'Playground')
      await page.getByText('Talk to').waitFor()
    },
  },
  'playground-full': { act: (page) => send(page, 'When may the relay retry a streamed call?') },
  'playground-error': { script: { answer: FAILED }, act: (page) => send(page, 'Rewrite the retry table as JSON.') },
  'models-full': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'Test foundry-eastus2' }).click()
      await page.getByRole('textbox', { name: 'Model name' }).fill('azure/claude-sonnet-4-5-20250929')
      await page.getByText('sonnet-prod on').waitFor()
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
  'models-add': {
    act: async (page) => {
      await go(page, 'Models')
      await page.getByRole('button', { name: 'Add instance' }).click()
      await page.getByRole('textbox', { name: 'Address' }).fill('https://contoso-ai-eastus2.openai.azure.com/')
      await page.getByText('Understood as').waitFor()
    },
  },
  settings: {
    act: async (page) => {
      await go(page, 'Settings')
      await page.getByRole('button', { name: 'Show local key' }).click()
    },
  },
  'settings-error': {
    script: {
      fixed: true,
      keychainProblem: {
        code: 'secrets_locked',
        message: 'The keychain is locked.',
        fix: 'Unlock it, then try again.',
      },
    },
    act: async (page) => {
      await go(page, 'Settings')
      await page.getByText('The keychain is locked.').waitFor()
    },
  },
  welcome: {
    script: { firstRun: true, rows: 0 },
    act: (page) => page.getByText('How do you want to begin?').waitFor(),
  },
  'welcome-connect': {
    script: { firstRun: true, rows: 0 },
    act: async (page) => {
      await page.getByRole('button', { name: /^Connect Azure/ }).click()
      await page.getByRole('textbox', { name: 'Address' }).fill('contoso-ai-eastus2')
      await page.getByText('Understood as').waitFor()
      await page.getByLabel('Key', { exact: true }).fill('a-key-of-the-resource')
      await page.getByRole('button', { name: 'Connect and test' }).click()
      await page.getByText('answered in').waitFor()
    },
  },
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
