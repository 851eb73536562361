import { callAsTool, expect, keyHeader, open, test } from './window.ts'

test('both lanes stand beside each other, and an event names where it came from', async ({ page, baseUrl }) => {
  await open(page, 'Traffic')
  await callAsTool(page, baseUrl, 'Hello from a tool')
  await page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').nth(1).click()
  await page.getByRole('tab', { name: 'Stream' }).click()
  const upstream = page.getByRole('list', { name: 'Upstream events' })
  const client = page.getByRole('list', { name: 'Client events' })
  await expect(upstream.getByRole('listitem').first()).toBeVisible()
  await expect(client.getByRole('button').nth(2)).toContainText('from upstream event 2')
  await client.getByRole('button').nth(2).click()
  const event = page.getByRole('region', { name: 'Event', exact: true })
  await expect(event).toContainText('Client event 2')
  await expect(event).toContainText('from upstream 2')
  await page.keyboard.press(']')
  await expect(event).toContainText('Client event 3')
  await page.keyboard.press('[')
  await expect(event).toContainText('Client event 2')
  await event.getByRole('button', { name: 'Text' }).click()
  await expect(event.getByRole('region', { name: 'Text of the event' })).toContainText('data:')
  await event.getByRole('button', { name: 'Bytes' }).click()
  await expect(event.getByRole('region', { name: 'Bytes of the event' })).toContainText('64 61 74 61 3a')
})

test('the slider takes the message back to any time, and it plays', async ({ page, baseUrl }) => {
  await open(page, 'Traffic')
  await callAsTool(page, baseUrl, 'Hello from a tool')
  await page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').nth(1).click()
  await page.getByRole('tab', { name: 'Stream' }).click()
  const message = page.getByRole('region', { name: 'Message so far' })
  await expect(message).toContainText('Ended: stop')
  const whole = await message.innerText()
  const time = page.getByRole('slider', { name: 'Time' })
  await time.focus()
  await page.keyboard.press('Home')
  await expect(time).toHaveAttribute('aria-valuetext', /^0\.000 seconds of .*, event 0 of /)
  await expect(message).toContainText('Nothing of the answer yet.')
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight')
  await expect(message.locator('.b-text')).toBeVisible()
  expect((await message.innerText()).length).toBeLessThan(whole.length)
  await page.keyboard.press('End')
  await expect(message).toContainText('Ended: stop')
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible()
  await page.keyboard.press('Space')
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible()
})

test('a translated answer tells the causes that its codecs recorded', async ({ page, baseUrl }) => {
  await open(page, 'Traffic')
  const response = await fetch(`${baseUrl}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'curl/8.0', ...(await keyHeader(page)) },
    body: JSON.stringify({
      model: 'gpt-4.1-mini',
      max_tokens: 200,
      stream: true,
      messages: [{ role: 'user', content: 'Hello across APIs' }],
    }),
  })
  await response.text()
  await page.getByRole('grid', { name: 'Exchanges' }).getByRole('row').nth(1).click()
  await page.getByRole('tab', { name: 'Stream' }).click()
  const client = page.getByRole('list', { name: 'Client events' })
  await expect(client.getByRole('button', { name: /content_block_delta.*from upstream event/ }).first()).toBeVisible()
  await page.getByRole('tab', { name: 'Request' }).click()
  await page.getByRole('button', { name: 'Changes' }).click()
  const body = page.getByRole('region', { name: 'Body of the request', exact: true })
  await expect(body.getByRole('textbox', { name: 'Body to the upstream' })).toContainText('Hello across APIs')
})
