import { PartCollector } from '../core/part-collector.ts'
import type { AnswerPart, PlaygroundEvent } from '../../shared/playground.ts'
import type { EventDecoder } from '../core/dialects/dialect.ts'
import type { HubError, HubEvent, Part, PartKind, Usage } from '../core/hub.ts'
import { SseReader } from '../core/sse.ts'

export interface AnswerReading {
  decoder: EventDecoder
  /** Milliseconds since the request was sent. */
  elapsed: () => number
  losses: readonly string[]
  /** USD, or undefined when unpriced. */
  costOf: (usage: Usage, answered: string) => number | undefined
  failed: (error: HubError) => Promise<PlaygroundEvent>
}

/** An event stream of the proxy → what the window shows. Throws what reading the body throws. */
export async function* readAnswer(
  body: AsyncIterable<Uint8Array>,
  reading: AnswerReading,
): AsyncGenerator<PlaygroundEvent, void> {
  const { decoder } = reading
  const reader = new SseReader()
  const shown = new ShownAnswer(reading)
  const show = async function* (events: readonly HubEvent[]): AsyncGenerator<PlaygroundEvent, void> {
    for (const event of events) {
      if (event.type === 'error') yield await reading.failed(event.error)
      else yield* shown.push(event)
    }
  }
  for await (const chunk of body) for (const event of reader.push(chunk)) yield* show(decoder.push(event))
  for (const event of reader.end()) yield* show(decoder.push(event))
  yield* show(decoder.end())
}

/** Follows the parts of one answer. */
class ShownAnswer {
  readonly #reading: AnswerReading
  readonly #kinds = new Map<number, PartKind>()
  /** Part → number of the call. */
  readonly #calls = new Map<number, number>()
  readonly #collected = new PartCollector()
  #ttftMs: number | undefined
  #answered = ''

  constructor(reading: AnswerReading) {
    this.#reading = reading
  }

  *push(event: HubEvent): Generator<PlaygroundEvent, void> {
    this.#collected.push(event)
    switch (event.type) {
      case 'start':
        this.#answered = event.model
        return
      case 'open':
        this.#kinds.set(event.part, event.kind)
        if (event.kind !== 'call') return
        this.#ttftMs ??= this.#reading.elapsed()
        yield { type: 'call', call: this.#calls.size, id: event.id ?? '', name: event.name ?? '' }
        this.#calls.set(event.part, this.#calls.size)
        return
      case 'delta':
        yield* this.#delta(event.part, event.text)
        return
      case 'section':
        yield { type: 'delta', kind: 'reasoning', text: '\n\n' }
        return
      case 'end':
        yield this.#end(event)
        return
      default:
    }
  }

  *#delta(part: number, text: string): Generator<PlaygroundEvent, void> {
    if (text === '') return
    const kind = this.#kinds.get(part)
    if (kind === 'call') yield { type: 'arguments', call: this.#calls.get(part) ?? 0, text }
    if (kind !== 'text' && kind !== 'reasoning' && kind !== 'refusal') return
    this.#ttftMs ??= this.#reading.elapsed()
    yield { type: 'delta', kind, text }
  }

  #end({ finish, usage }: Extract<HubEvent, { type: 'end' }>): PlaygroundEvent {
    const durationMs = this.#reading.elapsed()
    const cost = usage === undefined ? undefined : this.#reading.costOf(usage, this.#answered)
    return {
      type: 'end',
      finish,
      ...(usage === undefined ? {} : { usage }),
      ...(cost === undefined ? {} : { cost }),
      ttftMs: this.#ttftMs ?? durationMs,
      durationMs,
      losses: [...this.#reading.losses],
      parts: this.#collected.parts.flatMap(answerPart),
    }
  }
}

/** Without what only the wire needs: citations and probabilities are not sent back. */
function answerPart(part: Part): AnswerPart[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text, ...(part.itemId === undefined ? {} : { itemId: part.itemId }) }]
    case 'refusal':
      return [{ type: 'refusal', text: part.text }]
    case 'reasoning':
    case 'foreign':
      return [part]
    case 'call': {
      const { id, name, arguments: text, itemId } = part
      return [{ type: 'call', id, name, arguments: text, ...(itemId === undefined ? {} : { itemId }) }]
    }
    case 'image':
    case 'file':
    case 'audio':
    case 'result':
      return []
  }
}
