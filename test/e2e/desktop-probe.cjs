/**
 * Loaded into the main process before the app (`electron -r`), for what no page can see: the tray's menu, addresses
 * given to the system's browser, and error boxes, which would wait for a click.
 */
const { dialog, shell, Tray } = require('electron')

const seen = { trayMenu: undefined, opened: [] }
globalThis.desktopProbe = seen

const { prototype } = Tray
const original = Object.getOwnPropertyDescriptor(prototype, 'setContextMenu').value
prototype.setContextMenu = function (menu) {
  seen.trayMenu = menu
  return original.call(this, menu)
}
shell.openExternal = async (url) => {
  seen.opened.push(url)
}
dialog.showErrorBox = (title, content) => {
  console.error(`${title}\n${content}`)
}
