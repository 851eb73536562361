/**
 * Reasoning as Chat carries it beside `reasoning_content`: `reasoning_details`, a list of elements of which those with
 * one index belong to one thinking block or reasoning item. Opaque values travel in an envelope that names their maker.
 */
import { openOpaque, sealOpaque } from '../../envelope.ts'
import type { Opaque, ReasoningPart } from '../../hub.ts'
import { isFields } from '../../openai/fields.ts'

export interface ReasoningDetail {
  type: 'reasoning.text' | 'reasoning.summary' | 'reasoning.encrypted'
  index: number
  text?: string
  summary?: string
  signature?: string
  data?: string
  id?: string
}

/** The part's readable text as an element, or a piece of it. */
export function textDetail(kind: ReasoningPart['kind'], text: string, index: number): ReasoningDetail {
  return kind === 'summary'
    ? { type: 'reasoning.summary', summary: text, index }
    : { type: 'reasoning.text', text, index }
}

/** The part's opaque value as an element: a signature belongs to the text, anything else stands alone. */
export function opaqueDetail(opaque: Opaque, index: number): ReasoningDetail {
  const sealed = sealOpaque(opaque)
  if (opaque.kind === 'signature') return { type: 'reasoning.text', signature: sealed, index }
  const id = opaque.itemId === undefined ? {} : { id: opaque.itemId }
  return { type: 'reasoning.encrypted', data: sealed, ...id, index }
}

/** All elements of one part. */
export function detailsOf(part: ReasoningPart, index: number): ReasoningDetail[] {
  const text = part.text.join('\n\n')
  const details: ReasoningDetail[] = text === '' ? [] : [textDetail(part.kind, text, index)]
  if (part.opaque === undefined) return details
  const opaque = opaqueDetail(part.opaque, index)
  const [first] = details
  if (first?.type === opaque.type) return [{ ...first, ...opaque }]
  return [...details, opaque]
}

/** One element as it was read, whoever wrote it. */
export interface DetailRead {
  index: number | undefined
  kind: ReasoningPart['kind']
  text: string
  opaque?: Opaque
  /** There is an opaque value, but nothing tells whose it is. */
  foreign: boolean
}

/** Elements of a `reasoning_details` field; what is not one is passed over. */
export function readDetails(value: unknown): DetailRead[] {
  if (!Array.isArray(value)) return []
  const read: DetailRead[] = []
  for (const element of value) {
    if (!isFields(element)) continue
    const index = typeof element['index'] === 'number' ? element['index'] : undefined
    const id = typeof element['id'] === 'string' ? element['id'] : undefined
    switch (element['type']) {
      case 'reasoning.text': {
        const text = typeof element['text'] === 'string' ? element['text'] : ''
        read.push({ index, kind: 'full', text, ...opaqueOf(element['signature'], element['format'], 'signature', id) })
        break
      }
      case 'reasoning.summary': {
        const text = typeof element['summary'] === 'string' ? element['summary'] : ''
        read.push({ index, kind: 'summary', text, foreign: false })
        break
      }
      case 'reasoning.encrypted':
        read.push({
          index,
          kind: 'summary',
          text: '',
          ...opaqueOf(element['data'], element['format'], 'encrypted', id),
        })
        break
      default:
    }
  }
  return read
}

/** Reasoning parts of a message that a client sent back; the text alone where nothing more came. */
export function reasoningParts(details: unknown, content: unknown): ReasoningPart[] {
  const parts: ReasoningPart[] = []
  const byIndex = new Map<number, ReasoningPart>()
  for (const detail of readDetails(details)) {
    let part = detail.index === undefined ? undefined : byIndex.get(detail.index)
    if (part === undefined) {
      part = { type: 'reasoning', text: [], kind: detail.kind }
      parts.push(part)
      if (detail.index !== undefined) byIndex.set(detail.index, part)
    }
    if (detail.text !== '') part.text = [part.text.join('') + detail.text]
    if (detail.opaque !== undefined) part.opaque = detail.opaque
  }
  const readable = parts.filter((part) => part.text.length > 0 || part.opaque !== undefined)
  if (readable.length > 0) return readable
  return typeof content === 'string' && content !== '' ? [{ type: 'reasoning', text: [content], kind: 'full' }] : []
}

/** Values that are not in our envelope are taken only where their `format` names the maker, as OpenRouter writes it. */
function opaqueOf(
  value: unknown,
  format: unknown,
  kind: 'signature' | 'encrypted',
  id: string | undefined,
): { opaque?: Opaque; foreign: boolean } {
  if (typeof value !== 'string' || value === '') return { foreign: false }
  const opened = openOpaque(value)
  if (opened !== undefined) return { opaque: opened, foreign: false }
  const itemId = id === undefined ? {} : { itemId: id }
  switch (format) {
    case 'anthropic-claude-v1':
      return {
        opaque: { maker: 'anthropic', kind: kind === 'signature' ? 'signature' : 'redacted', value },
        foreign: false,
      }
    case 'openai-responses-v1':
      return { opaque: { maker: 'openai', kind: 'encrypted', value, ...itemId }, foreign: false }
    default:
      return { foreign: true }
  }
}
