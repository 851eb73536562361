/** What an answer says about the feature that was asked for. */
import type { ProbeFeature, FactVerdict } from '../../../shared/model-facts.ts'
import type { HubError, HubEvent, Usage } from '../../core/hub.ts'
import { PartCollector } from '../../core/part-collector.ts'
import { TOOL_NAME } from './questions.ts'

export interface Judgement {
  verdict: FactVerdict
  reason: string
}

export interface AnswerFacts {
  events: readonly HubEvent[]
  /** Pieces of text that came one after the other, in a stream. */
  deltas: number
  /** The proxy left these fields out, because the family does not take them. */
  dropped: readonly string[]
}

/** Fields whose loss means that the feature was never asked for. */
const FIELDS: Record<ProbeFeature, RegExp> = {
  stream: /^stream$/,
  tools: /^(?:tools|tool_choice)/,
  schema: /^(?:response_format|text|output_config|output_format)/,
  image: /image|content|input/,
  thinking: /effort|thinking|reasoning/,
  count_tokens: /^$/,
}

/** An answer that was given. Undefined: it was cut off, and says nothing. */
export function judgeAnswer(
  feature: Exclude<ProbeFeature, 'count_tokens'>,
  { events, deltas, dropped }: AnswerFacts,
): Judgement | undefined {
  const lost = dropped.find((path) => FIELDS[feature].test(path))
  if (lost !== undefined) {
    return { verdict: 'unsupported', reason: `The model’s family does not take it: ${lost} is left out.` }
  }
  const collected = new PartCollector()
  for (const event of events) collected.push(event)
  const end = events.findLast((event) => event.type === 'end')
  const text = collected.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  switch (feature) {
    case 'stream':
      return deltas > 0 && end !== undefined
        ? { verdict: 'works', reason: `The answer came in ${deltas === 1 ? '1 piece' : `${deltas} pieces`}.` }
        : { verdict: 'unsupported', reason: 'Nothing was streamed.' }
    case 'tools': {
      const call = collected.parts.find((part) => part.type === 'call')
      if (call !== undefined) return { verdict: 'works', reason: `It called ${call.name || TOOL_NAME}.` }
      return cutOff(end) ? undefined : { verdict: 'unsupported', reason: 'It answered without calling the tool.' }
    }
    case 'schema':
      if (sumIn(text)) return { verdict: 'works', reason: 'The answer fits the schema.' }
      return cutOff(end) ? undefined : { verdict: 'unsupported', reason: 'The answer does not fit the schema.' }
    case 'image':
      return {
        verdict: 'works',
        reason: /red/i.test(text) ? 'It saw the colour of the picture.' : 'The picture was taken.',
      }
    case 'thinking':
      return thought(
        collected.parts.some((part) => part.type === 'reasoning'),
        usageOf(end),
      )
  }
}

/** What an error says: undefined where it is about something else than the feature, e.g. the key or the quota. */
export function judgeError({ status, message }: HubError): Judgement | undefined {
  return status === 400 || status === 422 ? { verdict: 'refused', reason: cut(message) } : undefined
}

function thought(seen: boolean, usage: Usage | undefined): Judgement {
  const tokens = usage?.reasoning ?? 0
  if (tokens > 0) return { verdict: 'works', reason: `It thought for ${tokens} tokens.` }
  if (seen) return { verdict: 'works', reason: 'It showed its thoughts.' }
  return { verdict: 'works', reason: 'It takes the effort; no thoughts were counted for so small a question.' }
}

function usageOf(end: HubEvent | undefined): Usage | undefined {
  return end?.type === 'end' ? end.usage : undefined
}

function cutOff(end: HubEvent | undefined): boolean {
  return end?.type !== 'end' || end.finish === 'length' || end.finish === 'filter' || end.finish === 'refusal'
}

/** The schema asks for an integer; which one is the model's own affair. */
function sumIn(text: string): boolean {
  try {
    const value = JSON.parse(text) as { sum?: unknown } | null
    return Number.isInteger(value?.sum)
  } catch {
    return false
  }
}

function cut(message: string): string {
  return message.length > 300 ? `${message.slice(0, 300)}…` : message
}
