import { expect, open, test } from './window.ts'

/** Milliseconds from the begin of the page to its first paint; a window that takes longer feels slow. */
const FIRST_PAINT_MS = 500
/** What Chromium calls good is 0.1; here nothing moves. */
const SHIFT = 0.01

test('the first paint comes within half a second and nothing moves after it', async ({ page }) => {
  await open(page, 'Traffic')
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Traffic' }).waitFor()
  await page.getByRole('contentinfo').getByText('Running').waitFor()
  const { paint, shift } = await page.evaluate(
    () =>
      new Promise<{ paint: number; shift: number }>((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
            if (!entry.hadRecentInput) sum += entry.value
          }
        }).observe({ type: 'layout-shift', buffered: true })
        // The buffered entries come before the second frame from here.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => {
            const [first] = performance.getEntriesByName('first-contentful-paint')
            resolve({ paint: first?.startTime ?? Number.POSITIVE_INFINITY, shift: sum })
          }),
        )
      }),
  )
  expect(shift).toBeLessThan(SHIFT)
  expect(paint).toBeLessThan(FIRST_PAINT_MS)
})

test('before any program runs, the page has the frame of the window and the theme of last time', async ({ page }) => {
  await open(page, 'Traffic')
  await page.evaluate(() => localStorage.setItem('lazuli-theme', 'dark'))
  // The skeleton is all that is there while the program itself does not come.
  await page.route(/assets\/index-.*\.js$/, (route) => route.abort())
  await page.reload({ waitUntil: 'domcontentloaded' })
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  const boxes = await page.evaluate(() =>
    ['.rail', '.page', '.statusbar', '.toolbar'].map((name) => {
      const { width, height } = document.querySelector(name)?.getBoundingClientRect() ?? { width: 0, height: 0 }
      return width > 0 && height > 0
    }),
  )
  expect(boxes).toEqual([true, true, true, true])
})
