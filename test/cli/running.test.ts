/** `lazuli models` beside a Lazuli that runs: it tells what that one would do now. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { post } from '../proxy/harness.ts'
import { startUpstream, type ScriptedUpstream } from '../proxy/scripted-upstream.ts'
import { ASK, failing, fine, PATH } from '../proxy/several-upstreams.ts'

const entry = join(import.meta.dirname, '../../electron/serve.ts')
let folder: string
let upstreams: ScriptedUpstream[]
let program: ChildProcess | undefined
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-running-'))
  upstreams = [await startUpstream(failing(429, { 'retry-after': '60' })), await startUpstream(fine)]
})
afterEach(async () => {
  if (program?.exitCode === null) {
    program.kill('SIGKILL')
    await once(program, 'close')
  }
  await Promise.all(upstreams.map((upstream) => upstream.close()))
  rmSync(folder, { recursive: true, force: true })
})

function lazuli(...args: string[]): ChildProcess {
  return spawn(process.execPath, [entry, ...args, '--config', 'lazuli.yaml', '--data-dir', join(folder, 'data')], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function models(): Promise<string> {
  const child = lazuli('models', 'gpt-4o')
  let text = ''
  child.stdout!.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(child, 'close')
  return text
}

it('who rests, and who would serve', async () => {
  const instances = upstreams.map(
    ({ origin }, index) => `  - {name: ${'ab'[index]}, api_base: "${origin}", api_key: key-canary-1}\n`,
  )
  writeFileSync(
    join(folder, 'lazuli.yaml'),
    `server: {port: 0, token: token-canary-1}\nrouting: {retries: 0}\ninstances:\n${instances.join('')}`,
  )
  expect(await models()).not.toContain('Now, at')
  program = lazuli('serve')
  const origin = await new Promise<string>((resolve, reject) => {
    program!.once('exit', (code) => reject(new Error(`it ended with ${String(code)}`)))
    let text = ''
    program!.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const found = /listening on (http:\S+)/.exec(text)?.[1]
      if (found !== undefined) resolve(found)
    })
  })
  const asked = await post(origin, PATH, ASK, { authorization: 'Bearer token-canary-1' })
  expect(asked.status).toBe(429)
  await asked.text()
  const told = await models()
  expect(told).toContain(`Now, at ${origin}:\ngpt-4o → b · deployment gpt-4o · chat`)
  expect(told).toMatch(/- Instance a is passed over \(It asked to be left alone for [\d.]+ s more\)/)
  expect(told).not.toContain('canary')
  expect(upstreams.map(({ received }) => received.length)).toEqual([1, 0])
}, 90_000)
