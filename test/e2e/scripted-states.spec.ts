import { exchangeRows } from '../renderer/scripted-scene.ts'
import { expect, test } from './scripted.ts'

const LOCKED = { code: 'secrets_locked', message: 'The keychain is locked.', fix: 'Unlock it, then save again.' }

test('a lost engine is said, and the page comes back by itself with what it missed', async ({ page, start }) => {
  const engine = await start({ rows: 5 })
  const rows = page.getByRole('grid', { name: 'Exchanges' }).getByRole('row')
  await expect(rows).toHaveCount(6)
  engine.accept(false)
  engine.cut()
  await expect(page.getByRole('alert')).toContainText('Lazuli does not answer')
  await expect(page.getByRole('contentinfo')).toContainText('Not reachable')
  engine.push(exchangeRows(7).slice(5))
  engine.accept(true)
  await expect(page.getByRole('contentinfo')).toContainText('Running')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(rows).toHaveCount(8)
})

test('the list follows its end; scrolled up it stays, and says how many are new', async ({ page, start }) => {
  const engine = await start({ rows: 200 })
  const grid = page.getByRole('grid', { name: 'Exchanges' })
  const last = (): Promise<string | null> => grid.getByRole('row').last().getAttribute('aria-rowindex')
  await expect.poll(last).toBe('201')
  const more = exchangeRows(212)
  engine.push(more.slice(200, 203))
  await expect.poll(last).toBe('204')
  await expect(page.getByRole('button', { name: /new$/ })).toHaveCount(0)

  await grid.hover()
  await page.mouse.wheel(0, -2000)
  await expect
    .poll(() => grid.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight))
    .toBeGreaterThan(500)
  const before = await grid.evaluate((element) => element.scrollTop)
  engine.push(more.slice(203, 212))
  await expect(page.getByRole('button', { name: '9 new' })).toBeVisible()
  expect(await grid.evaluate((element) => element.scrollTop)).toBe(before)
  await page.getByRole('button', { name: '9 new' }).click()
  await expect.poll(last).toBe('213')
  await expect(page.getByRole('button', { name: /new$/ })).toHaveCount(0)
})

test('older exchanges are loaded when their place comes into view, and nothing jumps', async ({ page, start }) => {
  await start({ rows: 700 })
  const grid = page.getByRole('grid', { name: 'Exchanges' })
  await expect(grid).toHaveAttribute('aria-rowcount', '301')
  await grid.focus()
  await page.keyboard.press('Home')
  await expect(grid).toHaveAttribute('aria-rowcount', '501')
  const selected = grid.getByRole('row', { selected: true })
  await expect(selected).toHaveAttribute('id', 'x-ex_00400')
  await expect(selected).toBeInViewport()
})

test('ten thousand rows keep a few dozen elements', async ({ page, start }) => {
  await start({ rows: 300 })
  const grid = page.getByRole('grid', { name: 'Exchanges' })
  await expect(grid.getByRole('row').nth(5)).toBeVisible()
  expect(await grid.getByRole('row').count()).toBeLessThan(80)
})

test('a problem of the service stands above every page', async ({ page, start }) => {
  await start({
    problem: { code: 'journal_disk_full', message: 'The disk is full.', fix: 'Traffic is served but not stored.' },
  })
  await expect(page.getByRole('status').filter({ hasText: 'The disk is full.' })).toContainText('not stored')
})

test('a keychain that is locked gives its reason and the way out, and the form keeps what was typed', async ({
  page,
  start,
}) => {
  await start({ keychainProblem: LOCKED })
  await page.getByRole('link', { name: 'Models' }).click()
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add instance' })
  await dialog.getByRole('textbox', { name: 'Address' }).fill('contoso.openai.azure.com')
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('contoso-ai-eastus2')
  await dialog.getByLabel('Key', { exact: true }).fill('secret')
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  await expect(dialog.getByRole('alert')).toContainText('The keychain is locked.')
  await expect(dialog.getByRole('alert')).toContainText('Unlock it')
  await expect(dialog.getByLabel('Key', { exact: true })).toHaveValue('secret')
})

test('the local key is hidden, shown, and renewed after a question', async ({ page, start }) => {
  await start()
  await page.getByRole('link', { name: 'Settings' }).click()
  const key = page.getByRole('textbox', { name: 'Local key' })
  await expect(key).toHaveValue(/^•+$/)
  await page.getByRole('button', { name: 'Show local key' }).click()
  await expect(key).toHaveValue('lz-local-3f9cA1b2C3d4E5f6G7h8')
  await page.getByRole('button', { name: 'New key' }).click()
  await expect(page.getByRole('alertdialog')).toContainText('stops working at once')
  await page.getByRole('alertdialog').getByRole('button', { name: 'New key' }).click()
  await expect(key).toHaveValue('lz-local-newKeyNewKeyNewKey1')
  await page.getByRole('button', { name: 'Hide local key' }).click()
  await expect(key).toHaveValue(/^•+$/)
})

test('a changed port says that it needs a restart', async ({ page, start }) => {
  await start()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('textbox', { name: 'Port' }).fill('70000')
  await expect(page.getByRole('button', { name: 'Apply port' })).toBeDisabled()
  await page.getByRole('textbox', { name: 'Port' }).fill('12345')
  await page.getByRole('button', { name: 'Apply port' }).click()
  await expect(page.getByText('Restart Lazuli to use 12345')).toBeVisible()
})

test('what was set from outside is shown, not changed, and says where it comes from', async ({ page, start }) => {
  await start({ fixed: true })
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page.getByRole('textbox', { name: 'Port' })).toBeDisabled()
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeDisabled()
  await expect(page.getByText('set from the environment, so it cannot be changed here')).toHaveCount(9)
  await page.getByRole('link', { name: 'Models' }).click()
  await expect(page.getByRole('button', { name: 'Add rule' })).toBeDisabled()
  await page.getByRole('button', { name: 'More for corp-gateway' }).click()
  await expect(page.getByRole('menuitem')).toHaveText(['Deployments'])
})

test('a failed answer keeps what had arrived and leads to its exchange', async ({ page, start }) => {
  await start({
    answer: [
      { type: 'exchange', id: 'ex_00007' },
      { type: 'delta', kind: 'text', text: 'Half of an ' },
      {
        type: 'error',
        failure: {
          code: 'proxy_upstream_incomplete',
          message: 'The upstream closed the connection.',
          fix: 'Send it again.',
        },
      },
    ],
  })
  await page.getByRole('link', { name: 'Playground' }).click()
  await page.getByRole('textbox', { name: 'Message' }).fill('Hi')
  await page.keyboard.press('Enter')
  const log = page.getByRole('log', { name: 'Conversation' })
  await expect(log.getByRole('alert')).toContainText('Send it again.')
  await expect(log).toContainText('Half of an')
  await log.getByRole('link', { name: 'Exchange' }).click()
  await expect(page).toHaveURL(/#\/traffic\/ex_00007$/)
})

test('the window works at 640 × 400, as 1280 × 800 at 200 % zoom', async ({ page, start }) => {
  await page.setViewportSize({ width: 640, height: 400 })
  await start()
  for (const title of ['Traffic', 'Playground', 'Models', 'Tools', 'Settings']) {
    await page.getByRole('navigation').getByRole('link', { name: title }).click()
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640)
  }
  await page.getByRole('navigation').getByRole('link', { name: 'Playground' }).click()
  await expect(page.getByRole('textbox', { name: 'Message' })).toBeInViewport()
})
