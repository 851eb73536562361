/**
 * Server-sent events as bytes: an incremental reader and a writer. The rules are those of the WHATWG standard
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html), but an event that the end of the body cuts off
 * before its blank line still counts: some upstreams leave the last one out.
 */
import { LazuliError } from './error.ts'

export interface SseEvent {
  /** Value of the `event:` line. */
  event?: string
  /** The `data:` lines, joined with a line feed. */
  data: string
  id?: string
  /** The lines as they came, without the blank line at the end; only with `raw`. */
  raw?: string
  /** Number of the block in the stream, from 0; blocks without data count, too. Only with `positions`. */
  position?: number
  /** Set on a block of comments alone; only with `comments`. Its `data` is empty. */
  comment?: string
}

export interface SseReaderOptions {
  /**
   * Largest event, counted in bytes while a line is incomplete and in UTF-16 units of its complete lines.
   * Default 16 MiB.
   */
  limit?: number
  /** Give every event its text as received. */
  raw?: boolean
  /** Also give blocks that hold comments alone (heartbeats). */
  comments?: boolean
  /** Number the events, as a recording of the stream would. */
  positions?: boolean
}

const defaultLimit = 16 * 1024 * 1024
/** A larger buffer is given back once the line it held is complete. */
const keptCapacity = 64 * 1024
const lineFeed = 10
const carriageReturn = 13
const byteOrderMark = 0xfeff

/**
 * Reads a stream of events from chunks of bytes that may be cut anywhere, also inside a line end or a character. Each
 * byte is looked at a bounded number of times, however small the chunks are.
 *
 * An event beyond the limit makes `push` or `end` throw a LazuliError `proxy_event_too_large` (502). Events that were
 * complete before it are returned first; the next call throws, and so does every call after it.
 */
export class SseReader {
  /** Comment lines seen so far. */
  comments = 0
  /** Blocks that are complete: lines up to a blank one. */
  blocks = 0

  readonly #limit: number
  readonly #keepRaw: boolean
  readonly #keepComments: boolean
  readonly #keepPositions: boolean
  /** Decodes whole lines only, so no character is ever split. A byte order mark counts at the very start alone. */
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #carry: Uint8Array<ArrayBuffer> = new Uint8Array(1024)
  #carried = 0
  #atStart = true
  #skipLineFeed = false
  #failure: LazuliError | undefined

  #event: string | undefined
  #id: string | undefined
  #data: string | undefined
  /** The further lines of an event that has more than one; joined once, at its end. */
  #moreData: string[] = []
  #comment: string | undefined
  #rawLines: string[] = []
  #size = 0
  /** Has the block at hand a line? */
  #begun = false

  constructor(options: SseReaderOptions = {}) {
    this.#limit = options.limit ?? defaultLimit
    this.#keepRaw = options.raw ?? false
    this.#keepComments = options.comments ?? false
    this.#keepPositions = options.positions ?? false
  }

