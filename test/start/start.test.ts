import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HEAP_FLAGS } from '../../electron/start/heap.mjs'
import { Clone, WINDOW } from './clone.ts'

let clone: Clone
const servers: Server[] = []

beforeEach(async () => {
  clone = await Clone.make()
})
afterEach(async () => {
  await clone.remove()
  for (const server of servers.splice(0)) server.close()
})

async function listen(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** With a screen, and a download address that the test controls. */
const withScreen = (mirror: string): NodeJS.ProcessEnv => ({ DISPLAY: ':0', ELECTRON_MIRROR: mirror })

/** Stands for npm: tells its arguments in a file and does what the test says. */
function npm(then: string): Promise<string> {
  const asked = `import { writeFileSync } from 'node:fs'\nwriteFileSync('npm-was-asked', process.argv.slice(2).join(' '))`
  return clone.write('tools/npm-cli.js', `${asked}\n${then}`)
}

describe('without a window', () => {
  test('without a display it serves, and hands over the reason, the arguments and where the user stood', async () => {
    const started = clone.start(['--port', '1', '--brief'])
    expect(await started.ended).toBe(7)
    expect(started.served).toMatchObject({
      args: ['--port', '1', '--brief'],
      reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)',
      from: clone.root,
    })
    expect(started.stderr).toBe('')
  })

  test('the server runs on the Node that came with the packages', async () => {
    const started = clone.start(['--brief'])
    await started.ended
    expect(started.served.node).toBe(process.versions.node)
  })

  test('the server’s young heap is bounded', async () => {
    const started = clone.start(['--headless', '--brief'])
    await started.ended
    expect(started.served.flags).toEqual(HEAP_FLAGS)
  })

  test('--headless needs no reason', async () => {
    const started = clone.start(['--headless', '--brief'], { DISPLAY: ':0' })
    await started.ended
    expect(started.served.args).toEqual(['--brief'])
    expect(started.served.reason).toBeUndefined()
  })

  test('under npm, the user stood where INIT_CWD says', async () => {
    const started = clone.start(['--brief'], { npm_lifecycle_event: 'start', INIT_CWD: '/somewhere/else' })
    await started.ended
    expect(started.served.from).toBe('/somewhere/else')
  })

  test('when the download address refuses the connection, the reason names it', async () => {
    const server = createServer()
    const mirror = await listen(server)
    server.close()
    const started = clone.start(['--brief'], withScreen(mirror))
    expect(await started.ended).toBe(7)
    expect(started.served.reason).toBe(
      `Electron is not installed and ${new URL(mirror).host} cannot be reached to download it`,
    )
    expect(started.stderr).toBe('')
  })

  test('a network that swallows packets delays the start by a few seconds only', async () => {
    const mirror = await listen(createServer(() => {}))
    const before = performance.now()
    const started = clone.start(['--brief'], withScreen(mirror))
    expect(await started.ended).toBe(7)
    expect(performance.now() - before).toBeLessThan(8000)
    expect(started.served.reason).toContain('cannot be reached')
  })

  test('an address that answers but has no Electron is said as such', async () => {
    const asked: string[] = []
    const mirror = await listen(
      createHttpServer((request, answer) => {
        asked.push(`${request.method} ${request.url}`)
        answer.writeHead(404).end()
      }),
    )
    const started = clone.start(['--brief'], withScreen(mirror))
    await started.ended
    expect(started.served.reason).toContain('does not hand it out (HTTP 404)')
    expect(asked).toEqual([`HEAD /v45.0.0/electron-v45.0.0-${process.platform}-${process.arch}.zip`])
  })

  test('an installer that throws is reported in a sentence, without its stack', async () => {
    await clone.write('node_modules/electron/install.js', 'throw new Error("no space left on device")')
    await clone.write('node_modules/electron/package.json', '{ "version": "45.0.0", "type": "commonjs" }')
    const mirror = await listen(createHttpServer((_, answer) => answer.end()))
    const started = clone.start(['--brief'], withScreen(mirror))
    expect(await started.ended).toBe(7)
    expect(started.served.reason).toBe('Electron could not be downloaded (no space left on device)')
    expect(started.stderr).not.toMatch(/^\s+at /m)
  })

  test('an Electron that lacks a system library makes way for the server', async () => {
    const failing =
      '#!/bin/sh\necho "electron: error while loading shared libraries: libgtk-3.so.0: cannot open" >&2\nexit 127\n'
    await clone.write('dist/electron', failing, 0o755)
    const started = clone.start(['--brief'], {
      DISPLAY: ':0',
      ELECTRON_OVERRIDE_DIST_PATH: join(clone.root, 'dist'),
    })
    expect(await started.ended).toBe(7)
    expect(started.served.reason).toBe('Electron needs libgtk-3.so.0, which is not installed')
  })
})

