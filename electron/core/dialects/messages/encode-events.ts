import { wrapCustomInput } from '../../custom-input.ts'
import type { Citation, HubEvent, Opaque, Usage } from '../../hub.ts'
import { formatEvent } from '../../sse.ts'
import type { AnswerContext, EventEncoder } from '../dialect.ts'
import { callId, isRedacted, messageHead, signatureOf, stopFields, tellingOnce } from './answer-blocks.ts'
import { citationTo } from './citations.ts'
import { encodeErrorEvent } from './errors.ts'
import { type Fields, isFields } from './fields.ts'
import { encodeUsage } from './usage.ts'

type OpenEvent = Extract<HubEvent, { type: 'open' }>

/** A part of the hub on its way to becoming a content block. */
interface Pending {
  open: OpenEvent
  state: 'idle' | 'queued' | 'active' | 'done'
  /** The hub closed it. */
  closed: boolean
  /** What waits until the block may be written. */
  text: string
  citations: Citation[]
  opaque: Opaque | undefined
  foreign: Fields | undefined
  /** All text so far, for calls only: is the call complete? */
  all: string
  hasText: boolean
}

/**
 * Writes an Anthropic stream. Its blocks are strictly sequential, while parts of the hub may be open side by side: one
 * part is written at a time, the others wait in the order in which they first had something to say. A text or thinking
 * part without content makes no block.
 */
export class MessageEncoder implements EventEncoder {
  readonly #context: AnswerContext
  readonly #parts = new Map<number, Pending>()
  #queue: Pending[] = []
  #active: Pending | undefined
  /** Index of the next block. */
  #index = 0
  #out = ''
  #started = false
  #ended = false
  #saidCall = false
  #saidRefusal = false
  #usage: Usage | undefined

  constructor(context: AnswerContext) {
    this.#context = tellingOnce(context)
  }

  push(event: HubEvent): string {
    if (this.#ended) return ''
    this.#out = ''
    this.#take(event)
    return this.#out
  }

  #take(event: HubEvent): void {
    if (event.type === 'error') {
      this.#ended = true
      this.#out += encodeErrorEvent(event.error)
      return
    }
    this.#start(event.type === 'start' ? event : undefined)
    switch (event.type) {
      case 'start':
      case 'note':
        return
      case 'open':
        this.#open(event)
        return
      case 'end':
        this.#end(event)
        return
      case 'delta':
      case 'section':
      case 'citation':
      case 'opaque':
      case 'foreign':
      case 'close':
        this.#change(event)
    }
  }

  #start(event: Extract<HubEvent, { type: 'start' }> | undefined): void {
    if (this.#started) return
    this.#started = true
    this.#usage = event?.usage
    this.#write({ type: 'message_start', message: messageHead(event, this.#context) })
  }

  #open(event: OpenEvent): void {
    if (this.#parts.has(event.part)) return
    const part: Pending = {
      open: event,
      state: 'idle',
      closed: false,
      text: '',
      citations: [],
      opaque: undefined,
      foreign: undefined,
      all: '',
      hasText: false,
    }
    this.#parts.set(event.part, part)
    if (event.kind === 'call') {
      this.#saidCall = true
      this.#claim(part)
    }
  }

