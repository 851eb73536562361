import {
  chooseInTray,
  closeWindow,
  expect,
  isWindowVisible,
  quit,
  settingsOf,
  startDesktop,
  test,
  trayLabels,
} from './desktop.ts'

const PAGES = ['Traffic', 'Playground', 'Models', 'Tools', 'Settings']

test('opens with the rail and the address that it serves', async ({ page, desktop }) => {
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
  await expect(links).toHaveText(PAGES)
  await expect(page.getByRole('contentinfo')).toContainText(desktop.baseUrl)
  expect((await fetch(`${desktop.baseUrl}/healthz`)).status).toBe(200)
})

test('the page talks to its engine over the port, also after a reload', async ({ page }) => {
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await expect(page.getByRole('textbox', { name: 'Port' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Port' })).toBeVisible()
  await expect(page.getByRole('contentinfo')).toContainText('Running')
})

test('the menu goes to each page', async ({ page, app }) => {
  for (const name of PAGES) {
    await app.evaluate(
      ({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(),
      `go-${name.toLowerCase()}`,
    )
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  }
})

test('the menu has what a desktop app has: edit, zoom, window, quit', async ({ app }) => {
  const roles = await app.evaluate(({ Menu }) => {
    const items = Menu.getApplicationMenu()?.items ?? []
    return [...items, ...items.flatMap((item) => item.submenu?.items ?? [])].map((item) => item.role?.toLowerCase())
  })
  const expected = ['editmenu', 'windowmenu', 'zoomin', 'zoomout', 'resetzoom']
  expect(roles).toEqual(expect.arrayContaining(process.platform === 'darwin' ? expected : [...expected, 'quit']))
})

test('closing the window keeps serving, says so once, and the tray opens it again', async ({
  app,
  page,
  desktop,
  userData,
}) => {
  await expect(page.getByRole('contentinfo')).toContainText(desktop.baseUrl)
  expect(await isWindowVisible(app)).toBe(true)
  await closeWindow(app)
  expect(await isWindowVisible(app)).toBe(false)
  expect((await fetch(`${desktop.baseUrl}/healthz`)).status).toBe(200)
  expect(await settingsOf(userData)).toMatchObject({ app: { closeExplained: true } })

  await chooseInTray(app, 'open')
  await expect.poll(() => isWindowVisible(app)).toBe(true)
  await expect(page.getByRole('contentinfo')).toContainText('Running')
})

test('the tray shows the status, copies the address, and pauses the recording', async ({ app, page, desktop }) => {
  await expect(page.getByRole('contentinfo')).toContainText('Recording on')
  expect(await trayLabels(app)).toEqual([
    expect.any(String),
    `Copy ${desktop.baseUrl}`,
    'Open Lazuli',
    'Pause recording',
    'Quit Lazuli',
  ])
  await chooseInTray(app, 'copy-base-url')
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe(desktop.baseUrl)

  await chooseInTray(app, 'recording')
  await expect(page.getByRole('contentinfo')).toContainText('Recording off')
  await expect.poll(() => trayLabels(app)).toContain('Resume recording')
  await chooseInTray(app, 'recording')
  await expect(page.getByRole('contentinfo')).toContainText('Recording on')
})

test('the theme of the settings is that of the window, at once and at the next start', async ({ userData }) => {
  const isDark = (): boolean => matchMedia('(prefers-color-scheme: dark)').matches
  const first = await startDesktop(userData)
  await first.page.getByRole('link', { name: 'Settings', exact: true }).click()
  await first.page.getByRole('radio', { name: 'Dark' }).click()
  await expect.poll(() => first.page.evaluate(isDark)).toBe(true)
  await first.page.getByRole('radio', { name: 'Light' }).click()
  await expect.poll(() => first.page.evaluate(isDark)).toBe(false)
  await first.page.getByRole('radio', { name: 'Dark' }).click()
  await expect.poll(() => first.page.evaluate(isDark)).toBe(true)
  await quit(first)

  const second = await startDesktop(userData)
  expect(await second.app.evaluate(({ nativeTheme }) => nativeTheme.themeSource)).toBe('dark')
  const background = await second.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => window.getBackgroundColor().toLowerCase()),
  )
  expect(background).toEqual(['#13161c'])
  await second.app.close()
})

test('the window opens where it was', async ({ userData }) => {
  const bounds = { x: 60, y: 50, width: 1010, height: 690 }
  const first = await startDesktop(userData)
  await first.app.evaluate(({ BrowserWindow }, place) => BrowserWindow.getAllWindows()[0]?.setBounds(place), bounds)
  await quit(first)

  const second = await startDesktop(userData)
  const restored = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds())
  expect(restored).toEqual(bounds)
  await second.app.close()
})
