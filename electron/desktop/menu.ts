import { Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { NativeCommand, NativePage } from '../../shared/native.ts'

const PAGES: readonly { command: NativePage; label: string }[] = [
  { command: 'traffic', label: 'Traffic' },
  { command: 'playground', label: 'Playground' },
  { command: 'models', label: 'Models' },
  { command: 'tools', label: 'Tools' },
  { command: 'settings', label: 'Settings' },
]

/** Sets the application's menu. `onCommand` is called when the user chooses a page, the palette or the keys. */
export function setApplicationMenu(platform: NodeJS.Platform, onCommand: (command: NativeCommand) => void): void {
  const go: MenuItemConstructorOptions = {
    label: 'Go',
    submenu: PAGES.map(({ command, label }, index) => ({
      id: `go-${command}`,
      label,
      accelerator: `CmdOrCtrl+${index + 1}`,
      click: () => onCommand(command),
    })),
  }
  const help: MenuItemConstructorOptions = {
    role: 'help',
    submenu: [
      { id: 'palette', label: 'Command Palette', accelerator: 'CmdOrCtrl+K', click: () => onCommand('palette') },
      { id: 'shortcuts', label: 'Keyboard Shortcuts', click: () => onCommand('shortcuts') },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
      { type: 'separator' },
      { role: 'reload' },
      { role: 'toggleDevTools' },
    ],
  }
  const first: MenuItemConstructorOptions =
    platform === 'darwin'
      ? { role: 'appMenu' }
      : { label: 'File', submenu: [{ role: 'close' }, { type: 'separator' }, { role: 'quit', label: 'Quit Lazuli' }] }
  Menu.setApplicationMenu(Menu.buildFromTemplate([first, { role: 'editMenu' }, go, view, { role: 'windowMenu' }, help]))
}
