/** An HTTP client of the load's own, as small as can be: what it costs is taken from the same two cores. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface Answer {
  head(status: number): void
  data(chunk: Buffer): void
  /** The last thing that is told. */
  end(fault?: string): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const NOTHING = Buffer.alloc(0)

/** One connection, one request at a time. */
export class Connection {
  readonly socket: Socket
  #answer: Answer | undefined
  #rest: Buffer = NOTHING
  /** Bytes left of the body or of the chunk; -1: a head or a chunk's size comes next. */
  #left = -1
  #isChunked = false
  #inBody = false

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.socket.on('close', () => this.#finish('the connection was closed'))
    this.socket.on('error', () => {})
  }

  send(head: string, body: Buffer, answer: Answer): void {
    this.#answer = answer
    if (this.socket.destroyed) {
      this.#finish('the connection was closed')
      return
    }
    this.socket.cork()
    this.socket.write(head, 'latin1')
    this.socket.write(body)
    this.socket.uncork()
  }

  close(): void {
    this.#answer = undefined
    this.socket.destroy()
  }

  #finish(fault?: string): void {
    const answer = this.#answer
    this.#answer = undefined
    this.#inBody = false
    this.#left = -1
    answer?.end(fault)
  }

  #take(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = NOTHING
    while (bytes.length > 0) {
      const used = this.#inBody ? this.#body(bytes) : this.#head(bytes)
      if (used === 0) {
        this.#rest = bytes
        return
      }
      bytes = bytes.subarray(used)
    }
  }

  /** @returns bytes that were used up; 0: more are needed */
  #head(bytes: Buffer): number {
    const end = bytes.indexOf(HEAD_END)
    if (end === -1) return 0
    const text = bytes.toString('latin1', 0, end).toLowerCase()
    this.#isChunked = text.includes('\r\ntransfer-encoding: chunked')
    this.#left = this.#isChunked ? -1 : Number(/\r\ncontent-length: (\d+)/.exec(text)?.[1] ?? 0)
    this.#inBody = true
    this.#answer?.head(Number(text.slice(9, 12)))
    if (this.#left === 0) this.#finish()
    return end + HEAD_END.length
  }

  #body(bytes: Buffer): number {
    if (this.#isChunked && this.#left === -1) {
      const line = bytes.indexOf('\r\n')
      if (line === -1) return 0
      const size = Number.parseInt(bytes.toString('latin1', 0, line), 16)
      if (size === 0) {
        if (bytes.length < line + 4) return 0
        this.#finish()
        return line + 4
      }
      this.#left = size
      return line + 2
    }
    if (this.#isChunked && this.#left === 0) {
      if (bytes.length < 2) return 0
      this.#left = -1
      return 2
    }
    const piece = bytes.subarray(0, this.#left)
    this.#left -= piece.length
    this.#answer?.data(piece)
    if (!this.#isChunked && this.#left === 0) this.#finish()
    return piece.length
  }
}