describe('with a window', () => {
  const root = process.getuid?.() === 0
  const expected = (args: string): string => `window ${clone.root} ${root ? '--no-sandbox ' : ''}${args}\n`

  test('an Electron that is named by the environment is started on this folder', async () => {
    const named = await clone.write('elsewhere/electron', WINDOW, 0o755)
    const started = clone.start(['--port', '1'], { DISPLAY: ':0', ELECTRON_EXEC_PATH: named })
    expect(await started.ended).toBe(5)
    expect(started.stdout).toBe(expected('--port 1'))
    expect(started.stderr.includes('--no-sandbox')).toBe(root)
  })

  test('a missing Electron is fetched where its address answers', async () => {
    const installer = `
      const { mkdirSync, writeFileSync } = require('node:fs')
      mkdirSync(__dirname + '/dist')
      writeFileSync(__dirname + '/dist/electron', ${JSON.stringify(WINDOW)}, { mode: 0o755 })
      writeFileSync(__dirname + '/path.txt', 'electron')`
    await clone.write('node_modules/electron/install.js', installer)
    await clone.write('node_modules/electron/package.json', '{ "version": "45.0.0", "type": "commonjs" }')
    const mirror = await listen(createHttpServer((_, answer) => answer.end()))
    const started = clone.start(['hello'], withScreen(mirror))
    expect(await started.ended).toBe(5)
    expect(started.stdout).toBe(expected('hello'))
    expect(started.stderr).toContain('Downloading Electron 45.0.0')
  })
})

describe('signals', () => {
  test('one that reaches the whole group, and again through npm, reaches the server once', async () => {
    const started = clone.start([])
    await started.prints('served')
    process.kill(-started.process.pid!, 'SIGTERM')
    started.process.kill('SIGTERM')
    expect(await started.ended).toBe(7)
    expect(started.stdout.match(/got SIGTERM/g)).toHaveLength(1)
  })

  test('a second one, later, reaches it as well', async () => {
    const started = clone.start(['--slow'])
    await started.prints('served')
    started.process.kill('SIGINT')
    await started.prints('got SIGINT')
    await expect
      .poll(() => {
        started.process.kill('SIGINT')
        return started.stdout.match(/got SIGINT/g)?.length
      })
      .toBe(2)
    expect(await started.ended).toBe(7)
  })

  test('a closed terminal ends it', async () => {
    const started = clone.start([])
    await started.prints('served')
    started.process.kill('SIGHUP')
    expect(await started.ended).toBe(7)
    expect(started.stdout).toContain('got SIGTERM')
  })

  test('when the start script is killed, the server is told', async () => {
    const started = clone.start([])
    await started.prints('served')
    started.process.kill('SIGKILL')
    await started.prints('left alone')
    expect(started.stdout).toContain('left alone')
  })
})

describe('on a clone that is not ready', () => {
  test('other packages than the lock wants are replaced', async () => {
    await clone.lock('package-lock.json', '2.0.0')
    await clone.touch('package-lock.json')
    const npm_execpath = await npm('')
    const started = clone.start(['--brief'], { npm_execpath })
    await started.prints('served').catch(() => {})
    await started.ended
    expect(started.stderr).toContain('Installing packages …')
    expect(await clone.list('.')).toContain('npm-was-asked')
  })

  test('a lock that is newer but wants the same installs nothing', async () => {
    await clone.touch('package-lock.json')
    await clone.touch('out/main/serve.js')
    const npm_execpath = await npm('process.exit(1)')
    const started = clone.start(['--brief'], { npm_execpath })
    await started.ended
    expect(await clone.list('.')).not.toContain('npm-was-asked')
  })

  test('when npm fails, one line says why', async () => {
    await clone.lock('package-lock.json', '2.0.0')
    await clone.touch('package-lock.json')
    const npm_execpath = await npm(
      `console.error('npm error code ENOTFOUND\\nnpm error syscall getaddrinfo\\nnpm error request to https://packages.example/one failed.\\n    at somewhere (x.js:1:2)'); process.exit(1)`,
    )
    const started = clone.start(['--brief'], { npm_execpath })
    expect(await started.ended).toBe(1)
    expect(started.stderr).toBe(
      'Installing packages …\nThe packages could not be installed: request to https://packages.example/one failed. Run "npm ci" to see all of npm\'s messages.\n',
    )
  })

  test('a source that is newer than the bundles is built', async () => {
    await clone.write('electron/engine.ts', '')
    await clone.touch('electron/engine.ts')
    const bundler = `
      import { writeFileSync } from 'node:fs'
      writeFileSync('built', process.argv.slice(2).join(' '))`
    await clone.write('node_modules/electron-vite/bin/electron-vite.js', bundler)
    await clone.write('node_modules/electron-vite/package.json', '{ "type": "module" }')
    const started = clone.start(['--brief'])
    expect(await started.ended).toBe(7)
    expect(started.stderr).toBe('Building …\n')
    expect(await clone.list('.')).toContain('built')
  })

  test('a build that fails shows what the bundler said and starts nothing', async () => {
    await clone.touch('package.json')
    const bundler = 'console.error("electron/engine.ts:3:1 unexpected token"); process.exit(1)'
    await clone.write('node_modules/electron-vite/bin/electron-vite.js', bundler)
    const started = clone.start(['--brief'])
    expect(await started.ended).toBe(1)
    expect(started.stderr).toContain('unexpected token')
    expect(started.stdout).toBe('')
  })
})
