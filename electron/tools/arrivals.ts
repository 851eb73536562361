import type { Arrival } from './check-ticks.ts'

/** Requests at the door, told while somebody listens. */
export class Arrivals {
  readonly #listeners = new Set<(arrival: Arrival) => void>()

  get watched(): boolean {
    return this.#listeners.size > 0
  }

  tell(arrival: Arrival): void {
    for (const listener of this.#listeners) listener(arrival)
  }

  listen(listener: (arrival: Arrival) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
