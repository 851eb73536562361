/**
 * Remembers the sealed reasoning of answers for clients that do not send it back (most Chat clients resend content and
 * tool calls only). Claude refuses to go on with a tool call whose thinking is missing, so it is put back here. Lives in
 * memory alone, bounded in turns, size and time.
 */
import { fitCallId } from './call-ids.ts'
import type { HubEvent, HubRequest, Part, ReasoningPart, Turn } from './hub.ts'
import { PartCollector } from './part-collector.ts'

export interface ReasoningMemoryOptions {
  /** Milliseconds, any origin; only differences count. */
  now: () => number
  /** Assistant turns kept; the least recently used goes first. Default 512. */
  maxTurns?: number
  /** Default one hour, in milliseconds. */
  maxAge?: number
  /** Size of all that is kept, in UTF-16 code units. Default 16 Mi. */
  maxSize?: number
}

interface Remembered {
  parts: ReasoningPart[]
  size: number
  at: number
}

export class ReasoningMemory {
  readonly #now: () => number
  readonly #maxTurns: number
  readonly #maxAge: number
  readonly #maxSize: number
  /** In order of use, the oldest first. */
  readonly #turns = new Map<string, Remembered>()
  #size = 0

  constructor(options: ReasoningMemoryOptions) {
    this.#now = options.now
    this.#maxTurns = options.maxTurns ?? 512
    this.#maxAge = options.maxAge ?? 60 * 60 * 1000
    this.#maxSize = options.maxSize ?? 16 * 1024 * 1024
  }

  /**
   * Keeps the reasoning of an answer.
   * @param scope who may get it back, e.g. an id of the caller's key: reasoning never crosses between callers
   * @param model the name that the client asked for
   * @param events the whole answer
   */
  remember(scope: string, model: string, events: readonly HubEvent[]): void {
    if (!events.some((event) => event.type === 'opaque')) return
    const collector = new PartCollector()
    for (const event of events) collector.push(event)
    const { parts } = collector
    const reasoning = parts.filter((part) => part.type === 'reasoning')
    const key = keyOf(scope, model, parts)
    if (key === undefined) return
    const size = sizeOf(reasoning)
    if (size > this.#maxSize) return
    this.#forget(key)
    this.#turns.set(key, { parts: reasoning, size, at: this.#now() })
    this.#size += size
    for (const oldest of this.#turns.keys()) {
      if (this.#turns.size <= this.#maxTurns && this.#size <= this.#maxSize) break
      this.#forget(oldest)
    }
  }

  /** The request with remembered reasoning in those assistant turns that came back without; the input is not changed. */
  fill(scope: string, request: HubRequest): HubRequest {
    if (this.#turns.size === 0) return request
    const turns = request.turns.map((turn) => this.#fillTurn(turn, scope, request.model))
    return turns.some((turn, index) => turn !== request.turns[index]) ? { ...request, turns } : request
  }

  #fillTurn(turn: Turn, scope: string, model: string): Turn {
    if (turn.role !== 'assistant') return turn
    if (turn.parts.some((part) => part.type === 'reasoning' && part.opaque)) return turn
    const key = keyOf(scope, model, turn.parts)
    const remembered = key === undefined ? undefined : this.#recall(key)
    if (!remembered) return turn
    // Text that came back without its seal is the same reasoning again.
    const others = turn.parts.filter((part) => part.type !== 'reasoning')
    return { ...turn, parts: [...structuredClone(remembered), ...others] }
  }

  #recall(key: string): ReasoningPart[] | undefined {
    const entry = this.#turns.get(key)
    if (!entry) return undefined
    if (this.#now() - entry.at > this.#maxAge) {
      this.#forget(key)
      return undefined
    }
    this.#turns.delete(key)
    this.#turns.set(key, entry)
    return entry.parts
  }

  #forget(key: string): void {
    this.#size -= this.#turns.get(key)?.size ?? 0
    this.#turns.delete(key)
  }
}

function sizeOf(parts: readonly ReasoningPart[]): number {
  let size = 0
  for (const part of parts) {
    size += part.opaque?.value.length ?? 0
    for (const text of part.text) size += text.length
  }
  return size
}

/** A turn is known by its tool calls, or by its text if it has none; undefined for a turn with neither. */
function keyOf(scope: string, model: string, parts: readonly Part[]): string | undefined {
  // Chat clients send ids back as Chat allows them.
  const calls = parts.flatMap((part) => (part.type === 'call' ? [fitCallId(part.id, 'chat')] : []))
  if (calls.length > 0) return JSON.stringify([scope, model, 'calls', ...calls.toSorted()])
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  return text === '' ? undefined : JSON.stringify([scope, model, 'text', text.length, ...fingerprint(text)])
}

/**
 * Two independent 32-bit hashes (FNV-1a and one with another prime and start). Texts are long and come with every
 * request, so they are neither kept nor put through a costly hash; with the length the chance of a false match is nil.
 */
function fingerprint(text: string): [number, number] {
  let first = 0x811c_9dc5
  let second = 0x9e37_79b9
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    first = Math.imul(first ^ code, 0x0100_0193)
    second = Math.imul(second ^ (code + index), 0x85eb_ca6b)
    second ^= second >>> 13
  }
  return [first >>> 0, second >>> 0]
}
