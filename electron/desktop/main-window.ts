import { BrowserWindow, nativeTheme, screen } from 'electron'
import { COMMAND_CHANNEL } from '../../shared/native.ts'
import type { NativeCommand } from '../../shared/native.ts'
import type { PageAddress } from './page-address.ts'
import { MIN_SIZE, placeWindow } from './window-bounds.ts'
import type { WindowBounds } from './window-bounds.ts'

export interface MainWindowOptions {
  page: PageAddress
  /** Path of the built preload. */
  preload: string
  remembered(): WindowBounds | undefined
  remember(bounds: WindowBounds): void
  /** The user closed the window while the app goes on. */
  onHidden(): void
}

/** A page that dies sooner than this after its start is not started again by itself. */
const STABLE_MS = 10_000

/**
 * The one window. Closing it hides it, and Lazuli keeps serving; its page stays as the user left it.
 */
export class MainWindow {
  readonly #options: MainWindowOptions
  #window: BrowserWindow | undefined
  #quitting = false

  constructor(options: MainWindowOptions) {
    this.#options = options
    nativeTheme.on('updated', () => this.#window?.setBackgroundColor(background()))
  }

  /** Brings the window to the front, whatever state it is in, and builds it if there is none. */
  show(): void {
    if (this.#window === undefined) {
      this.#window = this.#build()
      return
    }
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  /** Shows the window and has its page do `command`. */
  command(command: NativeCommand): void {
    this.show()
    const contents = this.#window?.webContents
    if (contents === undefined) return
    // Before its page is there nobody in it would hear of it.
    if (contents.isLoading()) contents.once('did-finish-load', () => contents.send(COMMAND_CHANNEL, command))
    else contents.send(COMMAND_CHANNEL, command)
  }

  /** Does the user look at it? */
  isFocused(): boolean {
    return this.#window?.isFocused() ?? false
  }

  /** From now on closing means closing. */
  allowClose(): void {
    this.#quitting = true
  }

  #build(): BrowserWindow {
    const remembered = this.#options.remembered()
    const window = new BrowserWindow({
      ...placeWindow(
        remembered,
        [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map((one) => one.workArea),
      ),
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      title: 'Lazuli',
      // Shown when the page has its first frame; until then, and behind it, the page's own colour: no white flash.
      show: false,
      backgroundColor: background(),
      autoHideMenuBar: true,
      webPreferences: {
        preload: this.#options.preload,
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        // Chromium fetches dictionaries from a server of its maker: a local program does not.
        spellcheck: false,
      },
    })
    if (remembered?.maximized) window.maximize()
    const showFirst = (): void => window.show()
    window.once('ready-to-show', showFirst)
    window.on('close', (event) => {
      this.#options.remember({ ...roundedBounds(window), maximized: window.isMaximized() })
      if (this.#quitting) return
      event.preventDefault()
      // Closed before its first frame it stays closed.
      window.off('ready-to-show', showFirst)
      window.hide()
      this.#options.onHidden()
    })
    window.on('closed', () => {
      if (this.#window === window) this.#window = undefined
    })
    this.#rebuildAfterCrash(window)
    void window.loadURL(this.#options.page.url)
    return window
  }

  #rebuildAfterCrash(window: BrowserWindow): void {
    let started = performance.now()
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (this.#quitting || reason === 'clean-exit' || performance.now() - started < STABLE_MS) return
      started = performance.now()
      window.webContents.reload()
    })
  }
}

function roundedBounds(window: BrowserWindow): Omit<WindowBounds, 'maximized'> {
  const { x, y, width, height } = window.getNormalBounds()
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) }
}

/** The page's `--bg`, so that the window has its colour before the page is there. */
function background(): string {
  return nativeTheme.shouldUseDarkColors ? '#13161c' : '#ffffff'
}
