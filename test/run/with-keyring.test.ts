import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const script = join(import.meta.dirname, '../with-keyring.sh')

/** Runs a command as from a developer's shell, outside any throw-away home. */
function withKeyring(...command: string[]): { status: number | null; stdout: string; stderr: string } {
  const { LAZULI_TEST_HOME: _inside, ...env } = process.env
  return spawnSync(script, command, { env: { ...env, HOME: '/nonexistent' }, encoding: 'utf8' })
}

test('the command gets a keyring that is open and empty, in a home that is gone afterwards', () => {
  const keytar = createRequire(import.meta.url).resolve('keytar')
  const program = `
    const keytar = require(${JSON.stringify(keytar)})
    const before = await keytar.findCredentials('lazuli-test')
    await keytar.setPassword('lazuli-test', 'account', 'schlüssel')
    console.log(JSON.stringify({ before, after: await keytar.getPassword('lazuli-test', 'account'), home: process.env.HOME }))`
  const done = withKeyring(process.execPath, '-e', `(async () => {${program}})()`)
  expect(done.stderr).toBe('')
  const { before, after, home } = JSON.parse(done.stdout)
  expect({ before, after }).toEqual({ before: [], after: 'schlüssel' })
  expect(home).not.toBe('/nonexistent')
  expect(existsSync(home)).toBe(false)
})

test('its exit code and both of its outputs are those of the command', () => {
  const done = withKeyring('sh', '-c', 'echo out; echo err >&2; exit 7')
  expect(done).toMatchObject({ status: 7, stdout: 'out\n', stderr: 'err\n' })
})

test("nothing here runs in the developer's home or with their variables", () => {
  expect(process.env['HOME']).toMatch(/lazuli-test/)
  expect(process.env['INIT_CWD']).toBe(process.env['HOME'])
  expect(Object.keys(process.env).filter((name) => /^(AZURE|OPENAI|ANTHROPIC)_/.test(name))).toEqual([])
})
