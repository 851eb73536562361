import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubEvent, Opaque } from '../../../../electron/core/hub.ts'
import { contextOf, decodeText, encodeAll, joined, type WireEvent, wireEvents } from './support.ts'

const start: HubEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt', created: 1 }
const end: HubEvent = { type: 'end', finish: 'stop', usage: { input: 10, cached: 4, output: 3 } }
const signature: Opaque = { maker: 'anthropic', kind: 'signature', value: 'sig' }

/** What a stream says, in short. */
function outline(events: readonly WireEvent[]): string[] {
  return events.map(({ data }) => {
    const block = (data['content_block'] as { type?: string } | undefined)?.type
    const delta = data['delta'] as Record<string, unknown> | undefined
    const text = delta?.['text'] ?? delta?.['partial_json'] ?? delta?.['thinking'] ?? delta?.['signature']
    const kind = String(data['type']).replace('content_block_', '').replace('message_', 'message ')
    const words = [kind, data['index'] as number | undefined, block ?? (text as string | undefined)]
    return words.filter((word) => word !== undefined).join(' ')
  })
}

function written(...events: HubEvent[]): string[] {
  return outline(wireEvents(encodeAll(events)))
}

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

describe('blocks', () => {
  test('text streams through at once', () => {
    const encoder = messages.createEventEncoder(contextOf())
    encoder.push(start)
    encoder.push({ type: 'open', part: 0, kind: 'text' })
    const first = outline(wireEvents(encoder.push({ type: 'delta', part: 0, text: 'Hel' })))
    expect(first).toEqual(['start 0 text', 'delta 0 Hel'])
  })

  test('interleaved fragments of two calls become two blocks, one after the other', () => {
    expect(
      written(
        start,
        { type: 'open', part: 0, kind: 'call', id: 'a', name: 'one' },
        { type: 'delta', part: 0, text: '{"x"' },
        { type: 'open', part: 1, kind: 'call', id: 'b', name: 'two' },
        { type: 'delta', part: 1, text: '{"y"' },
        { type: 'delta', part: 0, text: ':1}' },
        { type: 'delta', part: 1, text: ':2}' },
        { type: 'close', part: 0 },
        { type: 'close', part: 1 },
        end,
      ),
    ).toEqual([
      'message start',
      'start 0 tool_use',
      'delta 0 {"x"',
      'delta 0 :1}',
      'stop 0',
      'start 1 tool_use',
      'delta 1 {"y":2}',
      'stop 1',
      'message delta',
      'message stop',
    ])
  })

  test('text after a tool call opens a new block, and does not wait for a call that is whole', () => {
    expect(
      written(
        start,
        { type: 'open', part: 0, kind: 'text' },
        { type: 'delta', part: 0, text: 'A' },
        { type: 'close', part: 0 },
        { type: 'open', part: 1, kind: 'call', id: 'a', name: 'one' },
        { type: 'delta', part: 1, text: '{}' },
        { type: 'open', part: 2, kind: 'text' },
        { type: 'delta', part: 2, text: 'B' },
        { type: 'close', part: 1 },
        { type: 'close', part: 2 },
      ),
    ).toEqual([
      'message start',
      'start 0 text',
      'delta 0 A',
      'stop 0',
      'start 1 tool_use',
      'delta 1 {}',
      'stop 1',
      'start 2 text',
      'delta 2 B',
      'stop 2',
    ])
  })

  test('thinking ends with one signature, the last one', () => {
    expect(
      written(
        start,
        { type: 'open', part: 0, kind: 'reasoning' },
        { type: 'delta', part: 0, text: 'Hm' },
        { type: 'opaque', part: 0, opaque: { ...signature, value: 'old' } },
        { type: 'section', part: 0 },
        { type: 'delta', part: 0, text: 'So' },
        { type: 'opaque', part: 0, opaque: signature },
        { type: 'close', part: 0 },
      ),
    ).toEqual([
      'message start',
      'start 0 thinking',
      'delta 0 Hm',
      'delta 0 \n\n',
      'delta 0 So',
      'delta 0 sig',
      'stop 0',
    ])
  })

  test('thinking without a seal gets no signature', () => {
    const events = written(
      start,
      { type: 'open', part: 0, kind: 'reasoning' },
      { type: 'delta', part: 0, text: 'Hm' },
      { type: 'close', part: 0 },
    )
    expect(events).toEqual(['message start', 'start 0 thinking', 'delta 0 Hm', 'stop 0'])
  })

  test('reasoning of OpenAI travels in an envelope and comes back whole', () => {
    const opaque: Opaque = { maker: 'openai', kind: 'encrypted', value: 'gAAA', itemId: 'rs_1' }
    const context = contextOf()
    const events: HubEvent[] = [
      start,
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'summary' },
      { type: 'opaque', part: 0, opaque },
      { type: 'close', part: 0 },
      end,
    ]
    const { content } = messages.encodeAnswer(events, context) as { content: unknown[] }
    expect(content).toMatchObject([
      { type: 'thinking', thinking: '', signature: expect.stringMatching(/^lz1\.o\./) as string },
    ])
    const next = { model: 'm', max_tokens: 9, messages: [{ role: 'assistant', content }] }
    expect(messages.decodeRequest(next).request.turns[0]?.parts[0]).toEqual({
      type: 'reasoning',
      text: [],
      kind: 'summary',
      opaque,
    })
  })

  test('parts that say nothing make no block', () => {
    expect(
      written(
        start,
        { type: 'open', part: 0, kind: 'text' },
        { type: 'delta', part: 0, text: '' },
        { type: 'close', part: 0 },
        { type: 'open', part: 1, kind: 'reasoning' },
        { type: 'close', part: 1 },
        end,
      ),
    ).toEqual(['message start', 'message delta', 'message stop'])
  })

  test('a call without arguments has no delta', () => {
    const events = written(
      start,
      { type: 'open', part: 0, kind: 'call', id: 'a', name: 'now' },
      { type: 'close', part: 0 },
    )
    expect(events).toEqual(['message start', 'start 0 tool_use', 'stop 0'])
  })

  test('ids of other APIs become legal, and missing ones are made', () => {
    const events = wireEvents(
      encodeAll([
        { ...start, id: '' },
        { type: 'open', part: 0, kind: 'call', id: 'functions.now:0', name: 'now' },
        { type: 'close', part: 0 },
        { type: 'open', part: 1, kind: 'call', name: 'now' },
      ]),
    )
    expect(events[0]?.data['message']).toMatchObject({ id: 'msg_1', model: 'claude-test' })
    expect(events[1]?.data['content_block']).toMatchObject({ id: expect.stringMatching(/^functions_now_0_/) as string })
    expect(events[3]?.data['content_block']).toMatchObject({ id: 'toolu_2', input: {} })
  })

  test('steps of hosted tools of another API are left out and told', () => {
    const context = contextOf()
    encodeAll(
      [start, { type: 'open', part: 0, kind: 'foreign' }, { type: 'foreign', part: 0, dialect: 'responses', raw: {} }],
      context,
    )
    expect(context.losses).toMatchObject([{ kind: 'dropped' }])
  })
})

