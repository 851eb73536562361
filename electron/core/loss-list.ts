import type { Loss } from './hub.ts'

/** Collects what is lost on the way; the same loss is told once. */
export class LossList {
  readonly #losses: Loss[] = []
  readonly #seen = new Set<string>()

  dropped(path: string, reason: string): void {
    this.add({ path, kind: 'dropped', reason })
  }

  degraded(path: string, reason: string): void {
    this.add({ path, kind: 'degraded', reason })
  }

  carried(path: string, reason: string): void {
    this.add({ path, kind: 'carried', reason })
  }

  add(loss: Loss): void {
    const key = `${loss.kind} ${loss.path} ${loss.reason}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#losses.push(loss)
  }

  get all(): Loss[] {
    return [...this.#losses]
  }
}
