/** The page as it is before its program is there; in a browser, where a file can be kept from coming. */
import { expect, open, test } from './window.ts'

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
