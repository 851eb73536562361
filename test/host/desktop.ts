/** What the operating system gives an app, as far as a machine without a desktop can pretend it. */
import { EventEmitter } from 'node:events'
import type { Menu } from './menu.ts'
import { partOf } from './unimplemented.ts'

export class Tray extends EventEmitter {
  #destroyed = false

  constructor(_image: object) {
    super()
  }

  setToolTip(_text: string): void {}
  setImage(_image: object): void {}
  setContextMenu(_menu: Menu | null): void {}

  destroy(): void {
    this.#destroyed = true
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }
}

export class Notification extends EventEmitter {
  constructor(_options: object) {
    super()
  }

  static isSupported(): boolean {
    return true
  }

  show(): void {
    this.emit('show')
  }

  close(): void {
    this.emit('close')
  }
}

export const dialog = partOf('dialog', {
  showErrorBox: (title: string, content: string) => console.error(`${title}\n${content}`),
  showMessageBox: async () => ({ response: 0, checkboxChecked: false }),
  showOpenDialog: async () => ({ canceled: true, filePaths: [] }),
  showSaveDialog: async () => ({ canceled: true, filePath: '' }),
})

export const shell = partOf('shell', {
  openExternal: async (_url: string) => {},
  openPath: async (_path: string) => '',
  showItemInFolder: (_path: string) => {},
})

let clipboardText = ''
export const clipboard = partOf('clipboard', {
  readText: () => clipboardText,
  writeText: (text: string) => {
    clipboardText = text
  },
})

const area = { x: 0, y: 0, width: 1920, height: 1080 }
const display = { id: 1, scaleFactor: 1, bounds: area, workArea: area, workAreaSize: { width: 1920, height: 1080 } }
class Screen extends EventEmitter {
  getPrimaryDisplay(): typeof display {
    return display
  }

  getAllDisplays(): (typeof display)[] {
    return [display]
  }
}
export const screen = new Screen()

export const safeStorage = partOf('safeStorage', { isEncryptionAvailable: () => false })
export const powerMonitor = new EventEmitter()
export const net = partOf('net', { isOnline: () => true, fetch: globalThis.fetch })
