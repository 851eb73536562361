import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const READY = /^lazuli listening on (http:\/\/127\.0\.0\.1:\d+)$/m

let dataDir: string
let child: ChildProcess
let printed: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lazuli-start-'))
})
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM')
    await once(child, 'close')
  }
  await rm(dataDir, { recursive: true, force: true })
})

/** Starts the real thing on a machine without a screen, as `npm start` does or through it, and resolves to its URL. */
async function start(through: 'node' | 'npm' = 'node'): Promise<string> {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _wayland, npm_lifecycle_event: _npm, ...env } = process.env
  const node = env['npm_node_execpath'] ?? process.execPath
  const args = ['--port', '0', '--data-dir', dataDir]
  child =
    through === 'npm'
      ? spawn('npm', ['start', '--silent', '--', ...args], { cwd: root, env })
      : spawn(node, [join(root, 'electron/start.mjs'), ...args], { cwd: dataDir, env })
  printed = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed += text))
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      const url = READY.exec(printed)?.[1]
      if (url !== undefined && /in a browser\.$/m.test(printed)) resolve(url)
    })
    child.once('close', (code) => reject(new Error(`ended with ${code}:\n${printed}`)))
  })
}

test('with nothing configured it says why there is no window, and the first curl streams', async () => {
  const url = await start()
  expect(printed).toContain(`Lazuli runs without its window here: there is no display`)
  expect(printed).toContain(`Open ${url} in a browser.`)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)

  const models = await fetch(`${url}/v1/models`).then((answer) => answer.json() as Promise<{ data: { id: string }[] }>)
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: models.data[0]?.id,
      stream: true,
      messages: [{ role: 'user', content: 'Say something.' }],
    }),
  })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const stream = await answer.text()
  expect(stream.match(/^data: \{/gm)?.length).toBeGreaterThan(2)
  expect(stream.trimEnd().endsWith('data: [DONE]')).toBe(true)
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0', async (signal) => {
  await start()
  child.kill(signal)
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
})

test('a signal to npm ends the server too, although the shell between them does not pass it on', async () => {
  const url = await start('npm')
  child.kill('SIGTERM')
  await once(child, 'exit')
  await expect.poll(() => fetch(`${url}/healthz`).catch(() => 'gone'), { timeout: 10_000 }).toBe('gone')
})

test('when the start script is killed, its server ends as well and frees the port', async () => {
  const url = await start()
  child.kill('SIGKILL')
  await once(child, 'close')
  await expect.poll(() => fetch(`${url}/healthz`).catch(() => 'gone'), { timeout: 10_000 }).toBe('gone')
})
