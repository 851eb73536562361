/**
 * Keeps the bytes of one lane while it runs. Chunks are copied into slabs, with an index of when each ended; nothing is
 * parsed and nothing is allocated per chunk. (A Buffer per event makes a full garbage collection of 100,000 events take
 * 11 ms, an object per event 26 ms, slabs 1.5 ms.)
 */

/**
 * Sizes of the slabs: each twice as large as the one before, so that hardly more is held than came, then all alike. The
 * first comes from Node's pool.
 */
const firstSlab = 2 * 1024
const doublings = 5
const largestSlab = firstSlab << doublings
/** Offset at which the first of the largest begins. */
const smallSlabs = largestSlab - firstSlab
/** Up to 64 bytes V8 keeps a typed array in the object itself, without a buffer of its own. */
const firstIndex = 8

const slabSize = (index: number): number => firstSlab << Math.min(index, doublings)
const slabStart = (index: number): number =>
  index <= doublings ? slabSize(index) - firstSlab : smallSlabs + (index - doublings) * largestSlab
const slabAt = (offset: number): number =>
  offset < smallSlabs
    ? 31 - Math.clz32(offset / firstSlab + 1)
    : doublings + Math.floor((offset - smallSlabs) / largestSlab)

/** Half-open range of upstream events. */
export type Causes = readonly [from: number, to: number]

/** A lane as it is handed to the recorder's thread. */
export interface LaneParts {
  /** So many bytes of the upstream lane come first. */
  mirrored: number
  slabs: Uint8Array[]
  /** Milliseconds from the exchange's start, one per chunk. */
  at: Float64Array<ArrayBuffer>
  /** Offset after each chunk; counts only bytes that were kept. */
  ends: Uint32Array<ArrayBuffer>
  /** Two for each chunk, see `unknownCause`; absent when none has a cause. */
  causes?: Uint32Array<ArrayBuffer>
  /** Bytes seen. */
  total: number
  truncated: boolean
}

/** Stands in both places of a chunk of which no cause is known. */
export const unknownCause = 0xffffffff

/** The causes of a chunk in such a list; undefined when none are known. */
export function causesAt(causes: Uint32Array | undefined, chunk: number): Causes | undefined {
  const from = causes?.[2 * chunk]
  const to = causes?.[2 * chunk + 1]
  return from === undefined || to === undefined || to === unknownCause ? undefined : [from, to]
}

export class LaneBuffer {
  /** Bytes seen. */
  total = 0
  /** Bytes kept: a prefix of those seen. */
  kept = 0
  /** Bytes of memory held. */
  held = 0
  /** Chunks of which at least a byte was kept. */
  chunks = 0

  #limit: number
  readonly #source: LaneBuffer | undefined
  /** Length of the prefix that is the same as the source's. */
  #mirrored = 0
  #slabs: Buffer<ArrayBuffer>[] = []
  #at = new Float64Array(firstIndex)
  #ends = new Uint32Array(firstIndex)
  /** What was copied last and where it begins: it most often comes again at once, as what the client gets. */
  #last: Uint8Array | undefined
  #lastStart = 0
  /** Made with the first cause: a relayed lane has none. */
  #causes: Uint32Array<ArrayBuffer> | undefined

  /**
   * @param limit most bytes to keep
   * @param source the upstream lane, for a client lane: as long as the client gets the very same bytes, they are kept once
   */
  constructor(limit: number, source?: LaneBuffer) {
    this.#limit = limit
    this.#source = source
  }

  get truncated(): boolean {
    return this.kept < this.total
  }

