const seconds = 60

/** Counts requests over the last minute, in buckets of a second: constant memory, however many there are. */
export class RequestRate {
  readonly #buckets = new Uint32Array(seconds)
  readonly #monotonic: () => number
  #second: number

  /** @param monotonic milliseconds of a clock that never jumps */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
    this.#second = Math.floor(monotonic() / 1000)
  }

  count(): void {
    this.#advance()
    this.#buckets[this.#second % seconds]! += 1
  }

  perMinute(): number {
    this.#advance()
    return this.#buckets.reduce((sum, bucket) => sum + bucket, 0)
  }

  #advance(): void {
    const now = Math.floor(this.#monotonic() / 1000)
    const passed = Math.min(now - this.#second, seconds)
    for (let step = 1; step <= passed; step++) this.#buckets[(this.#second + step) % seconds] = 0
    this.#second = Math.max(now, this.#second)
  }
}
