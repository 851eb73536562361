import { readFileSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, openTool, test } from './tools-bench.ts'

const CLAUDE = '.claude/settings.json'
const BEFORE = `{
  // dark is kinder
  "theme": "dark",
  "env": {
    "DISABLE_TELEMETRY": "1"
  }
}
`
const read = (file: string): string => readFileSync(file, 'utf8')
const settingsOf = (file: string): { env: Record<string, string> } =>
  JSON.parse(read(file).replace(/^ *\/\/.*$/m, '')) as { env: Record<string, string> }

async function noViolations(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.evaluate((theme) => document.documentElement.setAttribute('data-theme', theme), colorScheme)
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    expect(
      violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((node) => node.html).join(' | ')}`),
    ).toEqual([])
  }
}

test('a tool is shown with its exact change, applied with a copy, and taken back byte for byte', async ({
  page,
  bench,
  baseUrl,
}) => {
  const file = bench.put(CLAUDE, BEFORE)
  await page.reload()
  const detail = await openTool(page, 'Claude Code')
  const diff = detail.getByRole('region', { name: /^Change to ~\/\.claude\/settings\.json/ })
  await expect(diff).toContainText(`"ANTHROPIC_BASE_URL": "${baseUrl}"`)
  await expect(diff).toContainText('// dark is kinder')
  await expect(diff).toContainText('"ANTHROPIC_MODEL": "claude-sonnet-4-5"')
  expect(read(file)).toBe(BEFORE)

  await detail.getByRole('combobox', { name: 'Main model' }).click()
  await page.getByRole('combobox', { name: 'Find main model' }).fill('gpt-5.1')
  await page
    .getByRole('option', { name: /^gpt-5\.1/ })
    .first()
    .click()
  await expect(diff).toContainText('"ANTHROPIC_MODEL": "gpt-5.1"')
  await detail.getByRole('button', { name: 'Apply' }).click()
  await expect(detail.getByText(/was written; the file as it was/)).toBeVisible()
  await expect(
    page.getByRole('navigation', { name: 'Local tools' }).getByRole('link', { name: /Claude Code/ }),
  ).toContainText('applied')
  expect(read(file)).toContain('// dark is kinder')
  expect(settingsOf(file).env).toMatchObject({
    DISABLE_TELEMETRY: '1',
    ANTHROPIC_BASE_URL: baseUrl,
    ANTHROPIC_MODEL: 'gpt-5.1',
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: '200000',
  })
  await expect(detail.getByText('It says all of this already.')).toBeVisible()

  await detail.getByRole('button', { name: 'Undo change' }).click()
  await expect(detail.getByText('is as it was before')).toBeVisible()
  expect(read(file)).toBe(BEFORE)
})

test('axe finds nothing, neither in a plan nor in what was applied, in both themes', async ({ page, bench }) => {
  test.setTimeout(120_000)
  bench.put(CLAUDE, BEFORE)
  await page.reload()
  const detail = await openTool(page, 'Claude Code')
  await expect(detail.getByRole('region', { name: /^Change to/ })).toBeVisible()
  await noViolations(page)
  await detail.getByRole('button', { name: 'Apply' }).click()
  await expect(detail.getByText(/was written/)).toBeVisible()
  await noViolations(page)
})

test('the key is hidden until it is asked for, and what is copied has it', async ({ page, bench }, { project }) => {
  bench.put(CLAUDE, BEFORE)
  const detail = await openTool(page, 'Copilot CLI')
  const shell = detail.getByRole('region', { name: 'Shell', exact: true })
  await expect(shell).toContainText('COPILOT_PROVIDER_BASE_URL')
  if (project.name === 'headless') {
    // Without a token every program may call: there is no key to hide.
    await expect(shell).toContainText('COPILOT_PROVIDER_API_KEY=lazuli-needs-no-key')
    return
  }
  await expect(shell).toContainText(/COPILOT_PROVIDER_API_KEY=.*••••••/)
  await detail.getByRole('button', { name: 'Show keys' }).click()
  await expect(shell).toContainText(/COPILOT_PROVIDER_API_KEY=lz-[\w-]{32}/)
})

test('a file that changed since the plan is not written; the page shows the new plan', async ({ page, bench }) => {
  const file = bench.put(CLAUDE, BEFORE)
  await page.reload()
  const detail = await openTool(page, 'Claude Code')
  await expect(detail.getByRole('button', { name: 'Apply' })).toBeEnabled()
  bench.put(CLAUDE, '{\n  "theme": "light"\n}\n')
  await detail.getByRole('button', { name: 'Apply' }).click()
  await expect(detail.getByRole('alert')).toContainText('changed since the plan')
  expect(read(file)).toBe('{\n  "theme": "light"\n}\n')
  await expect(detail.getByRole('region', { name: /^Change to/ })).toContainText('"theme": "light"')
  await detail.getByRole('button', { name: 'Apply' }).click()
  await expect(detail.getByText(/was written/)).toBeVisible()
  expect(settingsOf(file)).toMatchObject({ theme: 'light' })
})

test('a broken file is named with its line, and there is a text to copy all the same', async ({ page, bench }) => {
  bench.put('.codex/config.toml', 'model = "a"\nbroken = = 1\n')
  await page.reload()
  const detail = await openTool(page, 'Codex CLI')
  await expect(detail.getByRole('alert')).toContainText('.codex/config.toml, line 2 is not valid: Unrecognized token')
  await expect(detail.getByRole('button', { name: 'Apply' })).toHaveCount(0)
  await detail.getByRole('button', { name: 'By hand, or on another machine' }).click()
  await expect(detail.getByRole('region', { name: 'config.toml' })).toContainText('[model_providers.lazuli]')
})

test('a request of a tool that is set up by hand is watched live', async ({ page, baseUrl }) => {
  const detail = await openTool(page, 'OpenAI SDK')
  const key = await keyOf(page)
  await detail.getByRole('button', { name: 'Watch' }).click()
  const steps = detail.getByRole('list', { name: 'Steps of the check' })
  await expect(steps.getByRole('listitem').first()).toContainText('Waiting: OpenAI SDK reaches this address')
  const call = (authorization: string): Promise<Response> =>
    fetch(`${baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/json',
        'user-agent': 'OpenAI/JS 7.57.0',
        'x-stainless-lang': 'js',
      },
      body: JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: 'Reply OK' }] }),
    })
  await call(`Bearer ${key}`).then((response) => response.text())
  await expect(steps).toContainText('Asked for gpt-5.1, sent to gpt-5.1')
  await expect(steps).toContainText('A whole answer')
  await detail.getByRole('link', { name: 'Show in Traffic' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Traffic' })).toBeVisible()

  if (key === '') return
  const again = await openTool(page, 'OpenAI SDK')
  await again.getByRole('button', { name: 'Watch' }).click()
  await expect(steps.getByRole('listitem').first()).toContainText('Waiting')
  await call('Bearer wrong').then((response) => response.text())
  await expect(steps).toContainText('It came without the right local key')
})

