/** Settings, first steps, and what lies over every page. */
import type { Page } from '@playwright/test'
import type { PlaygroundEvent } from '../../../shared/playground.ts'
import type { Picture } from './picture.ts'

const part = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('navigation', { name: 'Settings sections' }).getByRole('button', { name }).click()
  await page.getByRole('region', { name, exact: true }).waitFor()
}
const simulate = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /^Try it with the simulator/ }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}
const HELLO: PlaygroundEvent[] = [
  { type: 'exchange', id: 'ex_00001', instance: 'simulator', deployment: 'gpt-5' },
  { type: 'delta', kind: 'text', text: 'Hello from the simulator, which is no model.' },
  { type: 'end', finish: 'stop', ttftMs: 94, durationMs: 412, losses: [], usage: { input: 14, output: 11 } },
]

export const SHELL_PICTURES: Record<string, Picture> = {
  'settings-server': { act: (page) => part(page, 'Server') },
  'settings-recording': { act: (page) => part(page, 'Recording') },
  'settings-alerts': {
    act: async (page) => {
      await part(page, 'Alerts')
      for (const button of await page.getByRole('button', { name: /^Test / }).all()) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other, as a user does
        await button.click()
      }
      await page.getByText('it answered 404').waitFor()
    },
  },
  'settings-log': { act: (page) => part(page, 'Log') },
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
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Settings' }).click()
      await page.getByText('The keychain is locked.').waitFor()
    },
  },
  palette: {
    act: async (page) => {
      await page.getByRole('row').nth(3).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Find a command' }).fill('re')
      await page.getByRole('option').nth(2).waitFor()
    },
  },
  shortcuts: {
    act: async (page) => {
      await page.getByRole('row').nth(3).waitFor()
      await page.locator('body').press('?')
      await page.getByRole('dialog').waitFor()
    },
  },
  welcome: {
    script: { firstRun: true, rows: 0 },
    act: (page) => page.getByText('Who shall answer?').waitFor(),
  },
  'welcome-connected': {
    script: { firstRun: true, rows: 0 },
    act: async (page) => {
      await page.getByRole('button', { name: /^Connect Azure Paste/ }).click()
      await page.getByRole('textbox', { name: 'Address' }).fill('contoso-ai-eastus2')
      await page.getByText('Understood as').waitFor()
      await page.getByLabel('Key', { exact: true }).fill('a-key-of-the-resource')
      await page.getByRole('button', { name: 'Add and test' }).click()
      await page.getByRole('button', { name: 'Continue' }).waitFor()
    },
  },
  'welcome-failed': {
    script: { firstRun: true, rows: 0 },
    act: async (page) => {
      await page.getByRole('button', { name: /^Connect Azure Paste/ }).click()
      await page.getByRole('textbox', { name: 'Address' }).fill('contoso-sweden')
      await page.getByText('Understood as').waitFor()
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('contoso-sweden')
      await page.getByLabel('Key', { exact: true }).fill('a-key-of-the-resource')
      await page.getByRole('button', { name: 'Add and test' }).click()
      await page.getByText('The key was refused.').waitFor()
    },
  },
  'welcome-chat': {
    script: { firstRun: true, rows: 0, answer: HELLO },
    act: async (page) => {
      await simulate(page)
      await page.getByRole('button', { name: 'Ask it to say hello' }).click()
      await page.getByRole('link', { name: 'See every byte of it' }).waitFor()
    },
  },
  'welcome-tool': {
    script: { firstRun: true, rows: 0 },
    act: async (page) => {
      await simulate(page)
      await page.getByRole('button', { name: 'Skip' }).click()
      await page.getByRole('heading', { name: 'Connect a tool' }).waitFor()
    },
  },
}
