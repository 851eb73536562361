/** What the tests of the Messages dialect share. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { AnswerContext, AnswerUndo, EncodedRequest } from '../../../../electron/core/dialects/dialect.ts'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubEvent, HubRequest, Loss, Part, Turn } from '../../../../electron/core/hub.ts'
import type { ModelProfile } from '../../../../electron/core/models/profile.ts'
import { type SseEvent, SseReader } from '../../../../electron/core/sse.ts'

const fixtures = new URL('../../../fixtures/', import.meta.url)

export function fixture(name: string): Buffer {
  return readFileSync(new URL(name, fixtures))
}

export const streamFixtures = [
  'messages__ai__anthropic-clear-thinking.1.sse',
  'messages__ai__anthropic-refusal.sse',
  'messages__ai__anthropic-text.sse',
  'messages__ai__anthropic-tool-no-args.sse',
  'messages__ai__anthropic-web-search-tool.1.sse',
  'messages__openllmetry__test_prompt_caching__test_anthropic_prompt_caching_stream_legacy__1.sse',
] as const

export const wholeFixtures = [
  'messages__pydantic-ai__test_anthropic__test_anthropic_model_thinking_part_redacted__0.json',
  'messages__pydantic-ai__test_anthropic__test_multiple_parallel_tool_calls__0.json',
] as const

export function requestOf(fields: Partial<HubRequest> = {}): HubRequest {
  return {
    model: 'claude-test',
    dialect: 'chat',
    turns: [userTurn('Hello')],
    tools: [],
    stream: true,
    includeUsage: true,
    extra: {},
    ...fields,
  }
}

export function userTurn(text: string): Turn {
  return { role: 'user', parts: [{ type: 'text', text }] }
}

export const nothingToUndo: AnswerUndo = { toolNames: new Map(), wrappedCustomTools: new Set(), namespaces: new Map() }

export interface TestContext extends AnswerContext {
  losses: Loss[]
}

export function contextOf(fields: Partial<AnswerContext> = {}): TestContext {
  const losses: Loss[] = []
  let ids = 0
  return {
    request: requestOf({ dialect: 'messages' }),
    undo: nothingToUndo,
    upstreamDialect: 'messages',
    now: () => 1_700_000_000_000,
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    lose: (loss) => losses.push(loss),
    losses,
    ...fields,
  }
}

/** Decodes a stream whose bytes arrive in these chunks. */
export function decodeChunks(chunks: readonly Uint8Array[], context: AnswerContext): HubEvent[] {
  const reader = new SseReader()
  const decoder = messages.createEventDecoder(context)
  const events: SseEvent[] = chunks.flatMap((chunk) => reader.push(chunk))
  return [...[...events, ...reader.end()].flatMap((event) => decoder.push(event)), ...decoder.end()]
}

export function decodeText(text: string, context: AnswerContext = contextOf()): HubEvent[] {
  return decodeChunks([Buffer.from(text)], context)
}

/** The stream that an upstream would write for these JSON events. */
export function stream(...events: Record<string, unknown>[]): string {
  return events.map((event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`).join('')
}

export function encodeAll(events: readonly HubEvent[], context: AnswerContext = contextOf()): string {
  const encoder = messages.createEventEncoder(context)
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
    if (event.type === 'delta' && last?.type === 'delta' && last.part === event.part) {
      all[all.length - 1] = { ...last, text: last.text + event.text }
    } else all.push(event)
  }
  return all
}

export function profileWith(fields: Partial<ModelProfile> = {}): ModelProfile {
  return {
    family: 'claude-test',
    apis: ['messages'],
    maxTokensField: 'max_tokens',
    outputCap: 64_000,
    rejects: new Set(),
    samplingWithoutEffort: false,
    efforts: [],
    thinking: 'budget',
    thinkingOptional: true,
    instructionRole: 'system',
    structuredOutput: true,
    midConversationSystem: false,
    streams: true,
    images: true,
    tools: true,
    ...fields,
  }
}

export const adaptiveProfile = profileWith({
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  thinking: 'adaptive',
  outputCap: 128_000,
  rejects: new Set(['temperature', 'top_p', 'top_k']),
})

/** The request as it goes to a Claude model. */
export function encode(
  fields: Partial<HubRequest> = {},
  profile: ModelProfile = profileWith(),
  stream = true,
): EncodedRequest {
  return messages.encodeRequest(requestOf(fields), { deployment: 'my-claude', profile, stream })
}

export const refusal = (param: string, code = 'unsupported_by_upstream'): Error =>
  expect.objectContaining({ status: 400, code, param }) as Error
export const text = (value: string): Part => ({ type: 'text', text: value })
export const call = (id: string, args = '{}', name = 'read'): Part => ({ type: 'call', id, name, arguments: args })
export const result = (id: string, ...parts: Part[]): Part => ({
  type: 'result',
  id,
  parts: parts.length > 0 ? parts : [text('ok')],
})
export const assistant = (...parts: Part[]): Turn => ({ role: 'assistant', parts })
export const tool = (...parts: Part[]): Turn => ({ role: 'tool', parts })