  /** Events that these bytes complete. */
  push(bytes: Uint8Array): SseEvent[] {
    if (this.#failure !== undefined) throw this.#failure
    let chunk = bytes
    if (this.#skipLineFeed && chunk.length > 0) {
      if (chunk[0] === lineFeed) chunk = chunk.subarray(1)
      this.#skipLineFeed = false
    }
    const events: SseEvent[] = []
    const complete = endOfLastLine(chunk)
    if (complete > 0) {
      // A carriage return at the very end may be half of a CRLF; the event is not held back for it.
      this.#skipLineFeed = chunk[complete - 1] === carriageReturn && complete === chunk.length
      this.#lines(this.#take(complete === chunk.length ? chunk : chunk.subarray(0, complete)), events)
    }
    if (complete < chunk.length) this.#keep(chunk.subarray(complete))
    return this.#deliver(events)
  }

  /**
   * The body ended cleanly. Gives the last event if its blank line is missing. Not to be called after a broken
   * connection: half an event must not be taken for a whole one.
   */
  end(): SseEvent[] {
    if (this.#failure !== undefined) throw this.#failure
    const events: SseEvent[] = []
    if (this.#carried > 0) this.#lines(`${this.#take(new Uint8Array())}\n`, events)
    this.#dispatch(events)
    return this.#deliver(events)
  }

  #deliver(events: SseEvent[]): SseEvent[] {
    if (this.#failure !== undefined && events.length === 0) throw this.#failure
    return events
  }

  #keep(tail: Uint8Array): void {
    const needed = this.#carried + tail.length
    if (needed + this.#size > this.#limit) {
      this.#overflow()
      return
    }
    if (needed > this.#carry.length) {
      const grown = new Uint8Array(Math.max(needed, this.#carry.length * 2))
      grown.set(this.#carry.subarray(0, this.#carried))
      this.#carry = grown
    }
    this.#carry.set(tail, this.#carried)
    this.#carried = needed
  }

  /** Text of the carried bytes and these, which end in a line end. */
  #take(complete: Uint8Array): string {
    let text: string
    if (this.#carried === 0) text = this.#decoder.decode(complete)
    else {
      const all = new Uint8Array(this.#carried + complete.length)
      all.set(this.#carry.subarray(0, this.#carried))
      all.set(complete, this.#carried)
      text = this.#decoder.decode(all)
      this.#carried = 0
      if (this.#carry.length > keptCapacity) this.#carry = new Uint8Array(1024)
    }
    if (!this.#atStart) return text
    this.#atStart = false
    return text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text
  }

  /** `text` ends in a line end. */
  #lines(text: string, events: SseEvent[]): void {
    const lines = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text
    let from = 0
    while (from < lines.length && this.#failure === undefined) {
      const to = lines.indexOf('\n', from)
      if (to === from) this.#dispatch(events)
      else this.#line(lines, from, to)
      from = to + 1
    }
  }

  #line(text: string, from: number, to: number): void {
    this.#begun = true
    const isComment = text.charCodeAt(from) === 58
    if (this.#keepRaw) this.#rawLines.push(text.slice(from, to))
    if (this.#keepRaw || this.#keepComments || !isComment) this.#grow(to - from)
    if (text.startsWith('data:', from)) {
      this.#addData(text.slice(valueStart(text, from + 5), to))
      return
    }
    if (isComment) {
      this.comments++
      if (this.#keepComments) {
        const comment = text.slice(valueStart(text, from + 1), to)
        this.#comment = this.#comment === undefined ? comment : `${this.#comment}\n${comment}`
      }
      return
    }
    const colon = text.indexOf(':', from)
    const named = colon !== -1 && colon < to
    const value = named ? text.slice(valueStart(text, colon + 1), to) : ''
    switch (text.slice(from, named ? colon : to)) {
      case 'data':
        this.#addData(value)
        break
      case 'event':
        this.#event = value
        break
      case 'id':
        if (!value.includes('\0')) this.#id = value
        break
      default:
      // `retry` and unknown fields say nothing that a proxy could use.
    }
  }

  #addData(value: string): void {
    if (this.#data === undefined) this.#data = value
    else this.#moreData.push(value)
  }

  #grow(by: number): void {
    this.#size += by
    if (this.#size > this.#limit) this.#overflow()
  }

  #dispatch(events: SseEvent[]): void {
    const data = this.#data
    const comment = data === undefined ? this.#comment : undefined
    if ((data !== undefined || comment !== undefined) && this.#failure === undefined) {
      const event: SseEvent = { data: data ?? '' }
      if (this.#moreData.length > 0) event.data = [event.data, ...this.#moreData].join('\n')
      if (this.#event !== undefined) event.event = this.#event
      if (this.#id !== undefined) event.id = this.#id
      if (this.#keepRaw) event.raw = this.#rawLines.join('\n')
      if (comment !== undefined) event.comment = comment
      if (this.#keepPositions) event.position = this.blocks
      events.push(event)
    }
    if (this.#begun) this.blocks++
    this.#forgetEvent()
  }

  #forgetEvent(): void {
    this.#event = undefined
    this.#id = undefined
    this.#data = undefined
    if (this.#moreData.length > 0) this.#moreData = []
    this.#comment = undefined
    this.#begun = false
    if (this.#rawLines.length > 0) this.#rawLines = []
    this.#size = 0
  }

  #overflow(): void {
    this.#forgetEvent()
    this.#carry = new Uint8Array()
    this.#carried = 0
    this.#failure = new LazuliError({
      code: 'proxy_event_too_large',
      status: 502,
      message: `The upstream sent an event larger than ${this.#limit} bytes, more than is held for translation.`,
      fix: 'Use the API that the model itself speaks: its events are relayed without this limit.',
    })
  }
}

/** Index after the last line end; 0 if there is none. Nearly every read of a stream ends with one. */
function endOfLastLine(chunk: Uint8Array): number {
  const { length } = chunk
  if (chunk[length - 1] === lineFeed) return length
  return Math.max(chunk.lastIndexOf(lineFeed), chunk.lastIndexOf(carriageReturn)) + 1
}

/** One space after the colon is not part of the value. */
function valueStart(text: string, index: number): number {
  return text.charCodeAt(index) === 32 ? index + 1 : index
}

/** One complete event with its blank line. Line ends in `data` become further `data:` lines. */
export function formatEvent(event: string | undefined, data: string): string {
  const lines = /[\r\n]/.test(data) ? data.split(/\r\n|\r|\n/).join('\ndata: ') : data
  return event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`
}