describe('the end', () => {
  test('usage comes with the end: cached tokens are not input in Anthropic terms', () => {
    expect(wireEvents(encodeAll([start, end])).at(-2)?.data).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 6, cache_creation_input_tokens: 0, cache_read_input_tokens: 4, output_tokens: 3 },
    })
  })

  test('unknown usage is zero: the SDKs need numbers', () => {
    expect(wireEvents(encodeAll([start, { type: 'end', finish: 'stop' }])).at(-2)?.data['usage']).toEqual({
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 0,
    })
  })

  test.each([
    ['stop', 'end_turn'],
    ['stop_sequence', 'stop_sequence'],
    ['length', 'max_tokens'],
    ['context', 'model_context_window_exceeded'],
    ['tool', 'tool_use'],
    ['filter', 'refusal'],
    ['refusal', 'refusal'],
    ['pause', 'pause_turn'],
  ] as const)('%s is %s', (finish, reason) => {
    const events = wireEvents(encodeAll([start, { type: 'end', finish, stopSequence: 'END' }]))
    expect(events.at(-2)?.data['delta']).toMatchObject({
      stop_reason: reason,
      stop_sequence: finish === 'stop_sequence' ? 'END' : null,
    })
  })

  test('an answer with a call ends in tool_use, whatever the upstream says', () => {
    const call: HubEvent = { type: 'open', part: 0, kind: 'call', id: 'a', name: 'now' }
    expect(wireEvents(encodeAll([start, call, end])).at(-2)?.data['delta']).toMatchObject({ stop_reason: 'tool_use' })
    expect(messages.encodeAnswer([start, call, end], contextOf())).toMatchObject({ stop_reason: 'tool_use' })
  })

  test('a refusal in words is text and a refusal', () => {
    const body = messages.encodeAnswer(
      [start, { type: 'open', part: 0, kind: 'refusal' }, { type: 'delta', part: 0, text: 'I cannot.' }, end],
      contextOf(),
    )
    expect(body).toMatchObject({
      content: [{ type: 'text', text: 'I cannot.' }],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', explanation: null },
    })
  })

  test('a filtered answer keeps its text and says so', () => {
    const delta = wireEvents(encodeAll([start, { type: 'end', finish: 'filter' }])).at(-2)?.data['delta']
    expect(delta).toMatchObject({ stop_reason: 'refusal', stop_details: { category: 'content_filter' } })
  })

  test('an error ends the stream without a finish, and nothing follows it', () => {
    const error: HubEvent = { type: 'error', error: { status: 529, type: 'overloaded_error', message: 'Overloaded' } }
    const text = encodeAll([start, { type: 'open', part: 0, kind: 'call', id: 'a', name: 'now' }, error, end])
    expect(wireEvents(text).map((event) => event.name)).toEqual(['message_start', 'content_block_start', 'error'])
    expect(wireEvents(text).at(-1)?.data).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Overloaded' },
    })
  })

  test('arguments that are no object are kept in a whole answer, declared', () => {
    const context = contextOf()
    const body = messages.encodeAnswer(
      [
        start,
        { type: 'open', part: 0, kind: 'call', id: 'a', name: 'now' },
        { type: 'delta', part: 0, text: '{"x":' },
        end,
      ],
      context,
    )
    expect(body).toMatchObject({ content: [{ type: 'tool_use', input: { _raw: '{"x":' } }] })
    expect(context.losses).toMatchObject([{ kind: 'degraded' }])
  })

  test('an empty answer is legal', () => {
    expect(messages.encodeAnswer([start, { type: 'end', finish: 'length' }], contextOf())).toMatchObject({
      content: [],
      stop_reason: 'max_tokens',
    })
  })
})

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
