import { EventEmitter } from 'node:events'

type ThemeSource = 'system' | 'light' | 'dark'

class NativeTheme extends EventEmitter {
  #source: ThemeSource = 'system'

  get themeSource(): ThemeSource {
    return this.#source
  }

  set themeSource(source: ThemeSource) {
    this.#source = source
    this.emit('updated')
  }

  /** A machine of the host has no theme of its own: "system" is light. */
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark'
  }
}

export const nativeTheme = new NativeTheme()
// Every window follows it.
nativeTheme.setMaxListeners(0)
