/** Counters over any window up to the longest one, and since the beginning. */

const SECOND_MS = 1000
/** Beyond this many seconds buckets become wider than one, so that the memory stays bounded. */
const MOST_BUCKETS = 3600

interface Bucket<K extends string> {
  /** On the monotonic clock. */
  from: number
  width: number
  counts: Record<K, number>
}

export class WindowedCounts<K extends string> {
  readonly #keys: readonly K[]
  readonly #now: () => number
  readonly #longestMs: () => number
  /** Oldest first; only those in which something happened. */
  #buckets: Bucket<K>[] = []
  #totals: Record<K, number>

  /**
   * @param now milliseconds of a clock that never goes back
   * @param longestMs the longest window that will be asked for; read anew each time
   */
  constructor(keys: readonly K[], now: () => number, longestMs: () => number) {
    this.#keys = keys
    this.#now = now
    this.#longestMs = longestMs
    this.#totals = this.#zeros()
  }

  add(amounts: Partial<Record<K, number>>): void {
    const { counts } = this.#current()
    for (const key of this.#keys) {
      const amount = amounts[key] ?? 0
      counts[key] += amount
      this.#totals[key] += amount
    }
  }

  totals(): Readonly<Record<K, number>> {
    return { ...this.#totals }
  }

  /** The sums of the last so many milliseconds, up to the width of one bucket more (a second, in an hour). */
  within(ms: number): Record<K, number> {
    const sums = this.#zeros()
    const since = this.#now() - ms
    for (const { from, width, counts } of this.#buckets) {
      if (from + width > since) for (const key of this.#keys) sums[key] += counts[key]
    }
    return sums
  }

  reset(): void {
    this.#buckets = []
    this.#totals = this.#zeros()
  }

  #current(): Bucket<K> {
    const now = this.#now()
    const last = this.#buckets.at(-1)
    if (last !== undefined && now < last.from + last.width) return last
    const longest = this.#longestMs()
    const kept = this.#buckets.findIndex(({ from, width }) => from + width > now - longest)
    this.#buckets.splice(0, kept === -1 ? this.#buckets.length : kept)
    const width = Math.max(1, Math.ceil(longest / SECOND_MS / MOST_BUCKETS)) * SECOND_MS
    const bucket = { from: Math.floor(now / width) * width, width, counts: this.#zeros() }
    this.#buckets.push(bucket)
    return bucket
  }

  #zeros(): Record<K, number> {
    return Object.fromEntries(this.#keys.map((key) => [key, 0])) as Record<K, number>
  }
}
