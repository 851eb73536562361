import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPackage } from '@electron/asar'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCommandLine } from './host/command-line.ts'
import { makeCloneCodec } from './host/structured-clone.ts'

const executable = join(import.meta.dirname, 'host/electron')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lazuli-host-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

/** Runs a main script on the host until it ends. */
async function run(given: string, ...args: string[]): Promise<{ code: number | null; out: string; errors: string }> {
  const child = spawn(executable, [given, `--user-data-dir=${join(folder, 'user-data')}`, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out: out.trim(), errors }
}

/** An app of one script. */
function appOf(name: string, script: string): string {
  const app = join(folder, name)
  mkdirSync(app, { recursive: true })
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name, version: '1.2.3', type: 'module', main: 'main.js' }))
  writeFileSync(join(app, 'main.js'), script)
  return app
}

describe('an app starts', () => {
  const script = `import { app } from 'electron'
    import electron from 'electron'
    app.whenReady().then(() => {
      console.log(JSON.stringify([app.getName(), app.getVersion(), app.getAppPath(), electron.app === app, process.type]))
      app.quit()
    })`

  test('from its folder', async () => {
    const app = appOf('from-folder', script)
    expect(await run(app)).toMatchObject({
      code: 0,
      out: JSON.stringify(['from-folder', '1.2.3', app, true, 'browser']),
    })
  })

  test('from its script', async () => {
    const app = appOf('from-script', script)
    expect((await run(join(app, 'main.js'))).out).toContain('"from-script","1.2.3"')
  })

  test('from an archive, of which nothing stays behind', async () => {
    const archive = join(folder, 'app.asar')
    await createPackage(appOf('from-archive', script), archive)
    const { code, out } = await run(archive)
    expect(code).toBe(0)
    expect(out).toMatch(/^\["from-archive","1\.2\.3",".*app\.asar",true,"browser"\]$/)
    expect(readdirSync(folder).filter((name) => name.startsWith('electron-host-'))).toEqual([])
  })

  test('with its switches told apart from its own arguments', () => {
    expect(parseCommandLine(['-r', 'a.cjs', '--inspect=0', '--no-sandbox', 'app', '--port=1', 'more'])).toEqual({
      requires: ['a.cjs'],
      switches: new Map([
        ['inspect', '0'],
        ['no-sandbox', ''],
        ['port', '1'],
      ]),
      app: 'app',
    })
  })
})

describe('what the host does not have is named', () => {
  test.each([
    ['dialog.showCertificateTrustDialog()', 'dialog.showCertificateTrustDialog is not implemented'],
    ['globalShortcut.register("F1", () => {})', 'globalShortcut.register is not implemented'],
    [
      'new BrowserWindow({ webPreferences: { contextIsolation: false } })',
      'webPreferences.contextIsolation: false is refused',
    ],
    [
      'new BrowserWindow({ webPreferences: { nodeIntegration: true } })',
      'webPreferences.nodeIntegration: true is refused',
    ],
    ['new BrowserWindow({ webPreferences: { sandbox: false } })', 'webPreferences.sandbox: false is refused'],
    ['new BrowserWindow({ webPreferences: { webviewTag: true } })', 'webPreferences.webviewTag: true is refused'],
    ['protocol.registerSchemesAsPrivileged([])', 'should be called before app is ready'],
  ])('%s', async (call, complaint) => {
    const app = appOf(
      'lacking',
      `import { app, BrowserWindow, dialog, globalShortcut, protocol } from 'electron'
      app.whenReady()
        .then(() => ${call})
        .catch((error) => console.log(error.message))
        .finally(() => app.quit())`,
    )
    expect((await run(app)).out).toContain(complaint)
  })
})

describe('a value survives the way between page and main process', () => {
  const codec = makeCloneCodec()
  const back = (value: unknown): unknown => codec.parse(codec.stringify(value))

  test('with its type', () => {
    const value = {
      map: new Map<unknown, unknown>([[1, new Set(['a', undefined])]]),
      date: new Date(5),
      big: 10n,
      numbers: [Number.NaN, Infinity, -Infinity],
      bytes: new Uint8Array([0, 255]),
      words: new Uint16Array([1, 65_535]),
      pattern: /a+/gi,
      nested: { $: 'a key of the codec itself', list: [null, true, 'ü'] },
    }
    expect(back(value)).toEqual(value)
    expect(Object.is(back(-0), -0)).toBe(true)
    expect(back(new RangeError('out of range'))).toMatchObject({ name: 'RangeError', message: 'out of range' })
  })

  test.each([[() => {}], [Symbol('x')], [Promise.resolve()], [{ deep: [new WeakMap()] }]])(
    'or is refused where it was sent: %o',
    (value) => {
      expect(() => codec.stringify(value)).toThrow('An object could not be cloned.')
    },
  )
})
