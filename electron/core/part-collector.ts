import type { HubEvent, Part, ReasoningPart } from './hub.ts'

type OpenEvent = Extract<HubEvent, { type: 'open' }>

/**
 * Folds the events of an answer into its parts, in the order in which they were opened. Takes events while they stream
 * by; holds what the answer said, so it is for those who need all of it.
 */
export class PartCollector {
  readonly #parts = new Map<number, Part>()

  push(event: HubEvent): void {
    if (event.type === 'open') {
      const part = emptyPart(event)
      if (part && !this.#parts.has(event.part)) this.#parts.set(event.part, part)
      return
    }
    if (!('part' in event)) return
    const part = this.#parts.get(event.part)
    if (part) addTo(part, event)
  }

  get parts(): Part[] {
    return [...this.#parts.values()].filter((part) => part.type !== 'foreign' || part.raw !== undefined)
  }
}

/** Undefined for what no answer holds as a part (media and tool results). */
function emptyPart(event: OpenEvent): Part | undefined {
  switch (event.kind) {
    case 'text':
      return { type: 'text', text: '', ...(event.phase === undefined ? {} : { phase: event.phase }) }
    case 'refusal':
      return { type: 'refusal', text: '' }
    case 'reasoning':
      return { type: 'reasoning', text: [], kind: event.reasoning ?? 'full' }
    case 'call':
      return {
        type: 'call',
        id: event.id ?? '',
        name: event.name ?? '',
        arguments: '',
        ...(event.custom ? { custom: true } : {}),
        ...(event.itemId === undefined ? {} : { itemId: event.itemId }),
        ...(event.namespace === undefined ? {} : { namespace: event.namespace }),
      }
    case 'foreign':
      return { type: 'foreign', dialect: 'chat', raw: undefined }
    case 'image':
    case 'file':
    case 'audio':
    case 'result':
      return undefined
  }
}

function addTo(part: Part, event: HubEvent): void {
  switch (event.type) {
    case 'delta':
      if (part.type === 'text' || part.type === 'refusal') part.text += event.text
      else if (part.type === 'call') part.arguments += event.text
      else if (part.type === 'reasoning') addThought(part, event.text)
      if (part.type === 'text' && event.logprobs) part.logprobs = [...(part.logprobs ?? []), ...event.logprobs]
      break
    case 'section':
      if (part.type === 'reasoning' && part.text.length > 0) part.text.push('')
      break
    case 'citation':
      if (part.type === 'text') part.citations = [...(part.citations ?? []), event.citation]
      break
    case 'opaque':
      if (part.type === 'reasoning') part.opaque = event.opaque
      break
    case 'foreign':
      if (part.type === 'foreign') Object.assign(part, { dialect: event.dialect, raw: event.raw })
      break
    default:
  }
}

function addThought(part: ReasoningPart, text: string): void {
  if (text === '') return
  const last = part.text.pop() ?? ''
  part.text.push(last + text)
}
