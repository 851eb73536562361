import { EventEmitter } from 'node:events'
import { mkdirSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { preventable } from './preventable.ts'
import { SingleInstanceLock } from './single-instance.ts'
import { host } from './state.ts'
import { partOf } from './unimplemented.ts'

interface ClosableWindow {
  close(): void
  isDestroyed(): boolean
}

class App extends EventEmitter {
  name = 'Electron'
  readonly isPackaged = false
  readonly commandLine = partOf('app.commandLine', {
    // Chromium runs with switches of the host's own choice.
    appendSwitch() {},
    appendArgument() {},
    hasSwitch: (name: string) => host.switches.has(name),
    getSwitchValue: (name: string) => host.switches.get(name) ?? '',
  })
  readonly #ready = Promise.withResolvers<void>()
  readonly #paths = new Map<string, string>()
  readonly #lock = new SingleInstanceLock()
  readonly #schemes = new Set<string>()
  #openAtLogin = false
  #quitting = false
  #windows: () => readonly ClosableWindow[] = () => []

  getName(): string {
    return this.name
  }

  setName(name: string): void {
    this.name = name
  }

  getVersion(): string {
    return host.manifest.version ?? '0.0.0'
  }

  getAppPath(): string {
    return host.appPath
  }

  getLocale(): string {
    return 'en-US'
  }

  isReady(): boolean {
    return host.ready
  }

  whenReady(): Promise<void> {
    return this.#ready.promise
  }

  getPath(name: string): string {
    const path = this.#paths.get(name) ?? this.#defaultPath(name)
    if (path === undefined) throw new Error(`Failed to get '${name}' path`)
    if (name === 'userData' || name === 'logs') mkdirSync(path, { recursive: true })
    return path
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }

  setAppUserModelId(): void {}
  setAboutPanelOptions(): void {}
  focus(): void {}

  getLoginItemSettings(_options: object = {}): { openAtLogin: boolean; wasOpenedAtLogin: boolean } {
    return { openAtLogin: this.#openAtLogin, wasOpenedAtLogin: false }
  }

  /** As Electron on Linux: it has no effect there. */
  setLoginItemSettings(settings: { openAtLogin?: boolean }): void {
    if (process.platform !== 'linux') this.#openAtLogin = settings.openAtLogin ?? false
  }

  setAsDefaultProtocolClient(scheme: string, _path?: string, _args?: string[]): boolean {
    this.#schemes.add(scheme)
    return true
  }

  isDefaultProtocolClient(scheme: string): boolean {
    return this.#schemes.has(scheme)
  }

  requestSingleInstanceLock(data: unknown = {}): boolean {
    const self = { argv: process.argv, cwd: process.cwd(), data }
    return this.#lock.request(this.getPath('userData'), self, (second) =>
      this.emit('second-instance', {}, second.argv, second.cwd, second.data),
    )
  }

  hasSingleInstanceLock(): boolean {
    return this.#lock.held
  }

  quit(): void {
    if (this.#quitting) return
    const event = preventable({})
    this.emit('before-quit', event)
    if (event.defaultPrevented) return
    this.#quitting = true
    queueMicrotask(() => void this.#closeAndQuit())
  }

  exit(code = 0): void {
    const end = async (): Promise<void> => {
      await Promise.all([this.#lock.told, host.closeChromium()])
      process.exit(code)
    }
    void end()
  }

  /** For the host itself: the script has run, the app is ready. */
  start(windows: () => readonly ClosableWindow[]): void {
    this.#windows = windows
    host.ready = true
    this.emit('ready', {}, {})
    this.#ready.resolve()
  }

  /** For the host itself. */
  allWindowsClosed(): void {
    if (this.#quitting) return
    if (!this.emit('window-all-closed')) this.quit()
  }

  async #closeAndQuit(): Promise<void> {
    for (const window of this.#windows()) {
      window.close()
      if (!window.isDestroyed()) {
        this.#quitting = false
        return
      }
    }
    const event = preventable({})
    this.emit('will-quit', event)
    if (event.defaultPrevented) {
      this.#quitting = false
      return
    }
    this.emit('quit', {}, 0)
    await this.#lock.told
    this.exit(0)
  }

  #defaultPath(name: string): string | undefined {
    const home = homedir()
    const appData = process.env['XDG_CONFIG_HOME'] ?? join(home, '.config')
    const userData = host.switches.get('user-data-dir') ?? join(appData, this.name)
    const paths: Record<string, string> = {
      home,
      appData,
      userData,
      sessionData: userData,
      logs: join(userData, 'logs'),
      temp: tmpdir(),
      exe: process.execPath,
      desktop: join(home, 'Desktop'),
      documents: join(home, 'Documents'),
      downloads: join(home, 'Downloads'),
    }
    return paths[name]
  }
}

export const app = new App()
