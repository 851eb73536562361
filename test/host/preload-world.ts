import type { BridgeEnd } from './context-bridge.ts'
import type { PipeNames, ToMain, ToPage } from './ipc-messages.ts'
import type { CloneCodec } from './structured-clone.ts'

type Listener = ((...args: unknown[]) => void) & { original?: Listener }

/** What a sandboxed preload is called with. */
export type PreloadScript = (
  require: (id: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  process: object,
  global: object,
) => void

/**
 * Runs the built preload in its isolated world, with the few modules that a sandboxed one has. Self-contained: its
 * source text is injected into every document.
 */
export function runPreload(
  names: PipeNames,
  processFacts: object,
  codec: CloneCodec,
  bridge: BridgeEnd,
  preload: PreloadScript,
): void {
  // As in Electron without nodeIntegrationInSubFrames: frames inside the page get no preload.
  if (window !== window.top || location.href === 'about:blank') return
  const world = globalThis as unknown as Record<string, (text: string) => void>
  const send = (message: ToMain): void => world[names.binding]?.(codec.stringify(message))
  const invoked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  const ports = new Map<string, MessagePort>()
  const listeners = new Map<string, Listener[]>()
  let count = 0

  const keepPort = (id: string, port: MessagePort): void => {
    ports.set(id, port)
    port.addEventListener('message', (event) => send({ type: 'port-message', port: id, data: event.data }))
    port.addEventListener('close', () => send({ type: 'port-close', port: id }))
    port.start()
  }
  const listenersOf = (channel: string): Listener[] => listeners.get(channel) ?? []
  const on = (channel: string, listener: Listener): unknown => {
    listeners.set(channel, [...listenersOf(channel), listener])
    return ipcRenderer
  }
  const off = (channel: string, listener: Listener): unknown => {
    listeners.set(
      channel,
      listenersOf(channel).filter((one) => one !== listener && one.original !== listener),
    )
    return ipcRenderer
  }
  const emit = (channel: string, ...args: unknown[]): void => {
    for (const listener of listenersOf(channel)) {
      try {
        listener(...args)
      } catch (error) {
        reportError(error)
      }
    }
  }
  const ipcRenderer = {
    on,
    addListener: on,
    off,
    removeListener: off,
    once(channel: string, listener: Listener) {
      const once: Listener = (...args) => {
        off(channel, once)
        listener(...args)
      }
      once.original = listener
      return on(channel, once)
    },
    removeAllListeners(channel?: string) {
      if (channel === undefined) listeners.clear()
      else listeners.delete(channel)
      return ipcRenderer
    },
    listenerCount: (channel: string) => listenersOf(channel).length,
    send: (channel: string, ...args: unknown[]) => send({ type: 'send', channel, args }),
    sendSync() {
      throw new Error('test host: ipcRenderer.sendSync is not implemented')
    },
    invoke: (channel: string, ...args: unknown[]) =>
      new Promise((resolve, reject) => {
        const id = ++count
        send({ type: 'invoke', id, channel, args })
        invoked.set(id, { resolve, reject })
      }),
    postMessage(channel: string, data: unknown, transfer: MessagePort[] = []) {
      const ids = transfer.map((port) => {
        const id = `page-${++count}`
        keepPort(id, port)
        return id
      })
      send({ type: 'post-message', channel, data, ports: ids })
    },
  }

  const receive = (message: ToPage): void => {
    switch (message.type) {
      case 'message':
        emit(message.channel, { sender: ipcRenderer, ports: [] }, ...message.args)
        break
      case 'message-with-ports': {
        const given = message.ports.map((id) => {
          const { port1, port2 } = new MessageChannel()
          keepPort(id, port1)
          return port2
        })
        emit(message.channel, { sender: ipcRenderer, ports: given }, message.data)
        break
      }
      case 'reply': {
        const call = invoked.get(message.id)
        invoked.delete(message.id)
        if (message.ok) call?.resolve(message.value)
        else call?.reject(new Error(`Error invoking remote method '${message.channel}': ${message.message}`))
        break
      }
      case 'port-message':
        ports.get(message.port)?.postMessage(message.data)
        break
      case 'port-close':
        ports.get(message.port)?.close()
        ports.delete(message.port)
    }
  }
  world[names.receive] = (batch) => {
    for (const message of codec.parse(batch) as ToPage[]) receive(message)
  }

  // Input that Chromium itself calls trusted; main hears of it as `input-event`, before what it causes.
  for (const [domEvent, input] of [
    ['mousedown', 'mouseDown'],
    ['mouseup', 'mouseUp'],
    ['keydown', 'keyDown'],
  ] as const) {
    window.addEventListener(domEvent, (event) => event.isTrusted && send({ type: 'input', input }), true)
  }

  bridge.onOpenWindow((url) => send({ type: 'open-window', url }))

  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (key: string, api: unknown) => bridge.expose(key, api) },
  }
  const module = { exports: {} }
  try {
    preload(
      (id) => {
        if (id === 'electron' || id === 'electron/renderer') return electron
        throw new Error(`module not found: ${id}`)
      },
      module,
      module.exports,
      Object.freeze({ ...processFacts, env: {} }),
      globalThis,
    )
  } catch (error) {
    console.error('Unable to load preload script', error)
    send({ type: 'preload-error', message: String(error instanceof Error ? error.stack : error) })
  }
}
