import { clipboard, Menu, nativeImage, Tray } from 'electron'
import type { NativeImage } from 'electron'
import type { Status } from '../../shared/contract.ts'
import templateIcon from './icons/trayTemplate.png?inline'
import templateIcon2x from './icons/trayTemplate@2x.png?inline'
import icon from './icons/tray.png?inline'
import icon2x from './icons/tray@2x.png?inline'
import { statusLine } from './status-line.ts'

export interface TrayActions {
  open(): void
  setRecording(on: boolean): void
  quit: () => void
}

/** The icon that stays while the window is closed. */
export class LazuliTray {
  readonly #tray: Tray
  readonly #actions: TrayActions
  #shown = ''

  constructor(platform: NodeJS.Platform, actions: TrayActions) {
    this.#actions = actions
    this.#tray = new Tray(trayImage(platform))
    // macOS opens the menu on a click; elsewhere a click means the window.
    if (platform !== 'darwin') this.#tray.on('click', () => actions.open())
  }

  /** Shows a new status. The menu is replaced only when a word of it changes: an open one would close. */
  update(status: Status): void {
    const line = statusLine(status)
    const shown = JSON.stringify([line, status.baseUrl, status.recording])
    if (shown === this.#shown) return
    this.#shown = shown
    this.#tray.setToolTip(`Lazuli: ${line}`)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { id: 'status', label: line, enabled: false },
        { id: 'copy-base-url', label: `Copy ${status.baseUrl}`, click: () => clipboard.writeText(status.baseUrl) },
        { type: 'separator' },
        { id: 'open', label: 'Open Lazuli', click: () => this.#actions.open() },
        {
          id: 'recording',
          label: status.recording ? 'Pause recording' : 'Resume recording',
          click: () => this.#actions.setRecording(!status.recording),
        },
        { type: 'separator' },
        {
          id: 'quit',
          label: status.state === 'stopping' ? 'Quit now' : 'Quit Lazuli',
          click: () => this.#actions.quit(),
        },
      ]),
    )
  }

  remove(): void {
    this.#tray.destroy()
  }
}

function trayImage(platform: NodeJS.Platform): NativeImage {
  const [normal, dense] = platform === 'darwin' ? [templateIcon, templateIcon2x] : [icon, icon2x]
  const image = nativeImage.createFromDataURL(normal)
  image.addRepresentation({ scaleFactor: 2, dataURL: dense })
  if (platform === 'darwin') image.setTemplateImage(true)
  return image
}
