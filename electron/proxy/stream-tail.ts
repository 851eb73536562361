/** Bytes of one of the two halves. The end of a stream (finish, usage, end marker) is less than that. */
const HALF = 4 * 1024
const NOTHING = Buffer.alloc(0)

/**
 * Remembers the last complete events of a stream, as they came: as much as tells how it ended, and at least the last
 * one, whatever its size (that of a Responses stream holds the whole answer again).
 *
 * They are copied into two halves of fixed size that take turns. A list of what was read would keep a piece of memory
 * for each small read: at 1,000 streams 60,000 of them, which the garbage collector then carries from space to space.
 */
export class StreamTail {
  #older = NOTHING
  #newer = NOTHING
  #olderBytes = 0
  #newerBytes = 0

  /** @param events whole ones, so that none is ever remembered without its beginning */
  push(events: readonly Buffer[]): void {
    let size = 0
    for (const piece of events) size += piece.length
    if (this.#newerBytes + size > HALF && this.#newerBytes > 0) this.#turn()
    if (size > this.#newer.length) this.#newer = Buffer.allocUnsafeSlow(Math.max(size, HALF))
    for (const piece of events) {
      this.#newer.set(piece, this.#newerBytes)
      this.#newerBytes += piece.length
    }
  }

  /** What is remembered, and `more` behind it. */
  with(more: readonly Buffer[]): Buffer {
    return Buffer.concat([
      this.#older.subarray(0, this.#olderBytes),
      this.#newer.subarray(0, this.#newerBytes),
      ...more,
    ])
  }

  #turn(): void {
    const free = this.#older
    this.#older = this.#newer
    this.#olderBytes = this.#newerBytes
    // A half that grew for one large event is let go.
    this.#newer = free.length === HALF ? free : NOTHING
    this.#newerBytes = 0
  }
}
