const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Holds back the incomplete event at the end of what came, so that a cut never leaves half an event at the client. Looks
 * for the last blank line only; events are not parsed. Line ends may be LF, CRLF or CR, and be cut anywhere.
 */
export class EventBoundary {
  readonly #limit: number
  #held: Buffer[] = []
  #heldBytes = 0
  #lastByte = 0
  /** The event at hand was larger than is held: what was given out is not whole. */
  #overrun = false

  /** @param limit bytes of one event that are held; a larger one is given out as it comes */
  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * By far the most common: whole events, and nothing held before them. Such a chunk may go out as it is, without `push`;
   * all others need it.
   */
  passes(chunk: Buffer): boolean {
    const { length } = chunk
    if (this.#heldBytes > 0 || length < 2 || chunk[length - 1] !== LINE_FEED || chunk[length - 2] !== LINE_FEED) {
      return false
    }
    this.#lastByte = LINE_FEED
    this.#overrun = false
    return true
  }

  /** Bytes that may go out: up to the end of the last complete event. */
  push(chunk: Buffer): Buffer[] {
    const end = endOfLastEvent(chunk, this.#lastByte)
    this.#lastByte = chunk.at(-1) ?? this.#lastByte
    if (end === 0) {
      // The rest of what could not be held: nothing is won by holding it.
      if (this.#overrun) return [chunk]
      this.#hold(chunk)
      if (this.#heldBytes <= this.#limit) return []
      this.#overrun = true
      return this.take()
    }
    const complete = this.take()
    complete.push(end === chunk.length ? chunk : chunk.subarray(0, end))
    this.#overrun = false
    if (end < chunk.length) this.#hold(chunk.subarray(end))
    return complete
  }

  /** What is held, which is then forgotten. */
  take(): Buffer[] {
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    return held
  }

  /** Was part of an unfinished event given out? */
  get overrun(): boolean {
    return this.#overrun
  }

  #hold(piece: Buffer): void {
    this.#held.push(piece)
    this.#heldBytes += piece.length
  }
}

/**
 * Index after the last blank line that ends in this chunk; 0 if none does. A blank line is two line ends in a row: LF LF,
 * LF CR or CR CR (CR LF is one).
 */
function endOfLastEvent(chunk: Buffer, before: number): number {
  const { length } = chunk
  // By far the most common: the chunk ends with its event.
  if (length >= 2 && chunk[length - 1] === LINE_FEED && chunk[length - 2] === LINE_FEED) return length
  const end = Math.max(afterPair(chunk, '\n\n'), afterPair(chunk, '\n\r'), afterPair(chunk, '\r\r'))
  if (end > 0) return end
  const first = chunk[0]
  const acrossChunks =
    (first === LINE_FEED && before === LINE_FEED) ||
    (first === CARRIAGE_RETURN && (before === LINE_FEED || before === CARRIAGE_RETURN))
  return acrossChunks ? afterReturn(chunk, 1) : 0
}

function afterPair(chunk: Buffer, pair: string): number {
  const at = chunk.lastIndexOf(pair, undefined, 'latin1')
  return at === -1 ? 0 : afterReturn(chunk, at + 2)
}

/** The line feed of a CRLF belongs to the line end before it. */
function afterReturn(chunk: Buffer, end: number): number {
  return chunk[end - 1] === CARRIAGE_RETURN && chunk[end] === LINE_FEED ? end + 1 : end
}
