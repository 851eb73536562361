/** A key on its whole way: typed in the window, kept by the real keychain, sent upstream, gone with its instance. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openKeychain } from '../../electron/config/keychain.ts'
import { expect, open, test } from './window.ts'

const KEY = 'canary-key-of-the-window-0123456789'

/** An upstream that lists one model to who has the key. */
async function upstream(): Promise<{ server: Server; address: string; keys: string[] }> {
  const keys: string[] = []
  const server = createServer((request, response) => {
    const key = request.headers.authorization ?? ''
    keys.push(key)
    const allowed = key === `Bearer ${KEY}`
    response.writeHead(allowed ? 200 : 401, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(allowed ? { object: 'list', data: [{ id: 'm', object: 'model' }] } : { error: { message: 'no' } }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, keys }
}

test('a key that is entered in the window lives in the keychain alone', async ({ page, lazuli }) => {
  const { server, address, keys } = await upstream()
  await open(page, 'Models')
  await page.getByRole('button', { name: 'Add instance' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add instance' })
  await dialog.getByRole('combobox', { name: 'Type' }).click()
  await page.getByRole('option', { name: 'OpenAI-compatible' }).click()
  await dialog.getByRole('textbox', { name: 'Address' }).fill(address)
  await dialog.getByRole('textbox', { name: 'Name' }).fill('house')
  await dialog.getByLabel('Key', { exact: true }).fill(KEY)
  await dialog.getByRole('button', { name: 'Add and test' }).click()
  const card = page.getByRole('region', { name: 'Instances' }).getByRole('article', { name: 'house' })
  await expect(card).toContainText('key in keychain')
  await expect.poll(() => keys).toContain(`Bearer ${KEY}`)

  const settings = readFileSync(`${lazuli.folder}/config.json`, 'utf8')
  const ref = /"key_ref": ?"([^"]+)"/.exec(settings)?.[1]
  expect(ref).toMatch(/^instance\/house\//)
  expect(await openKeychain().get(ref!)).toBe(KEY)
  // grep ends with 1 when it finds nothing; anything that it found would be a key in a plain file.
  expect(() => execFileSync('grep', ['-rlaF', KEY, lazuli.folder])).toThrow(expect.objectContaining({ status: 1 }))

  await card.getByRole('button', { name: 'More for house' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(card).toHaveCount(0)
  expect(await openKeychain().get(ref!)).toBeUndefined()
  await new Promise((resolve) => server.close(resolve))
})
