import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  chooseInTray,
  closeWindow,
  expect,
  isWindowVisible,
  quit,
  runDesktop,
  startDesktop,
  test,
  trayLabels,
} from './desktop.ts'

test('a second start shows the window of the first, and ends', async ({ app, desktop, userData }) => {
  await closeWindow(app)
  expect(await isWindowVisible(app)).toBe(false)
  const second = await runDesktop(userData)
  expect(second.code).toBe(0)
  expect(second.output).not.toContain('listening on')
  await expect.poll(() => isWindowVisible(app)).toBe(true)
  expect((await fetch(`${desktop.baseUrl}/healthz`)).status).toBe(200)
})

test('quitting ends the app with 0 and frees the port, also when the window is closed', async ({ userData }) => {
  const desktop = await startDesktop(userData)
  await closeWindow(desktop.app)
  expect(await quit(desktop)).toBe(0)
  await expect(fetch(`${desktop.baseUrl}/healthz`)).rejects.toThrow()

  // Nothing is left behind that would keep the next start from the folder.
  const again = await startDesktop(userData)
  expect(await quit(again)).toBe(0)
})

test('SIGTERM ends it in the same way', async ({ userData }) => {
  test.skip(process.platform === 'win32', 'Windows has no SIGTERM')
  const desktop = await startDesktop(userData)
  desktop.app.process().kill('SIGTERM')
  expect(await desktop.exited).toBe(0)
  await expect(fetch(`${desktop.baseUrl}/healthz`)).rejects.toThrow()
})

test.describe('while an answer streams', () => {
  const TOKEN = 'token-of-this-test'

  test('quitting lets it end', async ({ userData }) => {
    const desktop = await startDesktop(userData, { LAZULI_SERVER_TOKEN: TOKEN })
    const stream = await beginStream(desktop.baseUrl, TOKEN, 'Write ten sentences.')
    const quitting = quit(desktop)
    const rest = await stream.rest()
    expect(rest).toContain('"finish_reason":"stop"')
    expect(rest).toContain('data: [DONE]')
    expect(await quitting).toBe(0)
  })

  test('the tray says for what the app waits, and can end it at once', async ({ userData }) => {
    const desktop = await startDesktop(userData, { LAZULI_SERVER_TOKEN: TOKEN })
    const stream = await beginStream(desktop.baseUrl, TOKEN, 'simulate stall')
    await desktop.app.evaluate(({ app }) => app.quit())
    await expect.poll(() => trayLabels(desktop.app)).toContain('Quit now')
    expect((await trayLabels(desktop.app))[0]).toBe('Stopping: 1 request still running')
    // The app may be gone before it can answer.
    await chooseInTray(desktop.app, 'quit').catch(() => undefined)
    expect(await desktop.exited).toBe(0)
    await expect(stream.rest()).rejects.toThrow()
  })

  test('a second signal does not wait for it', async ({ userData }) => {
    test.skip(process.platform === 'win32', 'Windows has no SIGTERM')
    const desktop = await startDesktop(userData, { LAZULI_SERVER_TOKEN: TOKEN })
    await beginStream(desktop.baseUrl, TOKEN, 'simulate stall')
    desktop.app.process().kill('SIGTERM')
    await expect.poll(() => trayLabels(desktop.app)).toContain('Quit now')
    desktop.app.process().kill('SIGTERM')
    await desktop.exited
  })
})

test('a port in use is told with what to do, and never changed in silence', async ({ userData }) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, output } = await runDesktop(userData, { LAZULI_SERVER_PORT: String(port) })
  other.close()
  expect(code).toBe(1)
  expect(output).toContain('Lazuli could not start')
  expect(output).toContain(String(port))
  expect(output).not.toContain('listening on')
})

test('a data folder that a headless Lazuli holds is told with its address', async ({ userData }) => {
  const serve = join(import.meta.dirname, '../../out/main/serve.js')
  const holder = spawn(process.execPath, [serve, '--port', '0', '--data-dir', userData], {
    cwd: userData,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(holder.stdout.setEncoding('utf8'), 'data')) as [string]
  const url = /http:\/\/\S+/.exec(line)?.[0] ?? 'no address'
  const { code, output } = await runDesktop(userData)
  holder.kill('SIGTERM')
  await once(holder, 'exit')
  expect(code).toBe(1)
  expect(output).toContain('Lazuli could not start')
  expect(output).toContain(url)
})

/** Asks the simulator and resolves when the answer's first text is there. */
async function beginStream(baseUrl: string, token: string, prompt: string): Promise<{ rest(): Promise<string> }> {
  const response = await fetch(`${baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: 'gpt-4.1-mini', stream: true, messages: [{ role: 'user', content: prompt }] }),
  })
  if (response.body === null || !response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const read = async (until: (text: string) => boolean): Promise<string> => {
    let text = ''
    while (!until(text)) {
      const { value, done } = await reader.read()
      if (done) break
      text += value
    }
    return text
  }
  await read((text) => /"content":"[^"]/.test(text))
  return { rest: () => read(() => false) }
}
