/**
 * Remembers the items of answers for Responses clients that send back references in place of them (the AI SDK does,
 * unless it is told `store: false`). What an upstream of another API wrote is stored nowhere else. Lives in memory
 * alone, bounded in items, size and time; a reference that is not known any more is refused by the encoders.
 */
import type { HubRequest, Part, Turn } from './hub.ts'

export interface ItemMemoryOptions {
  /** Milliseconds, any origin; only differences count. */
  now: () => number
  /** Items kept; the least recently used goes first. Default 8192. */
  maxItems?: number
  /** Default one day, in milliseconds. */
  maxAge?: number
  /** Size of all that is kept, in UTF-16 code units. Default 16 Mi. */
  maxSize?: number
}

interface Remembered {
  parts: Part[]
  size: number
  at: number
}

export class ItemMemory {
  readonly #now: () => number
  readonly #maxItems: number
  readonly #maxAge: number
  readonly #maxSize: number
  /** In order of use, the oldest first. */
  readonly #items = new Map<string, Remembered>()
  #size = 0

  constructor(options: ItemMemoryOptions) {
    this.#now = options.now
    this.#maxItems = options.maxItems ?? 8192
    this.#maxAge = options.maxAge ?? 24 * 60 * 60 * 1000
    this.#maxSize = options.maxSize ?? 16 * 1024 * 1024
  }

  /**
   * Keeps an item.
   * @param scope who may refer to it, e.g. an id of the caller's key: items never cross between callers
   * @param id the id under which the client got it
   */
  keep(scope: string, id: string, parts: Part[]): void {
    const size = JSON.stringify(parts).length
    if (size > this.#maxSize) return
    const key = keyOf(scope, id)
    this.#forget(key)
    this.#items.set(key, { parts, size, at: this.#now() })
    this.#size += size
    for (const oldest of this.#items.keys()) {
      if (this.#items.size <= this.#maxItems && this.#size <= this.#maxSize) break
      this.#forget(oldest)
    }
  }

  /** The request with the items that its references mean, as far as they are known; the input is not changed. */
  fill(scope: string, request: HubRequest): HubRequest {
    if (this.#items.size === 0) return request
    const turns = request.turns.map((turn) => this.#fillTurn(turn, scope))
    return turns.some((turn, index) => turn !== request.turns[index]) ? { ...request, turns } : request
  }

  #fillTurn(turn: Turn, scope: string): Turn {
    if (!turn.parts.some((part) => referenceOf(part) !== undefined)) return turn
    const parts = turn.parts.flatMap((part) => {
      const id = referenceOf(part)
      const known = id === undefined ? undefined : this.#recall(keyOf(scope, id))
      return known === undefined ? [part] : structuredClone(known)
    })
    return { ...turn, parts }
  }

  #recall(key: string): Part[] | undefined {
    const item = this.#items.get(key)
    if (!item) return undefined
    if (this.#now() - item.at > this.#maxAge) {
      this.#forget(key)
      return undefined
    }
    this.#items.delete(key)
    this.#items.set(key, item)
    return item.parts
  }

  #forget(key: string): void {
    this.#size -= this.#items.get(key)?.size ?? 0
    this.#items.delete(key)
  }
}

/** The id that an item reference names; undefined for everything else. */
function referenceOf(part: Part): string | undefined {
  if (part.type !== 'foreign' || typeof part.raw !== 'object' || part.raw === null) return undefined
  if (!('type' in part.raw) || part.raw.type !== 'item_reference' || !('id' in part.raw)) return undefined
  return typeof part.raw.id === 'string' ? part.raw.id : undefined
}

function keyOf(scope: string, id: string): string {
  return JSON.stringify([scope, id])
}
