/**
 * A gateway's answer on its way to the decoder or the client: its own bytes wherever they are what Responses says, and
 * put right where they are not.
 */
import { SseReader } from '../../core/sse.ts'
import { EventBoundary } from '../event-boundary.ts'
import type { BodyReader, UpstreamAnswer } from '../send.ts'
import { tidyAnswer } from './tidy-answer.ts'
import type { Maker } from './tidy-answer.ts'
import { TidyStream } from './tidy-stream.ts'

/** Larger events and answers go on as they came. */
const EVENT_LIMIT = 16 * 1024 * 1024
const WHOLE_LIMIT = 64 * 1024 * 1024

/** The same answer in the form of Responses. Errors stay as they are. */
export function tidied(upstream: UpstreamAnswer, maker: Maker): UpstreamAnswer {
  if (upstream.status >= 300) return upstream
  const streamed = /^text\/event-stream\b/i.test(String(upstream.headers['content-type'] ?? ''))
  // The length of what is put right is another one.
  const { 'content-length': _, ...headers } = upstream.headers
  return {
    status: upstream.status,
    headers: streamed ? upstream.headers : headers,
    read: (reader) => upstream.read(streamed ? new StreamTidier(reader, maker) : new WholeTidier(reader, maker)),
    pause: () => upstream.pause(),
    resume: () => upstream.resume(),
    abort: (reason) => upstream.abort(reason),
    release: () => upstream.release(),
    settle: (withinMs) => upstream.settle(withinMs),
  }
}

class WholeTidier implements BodyReader {
  readonly #reader: BodyReader
  readonly #maker: Maker
  #pieces: Buffer[] = []
  #size = 0

  constructor(reader: BodyReader, maker: Maker) {
    this.#reader = reader
    this.#maker = maker
  }

  data(chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > WHOLE_LIMIT) this.#giveAll(chunk)
    else this.#pieces.push(chunk)
  }

  end(framed: boolean): void {
    if (this.#size > WHOLE_LIMIT) {
      this.#reader.end(framed)
      return
    }
    const bytes = Buffer.concat(this.#pieces, this.#size)
    this.#reader.data(tidyBytes(bytes, this.#maker), { from: 0, to: this.#pieces.length })
    this.#reader.end(framed)
  }

  fail(error: Parameters<BodyReader['fail']>[0]): void {
    this.#reader.fail(error)
  }

  #giveAll(chunk: Buffer): void {
    for (const piece of [...this.#pieces, chunk]) this.#reader.data(piece)
    this.#pieces = []
  }
}

function tidyBytes(bytes: Buffer, maker: Maker): Buffer {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    // Whoever reads it says so.
    return bytes
  }
  const tidy = tidyAnswer(body, maker)
  return tidy === body ? bytes : Buffer.from(JSON.stringify(tidy))
}

class StreamTidier implements BodyReader {
  readonly #reader: BodyReader
  readonly #boundary = new EventBoundary(EVENT_LIMIT)
  readonly #stream: TidyStream
  /** Events of the upstream's own that have come. */
  #seen = 0

  constructor(reader: BodyReader, maker: Maker) {
    this.#reader = reader
    this.#stream = new TidyStream(maker)
  }

  data(chunk: Buffer): void {
    const complete = this.#boundary.push(chunk)
    if (complete.length === 0) return
    if (this.#boundary.overrun) for (const piece of complete) this.#reader.data(piece)
    else this.#give(complete)
  }

  end(framed: boolean): void {
    const held = this.#boundary.take()
    if (held.length > 0) this.#give(held)
    const more = framed ? this.#stream.end() : ''
    if (more !== '') this.#reader.data(Buffer.from(more), { from: Math.max(0, this.#seen - 1), to: this.#seen })
    this.#reader.end(framed)
  }

  fail(error: Parameters<BodyReader['fail']>[0]): void {
    this.#reader.fail(error)
  }

  /** Complete events: their own bytes unless one of them has to be put right. */
  #give(pieces: readonly Buffer[]): void {
    const sse = new SseReader({ raw: true, comments: true, positions: true, limit: 2 * EVENT_LIMIT })
    const events = [...pieces.flatMap((piece) => sse.push(piece)), ...sse.end()]
    const from = this.#seen
    this.#seen += sse.blocks
    const replaced = events.map((event) => (event.comment === undefined ? this.#stream.push(event) : undefined))
    if (replaced.every((text) => text === undefined)) {
      this.#reader.data(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), { from, to: this.#seen })
      return
    }
    for (const [index, event] of events.entries()) {
      const text = replaced[index] ?? `${event.raw ?? ''}\n\n`
      const at = from + (event.position ?? 0)
      if (text !== '') this.#reader.data(Buffer.from(text), { from: at, to: at + 1 })
    }
  }
}
