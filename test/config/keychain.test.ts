/** Runs under a private D-Bus with an unlocked gnome-keyring (test/with-keyring.sh). */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openKeychain } from '../../electron/config/keychain.ts'

const source = new URL('../../electron/config/keychain.ts', import.meta.url).href

describe('the keychain', () => {
  it('keeps, finds and removes a key, also a long one with every kind of character', async () => {
    const keychain = openKeychain()
    const ref = `test/${randomUUID()}`
    expect(await keychain.get(ref)).toBeUndefined()
    const value = `schlüssel 🔑 "quoted" \n ${'k'.repeat(20_000)}`
    await keychain.set(ref, value)
    expect(await keychain.get(ref)).toBe(value)
    await keychain.set(ref, 'second')
    expect(await keychain.get(ref)).toBe('second')
    await keychain.remove(ref)
    expect(await keychain.get(ref)).toBeUndefined()
    await keychain.remove(ref)
  })

  it('gives the reason and the way out where there is none', () => {
    const code = `import { openKeychain } from ${JSON.stringify(source)}
      try { await openKeychain().set('a', 'canary'); console.log('stored') } catch (e) { console.log(JSON.stringify({ code: e.code, message: e.message, fix: e.fix })) }`
    const without = (env: Record<string, string>) =>
      JSON.parse(
        spawnSync(process.execPath, ['--input-type=module', '-e', code], {
          env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
          encoding: 'utf8',
        }).stdout,
      ) as { code: string; message: string; fix: string }
    const noBus = without({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' })
    expect(noBus.code).toBe('keychain_unavailable')
    expect(noBus.fix).toContain('environment')
    expect(JSON.stringify(noBus)).not.toContain('canary')
    expect(without({}).code).toBe('keychain_unavailable')
  })
})
