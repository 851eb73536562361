/** The desktop entry: the app's life from start to quit. What it consists of is in `engine.ts` and `desktop/`. */
import { join, resolve } from 'node:path'
import { app, dialog } from 'electron'
import { readCommandLine } from './desktop/command-line.ts'
import { startDesktopEngine } from './desktop/desktop-engine.ts'
import type { DesktopEngine } from './desktop/desktop-engine.ts'
import { DesktopShell } from './desktop/desktop-shell.ts'
import { lockDown } from './desktop/lockdown.ts'
import { pageAddress } from './desktop/page-address.ts'
import { registerPageScheme, servePage } from './desktop/page-protocol.ts'
import { describeStartFailure } from './desktop/start-failure.ts'

/** Streams may go on this long after the wish to quit, in milliseconds; contract: an end within 60 s. */
const GRACE_MS = 50_000

// Under npm the process starts in the package; the user stood in INIT_CWD.
const cwd = process.env['INIT_CWD'] ?? process.cwd()
const flags = readCommandLine(process.argv)
const renderer = join(import.meta.dirname, '../renderer')

registerPageScheme()
const dataDir = flags['data-dir']
if (dataDir !== undefined) app.setPath('userData', resolve(cwd, dataDir))

// A second start shows the first one's window, and ends.
if (app.requestSingleInstanceLock()) run().catch(failToStart)
else app.quit()

async function run(): Promise<void> {
  await app.whenReady()
  const page = pageAddress(app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'])
  lockDown(page, () => performance.now())
  servePage(renderer)

  const engine = await startDesktopEngine({
    version: app.getVersion(),
    dataFolder: app.getPath('userData'),
    flags,
    env: process.env,
    cwd,
    paths: {
      journalWorker: new URL('./journal-worker.js', import.meta.url),
      tokenWorker: new URL('./token-worker.js', import.meta.url),
      renderer,
    },
  })
  const shell = new DesktopShell({
    engine,
    page,
    preload: join(import.meta.dirname, '../preload/preload.cjs'),
    platform: process.platform,
    onQuit: () => (engine.status().state === 'stopping' ? app.exit(0) : app.quit()),
  })
  app.on('second-instance', () => shell.show())
  app.on('activate', () => shell.show())
  // Without a listener Electron would quit; Lazuli serves without a window too.
  app.on('window-all-closed', () => {})
  quitDrained(engine, shell)
  process.stdout.write(`lazuli listening on ${engine.baseUrl}\n`)
}

/** Tells why there is no Lazuli now. A port in use, for one, is never changed in silence. */
function failToStart(error: unknown): void {
  const { title, content } = describeStartFailure(error)
  dialog.showErrorBox(title, content)
  app.exit(1)
}

/** Quitting closes the window at once and lets running streams end; a second signal does not wait for them. */
function quitDrained(engine: DesktopEngine, shell: DesktopShell): void {
  app.on('before-quit', () => shell.allowClose())
  app.on('will-quit', (event) => {
    event.preventDefault()
    if (engine.status().state === 'stopping') return
    engine
      .stop(GRACE_MS)
      .catch((error: unknown) => console.error(error))
      .finally(() => app.exit(0))
    shell.update()
  })
  let asked = false
  const onSignal = (): void => {
    if (asked) app.exit(0)
    asked = true
    app.quit()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  // Node opens its inspector on this signal, which would show every secret in memory to whoever may send it.
  process.on('SIGUSR1', () => {})
}
