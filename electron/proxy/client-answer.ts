import type { ServerResponse } from 'node:http'
import type { Header } from '../../shared/exchange.ts'
import type { ExchangeTap } from '../core/tap.ts'
import { StreamFault, type StreamedFault } from './faults/stream-fault.ts'
import { clientGone } from './read-body.ts'

/** What every answer of an exchange carries. */
const ALWAYS: readonly Header[] = [['x-content-type-options', 'nosniff']]

/** So many bytes to the client, and the half-open range of upstream events that caused them. */
export interface Effect {
  bytes: number
  causes: readonly [from: number, to: number]
}

/** The answer to one client, with its tap: whatever goes out goes through here. */
export class ClientAnswer {
  readonly #response: ServerResponse
  readonly #tap: ExchangeTap
  readonly #headers: Header[]
  readonly #controller = new AbortController()
  #holding = false
  #tookAll = false
  #isStream = false
  #broken = false
  /** To be done to the answer, and what does it once the head is out. */
  #wanted: StreamedFault | undefined
  #fault: StreamFault | undefined

  /** @param headers that go with every status, e.g. for a listed web origin */
  constructor(response: ServerResponse, tap: ExchangeTap, headers: readonly Header[]) {
    this.#response = response
    this.#tap = tap
    this.#headers = [...ALWAYS, ...headers]
    const { socket } = response
    response.on('close', () => {
      const tookAll = response.writableFinished || socket?.writableLength === 0
      this.#tookAll = tookAll && this.#fault?.isOver !== false
      this.#fault?.stop()
      if (!response.writableFinished) this.giveUp(clientGone())
    })
    // A socket that breaks while we write is a client that left; 'close' follows.
    response.on('error', () => {})
  }

  /** Aborted with a LazuliError when the client left or Lazuli gave the exchange up. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get headSent(): boolean {
    return this.#response.headersSent
  }

  /** Of the head that was sent; undefined before. */
  get status(): number | undefined {
    return this.headSent ? this.#response.statusCode : undefined
  }

  /** Was the head of an event stream sent? */
  get isStream(): boolean {
    return this.#isStream
  }

  /** Did the client leave before it had everything? */
  get left(): boolean {
    return this.#response.destroyed && !this.#response.writableFinished
  }

  /** Had everything that was written gone out when the connection was closed? */
  get tookAll(): boolean {
    return this.#tookAll
  }

  giveUp(reason: Error): void {
    this.#controller.abort(reason)
  }

  /** Adds headers to the head that will be sent; a later one of the same name wins. */
  announce(headers: readonly Header[]): void {
    this.#headers.push(...headers)
  }

  /** The client asked whether to send its body (`Expect: 100-continue`): yes. */
  askForBody(): void {
    this.#response.writeContinue()
  }

  head(status: number, headers: readonly Header[]): void {
    const all = new Map<string, string>()
    for (const [name, value] of [...this.#headers, ...headers]) all.set(name, value)
    if (this.left || this.headSent) return
    const list = [...all]
    this.#isStream = all.get('content-type')?.startsWith('text/event-stream') ?? false
    this.#response.writeHead(status, list.flat())
    this.#tap.clientHead(status, list)
    if (this.#wanted !== undefined) this.#fault = this.#makeFault(this.#wanted)
  }

  /** Has a fault done to what is sent from now on. Before the head. */
  meddle(fault: StreamedFault): void {
    this.#wanted = fault
  }

  #makeFault(fault: StreamedFault): StreamFault {
    let unsent = 0
    let breaking = false
    const sent = (): void => {
      unsent--
      if (breaking && unsent === 0) this.break()
    }
    return new StreamFault(fault, this.#isStream, {
      send: (bytes, causes) => {
        if (this.left) return
        this.#tap.clientBytes(bytes, causes)
        unsent++
        this.#response.write(bytes, sent)
      },
      end: () => {
        if (!this.left) this.#response.end()
      },
      // What stands before the break is to arrive.
      break: () => {
        breaking = true
        if (unsent === 0) this.break()
      },
    })
  }

  /**
   * @param effects which parts of the chunk go back to which events of the upstream, in order and without gaps
   * @returns false when the client should be waited for, see `holdBack`
   */
  write(chunk: Buffer, effects?: readonly Effect[]): boolean {
    if (chunk.length === 0 || this.left) return true
    if (this.#fault !== undefined) return this.#writeFaulty(this.#fault, chunk, effects)
    if (effects === undefined) this.#tap.clientBytes(chunk)
    else if (effects.length === 1) this.#tap.clientBytes(chunk, effects[0]!.causes)
    else {
      let from = 0
      for (const { bytes, causes } of effects) {
        this.#tap.clientBytes(chunk.subarray(from, from + bytes), causes)
        from += bytes
      }
    }
    return this.#response.write(chunk)
  }

  #writeFaulty(fault: StreamFault, chunk: Buffer, effects: readonly Effect[] | undefined): boolean {
    let from = 0
    for (const { bytes, causes } of effects ?? [{ bytes: chunk.length, causes: undefined }]) {
      fault.push(chunk.subarray(from, from + bytes), causes)
      from += bytes
    }
    return !fault.congested
  }

  /** Does the client take less than it is sent? */
  get congested(): boolean {
    return this.#fault?.congested ?? this.#response.writableNeedDrain
  }

  /** Stops a source until the client has taken what was written. One read may be many writes; it is stopped once. */
  holdBack(source: { pause(): void; resume(): void }): void {
    if (this.#holding) return
    this.#holding = true
    source.pause()
    const resume = (): void => {
      this.#holding = false
      source.resume()
    }
    if (this.#fault === undefined) this.#response.once('drain', resume)
    else this.#fault.onceDrained(resume)
  }

  /**
   * Ends the body; safe to call twice. The connection stays open, also behind a stream that ended with an error: the body
   * is whole, and a client that keeps connections would run its next request into a closed door.
   */
  end(): void {
    if (this.left) return
    if (this.#fault === undefined) this.#response.end()
    else this.#fault.end()
  }

  /** Breaks the connection: the only way left to say that a body is not whole. */
  break(): void {
    this.#broken = true
    this.#response.destroy()
  }

  /** Was the connection broken by us? */
  get broken(): boolean {
    return this.#broken
  }

  /** When the last byte was handed to the system (`true`) or the client left before that. */
  delivered(): Promise<boolean> {
    const response = this.#response
    if (response.writableFinished) return Promise.resolve(true)
    if (response.destroyed) return Promise.resolve(false)
    return new Promise((resolve) => {
      response.once('finish', () => resolve(true))
      response.once('close', () => resolve(response.writableFinished))
    })
  }
}
