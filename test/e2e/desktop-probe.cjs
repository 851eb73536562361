/**
 * Loaded into the main process before the app (`electron -r`), for what no page can see: the tray's menu, addresses
 * given to the system's browser, notifications, and boxes and questions, which would wait for a click.
 */
const { dialog, Notification, shell, Tray } = require('electron')

const seen = { trayMenu: undefined, opened: [], openedFolders: [], notifications: [] }
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
shell.openPath = async (path) => {
  seen.openedFolders.push(path)
  return ''
}
// A question is answered with the button that DESKTOP_ANSWERS names next, else with the one that Esc means.
const answers = (process.env.DESKTOP_ANSWERS ?? '').split('|').filter(Boolean)
dialog.showMessageBox = async (options) => {
  console.error([options.message, options.detail, options.buttons.join(' | ')].join('\n'))
  const answer = answers.shift()
  const response = options.buttons.findIndex((label) => answer !== undefined && label.startsWith(answer))
  return { response: response < 0 ? options.cancelId : response, checkboxChecked: false }
}
const show = Object.getOwnPropertyDescriptor(Notification.prototype, 'show').value
Notification.prototype.show = function () {
  seen.notifications.push(this)
  return show.call(this)
}
dialog.showErrorBox = (title, content) => {
  console.error(`${title}\n${content}`)
}
