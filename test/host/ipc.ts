import { EventEmitter } from 'node:events'
import { codec } from './structured-clone.ts'

export type InvokeHandler = (event: object, ...args: unknown[]) => unknown

export class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, InvokeHandler>()

  handle(channel: string, handler: InvokeHandler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.#handlers.set(channel, handler)
  }

  handleOnce(channel: string, handler: InvokeHandler): void {
    this.handle(channel, (...args) => {
      this.removeHandler(channel)
      return handler(...args)
    })
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  /** For the host itself. */
  handlerOf(channel: string): InvokeHandler | undefined {
    return this.#handlers.get(channel)
  }
}

export const ipcMain = new IpcMain()

/** Where a port's messages go: the page's world, or another port of the main process. */
export interface PortPeer {
  deliver(data: unknown): void
  closed(): void
}

/** One end of a channel in the main process. Messages wait until `start`, as in Electron. */
export class MessagePortMain extends EventEmitter {
  #peer: PortPeer | undefined
  #waiting: unknown[] = []
  #started = false
  #closed = false

  start(): void {
    this.#started = true
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] })
  }

  postMessage(data: unknown, transfer: readonly MessagePortMain[] = []): void {
    if (transfer.length > 0) throw new Error('test host: ports inside of port messages are not implemented')
    if (!this.#closed) this.#peer?.deliver(codec.parse(codec.stringify(data)))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#peer?.closed()
    this.emit('close')
  }

  /** For the host itself: joins this end to the other one. */
  connect(peer: PortPeer): void {
    this.#peer = peer
  }

  /** For the host itself: what arrives from the other end. */
  receive(data: unknown): void {
    if (this.#closed) return
    if (this.#started) this.emit('message', { data, ports: [] })
    else this.#waiting.push(data)
  }

  /** For the host itself: the other end is closed. */
  peerClosed(): void {
    if (this.#closed) return
    this.#closed = true
    this.emit('close')
  }

  /** For the host itself: gives this end away, e.g. to a page; what the other end sends goes to `peer` from now on. */
  transfer(peer: PortPeer): PortPeer {
    const other = this.#peer
    if (other === undefined || this.#closed) throw new Error('test host: this port cannot be transferred')
    for (const data of this.#waiting.splice(0)) peer.deliver(data)
    this.receive = (data) => peer.deliver(data)
    this.peerClosed = () => peer.closed()
    return other
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()

  constructor() {
    join(this.port1, this.port2)
    join(this.port2, this.port1)
  }
}

function join(from: MessagePortMain, to: MessagePortMain): void {
  from.connect({ deliver: (data) => queueMicrotask(() => to.receive(data)), closed: () => to.peerClosed() })
}
