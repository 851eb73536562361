import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubEvent, Opaque } from '../../../../electron/core/hub.ts'
import { contextOf, decodeText, encodeAll, joined, type WireEvent, wireEvents } from './support.ts'

const start: HubEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt', created: 1 }
const end: HubEvent = { type: 'end', finish: 'stop', usage: { input: 10, cached: 4, output: 3 } }
const signature: Opaque = { maker: 'anthropic', kind: 'signature', value: 'sig' }

/** Throws for what breaks the order of an Anthropic stream. */
function checkOrder(events: readonly WireEvent[]): void {
  let open: { index: number; type: string } | undefined
  let next = 0
  const types: Record<string, string[]> = {
    text: ['text_delta', 'citations_delta'],
    tool_use: ['input_json_delta'],
    thinking: ['thinking_delta', 'signature_delta'],
  }
  for (const [position, { name, data }] of events.entries()) {
    expect(name).toBe(data['type'])
    if (data['type'] === 'error') {
      expect(position).toBe(events.length - 1)
      continue
    }
    expect(data['type'] === 'message_start').toBe(position === 0)
    switch (data['type']) {
      case 'content_block_start':
        expect(open).toBeUndefined()
        expect(data['index']).toBe(next)
        open = { index: next, type: (data['content_block'] as { type: string }).type }
        next += 1
        break
      case 'content_block_delta':
        expect(data['index']).toBe(open?.index)
        expect(types[open?.type ?? '']).toContain((data['delta'] as { type: string }).type)
        break
      case 'content_block_stop':
        expect(data['index']).toBe(open?.index)
        open = undefined
        break
      case 'message_delta':
        expect(open).toBeUndefined()
        expect(position).toBe(events.length - 2)
        break
      case 'message_stop':
        expect(position).toBe(events.length - 1)
        break
      default:
    }
  }
}

const part = fc.nat(4)
const anyEvent: fc.Arbitrary<HubEvent> = fc.oneof(
  fc.constant(start),
  fc.record({
    type: fc.constant('open' as const),
    part,
    kind: fc.constantFrom(
      'text' as const,
      'reasoning' as const,
      'call' as const,
      'refusal' as const,
      'foreign' as const,
      'image' as const,
    ),
    name: fc.constant('tool'),
  }),
  fc.record({ type: fc.constant('delta' as const), part, text: fc.constantFrom('', 'a', '{}', '{"x":', '1}') }),
  fc.record({ type: fc.constant('delta' as const), part, text: fc.constantFrom('b', '"', '\n') }),
  fc.record({ type: fc.constant('section' as const), part }),
  fc.record({
    type: fc.constant('opaque' as const),
    part,
    opaque: fc.constantFrom<Opaque>(
      signature,
      { maker: 'anthropic', kind: 'redacted', value: 'data' },
      { maker: 'openai', kind: 'encrypted', value: 'blob' },
    ),
  }),
  fc.record({
    type: fc.constant('citation' as const),
    part,
    citation: fc.constant({ kind: 'url' as const, url: 'https://a.test', dialect: 'chat' as const, raw: {} }),
  }),
  fc.record({
    type: fc.constant('foreign' as const),
    part,
    dialect: fc.constantFrom('messages' as const, 'chat' as const),
    raw: fc.constant({ type: 'web_search_tool_result', content: [] }),
  }),
  fc.record({ type: fc.constant('close' as const), part }),
  fc.constant<HubEvent>({ type: 'note', key: 'content_filter', value: {} }),
  fc.constant(end),
  fc.constant<HubEvent>({ type: 'error', error: { status: 500, type: 'api_error', message: 'No.' } }),
)

test('any sequence of events gives a stream in order, and nothing throws', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      checkOrder(wireEvents(encodeAll(events)))
      messages.encodeAnswer(events, contextOf())
    }),
    { numRuns: 2000 },
  )
})

/** Parts that Messages can hold, one after the other, as its own decoder gives them. */
const heldPart = fc.oneof(
  fc.record({
    kind: fc.constant('text' as const),
    pieces: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('reasoning' as const),
    pieces: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
    value: fc.string({ minLength: 1, unit: 'binary' }),
  }),
  fc.record({ kind: fc.constant('redacted' as const), value: fc.string({ minLength: 1 }) }),
  fc.record({
    kind: fc.constant('call' as const),
    id: fc.stringMatching(/^[a-zA-Z0-9_-]{1,40}$/),
    name: fc.string({ minLength: 1 }),
    pieces: fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
  }),
)

type HeldPart = typeof heldPart extends fc.Arbitrary<infer T> ? T : never

function eventsOf(held: HeldPart, index: number): HubEvent[] {
  const deltas = 'pieces' in held ? held.pieces.map((text): HubEvent => ({ type: 'delta', part: index, text })) : []
  const close: HubEvent = { type: 'close', part: index }
  switch (held.kind) {
    case 'text':
      return [{ type: 'open', part: index, kind: 'text' }, ...deltas, close]
    case 'call':
      return [{ type: 'open', part: index, kind: 'call', id: held.id, name: held.name }, ...deltas, close]
    case 'reasoning':
    case 'redacted': {
      const kind = held.kind === 'redacted' ? 'redacted' : 'signature'
      const opaque: Opaque = { maker: 'anthropic', kind, value: held.value }
      const open: HubEvent = { type: 'open', part: index, kind: 'reasoning', reasoning: 'full' }
      return [open, ...deltas, { type: 'opaque', part: index, opaque }, close]
    }
  }
}

test('what Messages can hold is decoded from its own stream as it was', () => {
  fc.assert(
    fc.property(fc.array(heldPart, { maxLength: 5 }), (parts) => {
      const calls = parts.some((held) => held.kind === 'call')
      const usage = { input: 9, cached: 3, cacheWrite: 1, output: 4, reasoning: 2 }
      const events: HubEvent[] = [
        {
          type: 'start',
          id: 'msg_1',
          model: 'claude-test',
          created: 1_700_000_000,
          usage: { input: 9, cached: 3, cacheWrite: 1, output: 0 },
        },
        ...parts.flatMap(eventsOf),
        { type: 'end', finish: calls ? 'tool' : 'stop', usage },
      ]
      expect(joined(decodeText(encodeAll(events)))).toEqual(joined(events))
    }),
    { numRuns: 500 },
  )
})
