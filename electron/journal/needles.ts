/**
 * Tells whether any of several texts stands in bytes, in one walk that skips most of them (Wu and Manber, 1994): where
 * the last two bytes of a window occur in none of the texts, none of them can end before the window has moved past.
 * Looking for each by itself took eight times as long for the dozen spellings of three keys.
 */

/** Pairs of bytes. */
const pairs = 65_536
const mostShift = 255

export class Needles {
  readonly #needles: readonly Buffer[]
  /** Length of the shortest, which is how much of each is looked at. */
  readonly #window: number
  /** How far to move on from a window that ends in this pair. */
  readonly #shifts: Uint8Array
  /** Those whose window ends in this pair. */
  readonly #endings = new Map<number, Buffer[]>()

  /** @param needles each at least two bytes long */
  constructor(needles: readonly Buffer[]) {
    this.#needles = needles
    this.#window = Math.min(...needles.map((needle) => needle.length))
    this.#shifts = new Uint8Array(needles.length === 0 ? 0 : pairs).fill(Math.min(mostShift, this.#window - 1))
    for (const needle of needles) {
      for (let end = 1; end < this.#window; end++) {
        const pair = (needle[end - 1]! << 8) | needle[end]!
        this.#shifts[pair] = Math.min(this.#shifts[pair]!, this.#window - 1 - end)
        if (end === this.#window - 1) this.#endings.set(pair, [...(this.#endings.get(pair) ?? []), needle])
      }
    }
  }

  /** Does one of them stand anywhere in the bytes? */
  isIn(bytes: Buffer): boolean {
    if (this.#needles.length === 0) return false
    const window = this.#window
    const shifts = this.#shifts
    const { length } = bytes
    for (let end = window - 1; end < length;) {
      const pair = (bytes[end - 1]! << 8) | bytes[end]!
      const shift = shifts[pair]!
      if (shift > 0) {
        end += shift
        continue
      }
      const from = end - window + 1
      for (const needle of this.#endings.get(pair) ?? []) {
        if (from + needle.length <= length && bytes.compare(needle, 0, needle.length, from, from + needle.length) === 0)
          return true
      }
      end++
    }
    return false
  }
}
