/** All that the main process can import from `electron`. */
import { partOf } from './unimplemented.ts'

export { app } from './app.ts'
export { BrowserWindow } from './browser-window.ts'
export { clipboard, dialog, net, Notification, powerMonitor, safeStorage, screen, shell, Tray } from './desktop.ts'
export { ipcMain, MessageChannelMain } from './ipc.ts'
export { Menu, MenuItem } from './menu.ts'
export { nativeImage } from './native-image.ts'
export { nativeTheme } from './native-theme.ts'
export { protocol } from './protocol.ts'
export { session } from './session.ts'
export { webContents } from './web-contents.ts'

export const autoUpdater = partOf('autoUpdater', {})
export const crashReporter = partOf('crashReporter', {})
export const desktopCapturer = partOf('desktopCapturer', {})
export const globalShortcut = partOf('globalShortcut', {})
export const inAppPurchase = partOf('inAppPurchase', {})
export const powerSaveBlocker = partOf('powerSaveBlocker', {})
export const systemPreferences = partOf('systemPreferences', {})
export const utilityProcess = partOf('utilityProcess', {})