test('Cursor: it cannot, and why', async ({ page }) => {
  const detail = await openTool(page, 'Cursor')
  await expect(detail).toContainText('Cursor cannot use Lazuli')
  await expect(detail).toContainText('go through Cursor’s servers')
  await expect(detail.getByRole('button')).toHaveCount(0)
  await noViolations(page)
})

test('the list is walked with the keyboard', async ({ page }) => {
  await page.keyboard.press('ControlOrMeta+4')
  await expect(page.getByRole('heading', { level: 1, name: 'Tools' })).toBeVisible()
  const rows = page.getByRole('navigation', { name: 'Local tools' }).getByRole('link')
  await expect(rows).toHaveCount(14)
  await rows.first().focus()
  await page.keyboard.press('Tab')
  await expect(rows.nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'Codex CLI' })).toBeVisible()
})

/** The local key as Settings shows it; empty where none is wanted. */
async function keyOf(page: Page): Promise<string> {
  const back = page.url()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { name: 'Access' }).waitFor()
  const show = page.getByRole('button', { name: 'Show local key' })
  let key = ''
  if ((await show.count()) > 0) {
    await show.click()
    await page.getByRole('button', { name: 'Hide local key' }).waitFor()
    key = await page.getByRole('textbox', { name: 'Local key' }).inputValue()
  }
  await page.goto(back)
  return key
}
