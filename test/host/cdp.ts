import { EventEmitter, once } from 'node:events'

interface Waiting {
  method: string
  resolve(result: never): void
  reject(error: Error): void
}

interface Incoming {
  id?: number
  sessionId?: string
  method?: string
  params?: unknown
  result?: unknown
  error?: { message: string }
}

type Send = <T = unknown>(method: string, params?: object) => Promise<T>

/** One target of Chromium, or the browser itself: takes commands and emits events (Chrome DevTools Protocol). */
export class CdpSession extends EventEmitter {
  readonly send: Send

  constructor(send: Send) {
    super()
    this.send = send
    // Every window listens to the browser's session.
    this.setMaxListeners(0)
  }
}

/** The connection to Chromium; all sessions share it. */
export class CdpConnection {
  readonly browser: CdpSession
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, Waiting>()
  readonly #sessions = new Map<string, CdpSession>()
  #count = 0

  static async open(url: string): Promise<CdpConnection> {
    const socket = new WebSocket(url)
    await once(socket, 'open')
    return new CdpConnection(socket)
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.browser = new CdpSession((method, params) => this.#call(method, params))
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Incoming))
    socket.addEventListener('close', () => {
      for (const call of this.#waiting.values()) call.reject(new Error(`${call.method}: Chromium is gone`))
      this.#waiting.clear()
    })
  }

  async attach(targetId: string): Promise<CdpSession> {
    const { sessionId } = await this.browser.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    })
    const session = new CdpSession((method, params) => this.#call(method, params, sessionId))
    this.#sessions.set(sessionId, session)
    return session
  }

  #call<T>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#count
      this.#waiting.set(id, { method, resolve, reject })
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  }

  #receive(message: Incoming): void {
    if (message.id === undefined) {
      const session = message.sessionId === undefined ? this.browser : this.#sessions.get(message.sessionId)
      session?.emit(message.method ?? '', message.params)
      return
    }
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (message.error) waiting?.reject(new Error(`${waiting.method}: ${message.error.message}`))
    else waiting?.resolve(message.result as never)
  }
}
