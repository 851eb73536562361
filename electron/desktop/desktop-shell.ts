import { nativeTheme, Notification } from 'electron'
import type { NativeLink } from '../../shared/native.ts'
import { readAppState, writeAppState } from '../config/settings.ts'
import type { AppState } from '../config/settings.ts'
import { sayThatServingGoesOn } from './close-notice.ts'
import { acceptConsolePorts } from './console-port.ts'
import type { DesktopEngine } from './desktop-engine.ts'
import { desktopManners } from './manners.ts'
import { MainWindow } from './main-window.ts'
import { setApplicationMenu } from './menu.ts'
import type { PageAddress } from './page-address.ts'
import type { StartAtLogin } from './start-at-login.ts'
import { LazuliTray } from './tray.ts'
import { TroubleNotices } from './trouble-notices.ts'
import type { TroubleNotice } from './trouble-notices.ts'

export interface DesktopShellOptions {
  engine: DesktopEngine
  page: PageAddress
  /** Path of the built preload. */
  preload: string
  platform: NodeJS.Platform
  login: StartAtLogin
  /** Nobody asked for a window: only the tray is shown. */
  hidden: boolean
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
  /** The user chose to quit. */
  onQuit: () => void
}

/** What the user sees of the engine: window, tray, menu and theme. */
export class DesktopShell {
  readonly #engine: DesktopEngine
  readonly #window: MainWindow
  readonly #tray: LazuliTray
  /** Notifications that the user has not closed; one that nobody holds is collected, and its click with it. */
  readonly #notifications = new Set<Notification>()

  constructor({ engine, page, preload, platform, login, hidden, monotonic, onQuit }: DesktopShellOptions) {
    this.#engine = engine
    engine.console.desktop = desktopManners(login)
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
    const notices = new TroubleNotices({
      show: (notice) => this.#notify(notice),
      isFocused: () => this.#window.isFocused(),
      now: monotonic,
    })
    engine.onTrouble((trouble, words) => notices.tell(trouble, words))
    if (!hidden) this.#window.show()
  }

  /** Does what a link asks for: opens a page or fills in a form, nothing else. */
  follow(link: NativeLink): void {
    this.#window.command(link)
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

  #notify({ title, body, page }: TroubleNotice): void {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body })
    this.#notifications.add(notification)
    notification.on('click', () => this.#window.command(page))
    notification.on('close', () => this.#notifications.delete(notification))
    notification.show()
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
