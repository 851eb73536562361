import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultDataFolder, openDataFolder } from '../../electron/config/data-folder.ts'

let folder: string
const holders: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-data-'))
})
afterEach(() => {
  for (const child of holders.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const source = new URL('../../electron/config/data-folder.ts', import.meta.url).href

/** Another process that holds the folder until it is killed. */
async function holder(path: string) {
  const code = `import { openDataFolder } from ${JSON.stringify(source)}
    const held = openDataFolder(${JSON.stringify(path)}); held.announce('http://127.0.0.1:1234', 'key'); console.log('held')
    setInterval(() => held.writable, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  holders.push(child)
  await once(child.stdout, 'data')
  return child
}

describe('the data folder', () => {
  it('is made for the user alone', () => {
    const path = join(folder, 'deep', 'down')
    const opened = openDataFolder(path)
    expect(opened.writable).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(join(path, 'lock')).mode & 0o777).toBe(0o600)
    opened.release()
  })

  it('refuses a second program and names the first; a killed one leaves no lock behind', async () => {
    const path = join(folder, 'd')
    const first = await holder(path)
    expect(() => openDataFolder(path)).toThrow(/already running .*http:\/\/127\.0\.0\.1:1234, process \d+/)
    first.kill('SIGKILL')
    await once(first, 'exit')
    const second = openDataFolder(path)
    expect(second.writable).toBe(true)
    second.release()
  })

  it('can be opened again after its release', () => {
    openDataFolder(folder).release()
    const again = openDataFolder(folder)
    expect(again.writable).toBe(true)
    again.release()
  })

  it('says that it cannot be made', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => openDataFolder(join(file, 'below'))).toThrow(/cannot be made/)
  })

  it('is used without writing where it cannot be written', () => {
    const path = join(folder, 'readonly')
    mkdirSync(path)
    chmodSync(path, 0o555)
    chmodSync(folder, 0o755)
    // root may write anywhere: a child gives that up once its modules are loaded.
    const code = `const { openDataFolder } = await import(${JSON.stringify(source)})
      if (process.getuid() === 0) process.setuid(65534)
      console.log(openDataFolder(${JSON.stringify(path)}).writable)`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).stdout.trim()).toBe(
      'false',
    )
  })

  it('is the folder that the desktop app has', () => {
    expect(defaultDataFolder({ XDG_CONFIG_HOME: '/x' }, 'linux')).toBe('/x/Lazuli')
    expect(defaultDataFolder({}, 'darwin')).toMatch(/Library\/Application Support\/Lazuli$/)
  })
})
