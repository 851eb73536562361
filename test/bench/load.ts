/** The load generator, a process of its own: works off one order at a time and tells what it saw. */
import type { DialectId } from '../../shared/exchange.ts'
import { Connection } from './client.ts'
import { nowUs, PATHS, requestBody, StreamCheck, UPSTREAM_PATHS } from './wire.ts'
import type { AnswerPlan } from './wire.ts'

export interface Target {
  port: number
  /** Of the paths: those of an Azure resource, or Lazuli's. */
  paths: 'upstream' | 'lazuli'
}

export interface Order {
  to: Target
  /** Spoken by the client. */
  dialect: DialectId
  model: string
  plan: AnswerPlan
  /** Of the request's body, about. */
  bytes: number
  kind:
    /** So many requests over so many connections, each as soon as the one before has its answer. */
    | { type: 'requests'; count: number; connections: number }
    /** So many requests, one after another begun at this pace, whatever the answers do. */
    | { type: 'paced'; count: number; perSecond: number }
    /** So many streams at once, begun evenly within this time. */
    | { type: 'streams'; count: number; withinMs: number }
    /** The first bytes of one request after another, while so many streams run. */
    | { type: 'first-bytes'; count: number; streams: number; everyMs: number }
    /** So many streams, each left after this time. */
    | { type: 'aborts'; count: number; afterMs: number }
    /** One stream that is not read any more after its head, for this time. */
    | { type: 'stall'; forMs: number }
}

export interface Seen {
  answers: number
  events: number
  /** What was wrong, each once. */
  faults: string[]
  /** Sizes of the bodies that streams had, each once. */
  sizes: number[]
  /** Microseconds from the request to the first byte of its body, or of all its answer; in the order in which they came. */
  waits: number[]
  /** Of events on their way, microseconds. */
  delays: { p50: number; p99: number }
}

class Run {
  readonly #order: Order
  readonly #head: string
  readonly #body: Buffer
  readonly #faults = new Set<string>()
  readonly #sizes = new Set<number>()
  readonly #waits: number[] = []
  readonly #delays: number[] = []
  #answers = 0
  #events = 0

