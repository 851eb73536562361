/**
 * Cuts a recorded lane into what the window shows: one event per server-sent event, or per read where the body is not
 * an event stream. Unlike a reader for use, it loses nothing: comments, unknown fields, line ends inside an event and
 * half an event at a cut are shown as they came.
 */
import type { LaneEvent } from '../../shared/exchange.ts'
import { type Causes, causesAt, unknownCause } from './lane-buffer.ts'

const lineFeed = 10
const carriageReturn = 13
const firstCapacity = 4096
const firstEvents = 64

/** Is the body of this content type a stream of events? */
export const isEventStream = (contentType: string | undefined): boolean =>
  contentType?.trim().toLowerCase().startsWith('text/event-stream') ?? false

/** `type` where it is the first member of the data, which is where all three dialects have it, else anywhere in it. */
function nameOf(raw: string): string | undefined {
  const event = /^event: ?([^\r\n]*)/m.exec(raw)?.[1]
  if (event !== undefined && event !== '') return event
  if (!/^data:/m.test(raw) || !raw.includes('"type"')) return undefined
  const first = /^data: ?\{\s*"type"\s*:\s*"([^"\\]{1,128})"/m.exec(raw)?.[1]
  if (first !== undefined) return first
  try {
    const data = JSON.parse([...raw.matchAll(/^data: ?([^\r\n]*)/gm)].map((line) => line[1]).join('\n')) as unknown
    const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined
    return typeof type === 'string' ? type : undefined
  } catch {
    return undefined
  }
}

/** Grows as bytes come in. Events are kept as offsets and made into objects when they are looked at. */
export class LaneEvents {
  /** Events that are complete. */
  count = 0

  readonly #stream: boolean
  #bytes: Buffer
  #length: number
  #from = new Uint32Array(firstEvents)
  #to = new Uint32Array(firstEvents)
  #at = new Float64Array(firstEvents)
  /** Start of the event that is not complete yet. */
  #start = 0
  /** How far has been looked for blank lines. */
  #scanned = 0
  #lastAt = 0
  /** Two for each event, once one has a cause. */
  #causes: Uint32Array | undefined
  /** Of the event that is not complete yet. */
  #pending: Causes | undefined
  /** Of the chunk at hand: an event that begins in it. */
  #coming: Causes | undefined

  /** @param stream is the lane an event stream? */
  constructor(stream: boolean) {
    this.#stream = stream
    this.#bytes = Buffer.allocUnsafe(firstCapacity)
    this.#length = 0
  }

  /** Bytes that arrived or were written at once. @param causes which events of the other lane they go back to */
  push(chunk: Uint8Array, atMs: number, causes?: Causes): void {
    if (chunk.length === 0) return
    this.#coming = causes
    this.#pending = this.#start === this.#length ? causes : union(this.#pending, causes)
    this.#append(chunk)
    this.#lastAt = atMs
    if (this.#stream) this.#scan(atMs)
    else {
      this.#add(this.#start, this.#length, atMs)
      this.#start = this.#length
    }
  }

  /** No more bytes will come: what is left is an event, too. */
  end(): void {
    if (this.#start === this.#length) return
    let to = this.#length
    while (to > this.#start && isLineEnd(this.#bytes[to - 1])) to--
    if (to > this.#start) this.#add(this.#start, to, this.#lastAt)
    this.#start = this.#length
  }

  /** Events [from, from + limit), fewer when they hold more than `bytes`; at least one where there is one. */
  slice(from: number, limit: number, bytes: number): LaneEvent[] {
    const events: LaneEvent[] = []
    const start = this.#from[from] ?? 0
    for (let index = from; index < Math.min(this.count, from + limit); index++) {
      if (index > from && (this.#to[index] ?? 0) - start > bytes) break
      const raw = this.#bytes.toString('utf8', this.#from[index], this.#to[index])
      const name = this.#stream ? nameOf(raw) : undefined
      const causes = causesAt(this.#causes, index)
      events.push({
        index,
        atMs: this.#at[index] ?? 0,
        ...(name === undefined ? {} : { name }),
        raw,
        ...(causes === undefined ? {} : { causes: [...causes] }),
      })
    }
    return events
  }

  #append(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#length + chunk.length, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    this.#bytes.set(chunk, this.#length)
    this.#length += chunk.length
  }

  /** An event ends at an empty line; lines end in LF, CR or CRLF. */
  #scan(atMs: number): void {
    const bytes = this.#bytes
    let at = this.#scanned
    while (at < this.#length) {
      const byte = bytes[at]
      if (!isLineEnd(byte)) {
        at++
        continue
      }
      // A CR at the very end may be half of a CRLF: the next bytes tell.
      if (byte === carriageReturn && at + 1 === this.#length) break
      const next = byte === carriageReturn && bytes[at + 1] === lineFeed ? at + 2 : at + 1
      if (at === this.#start) {
        // Blank lines between two events belong to neither.
        this.#start = next
      } else if (isLineEnd(bytes[at - 1])) {
        this.#add(this.#start, endOfText(bytes, this.#start, at), atMs)
        this.#start = next
      }
      at = next
    }
    this.#scanned = at
  }

  #add(from: number, to: number, atMs: number): void {
    if (this.count === this.#at.length) {
      const capacity = this.count * 2
      const grow = <T extends Uint32Array | Float64Array>(old: T, next: T): T => {
        next.set(old)
        return next
      }
      this.#from = grow(this.#from, new Uint32Array(capacity))
      this.#to = grow(this.#to, new Uint32Array(capacity))
      this.#at = grow(this.#at, new Float64Array(capacity))
      if (this.#causes !== undefined) {
        this.#causes = grow(this.#causes, new Uint32Array(2 * capacity).fill(unknownCause))
      }
    }
    this.#from[this.count] = from
    this.#to[this.count] = to
    this.#at[this.count] = atMs
    if (this.#pending !== undefined) {
      this.#causes ??= new Uint32Array(2 * this.#at.length).fill(unknownCause)
      this.#causes.set(this.#pending, 2 * this.count)
    }
    this.#pending = this.#coming
    this.count++
  }
}

const union = (a: Causes | undefined, b: Causes | undefined): Causes | undefined =>
  a === undefined || b === undefined ? (a ?? b) : [Math.min(a[0], b[0]), Math.max(a[1], b[1])]

const isLineEnd = (byte: number | undefined): boolean => byte === lineFeed || byte === carriageReturn

/** Takes the end of the last line off. */
function endOfText(bytes: Buffer, start: number, blank: number): number {
  let to = blank
  if (to > start && bytes[to - 1] === lineFeed) to--
  if (to > start && bytes[to - 1] === carriageReturn) to--
  return to
}
