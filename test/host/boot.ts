/** Starts an app as Electron's executable does: `electron [-r FILE]… [--switch…] <folder | file | app.asar> [argument…]` */
import inspector from 'node:inspector'
import { createRequire, registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findApp } from './app-entry.ts'
import { parseCommandLine } from './command-line.ts'
import { host } from './state.ts'

const electronUrl = new URL('./electron.ts', import.meta.url).href
const NAMES = new Set(['electron', 'electron/main', 'electron/common'])
registerHooks({
  resolve: (specifier, context, next) =>
    NAMES.has(specifier)
      ? { url: electronUrl, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
})

const args = process.argv.slice(2)
const { requires, switches, app: given } = parseCommandLine(args)
const entry = findApp(given)
process.on('exit', () => entry.dispose())
host.switches = switches
host.appPath = entry.folder
host.manifest = entry.manifest

const require = createRequire(import.meta.url)
const { version } = require('electron/package.json') as { version: string }
const executable = process.env['ELECTRON_HOST_EXECUTABLE'] ?? join(import.meta.dirname, 'electron')
process.argv = [executable, ...args]
Object.defineProperties(process, {
  versions: { value: Object.freeze({ ...process.versions, electron: version, chrome: 'test-host' }), enumerable: true },
  type: { value: 'browser' },
  defaultApp: { value: true },
  resourcesPath: { value: entry.resourcesPath },
})

const { app } = await import('./app.ts')
const { BrowserWindow } = await import('./browser-window.ts')
app.name = entry.manifest.productName ?? entry.manifest.name ?? app.name
// The first signal asks the app to quit, a second one finds no listener and ends the process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => app.quit())

// A tool that drives the app wants both addresses before it runs: the main process's and the windows'.
const chromium = switches.has('remote-debugging-port') ? await host.chromium() : undefined
for (const file of requires) require(resolve(file))
if (switches.has('inspect')) inspector.open(Number(switches.get('inspect')), '127.0.0.1')
if (chromium !== undefined) process.stderr.write(`\nDevTools listening on ${chromium.url}\n`)

await import(pathToFileURL(entry.file).href)
app.start(() => BrowserWindow.getAllWindows())
