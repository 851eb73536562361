/** What the tests of the Responses dialect share. */
import { readdirSync, readFileSync } from 'node:fs'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import type { AnswerContext, AnswerUndo, Dialect } from '../../../../electron/core/dialects/dialect.ts'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { DialectId, HubEvent, HubRequest, Loss } from '../../../../electron/core/hub.ts'
import { SseReader } from '../../../../electron/core/sse.ts'

export const dialects: Readonly<Record<DialectId, Dialect>> = { chat, messages, responses }

const fixtures = new URL('../../../fixtures/', import.meta.url)

export function fixture(name: string): Buffer {
  return readFileSync(new URL(name, fixtures))
}

/** Recorded answers of one dialect. */
export function recordings(dialect: DialectId, ending: 'sse' | 'json'): string[] {
  return readdirSync(fixtures).filter((name) => name.startsWith(`${dialect}__`) && name.endsWith(`.${ending}`))
}

export function requestOf(fields: Partial<HubRequest> = {}): HubRequest {
  return {
    model: 'gpt-test',
    dialect: 'responses',
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    stream: true,
    includeUsage: true,
    extra: {},
    ...fields,
  }
}

export const nothingToUndo: AnswerUndo = { toolNames: new Map(), wrappedCustomTools: new Set(), namespaces: new Map() }

export interface TestContext extends AnswerContext {
  losses: Loss[]
}

/** A context whose ids count up and whose clock stands still. */
export function contextOf(fields: Partial<AnswerContext> = {}): TestContext {
  const losses: Loss[] = []
  let ids = 0
  return {
    request: requestOf(),
    undo: nothingToUndo,
    upstreamDialect: 'responses',
    now: () => 1_700_000_000_000,
    newId: (prefix) => `${prefix}new${(ids += 1)}`,
    lose: (loss) => losses.push(loss),
    losses,
    ...fields,
  }
}

/** Hub events of a recorded stream whose bytes arrive in these chunks. */
export function decodeChunks(
  chunks: readonly Uint8Array[],
  context: AnswerContext = contextOf(),
  dialect: Dialect = responses,
): HubEvent[] {
  const reader = new SseReader()
  const decoder = dialect.createEventDecoder(context)
  const events = chunks.flatMap((chunk) => reader.push(chunk))
  return [...[...events, ...reader.end()].flatMap((event) => decoder.push(event)), ...decoder.end()]
}

/** The stream that an upstream would write for these events. */
export function stream(...events: Record<string, unknown>[]): Buffer {
  return Buffer.from(
    events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  )
}

export function encodeAll(events: readonly HubEvent[], context: AnswerContext = contextOf()): string {
  const encoder = responses.createEventEncoder(context)
  return events.map((event) => encoder.push(event)).join('')
}

export interface WireEvent {
  name: string | undefined
  data: Record<string, unknown>
}

export function wireEvents(text: string): WireEvent[] {
  const reader = new SseReader()
  return [...reader.push(Buffer.from(text)), ...reader.end()].map((event) => ({
    name: event.event,
    data: JSON.parse(event.data) as Record<string, unknown>,
  }))
}

/** Neighbouring deltas joined: how an upstream cuts its text says nothing. */
export function joined(events: readonly HubEvent[]): HubEvent[] {
  const all: HubEvent[] = []
  for (const event of events) {
    const last = all.at(-1)
    if (event.type !== 'delta' || last?.type !== 'delta' || last.part !== event.part) {
      all.push(event)
      continue
    }
    const logprobs = [...(last.logprobs ?? []), ...(event.logprobs ?? [])]
    all[all.length - 1] = {
      ...last,
      text: last.text + event.text,
      ...(logprobs.length > 0 ? { logprobs } : {}),
    }
  }
  return all
}
