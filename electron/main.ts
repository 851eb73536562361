/** The desktop entry: the app's life from start to quit. What it consists of is in `engine.ts` and `desktop/`. */
import { join, resolve } from 'node:path'
import { app, dialog } from 'electron'
import { isHiddenStart, readCommandLine } from './desktop/command-line.ts'
import { linkIn, LINK_SCHEME, parseDeepLink } from './desktop/deep-link.ts'
import type { DesktopEngine } from './desktop/desktop-engine.ts'
import { DesktopShell } from './desktop/desktop-shell.ts'
import { lockDown } from './desktop/lockdown.ts'
import { pageAddress } from './desktop/page-address.ts'
import { registerPageScheme, servePage } from './desktop/page-protocol.ts'
import { startAsking } from './desktop/start-asking.ts'
import { startAtLogin } from './desktop/start-at-login.ts'
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

  const engine = await startAsking({
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
  if (engine === undefined) return app.exit(1)
  const shell = new DesktopShell({
    engine,
    page,
    preload: join(import.meta.dirname, '../preload/preload.cjs'),
    platform: process.platform,
    login: startAtLogin({ platform: process.platform, env: process.env, command: ownCommand() }),
    hidden:
      isHiddenStart(process.argv) || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin),
    monotonic: () => performance.now(),
    onQuit: () => (engine.status().state === 'stopping' ? app.exit(0) : app.quit()),
  })
  followLinks(shell)
  app.on('activate', () => shell.show())
  // Without a listener Electron would quit; Lazuli serves without a window too.
  app.on('window-all-closed', () => {})
  quitDrained(engine, shell)
  process.stdout.write(`lazuli listening on ${engine.baseUrl}\n`)
}

/** Links come as an argument of a second start, on macOS as an event; the first of all may have started this one. */
function followLinks(shell: DesktopShell): void {
  const [program = process.execPath, ...args] = ownCommand()
  app.setAsDefaultProtocolClient(LINK_SCHEME, program, args)
  app.on('second-instance', (_event, argv) => {
    const link = linkIn(argv)
    if (link === undefined) shell.show()
    else shell.follow(link)
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    const link = parseDeepLink(url)
    if (link !== undefined) shell.follow(link)
  })
  const first = linkIn(process.argv)
  if (first !== undefined) shell.follow(first)
}

/** How the system starts this program. An AppImage's own file is not the one that runs. */
function ownCommand(): string[] {
  const program = process.env['APPIMAGE'] ?? process.execPath
  return app.isPackaged ? [program] : [program, app.getAppPath()]
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
