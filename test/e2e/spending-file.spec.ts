/** In a browser alone: where a download of the app goes is not for its stand-in to say. */
import { readFile } from 'node:fs/promises'
import { callAsTool, expect, open, test } from './window.ts'

test('the sums of all names can be downloaded', async ({ page, baseUrl }) => {
  await callAsTool(page, baseUrl, 'one')
  await open(page, 'Settings')
  const spending = page.getByRole('region', { name: 'Spending', exact: true })
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    spending.getByRole('button', { name: 'Download CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^lazuli-spending-\d{4}-\d{2}-\d{2}\.csv$/)
  const text = await readFile(await download.path(), 'utf8')
  expect(text.split('\r\n')[0]).toBe(
    'day,instance,deployment,model,client,key,requests,failures,input_tokens,cached_tokens,cache_write_tokens,' +
      'output_tokens,reasoning_tokens,cost_usd,unpriced_requests',
  )
  expect(text.split('\r\n')[1]).toMatch(/^\d{4}-\d{2}-\d{2},simulator,[^,]+,gpt-4\.1-mini,curl,,1,0,\d+,/)
})
