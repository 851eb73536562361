/** `lazuli tools` as a user runs it: a process of its own, a home folder of its own, and a Lazuli that runs or does not. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const entry = join(import.meta.dirname, '../../electron/serve.ts')
const TOKEN = 'a-token-for-the-test-0123456789'
let folder: string
let home: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-cli-tools-'))
  home = join(folder, 'home')
  mkdirSync(join(folder, 'bin'))
  mkdirSync(home)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [entry, ...args, '--data-dir', join(folder, 'data'), '--token', TOKEN], {
    cwd: folder,
    env: { PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { text: '' }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said.text += chunk.toString()))
  return { child, said, closed: once(child, 'close') as Promise<[number]> }
}

async function tools(...args: string[]): Promise<{ code: number; text: string }> {
  const { said, closed } = start(['tools', ...args])
  const [code] = await closed
  return { code, text: said.text }
}

/** A claude that asks what the real one asks, with its settings. */
const FAKE_CLAUDE = `#!/usr/bin/env node
const { env } = JSON.parse(require('fs').readFileSync(process.env.HOME + '/.claude/settings.json', 'utf8'))
fetch(env.ANTHROPIC_BASE_URL + '/v1/messages', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer ' + env.ANTHROPIC_AUTH_TOKEN, 'user-agent': 'claude-cli/2.1.0' },
  body: JSON.stringify({ model: env.ANTHROPIC_MODEL, max_tokens: 50, messages: [{ role: 'user', content: 'Reply OK' }] }),
}).then(async (answer) => { console.log(await answer.text()); process.exit(answer.ok ? 0 : 1) })
`

test('list, plan, apply and undo work without a running Lazuli; the key is not printed', async () => {
  const listed = await tools()
  expect(listed.code).toBe(0)
  expect(listed.text).toMatch(/^claude-code +Claude Code +not found +~\/\.claude\/settings\.json$/m)
  expect(listed.text).toMatch(/^cursor .*not possible/m)

  const planned = await tools('plan', 'codex', '--model', 'o4-mini')
  expect(planned.text).toContain('  + model = "o4-mini"')
  expect(planned.text).toContain('  + base_url = "http://127.0.0.1:11437/v1"')
  expect(planned.text).not.toContain(TOKEN)
  const file = join(home, '.codex/config.toml')
  expect(existsSync(file)).toBe(false)

  const refused = await tools('apply', 'codex')
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('Add --yes') as string })
  expect(existsSync(file)).toBe(false)

  const written = await tools('apply', 'codex', '--yes', '--model', 'main=o4-mini')
  expect(written.code).toBe(0)
  expect(written.text).not.toContain(TOKEN)
  expect(readFileSync(file, 'utf8')).toContain(`http_headers = { x-api-key = "${TOKEN}" }`)

  const undone = await tools('undo', 'codex', '--yes')
  expect(undone).toEqual({ code: 0, text: '~/.codex/config.toml was removed: it was not there before.\n' })
  expect(existsSync(file)).toBe(false)
}, 60_000)

test('what is not there is named with what there is', async () => {
  const cases = [
    [['install', 'codex'], 'There is no action "install"'],
    [['plan', 'vim'], 'There is no tool "vim"'],
    [['plan', 'codex', '--model', 'small=x'], 'There is no role "small"'],
    [['apply', 'cursor', '--yes'], 'Cursor cannot use Lazuli.'],
    [['undo', 'codex', '--yes'], 'has written nothing'],
    [['verify', 'codex'], 'cannot be started'],
  ] as const
  const answers = await Promise.all(cases.map(([args]) => tools(...args)))
  for (const [at, { code, text }] of answers.entries()) {
    expect([code, text]).toEqual([1, expect.stringContaining(cases[at]![1])])
  }
}, 60_000)

test('verify starts the tool and counts what really arrived', async () => {
  writeFileSync(join(folder, 'bin/claude'), FAKE_CLAUDE)
  chmodSync(join(folder, 'bin/claude'), 0o755)
  const nobody = await tools('verify', 'claude-code')
  expect(nobody.text).toContain('do not lead to this Lazuli')

  const server = start(['serve', '--port', '0'])
  await expect.poll(() => server.said.text, { timeout: 60_000 }).toContain('lazuli listening on')
  const address = /listening on (\S+)/.exec(server.said.text)![1]!
  await tools('apply', 'claude-code', '--yes')
  expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toContain(address)
  const checked = await tools('verify', 'claude-code')
  expect(checked.text).toBe(
    `+ Lazuli answers at ${address}\n+ 1 model request arrived, 1 answered whole\n+ Claude Code ended well: it works through Lazuli\n`,
  )
  expect(checked.code).toBe(0)
  expect((await tools()).text).toMatch(/^claude-code .* verified /m)

  // The settings file is the tool's own: what the user breaks there is found out.
  writeFileSync(join(folder, 'bin/claude'), '#!/bin/sh\necho "no network" >&2\nexit 7\n')
  const failed = await tools('verify', 'claude-code')
  expect(failed).toMatchObject({
    code: 1,
    text: expect.stringMatching(/x No model request arrived[^]*no network[^]*ended with 7/) as string,
  })
  server.child.kill('SIGTERM')
  await server.closed
}, 120_000)
