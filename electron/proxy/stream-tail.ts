/** So many of the last reads tell how a stream ended: finish, usage and end marker may come in one each. */
const READS = 4
/** A read of so many bytes tells it alone; none before it is kept. */
const ENOUGH = 4 * 1024

/**
 * Remembers the last complete events of a stream: as much as tells how it ended, and at least the last one, whatever its
 * size (that of a Responses stream holds the whole answer again).
 *
 * What was read is referred to, not copied; so few pieces of it that the garbage collector, which has to carry them from
 * space to space, does not feel them at 1,000 streams.
 */
export class StreamTail {
  /** A ring. */
  readonly #reads: (Buffer | readonly Buffer[] | undefined)[] = Array.from({ length: READS })
  #next = 0

  /** @param events whole ones (of one read, or the pieces of one), so that none is remembered without its beginning */
  push(events: Buffer | readonly Buffer[]): void {
    if (sizeOf(events) >= ENOUGH) this.#reads.fill(undefined)
    this.#reads[this.#next] = events
    this.#next = (this.#next + 1) % READS
  }

  /** What is remembered, and `more` behind it. */
  with(more: readonly Buffer[]): Buffer {
    const oldestFirst = [...this.#reads.slice(this.#next), ...this.#reads.slice(0, this.#next)]
    return Buffer.concat([...oldestFirst.flat().filter((piece) => piece !== undefined), ...more])
  }
}

function sizeOf(events: Buffer | readonly Buffer[]): number {
  return Buffer.isBuffer(events) ? events.length : events.reduce((sum, { length }) => sum + length, 0)
}
