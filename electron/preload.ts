/**
 * Runs in the window's isolated world, sandboxed. It gives the page one MessagePort for the console and a few named
 * native calls, and nothing of Electron or Node.
 */
import { contextBridge, ipcRenderer } from 'electron'
import type { IpcRendererEvent } from 'electron'
import { COMMAND_CHANNEL, CONNECT_CHANNEL, CONNECT_MESSAGE } from '../shared/native.ts'
import type { NativeApi, NativeCommand } from '../shared/native.ts'

window.addEventListener('message', (event) => {
  // A frame inside the page could post the same words: only the page itself gets a console.
  if (event.source !== window || event.data !== CONNECT_MESSAGE) return
  const [port] = event.ports
  if (port !== undefined) ipcRenderer.postMessage(CONNECT_CHANNEL, null, [port])
})

const api: NativeApi = {
  platform: process.platform,
  onCommand(listener) {
    const forward = (_event: IpcRendererEvent, command: NativeCommand): void => listener(command)
    ipcRenderer.on(COMMAND_CHANNEL, forward)
    return () => {
      ipcRenderer.off(COMMAND_CHANNEL, forward)
    }
  },
}

contextBridge.exposeInMainWorld('lazuli', api)