  #change(event: Exclude<HubEvent, { type: 'start' | 'open' | 'end' | 'error' | 'note' }>): void {
    const part = this.#parts.get(event.part)
    if (!part) return
    if (part.closed) {
      if (event.type === 'delta' && event.text.trim() !== '')
        this.#lose('The upstream went on with a part that was complete.')
      return
    }
    switch (event.type) {
      case 'delta':
        if (event.text === '' || part.open.kind === 'foreign') return
        if (part.open.kind === 'call') part.all += event.text
        part.text += event.text
        part.hasText = true
        break
      case 'section':
        if (!part.hasText || part.open.kind !== 'reasoning') return
        part.text += '\n\n'
        break
      case 'citation':
        part.citations.push(event.citation)
        break
      case 'opaque':
        part.opaque = event.opaque
        break
      case 'foreign':
        if (event.dialect === 'messages' && isFields(event.raw)) part.foreign = event.raw
        else this.#lose('Steps of hosted tools are known to their own API alone.')
        break
      case 'close':
        part.closed = true
        break
    }
    if (part.state === 'idle' && hasContent(part)) this.#claim(part)
    if (part.state === 'active') this.#advance()
  }

  /** The part has something to say: it is written now, or as soon as those before it are done. */
  #claim(part: Pending): void {
    part.state = 'queued'
    this.#queue.push(part)
    // A call whose arguments are whole gets no more of them, whether or not the upstream says so.
    if (this.#active?.open.kind === 'call' && isCompleteObject(this.#active.all)) this.#active.closed = true
    this.#advance()
  }

  /** Writes what can be written. */
  #advance(): void {
    for (;;) {
      if (!this.#active) {
        const next = this.#queue.shift()
        if (!next) return
        next.state = 'active'
        this.#active = next
        this.#writeStart(next)
      }
      this.#writeText(this.#active)
      if (!this.#active.closed) return
      this.#writeStop(this.#active)
      this.#active = undefined
    }
  }

  #writeStart(part: Pending): void {
    this.#write({ type: 'content_block_start', index: this.#index, content_block: this.#blockStart(part) })
    if (part.open.custom) this.#writeDelta({ type: 'input_json_delta', partial_json: wrapped.start })
  }

  #blockStart(part: Pending): Fields {
    switch (part.open.kind) {
      case 'call':
        return { type: 'tool_use', id: callId(part.open.id, this.#context), name: part.open.name ?? '', input: {} }
      case 'reasoning':
        if (part.opaque && isRedacted(part.opaque) && !part.hasText) {
          return { type: 'redacted_thinking', data: part.opaque.value }
        }
        return { type: 'thinking', thinking: '', signature: '' }
      case 'foreign':
        return part.foreign ?? { type: 'text', text: '' }
      case 'refusal':
        this.#saidRefusal = true
        return { type: 'text', text: '' }
      case 'text':
      case 'image':
      case 'file':
      case 'audio':
      case 'result':
        return { type: 'text', text: '' }
    }
  }

  #writeText(part: Pending): void {
    const { text } = part
    part.text = ''
    if (text !== '') {
      switch (part.open.kind) {
        case 'call':
          this.#writeDelta({ type: 'input_json_delta', partial_json: part.open.custom ? escaped(text) : text })
          break
        case 'reasoning':
          this.#writeDelta({ type: 'thinking_delta', thinking: text })
          break
        default:
          this.#writeDelta({ type: 'text_delta', text })
      }
    }
    for (const citation of part.citations.splice(0)) {
      const encoded = citationTo(citation)
      if (encoded && isTextual(part)) this.#writeDelta({ type: 'citations_delta', citation: encoded })
      else this.#lose('This citation has no form in Anthropic Messages.')
    }
  }

  #writeStop(part: Pending): void {
    part.state = 'done'
    if (part.open.custom) this.#writeDelta({ type: 'input_json_delta', partial_json: wrapped.end })
    // One signature, whole, and none where the upstream gave none: a made-up one is worse.
    const isThinking = part.open.kind === 'reasoning' && (part.hasText || !part.opaque || !isRedacted(part.opaque))
    if (isThinking && part.opaque) this.#writeDelta({ type: 'signature_delta', signature: signatureOf(part.opaque) })
    this.#write({ type: 'content_block_stop', index: this.#index })
    this.#index += 1
  }

  #end(event: Extract<HubEvent, { type: 'end' }>): void {
    for (const part of this.#parts.values()) part.closed = true
    this.#advance()
    this.#ended = true
    const said = { calls: this.#saidCall, refusal: this.#saidRefusal }
    this.#write({
      type: 'message_delta',
      delta: stopFields(event, said),
      usage: encodeUsage(event.usage ?? this.#usage),
    })
    this.#write({ type: 'message_stop' })
  }

  #writeDelta(delta: Fields): void {
    this.#write({ type: 'content_block_delta', index: this.#index, delta })
  }

  #write(event: Fields & { type: string }): void {
    this.#out += formatEvent(event.type, JSON.stringify(event))
  }

  #lose(reason: string): void {
    this.#context.lose({ path: 'content', kind: 'dropped', reason })
  }
}

/** The JSON around the text of a custom tool. */
const wrapped = { start: '{"input":"', end: '"}' } as const

function escaped(text: string): string {
  const inside = JSON.stringify(wrapCustomInput(text)['input'])
  return inside.slice(1, -1)
}

function isTextual(part: Pending): boolean {
  return part.open.kind === 'text' || part.open.kind === 'refusal'
}

/** An opaque value waits for the close: until then text may come that belongs before it. */
function hasContent(part: Pending): boolean {
  switch (part.open.kind) {
    case 'call':
      return true
    case 'text':
    case 'refusal':
      return part.hasText
    case 'reasoning':
      return part.hasText || (part.opaque !== undefined && part.closed)
    case 'foreign':
      return part.foreign !== undefined
    case 'image':
    case 'file':
    case 'audio':
    case 'result':
      return false
  }
}

/** Arguments are an object; a number or a word could still grow. */
function isCompleteObject(text: string): boolean {
  try {
    return isFields(JSON.parse(text))
  } catch {
    return false
  }
}
