import { describe, expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubEvent, Opaque } from '../../../../electron/core/hub.ts'
import { contextOf, encodeAll, type WireEvent, wireEvents } from './support.ts'

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

  test('text waits for a call whose arguments are not whole, so that none of them is lost', () => {
    const context = contextOf()
    const events: HubEvent[] = [
      start,
      { type: 'open', part: 0, kind: 'call', id: 'a', name: 'one' },
      { type: 'delta', part: 0, text: '{"x":' },
      { type: 'open', part: 1, kind: 'text' },
      { type: 'delta', part: 1, text: 'B' },
      { type: 'delta', part: 0, text: '1}' },
      end,
    ]
    expect(outline(wireEvents(encodeAll(events, context))).slice(1, 8)).toEqual([
      'start 0 tool_use',
      'delta 0 {"x":',
      'delta 0 1}',
      'stop 0',
      'start 1 text',
      'delta 1 B',
      'stop 1',
    ])
    expect(context.losses).toEqual([])
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
