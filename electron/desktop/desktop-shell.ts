import { nativeTheme } from 'electron'
import { readAppState, writeAppState } from '../config/settings.ts'
import type { AppState } from '../config/settings.ts'
import { sayThatServingGoesOn } from './close-notice.ts'
import { acceptConsolePorts } from './console-port.ts'
import type { DesktopEngine } from './desktop-engine.ts'
import { MainWindow } from './main-window.ts'
import { setApplicationMenu } from './menu.ts'
import type { PageAddress } from './page-address.ts'
import { LazuliTray } from './tray.ts'

export interface DesktopShellOptions {
  engine: DesktopEngine
  page: PageAddress
  /** Path of the built preload. */
  preload: string
  platform: NodeJS.Platform
  /** The user chose to quit. */
  onQuit: () => void
}

/** What the user sees of the engine: window, tray, menu and theme. */
export class DesktopShell {
  readonly #engine: DesktopEngine
  readonly #window: MainWindow
  readonly #tray: LazuliTray

  constructor({ engine, page, preload, platform, onQuit }: DesktopShellOptions) {
    this.#engine = engine
    followTheme(engine)
    acceptConsolePorts(page, (port) => {
      engine.serveWindow(port)
      port.start()
    })
    this.#window = new MainWindow({
      page,
      preload,
      remembered: () => readAppState(engine.settings).window,
      remember: (window) => this.#remember({ window }),
      onHidden: () => this.#explainClosing(),
    })
    this.#tray = new LazuliTray(platform, {
      open: () => this.#window.show(),
      setRecording: (on) => engine.console.traffic.setRecording(on),
      quit: onQuit,
    })
    setApplicationMenu(platform, (command) => this.#window.command(command))
    this.update()
    engine.onStatus(() => this.update())
    this.#window.show()
  }

  /** Brings the window to the front. */
  show(): void {
    this.#window.show()
  }

  /** Shows the engine's status as it is now. */
  update(): void {
    this.#tray.update(this.#engine.status())
  }

  /** From now on closing the window means closing it. */
  allowClose(): void {
    this.#window.allowClose()
  }

  #explainClosing(): void {
    if (readAppState(this.#engine.settings).closeExplained === true) return
    sayThatServingGoesOn(this.#engine.baseUrl)
    this.#remember({ closeExplained: true })
  }

  /** A data folder that cannot be written forgets; that is no reason to stop serving. */
  #remember(change: Partial<AppState>): void {
    try {
      writeAppState(this.#engine.settings, change)
    } catch {
      // The status bar tells of the read-only folder already.
    }
  }
}

function followTheme({ configuration }: DesktopEngine): void {
  nativeTheme.themeSource = configuration.current().config.theme
  configuration.onChange(({ config }) => {
    if (nativeTheme.themeSource !== config.theme) nativeTheme.themeSource = config.theme
  })
}
