/** The headless program with a log file and webhooks: what it posts, keeps and prints. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post } from '../proxy/harness.ts'
import { json, startUpstream } from '../proxy/scripted-upstream.ts'
import type { Script, ScriptedUpstream } from '../proxy/scripted-upstream.ts'

const root = join(import.meta.dirname, '../..')
const CANARIES = ['canary-key-000001', 'canary-hook-00001', 'canary-prompt-001']

let folder: string
let upstream: ScriptedUpstream
let hook: ScriptedUpstream
let onHook: Script
let stop: (() => Promise<void>) | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-alerts-'))
  onHook = json({ code: 0 })
  upstream = await startUpstream(({ received, response }) => {
    response.writeHead(401, { 'content-type': 'application/json' })
    const message = `refused: ${received.body.toString()} ${JSON.stringify(received.headers)}`
    response.end(JSON.stringify({ error: { message, code: '401' } }))
  })
  hook = await startUpstream((play) => onHook(play))
})
afterEach(async () => {
  await stop?.()
  await Promise.all([upstream.close(), hook.close()])
  rmSync(folder, { recursive: true, force: true })
})

function configure(logging: string): void {
  writeFileSync(
    join(folder, 'lazuli.yaml'),
    `server: {port: 0}\nlogging: ${logging}\nalerts: {webhook: "${hook.origin}/${CANARIES[1]}"}\ninstances:\n  - {name: east, api_base: "${upstream.origin}", api_key: ${CANARIES[0]}}\n`,
  )
}

async function start(): Promise<{ url: string; output: () => string }> {
  const child = spawn(
    process.execPath,
    [join(root, 'electron/serve.ts'), 'serve', '--data-dir', join(folder, 'data'), '--config', 'lazuli.yaml'],
    { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  const exit = once(child, 'exit')
  stop = async () => {
    child.kill('SIGTERM')
    await exit
    stop = undefined
  }
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const match = /^lazuli listening on (\S+)$/m.exec(output)
      if (match !== null) resolve(match[1]!)
    })
    child.once('exit', () => reject(new Error(output)))
  })
  return { url, output: () => output }
}

const ask = async (url: string, model: string): Promise<number> => {
  const response = await post(url, '/v1/chat/completions', {
    model,
    messages: [{ role: 'user', content: CANARIES[2] }],
  })
  await response.text()
  return response.status
}

test('a refused key is posted within seconds, the log turns over, and neither has a secret or a prompt', async () => {
  configure('{file: logs/app.log, max_size: 4096, backup_count: 2}')
  const { url, output } = await start()
  expect(await ask(url, 'gpt-4o')).toBe(401)
  await hook.request()
  const hostile = `gpt-4o\r\n{"level":60}\u001b[31m\u009b2J`
  for (let time = 0; time < 40; time++) expect(await ask(url, hostile)).toBeGreaterThanOrEqual(400)
  // The next start is not needed for other settings.
  configure('{file: logs/other.log, feishu_webhook: ""}')
  expect((await fetch(`${url}/config/reload`, { method: 'POST' })).status).toBe(200)
  expect(await ask(url, 'gpt-4o')).toBe(401)
  await stop?.()

  expect(hook.received).toHaveLength(1)
  const alert = hook.received[0]!.body.toString()
  expect(JSON.parse(alert)).toMatchObject({ kind: 'misconfigured', instance: 'east' })
  const files = readdirSync(join(folder, 'logs')).toSorted()
  expect(files).toEqual(['app.log', 'app.log.1', 'app.log.2', 'other.log'])
  const texts = files.map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))
  for (const name of files.slice(0, 3)) {
    expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(4096)
  }
  for (const line of texts.join('').trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('level', 30)
  expect(texts[3]).toContain('model request')
  // oxlint-disable-next-line no-control-regex -- these are the characters that must not be there
  expect(texts.join('')).not.toMatch(/[\u001b\u009b\r]/)
  for (const canary of CANARIES) expect([alert, ...texts, output()].join('\n')).not.toContain(canary)
}, 60_000)

test('a webhook that hangs and a file that cannot be written slow nothing down and keep nobody from ending', async () => {
  onHook = () => {}
  configure('{file: data}')
  const { url, output } = await start()
  const began = performance.now()
  for (let time = 0; time < 20; time++) expect(await ask(url, `gpt-4o-${time}`)).toBe(401)
  expect(performance.now() - began).toBeLessThan(4000)
  await stop?.()
  expect(output().match(/The log file cannot be written/g)).toHaveLength(1)
  expect(hook.received.length).toBeLessThanOrEqual(10)
}, 60_000)
