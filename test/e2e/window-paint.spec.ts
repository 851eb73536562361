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
