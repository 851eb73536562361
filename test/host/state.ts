import { launchChromium } from './chromium.ts'
import type { Chromium } from './chromium.ts'
import type { Manifest } from './app-entry.ts'

/** What the parts of one run share. A process is one app, as in Electron. */
class HostState {
  switches = new Map<string, string>()
  appPath = process.cwd()
  manifest: Manifest = {}
  ready = false
  #chromium: Promise<Chromium> | undefined

  /** The browser behind the windows; started by the first that needs it. */
  chromium(): Promise<Chromium> {
    this.#chromium ??= launchChromium(this.switches)
    return this.#chromium
  }

  async closeChromium(): Promise<void> {
    if (this.#chromium === undefined) return
    try {
      await (await this.#chromium).close()
    } catch {
      // It is gone already, which is what was asked for.
    }
  }
}

export const host = new HostState()
