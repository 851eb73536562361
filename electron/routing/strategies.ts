/** In which order equals are asked. */
import type { Config } from '../../shared/config.ts'

export type Strategy = Config['routing']['strategy']

export interface Choosable {
  /** See `placeOf`. */
  place: string
  weight: number
  /** Lower is asked first, whatever the strategy. */
  rank: number
}

/** Part of a new measurement in the average. */
const ALPHA = 0.3
/** After this time a speed says little about now. */
const STALE_MS = 300_000
const MAX_KEPT = 2000

interface StrategiesOptions {
  /** 0 ≤ x < 1. */
  random: () => number
  /** Milliseconds of a clock that never goes back. */
  now: () => number
}

export class Strategies {
  readonly #random: () => number
  readonly #now: () => number
  readonly #speeds = new Map<string, { ms: number; at: number }>()
  readonly #turns = new Map<string, number>()

  constructor({ random, now }: StrategiesOptions) {
    this.#random = random
    this.#now = now
  }

  /**
   * The candidates in the order in which they are to be asked: by rank, and within a rank by strategy. `failover` keeps
   * the order in which they come.
   * @param peek only to tell of it: no turn is taken and nothing is drawn; the heaviest stands for those drawn by weight
   */
  order<T extends Choosable>(strategy: Strategy, candidates: readonly T[], peek = false): T[] {
    if (strategy === 'failover') return [...candidates]
    const ranks = [...new Set(candidates.map(({ rank }) => rank))].toSorted((a, b) => a - b)
    return ranks.flatMap((rank) =>
      this.#among(
        strategy,
        candidates.filter((candidate) => candidate.rank === rank),
        peek,
      ),
    )
  }

  /** Takes in how long a deployment took to begin its answer. */
  measured(place: string, ms: number): void {
    const before = this.#speeds.get(place)
    if (before === undefined && this.#speeds.size >= MAX_KEPT) this.#speeds.clear()
    const now = this.#now()
    const fresh = before !== undefined && now - before.at < STALE_MS
    this.#speeds.set(place, { ms: fresh ? before.ms + ALPHA * (ms - before.ms) : ms, at: now })
  }

  /** Average time to the first byte in milliseconds; undefined where none was measured of late. */
  speedOf(place: string): number | undefined {
    const speed = this.#speeds.get(place)
    return speed === undefined || this.#now() - speed.at >= STALE_MS ? undefined : speed.ms
  }

  #among<T extends Choosable>(strategy: Exclude<Strategy, 'failover'>, equals: readonly T[], peek: boolean): T[] {
    if (equals.length < 2) return [...equals]
    switch (strategy) {
      case 'weighted':
        return peek ? equals.toSorted((a, b) => b.weight - a.weight) : this.#drawn(equals)
      case 'round_robin':
        return this.#turned(equals, peek)
      case 'least_latency':
        // Who was not measured is asked first: there is no other way to know.
        return equals.toSorted((a, b) => (this.speedOf(a.place) ?? -1) - (this.speedOf(b.place) ?? -1))
    }
  }

  /** Drawn by weight, one after the other; those without weight come last. */
  #drawn<T extends Choosable>(equals: readonly T[]): T[] {
    const left = [...equals]
    const drawn: T[] = []
    while (left.length > 0) {
      const sum = left.reduce((total, { weight }) => total + weight, 0)
      let point = this.#random() * sum
      let index = left.findIndex(({ weight }) => weight > 0 && (point -= weight) < 0)
      if (index === -1) index = Math.max(0, sum > 0 ? left.findLastIndex(({ weight }) => weight > 0) : 0)
      drawn.push(...left.splice(index, 1))
    }
    return drawn
  }

  #turned<T extends Choosable>(equals: readonly T[], peek: boolean): T[] {
    const key = equals.map(({ place }) => place).join('\0')
    const turn = this.#turns.get(key) ?? 0
    if (turn === 0 && !peek && this.#turns.size >= MAX_KEPT) this.#turns.clear()
    if (!peek) this.#turns.set(key, (turn + 1) % equals.length)
    return [...equals.slice(turn), ...equals.slice(0, turn)]
  }
}
