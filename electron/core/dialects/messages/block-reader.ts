import { CustomInputReader } from '../../custom-input.ts'
import type { HubEvent, Opaque } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { citationFrom } from './citations.ts'
import { type Fields, isFields } from './fields.ts'

interface Block {
  part: number
  kind: 'text' | 'reasoning' | 'call' | 'format' | 'foreign'
  /** Offset of a text block in the text of the whole answer. */
  start: number
  length: number
  citations: Fields[]
  signature: string
  redacted: string
  /** Input that came whole with the block's start; pieces that follow replace it. */
  input: string
  pieces: string
  hasPieces: boolean
  custom: CustomInputReader | undefined
  raw: Fields
}

/** Content blocks of an Anthropic answer as parts of the hub, undoing what was done to the tools on the way in. */
export class BlockReader {
  /** Calls that the client will see. */
  calls = 0
  readonly #context: AnswerContext
  readonly #open = new Map<unknown, Block>()
  #parts = 0
  #textLength = 0

  constructor(context: AnswerContext) {
    this.#context = context
  }

  start(index: unknown, content: unknown): HubEvent[] {
    if (!isFields(content)) return []
    const events = this.stop(index)
    const block: Block = {
      part: this.#parts++,
      kind: 'foreign',
      start: this.#textLength,
      length: 0,
      citations: [],
      signature: '',
      redacted: '',
      input: '',
      pieces: '',
      hasPieces: false,
      custom: undefined,
      raw: content,
    }
    this.#open.set(index, block)
    switch (content['type']) {
      case 'text':
        block.kind = 'text'
        events.push({ type: 'open', part: block.part, kind: 'text' }, ...this.#text(block, content['text']))
        if (Array.isArray(content['citations'])) block.citations.push(...content['citations'].filter(isFields))
        break
      case 'thinking':
        block.kind = 'reasoning'
        if (typeof content['signature'] === 'string') block.signature = content['signature']
        events.push({ type: 'open', part: block.part, kind: 'reasoning', reasoning: 'full' })
        events.push(...this.#text(block, content['thinking']))
        break
      case 'redacted_thinking':
        block.kind = 'reasoning'
        if (typeof content['data'] === 'string') block.redacted = content['data']
        events.push({ type: 'open', part: block.part, kind: 'reasoning', reasoning: 'full' })
        break
      case 'tool_use':
        events.push(this.#startCall(block, content))
        break
      default:
        events.push({ type: 'open', part: block.part, kind: 'foreign' })
    }
    return events
  }

  delta(index: unknown, delta: unknown): HubEvent[] {
    const block = this.#open.get(index)
    if (!block || !isFields(delta)) return []
    switch (delta['type']) {
      case 'text_delta':
        return block.kind === 'text' ? this.#text(block, delta['text']) : []
      case 'thinking_delta':
        return block.kind === 'reasoning' ? this.#text(block, delta['thinking']) : []
      case 'signature_delta':
        // A signature comes whole; a second one replaces the first.
        if (typeof delta['signature'] === 'string') block.signature = delta['signature']
        return []
      case 'citations_delta':
        if (isFields(delta['citation'])) block.citations.push(delta['citation'])
        return []
      case 'input_json_delta':
        return typeof delta['partial_json'] === 'string' ? this.#piece(block, delta['partial_json']) : []
      default:
        return []
    }
  }

  stop(index: unknown): HubEvent[] {
    const block = this.#open.get(index)
    if (!block) return []
    this.#open.delete(index)
    const { part } = block
    const close: HubEvent = { type: 'close', part }
    switch (block.kind) {
      case 'text':
        return [
          ...block.citations.map((raw): HubEvent => ({
            type: 'citation',
            part,
            citation: citationFrom(raw, block.start, block.start + block.length),
          })),
          close,
        ]
      case 'reasoning': {
        const opaque = opaqueOf(block)
        return opaque ? [{ type: 'opaque', part, opaque }, close] : [close]
      }
      case 'call':
      case 'format': {
        const late = block.hasPieces ? '' : block.input
        const text = block.custom ? block.custom.push(late) + block.custom.end() : late
        return [...this.#text(block, text), close]
      }
      case 'foreign':
        return [{ type: 'foreign', part, dialect: 'messages', raw: completeForeign(block) }, close]
    }
  }

  closeAll(): HubEvent[] {
    return [...this.#open.keys()].flatMap((index) => this.stop(index))
  }

  refusal(explanation: string): HubEvent[] {
    const part = this.#parts++
    return [
      { type: 'open', part, kind: 'refusal' },
      { type: 'delta', part, text: explanation },
      { type: 'close', part },
    ]
  }

  #startCall(block: Block, content: Fields): HubEvent {
    const { undo } = this.#context
    const sent = typeof content['name'] === 'string' ? content['name'] : ''
    if (isFields(content['input']) && Object.keys(content['input']).length > 0) {
      block.input = JSON.stringify(content['input'])
    }
    if (undo.formatTool !== undefined && sent === undo.formatTool) {
      block.kind = 'format'
      return { type: 'open', part: block.part, kind: 'text' }
    }
    block.kind = 'call'
    this.calls += 1
    const isCustom = undo.wrappedCustomTools.has(sent)
    if (isCustom) block.custom = new CustomInputReader()
    const namespace = undo.namespaces.get(sent)
    return {
      type: 'open',
      part: block.part,
      kind: 'call',
      id: typeof content['id'] === 'string' && content['id'] !== '' ? content['id'] : this.#context.newId('toolu_'),
      name: undo.toolNames.get(sent) ?? sent,
      ...(isCustom ? { custom: true } : {}),
      ...(namespace === undefined ? {} : { namespace }),
    }
  }

  #piece(block: Block, piece: string): HubEvent[] {
    if (piece === '') return []
    block.hasPieces = true
    if (block.kind === 'foreign') block.pieces += piece
    if (block.kind !== 'call' && block.kind !== 'format') return []
    return this.#text(block, block.custom ? block.custom.push(piece) : piece)
  }

  #text(block: Block, text: unknown): HubEvent[] {
    if (typeof text !== 'string' || text === '') return []
    if (block.kind === 'text' || block.kind === 'format') {
      block.length += text.length
      this.#textLength += text.length
    }
    return [{ type: 'delta', part: block.part, text }]
  }
}

function opaqueOf(block: Block): Opaque | undefined {
  if (block.redacted !== '') return { maker: 'anthropic', kind: 'redacted', value: block.redacted }
  if (block.signature !== '') return { maker: 'anthropic', kind: 'signature', value: block.signature }
  return undefined
}

/** A hosted tool's block with the input that came in pieces. */
function completeForeign(block: Block): Fields {
  if (block.pieces === '') return block.raw
  try {
    return { ...block.raw, input: JSON.parse(block.pieces) as unknown }
  } catch {
    return block.raw
  }
}
