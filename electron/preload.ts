/**
 * Runs in the window's isolated world, sandboxed. It gives the page one MessagePort for the console and a few named
 * native calls, and nothing of Electron or Node.
 */
import { contextBridge, ipcRenderer } from 'electron'
import { COMMAND_CHANNEL, CONNECT_CHANNEL, CONNECT_MESSAGE } from '../shared/native.ts'
import type { NativeApi, NativeCommand } from '../shared/native.ts'

window.addEventListener('message', (event) => {
  // A frame inside the page could post the same words: only the page itself gets a console.
  if (event.source !== window || event.data !== CONNECT_MESSAGE) return
  const [port] = event.ports
  if (port !== undefined) ipcRenderer.postMessage(CONNECT_CHANNEL, null, [port])
})

const listeners = new Set<(command: NativeCommand) => void>()
/** A command that came before the page was ready to hear it. */
let early: NativeCommand | undefined

ipcRenderer.on(COMMAND_CHANNEL, (_event, command: NativeCommand) => {
  if (listeners.size === 0) early = command
  for (const listener of listeners) listener(command)
})

const api: NativeApi = {
  platform: process.platform,
  onCommand(listener) {
    listeners.add(listener)
    if (early !== undefined) listener(early)
    early = undefined
    return () => {
      listeners.delete(listener)
    }
  },
}

contextBridge.exposeInMainWorld('lazuli', api)
