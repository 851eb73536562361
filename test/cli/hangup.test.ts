/** SIGHUP reads the configuration again, as a service's users expect. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

interface Shown {
  data: { config_version: number; routing: { retries: number } }
}

it('reads it again, and stays as it is when it is broken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazuli-hangup-'))
  const write = (text: string): void => writeFileSync(join(folder, 'lazuli.yaml'), text)
  const instances = 'instances:\n  - {name: a, api_base: "http://127.0.0.1:9"}\n'
  write(`routing: {retries: 1}\n${instances}`)
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../../electron/serve.ts'),
      'serve',
      '--port',
      '0',
      '--config',
      'lazuli.yaml',
      '--data-dir',
      join(folder, 'data'),
    ],
    { cwd: folder, env: { PATH: process.env['PATH'] ?? '', HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const exit = once(child, 'exit')
  try {
    await expect.poll(() => stdout, { timeout: 10_000 }).toMatch(/listening on \S+\n/)
    const url = /listening on (\S+)/.exec(stdout)![1]!
    const active = async (): Promise<Shown['data']> => ((await (await fetch(`${url}/config`)).json()) as Shown).data

    write(`routing: {retries: 2}\n${instances}`)
    child.kill('SIGHUP')
    await expect.poll(() => stdout, { timeout: 5000 }).toContain('read its configuration again (version 2)')
    expect(await active()).toMatchObject({ config_version: 2, routing: { retries: 2 } })

    write(`routing:\n  retries: many\n${instances}`)
    child.kill('SIGHUP')
    await expect
      .poll(() => stderr, { timeout: 5000 })
      .toContain('lazuli.yaml, line 2: routing.retries: must be a number')
    expect(await active()).toMatchObject({ config_version: 2, routing: { retries: 2 } })

    child.kill('SIGTERM')
    expect((await exit)[0]).toBe(0)
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})
