import { wrapCustomInput } from '../../custom-input.ts'
import type { HubEvent, Opaque } from '../../hub.ts'
import type { AnswerContext } from '../dialect.ts'
import { callId, isRedacted, messageHead, signatureOf, stopFields, tellingOnce } from './answer-blocks.ts'
import { citationTo } from './citations.ts'
import { type Fields, isFields } from './fields.ts'
import { encodeUsage } from './usage.ts'

interface Collected {
  open: Extract<HubEvent, { type: 'open' }>
  text: string
  citations: Fields[]
  opaque: Opaque | undefined
  foreign: Fields | undefined
}

/** Folds the events of a whole answer into a message. */
export function encodeAnswer(events: readonly HubEvent[], exchange: AnswerContext): Fields {
  const context = tellingOnce(exchange)
  const start = events.find((event) => event.type === 'start')
  const end = events.find((event) => event.type === 'end')
  const parts = collect(events, context)
  const content = parts.flatMap((part) => block(part, context))
  const calls = parts.some((part) => part.open.kind === 'call')
  const refusal = parts.some((part) => part.open.kind === 'refusal' && part.text !== '')
  return {
    ...messageHead(start, context),
    content,
    ...(end ? { ...stopFields(end, { calls, refusal }), usage: encodeUsage(end.usage ?? start?.usage) } : {}),
  }
}

function collect(events: readonly HubEvent[], context: AnswerContext): Collected[] {
  const parts = new Map<number, Collected>()
  for (const event of events) {
    if (event.type === 'open') {
      if (!parts.has(event.part)) {
        parts.set(event.part, { open: event, text: '', citations: [], opaque: undefined, foreign: undefined })
      }
      continue
    }
    if (!('part' in event)) continue
    const part = parts.get(event.part)
    if (part) addTo(part, event, context)
  }
  return [...parts.values()]
}

function addTo(part: Collected, event: HubEvent, context: AnswerContext): void {
  switch (event.type) {
    case 'delta':
      part.text += event.text
      break
    case 'section':
      if (part.text !== '' && part.open.kind === 'reasoning') part.text += '\n\n'
      break
    case 'citation': {
      const citation = citationTo(event.citation)
      if (citation) part.citations.push(citation)
      else
        context.lose({ path: 'content', kind: 'dropped', reason: 'This citation has no form in Anthropic Messages.' })
      break
    }
    case 'opaque':
      part.opaque = event.opaque
      break
    case 'foreign':
      if (event.dialect === 'messages' && isFields(event.raw)) part.foreign = event.raw
      else {
        const reason = 'Steps of hosted tools are known to their own API alone.'
        context.lose({ path: 'content', kind: 'dropped', reason })
      }
      break
    default:
  }
}

function block(part: Collected, context: AnswerContext): Fields[] {
  switch (part.open.kind) {
    case 'text':
    case 'refusal':
      if (part.text === '') return []
      return [{ type: 'text', text: part.text, ...(part.citations.length > 0 ? { citations: part.citations } : {}) }]
    case 'reasoning': {
      const { opaque, text } = part
      if (opaque && isRedacted(opaque) && text === '') return [{ type: 'redacted_thinking', data: opaque.value }]
      if (!opaque && text === '') return []
      return [{ type: 'thinking', thinking: text, signature: opaque ? signatureOf(opaque) : '' }]
    }
    case 'call':
      return [
        {
          type: 'tool_use',
          id: callId(part.open.id, context),
          name: part.open.name ?? '',
          input: part.open.custom ? wrapCustomInput(part.text) : callInput(part.text, context),
        },
      ]
    case 'foreign':
      return part.foreign ? [part.foreign] : []
    case 'image':
    case 'file':
    case 'audio':
    case 'result':
      return []
  }
}

/** The input must be an object; what the model wrote instead is kept rather than turned into a failure. */
function callInput(text: string, context: AnswerContext): Fields {
  if (text.trim() === '') return {}
  try {
    const input: unknown = JSON.parse(text)
    if (isFields(input)) return input
  } catch {
    // Told below.
  }
  context.lose({ path: 'content', kind: 'degraded', reason: 'The arguments of a tool call are not a JSON object.' })
  return { _raw: text }
}