  /** Adds a chunk. Never throws: without memory the lane is cut short. */
  append(chunk: Uint8Array, atMs: number, causes?: Causes): void {
    const whole = !this.truncated
    this.total += chunk.length
    const room = Math.min(chunk.length, this.#limit - this.kept)
    if (!whole || room <= 0) return
    const part = room === chunk.length ? chunk : chunk.subarray(0, room)
    try {
      this.#reserve()
      if (this.#source !== undefined && this.kept === this.#mirrored && this.#source.#holds(part, this.kept)) {
        this.#mirrored += room
        this.kept += room
      } else {
        this.#last = part
        this.#lastStart = this.kept
        this.#copy(part)
      }
      this.#at[this.chunks] = atMs
      this.#ends[this.chunks] = this.kept
      if (causes !== undefined) this.#causes ??= new Uint32Array(this.#ends.length * 2).fill(unknownCause)
      if (this.#causes !== undefined) {
        this.#causes[this.chunks * 2] = causes?.[0] ?? unknownCause
        this.#causes[this.chunks * 2 + 1] = causes?.[1] ?? unknownCause
      }
      this.chunks++
    } catch {
      this.#limit = 0
      this.kept = this.chunks === 0 ? 0 : (this.#ends[this.chunks - 1] ?? 0)
    }
  }

  /** When chunk `index` ended, the offset after it, and what caused it. */
  chunk(index: number): { atMs: number; end: number; causes: Causes | undefined } {
    return { atMs: this.#at[index] ?? 0, end: this.#ends[index] ?? 0, causes: causesAt(this.#causes, index) }
  }

  /** A copy of the kept bytes in [from, to). */
  read(from: number, to: number): Buffer {
    const result = Buffer.allocUnsafe(to - from)
    let offset = 0
    if (from < this.#mirrored && this.#source !== undefined) {
      offset = this.#source.read(from, Math.min(to, this.#mirrored)).copy(result)
    }
    const low = Math.max(0, from - this.#mirrored)
    const high = to - this.#mirrored
    for (let index = slabAt(low); slabStart(index) < high; index++) {
      const start = slabStart(index)
      const piece = this.#slabs[index]?.subarray(Math.max(0, low - start), high - start) ?? new Uint8Array()
      result.set(piece, offset)
      offset += piece.length
    }
    return result
  }

  /** Gives memory back: keeps the first slab and takes no more. The source, if any, must shed first. */
  shed(): void {
    this.#limit = 0
    this.#last = undefined
    const mirrored = Math.min(this.#mirrored, this.#source?.kept ?? 0)
    const own = mirrored === this.#mirrored ? Math.min(this.kept - mirrored, slabSize(0)) : 0
    this.#slabs = own > 0 ? this.#slabs.slice(0, 1) : []
    this.held = this.#slabs[0]?.length ?? 0
    this.#mirrored = mirrored
    this.kept = mirrored + own
    while (this.chunks > 0 && (this.#ends[this.chunks - 1] ?? 0) > this.kept) this.chunks--
    // The chunk that the cut went through keeps its first part.
    if (this.kept > (this.#ends[this.chunks - 1] ?? 0)) this.#ends[this.chunks++] = this.kept
  }

  /**
   * Hands everything over; the lane must not be used afterwards.
   *
   * @param upstream the lane that is recorded as the upstream one
   */
  take(upstream?: LaneBuffer): LaneParts {
    const own = this.kept - this.#mirrored
    const slabs = this.#slabs.map((slab, index) => slab.subarray(0, own - slabStart(index)))
    const foreign = this.#mirrored > 0 && this.#source !== upstream
    return {
      mirrored: foreign ? 0 : this.#mirrored,
      slabs: foreign ? [new Uint8Array(this.read(0, this.#mirrored)), ...slabs] : slabs,
      at: this.#at.subarray(0, this.chunks),
      ends: this.#ends.subarray(0, this.chunks),
      ...(this.#causes === undefined ? {} : { causes: this.#causes.subarray(0, 2 * this.chunks) }),
      total: this.total,
      truncated: this.truncated,
    }
  }

  /** Are these the bytes kept at this offset? */
  #holds(bytes: Uint8Array, offset: number): boolean {
    if (this.#source !== undefined || offset + bytes.length > this.kept) return false
    if (bytes === this.#last && offset === this.#lastStart) return true
    let from = 0
    while (from < bytes.length) {
      const index = slabAt(offset + from)
      const slab = this.#slabs[index]
      if (slab === undefined) return false
      const start = offset + from - slabStart(index)
      const length = Math.min(bytes.length - from, slab.length - start)
      if (slab.compare(bytes, from, from + length, start, start + length) !== 0) return false
      from += length
    }
    return true
  }

  #copy(chunk: Uint8Array): void {
    let from = 0
    while (from < chunk.length) {
      const own = this.kept - this.#mirrored
      const index = slabAt(own)
      let slab = this.#slabs[index]
      if (slab === undefined) {
        slab = index === 0 ? Buffer.allocUnsafe(slabSize(index)) : Buffer.allocUnsafeSlow(slabSize(index))
        this.#slabs.push(slab)
        this.held += slab.length
      }
      const start = own - slabStart(index)
      const length = Math.min(chunk.length - from, slab.length - start)
      slab.set(length === chunk.length ? chunk : chunk.subarray(from, from + length), start)
      this.kept += length
      from += length
    }
  }

  #reserve(): void {
    if (this.chunks < this.#ends.length) return
    const at = new Float64Array(this.chunks * 2)
    at.set(this.#at)
    this.#at = at
    const ends = new Uint32Array(this.chunks * 2)
    ends.set(this.#ends)
    this.#ends = ends
    if (this.#causes === undefined) return
    const causes = new Uint32Array(this.chunks * 4).fill(unknownCause)
    causes.set(this.#causes)
    this.#causes = causes
  }
}