  constructor(order: Order) {
    const { to, dialect, model, plan, bytes } = order
    this.#order = order
    this.#body = requestBody(dialect, model, plan, bytes)
    this.#head = [
      `POST ${(to.paths === 'lazuli' ? PATHS : UPSTREAM_PATHS)[dialect]} HTTP/1.1`,
      `host: 127.0.0.1:${to.port}`,
      'user-agent: bench/1.0',
      'authorization: Bearer local-token-for-the-bench',
      'content-type: application/json',
      'accept: application/json',
      ...(dialect === 'messages' ? ['anthropic-version: 2023-06-01'] : []),
      `content-length: ${this.#body.length}`,
      '\r\n',
    ].join('\r\n')
  }

  async do(): Promise<Seen> {
    const { kind } = this.#order
    switch (kind.type) {
      case 'requests':
        await this.#requests(kind.count, kind.connections)
        break
      case 'paced':
        await this.#paced(kind.count, kind.perSecond)
        break
      case 'streams':
        await this.#spread(kind.count, kind.withinMs, (connection) => this.#one(connection, true))
        break
      case 'first-bytes':
        await this.#firstBytes(kind)
        break
      case 'aborts':
        await this.#spread(kind.count, 200, (connection) => this.#leave(connection, kind.afterMs))
        break
      case 'stall':
        await this.#stall(kind.forMs)
        break
    }
    const sorted = Float64Array.from(this.#delays).toSorted()
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
    return {
      answers: this.#answers,
      events: this.#events,
      faults: [...this.#faults],
      sizes: [...this.#sizes],
      waits: this.#waits,
      delays: { p50: at(0.5), p99: at(0.99) },
    }
  }

  #connect(): Connection {
    return new Connection(this.#order.to.port)
  }

  async #requests(count: number, connections: number): Promise<void> {
    let left = count
    const work = async (): Promise<void> => {
      const connection = this.#connect()
      while (left-- > 0) await this.#one(connection, false)
      connection.close()
    }
    await Promise.all(Array.from({ length: connections }, work))
  }

  async #paced(count: number, perSecond: number): Promise<void> {
    const idle: Connection[] = []
    const all: Promise<void>[] = []
    const one = async (): Promise<void> => {
      const connection = idle.pop() ?? this.#connect()
      await this.#one(connection, false)
      idle.push(connection)
    }
    const began = nowUs()
    while (all.length < count) {
      await after(1)
      const due = Math.min(count, ((nowUs() - began) / 1_000_000) * perSecond)
      while (all.length < due) all.push(one())
    }
    await Promise.all(all)
    for (const connection of idle) connection.close()
  }

  async #spread(count: number, withinMs: number, one: (connection: Connection) => Promise<void>): Promise<void> {
    const all: Promise<void>[] = []
    for (let index = 0; index < count; index++) {
      all.push(after((index * withinMs) / count).then(() => one(this.#connect())))
    }
    await Promise.all(all)
  }

  async #firstBytes(kind: Extract<Order['kind'], { type: 'first-bytes' }>): Promise<void> {
    const background = Array.from({ length: kind.streams }, () => this.#connect())
    for (const connection of background) {
      connection.send(this.#head, this.#body, { head() {}, data() {}, end() {} })
      await after(Math.ceil(1000 / kind.streams))
    }
    for (let index = 0; index < kind.count; index++) {
      const connection = this.#connect()
      await new Promise((resolve) => connection.socket.once('connect', resolve))
      await after(kind.everyMs)
      const began = nowUs()
      await new Promise<void>((resolve) => {
        connection.send(this.#head, this.#body, {
          head: (status) => this.#checkStatus(status),
          data: () => resolve(),
          end: () => resolve(),
        })
      })
      this.#waits.push(nowUs() - began)
      this.#answers++
      connection.close()
    }
    for (const connection of background) connection.close()
  }

  #leave(connection: Connection, afterMs: number): Promise<void> {
    return new Promise((resolve) => {
      connection.send(this.#head, this.#body, {
        head: (status) => this.#checkStatus(status),
        data() {},
        end() {},
      })
      setTimeout(() => {
        this.#answers++
        connection.close()
        resolve()
      }, afterMs)
    })
  }

  async #stall(forMs: number): Promise<void> {
    const connection = this.#connect()
    connection.send(this.#head, this.#body, {
      head: (status) => this.#checkStatus(status),
      data: () => connection.socket.pause(),
      end() {},
    })
    await after(forMs)
    this.#answers++
    connection.close()
  }

  /** One request with its whole answer, which is checked. */
  #one(connection: Connection, closes: boolean): Promise<void> {
    const { dialect, plan } = this.#order
    const check = plan.events > 0 ? new StreamCheck(dialect, plan, (us) => this.#delays.push(us)) : undefined
    const began = nowUs()
    let waited: number | undefined
    let bytes = 0
    return new Promise((resolve) => {
      connection.send(this.#head, this.#body, {
        head: (status) => this.#checkStatus(status),
        data: (chunk) => {
          if (check !== undefined) waited ??= nowUs() - began
          bytes += chunk.length
          check?.push(chunk)
        },
        end: (fault) => {
          this.#answers++
          this.#waits.push(waited ?? nowUs() - began)
          this.#sizes.add(bytes)
          this.#events += check?.seen ?? 0
          const wrong = fault ?? check?.end()
          if (wrong !== undefined) this.#faults.add(wrong)
          if (closes) connection.close()
          resolve()
        },
      })
    })
  }

  #checkStatus(status: number): void {
    if (status !== 200) this.#faults.add(`status ${status}`)
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

process.on('message', (order: Order) => {
  void new Run(order).do().then((seen) => process.send?.(seen))
})
process.on('disconnect', () => process.exit(0))
