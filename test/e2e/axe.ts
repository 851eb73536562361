import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

/** What axe finds on the page as it is now: nothing, in either theme. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    // oxlint-disable-next-line no-await-in-loop -- one page has one theme at a time
    await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme)
    // oxlint-disable-next-line no-await-in-loop
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    const found = violations.map(
      ({ id, nodes }) => `${what}, ${theme}: ${id} ${nodes.map((node) => node.html).join(' | ')}`,
    )
    expect(found).toEqual([])
  }
}
