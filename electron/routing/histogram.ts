/** How often values fell below each of some bounds. */
export class Histogram {
  readonly bounds: readonly number[]
  /** Per bound, not cumulative; the last one is of the values above all bounds. */
  readonly #counts: number[]
  #sum = 0

  /** @param bounds upper bounds, rising */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0)
  }

  add(value: number): void {
    const index = this.bounds.findIndex((bound) => value <= bound)
    this.#counts[index === -1 ? this.bounds.length : index]! += 1
    this.#sum += value
  }

  get sum(): number {
    return this.#sum
  }

  /** Of values up to each bound, and of all at the end. */
  cumulative(): number[] {
    let sum = 0
    return this.#counts.map((count) => (sum += count))
  }
}
