/** `lazuli traffic` as a user runs it, beside a running Lazuli and after it has ended. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExchangeDetail, ExchangeSummary } from '../../shared/exchange.ts'

const entry = join(import.meta.dirname, '../../electron/serve.ts')
const token = 'lz-local-canary-0123456789'
// Each command is a program that starts: on a busy machine that takes its time.
const patience = 120_000
let folder: string
let served: ChildProcess
let origin: string

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, [entry, ...args, '--data-dir', join(folder, 'data')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(['traffic', ...args])
  const texts = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, ...texts }
}

/** Waits for output that has this in it. */
function output(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = wanted.exec(text)
      if (found !== null) resolve(found)
    })
  })
}

async function ask(content: string): Promise<void> {
  const answer = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'user-agent': 'opencode/1.0' },
    body: JSON.stringify({ model: 'gpt-4.1-mini', stream: true, messages: [{ role: 'user', content }] }),
  })
  expect(answer.status).toBe(200)
  await answer.text()
}

const rowsOf = (text: string): ExchangeSummary[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ExchangeSummary)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-traffic-'))
  served = start(['serve', '--port', '0', '--token', token])
  const [, address] = await output(served, /listening on (\S+)/)
  origin = address!
  await ask('What is lapis lazuli?')
  await ask('And turquoise?')
}, patience)
afterAll(async () => {
  if (served.exitCode === null) {
    served.kill('SIGTERM')
    await once(served, 'exit')
  }
  rmSync(folder, { recursive: true, force: true })
}, patience)

describe('beside a running Lazuli', { timeout: patience }, () => {
  test('lists what matches, the latest last, as JSON lines where no terminal is', async () => {
    const all = await run()
    expect(all).toMatchObject({ code: 0, stderr: '' })
    expect(rowsOf(all.stdout).map((row) => [row.client, row.status])).toEqual([
      ['opencode', 200],
      ['opencode', 200],
    ])
    const words = await run('lapis', 'client:opencode')
    expect(rowsOf(words.stdout)).toHaveLength(1)
    expect(rowsOf((await run('not', 'client:opencode')).stdout)).toEqual([])
    expect(rowsOf((await run('--limit', '1')).stdout)).toEqual(rowsOf(all.stdout).slice(1))
  })

  test('shows one in full, and follows what comes', async () => {
    const [row] = rowsOf((await run('turquoise')).stdout)
    const shown = JSON.parse((await run('--show', row!.id)).stdout) as ExchangeDetail
    expect(shown.requestBody.text).toContain('And turquoise?')

    const follower = start(['traffic', 'malachite', '--follow'])
    const all = start(['traffic', '--follow', '--limit', '1'])
    // It follows once it has told what was there.
    await output(all, /"id"/)
    const heard = output(follower, /^(\{.*\})\n/)
    await ask('Not this one.')
    await ask('But malachite.')
    const followed = JSON.parse((await heard)[1]!) as ExchangeSummary
    expect(followed).toMatchObject({ client: 'opencode', state: 'done' })
    expect(followed.usage).toBeDefined()
    for (const child of [follower, all]) {
      child.kill('SIGINT')
      expect(await once(child, 'exit')).toEqual([0, null])
    }
  })

  test('says what is wrong with a filter, and where', async () => {
    const { code, stderr, stdout } = await run('status:>=400', 'modle:x')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('There is no field “modle”; “model” is one.')
    expect(stderr).toContain('  status:>=400 modle:x\n               ^^^^^')
    expect((await run('--show', 'nothing')).stderr).toContain('not stored')
    expect((await run('--limit', '0')).code).toBe(1)
  })
})

describe('the API', { timeout: patience }, () => {
  const get = (path: string, key?: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(origin + path, { headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers } })

  test('opens with the key of the data folder, not with the local key, and with neither to a web page', async () => {
    const { key } = JSON.parse(readFileSync(join(folder, 'data/running.json'), 'utf8')) as { key: string }
    expect((await get('/lazuli/traffic')).status).toBe(401)
    expect((await get('/lazuli/traffic', token)).status).toBe(403)
    expect((await get('/lazuli/traffic', key, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await get('/config', key)).status).toBe(401)
    const rows = await get('/lazuli/traffic?filter=lapis&limit=5', key)
    expect(rows.headers.get('content-type')).toBe('application/x-ndjson')
    expect(rowsOf(await rows.text())).toHaveLength(1)
    const wrong = await get('/lazuli/traffic?filter=modle%3Ax', key)
    expect(wrong.status).toBe(400)
    expect(await wrong.text()).toContain('modle')
    expect((await get('/lazuli/traffic?limit=many', key)).status).toBe(400)
    expect((await get('/lazuli/traffic/nothing', key)).status).toBe(404)
    expect((await get('/v1/models', key)).status).toBe(401)
  })
})

test('when none runs the store is read, and nothing is followed', { timeout: patience }, async () => {
  served.kill('SIGTERM')
  await once(served, 'exit')
  expect(rowsOf((await run('turquoise')).stdout)).toHaveLength(1)
  const [row] = rowsOf((await run('--limit', '1')).stdout)
  expect((JSON.parse((await run('--show', row!.id)).stdout) as ExchangeDetail).summary).toEqual(row)
  const followed = await run('--follow')
  expect(followed.code).toBe(1)
  expect(followed.stderr).toContain('No Lazuli runs with')
  expect((await run('--show', 'nothing')).code).toBe(1)
})
