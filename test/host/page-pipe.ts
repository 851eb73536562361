import type { PipeNames, ToMain, ToPage } from './ipc-messages.ts'
import { MessagePortMain } from './ipc.ts'
import { codec } from './structured-clone.ts'

export const PIPE_NAMES: PipeNames = (() => {
  const secret = `electronHost${Math.random().toString(36).slice(2)}`
  return {
    toPreload: `${secret}Preload`,
    toPage: `${secret}Page`,
    binding: `${secret}Send`,
    receive: `${secret}Receive`,
  }
})()

/** What a window makes of the messages that are not about ports. */
export interface PipeEvents {
  sent(channel: string, args: unknown[], ports: MessagePortMain[]): void
  invoked(channel: string, args: unknown[]): Promise<unknown>
  input(kind: string): void
  windowOpened(url: string): void
  preloadFailed(message: string): void
}

/** The main process's end of the pipe to one document: IPC messages and the ports that go with them. */
export class PagePipe {
  readonly #write: (batch: string) => void
  readonly #events: PipeEvents
  readonly #ports = new Map<string, MessagePortMain>()
  #outgoing: ToPage[] = []
  #portCount = 0

  /** @param write Calls the preload world's receiving function; a batch is a list of messages as text. */
  constructor(write: (batch: string) => void, events: PipeEvents) {
    this.#write = write
    this.#events = events
  }

  receive(text: string): void {
    const message = codec.parse(text) as ToMain
    switch (message.type) {
      case 'send':
        this.#events.sent(message.channel, message.args, [])
        break
      case 'post-message':
        this.#events.sent(
          message.channel,
          [message.data],
          message.ports.map((id) => this.#portOfPage(id)),
        )
        break
      case 'invoke':
        void this.#answer(message.id, message.channel, message.args)
        break
      case 'port-message':
        this.#ports.get(message.port)?.receive(message.data)
        break
      case 'port-close':
        this.#ports.get(message.port)?.peerClosed()
        this.#ports.delete(message.port)
        break
      case 'input':
        this.#events.input(message.input)
        break
      case 'open-window':
        this.#events.windowOpened(message.url)
        break
      case 'preload-error':
        this.#events.preloadFailed(message.message)
    }
  }

  /** One call into the page per turn of the event loop, however many messages. */
  post(message: ToPage): void {
    // What cannot be cloned must throw where it was sent.
    codec.stringify(message)
    if (this.#outgoing.push(message) > 1) return
    setImmediate(() => this.#write(codec.stringify(this.#outgoing.splice(0))))
  }

  postWithPorts(channel: string, data: unknown, transfer: readonly MessagePortMain[]): void {
    const ports = transfer.map((port) => {
      const id = `main-${++this.#portCount}`
      const other = port.transfer(this.#peerInPage(id))
      const proxy = new MessagePortMain()
      proxy.receive = (message) => other.deliver(message)
      proxy.peerClosed = () => other.closed()
      this.#ports.set(id, proxy)
      return id
    })
    this.post({ type: 'message-with-ports', channel, data, ports })
  }

  /** The document is gone, and with it its ends of all ports. */
  closePorts(): void {
    for (const port of this.#ports.values()) port.peerClosed()
    this.#ports.clear()
  }

  async #answer(id: number, channel: string, args: unknown[]): Promise<void> {
    try {
      const value = await this.#events.invoked(channel, args)
      this.post({ type: 'reply', id, channel, ok: true, value })
    } catch (error) {
      this.post({ type: 'reply', id, channel, ok: false, message: String(error) })
    }
  }

  #portOfPage(id: string): MessagePortMain {
    const port = new MessagePortMain()
    port.connect(this.#peerInPage(id))
    this.#ports.set(id, port)
    return port
  }

  #peerInPage(id: string): { deliver(data: unknown): void; closed(): void } {
    return {
      deliver: (data) => this.post({ type: 'port-message', port: id, data }),
      closed: () => this.post({ type: 'port-close', port: id }),
    }
  }
}
