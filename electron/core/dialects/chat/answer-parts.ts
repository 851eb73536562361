import type { Citation, Finish, HubEvent, Loss, Opaque, ReasoningPart } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { encodeAnnotation } from './annotations.ts'

/** What the encoders of streams and of whole answers know of one open part. */
export type WirePart =
  | { kind: 'text'; from: number }
  | { kind: 'refusal' }
  | { kind: 'call'; index: number; custom: boolean; hasText: boolean }
  | { kind: 'reasoning'; index: number; style: ReasoningPart['kind']; hasText: boolean; opaque?: Opaque }

type OpenEvent = Extract<HubEvent, { type: 'open' }>

/**
 * Numbers the parts of one answer as Chat counts them and tells, once each, what does not fit. Both encoders use it, so
 * that a stream and a whole answer agree.
 */
export class AnswerParts {
  calls = 0
  /** UTF-16 units of text so far; citations are placed by it. */
  textLength = 0
  hasRefusal = false

  readonly #context: AnswerContext
  readonly #parts = new Map<number, WirePart>()
  readonly #told = new Set<string>()
  #reasoning = 0

  constructor(context: AnswerContext) {
    this.#context = context
  }

  get(part: number): WirePart | undefined {
    return this.#parts.get(part)
  }

  /** Undefined for what Chat has no place for, and for a part that is open already. */
  open(event: OpenEvent): WirePart | undefined {
    if (this.#parts.has(event.part)) return undefined
    const opened = this.#wirePart(event)
    if (opened !== undefined) this.#parts.set(event.part, opened)
    return opened
  }

  close(part: number): void {
    this.#parts.delete(part)
  }

  /** Parts that were never closed; nothing is open afterwards. */
  takeOpen(): WirePart[] {
    const open = [...this.#parts.values()]
    this.#parts.clear()
    return open
  }

  annotation(part: WirePart | undefined, citation: Citation): unknown {
    if (part?.kind === 'text') {
      const annotation = encodeAnnotation(citation, [part.from, this.textLength])
      if (annotation !== undefined) return annotation
    }
    this.lose({ path: 'choices[0].message.annotations', kind: 'dropped', reason: 'Chat Completions cites URLs only.' })
    return undefined
  }

  /** `finish_reason: stop` stands for a pause, too. */
  finished(finish: Finish): void {
    if (finish !== 'pause') return
    const reason = 'The upstream paused its turn; Chat Completions can only say that it stopped.'
    this.lose({ path: 'choices[0].finish_reason', kind: 'degraded', reason })
  }

  foreign(): void {
    const reason = 'Items of hosted tools have no place in Chat Completions.'
    this.lose({ path: 'choices[0].message', kind: 'dropped', reason })
  }

  lose(loss: Loss): void {
    const key = `${loss.path} ${loss.reason}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.#context.lose(loss)
  }

  #wirePart(event: OpenEvent): WirePart | undefined {
    switch (event.kind) {
      case 'text':
        return { kind: 'text', from: this.textLength }
      case 'refusal':
        this.hasRefusal = true
        return { kind: 'refusal' }
      case 'call':
        return { kind: 'call', index: this.calls++, custom: event.custom ?? false, hasText: false }
      case 'reasoning':
        return { kind: 'reasoning', index: this.#reasoning++, style: event.reasoning ?? 'full', hasText: false }
      case 'image':
      case 'file':
      case 'audio':
      case 'result':
      case 'foreign':
        this.foreign()
        return undefined
    }
  }
}
