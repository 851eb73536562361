import { readFileSync } from 'node:fs'
import type { AnswerContext, AnswerUndo } from '../../../../electron/core/dialects/dialect.ts'
import type { HubEvent, HubRequest, Loss } from '../../../../electron/core/hub.ts'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import { SseReader } from '../../../../electron/core/sse.ts'

export function hubRequest(fields: Partial<HubRequest> = {}): HubRequest {
  return {
    model: 'asked-model',
    dialect: 'chat',
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    stream: true,
    includeUsage: true,
    extra: {},
    ...fields,
  }
}

export interface TestContext extends AnswerContext {
  losses: Loss[]
}

/** A context whose ids count up and whose clock stands still. */
export function contextOf(fields: Partial<HubRequest> = {}, undo: Partial<AnswerUndo> = {}): TestContext {
  let ids = 0
  const losses: Loss[] = []
  return {
    request: hubRequest(fields),
    undo: { toolNames: new Map(), wrappedCustomTools: new Set(), namespaces: new Map(), ...undo },
    upstreamDialect: 'chat',
    now: () => 1_700_000_000_000,
    newId: (prefix) => `${prefix}${++ids}`,
    lose: (loss) => losses.push(loss),
    losses,
  }
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url), 'utf8')
}

/** Hub events of a recorded stream, read in pieces of the given size. */
export function decodeStream(text: string, context: AnswerContext = contextOf(), size = Infinity): HubEvent[] {
  const bytes = new TextEncoder().encode(text)
  const reader = new SseReader()
  const decoder = chat.createEventDecoder(context)
  const events: HubEvent[] = []
  for (let from = 0; from < bytes.length; from += Math.min(size, bytes.length)) {
    for (const event of reader.push(bytes.subarray(from, from + size))) events.push(...decoder.push(event))
  }
  for (const event of reader.end()) events.push(...decoder.push(event))
  return [...events, ...decoder.end()]
}

export function encodeStream(events: readonly HubEvent[], context: AnswerContext = contextOf()): string {
  const encoder = chat.createEventEncoder(context)
  return events.map((event) => encoder.push(event)).join('')
}

/** Data of the events of an encoded stream, parsed; `[DONE]` stays text. */
export function chunksOf(text: string): unknown[] {
  const reader = new SseReader()
  const events = [...reader.push(new TextEncoder().encode(text)), ...reader.end()]
  return events.map(({ data }) => (data === '[DONE]' ? data : (JSON.parse(data) as unknown)))
}

/** The answer that a list of events tells, without the cutting of its deltas and the numbers of its parts. */
export function summarise(events: readonly HubEvent[]): unknown[] {
  const parts: Record<string, unknown>[] = []
  const byNumber = new Map<number, Record<string, unknown>>()
  const rest: unknown[] = []
  for (const event of events) {
    switch (event.type) {
      case 'open': {
        const { type: _, part, ...fields } = event
        const opened: Record<string, unknown> = { ...fields, text: '' }
        byNumber.set(part, opened)
        parts.push(opened)
        break
      }
      case 'delta': {
        const part = byNumber.get(event.part)
        if (part === undefined) throw new Error('a delta of no part')
        part['text'] = `${String(part['text'])}${event.text}`
        if (event.logprobs !== undefined)
          part['logprobs'] = [...((part['logprobs'] as unknown[]) ?? []), ...event.logprobs]
        break
      }
      case 'citation': {
        const part = byNumber.get(event.part)
        if (part === undefined) throw new Error('a citation of no part')
        part['citations'] = [...((part['citations'] as unknown[]) ?? []), event.citation]
        break
      }
      case 'opaque': {
        const part = byNumber.get(event.part)
        if (part === undefined) throw new Error('an opaque value of no part')
        part['opaque'] = event.opaque
        break
      }
      case 'section':
      case 'close':
        break
      default:
        rest.push(event)
    }
  }
  return [...parts, ...rest]
}
