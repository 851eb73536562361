import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { contextOf, decodeText, nothingToUndo, requestOf, stream } from './support.ts'

const start = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 5, output_tokens: 1 } },
}
const stop = { type: 'message_stop' }
const ended = (reason: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  type: 'message_delta',
  delta: { stop_reason: reason, ...more },
  usage: { output_tokens: 7 },
})
const block = (
  index: number,
  content: Record<string, unknown>,
  ...deltas: Record<string, unknown>[]
): Record<string, unknown>[] => [
  { type: 'content_block_start', index, content_block: content },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
]
const call = (name: string, ...pieces: string[]): Record<string, unknown>[] =>
  block(
    0,
    { type: 'tool_use', id: 'toolu_1', name, input: {} },
    ...pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  )

describe('blocks', () => {
  test('a block may begin with its text', () => {
    const events = decodeText(stream(start, ...block(0, { type: 'text', text: 'Hello' }), ended('end_turn'), stop))
    expect(events).toContainEqual({ type: 'delta', part: 0, text: 'Hello' })
  })

  test('a call may begin with its input; pieces that follow replace it', () => {
    const whole = { type: 'tool_use', id: 'a', name: 'read', input: { path: 'x' } }
    const deltas = (...pieces: Record<string, unknown>[]): HubEvent[] =>
      decodeText(stream(start, ...block(0, whole, ...pieces), ended('tool_use'), stop)).filter(
        (event) => event.type === 'delta',
      )
    expect(deltas()).toEqual([{ type: 'delta', part: 0, text: '{"path":"x"}' }])
    expect(deltas({ type: 'input_json_delta', partial_json: '{"path":"y"}' })).toEqual([
      { type: 'delta', part: 0, text: '{"path":"y"}' },
    ])
  })

  test('a second signature replaces the first', () => {
    const thinking = block(
      0,
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'thinking_delta', thinking: 'Hm' },
      { type: 'signature_delta', signature: 'one' },
      { type: 'signature_delta', signature: 'two' },
    )
    expect(decodeText(stream(start, ...thinking, stop)).filter((event) => event.type === 'opaque')).toEqual([
      { type: 'opaque', part: 0, opaque: { maker: 'anthropic', kind: 'signature', value: 'two' } },
    ])
  })

  test('unknown events, blocks and deltas are passed over', () => {
    const text = block(0, { type: 'text', text: '' }, { type: 'sparkle_delta' }, { type: 'text_delta', text: 'Hi' })
    const events = decodeText(
      stream(
        start,
        { type: 'ping' },
        { type: 'sparkle' },
        ...text,
        ...block(1, { type: 'sparkle_block' }),
        ended('end_turn'),
        stop,
      ),
    )
    expect(events.filter((event) => event.type === 'delta')).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'stop' })
  })
})

describe('the end', () => {
  test('counts of the end replace those of the start, field by field', () => {
    const events = decodeText(stream(start, ended('end_turn'), stop))
    expect(events[0]).toMatchObject({ usage: { input: 5, output: 1 } })
    expect(events.at(-1)).toMatchObject({ usage: { input: 5, output: 7 } })
  })

  test('a stop sequence is named', () => {
    const events = decodeText(stream(start, ended('stop_sequence', { stop_sequence: 'END' }), stop))
    expect(events.at(-1)).toMatchObject({ finish: 'stop_sequence', stopSequence: 'END' })
  })

  test.each([
    ['pause_turn', 'pause'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'context'],
    ['toString', 'stop'],
  ])('%s is %s', (reason, finish) => {
    expect(decodeText(stream(start, ended(reason), stop)).at(-1)).toMatchObject({ type: 'end', finish })
  })

  test('a second message in one stream is an error', () => {
    const events = decodeText(stream(start, start, ended('end_turn'), stop))
    expect(events.map((event) => event.type)).toEqual(['start', 'error'])
  })

  test('an error in the stream keeps its type and has the status of it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'req_1' }
    expect(decodeText(stream(start, error, stop)).at(-1)).toMatchObject({
      type: 'error',
      error: { status: 529, type: 'overloaded_error', message: 'Overloaded', requestId: 'req_1' },
    })
  })

  test('an event that is not JSON is an error, not a gap', () => {
    expect(decodeText(`${stream(start)}event: content_block_delta\ndata: {"type":"content\n\n`).at(-1)).toMatchObject({
      type: 'error',
      error: { status: 502, code: 'proxy_upstream_malformed' },
    })
  })

  test('a stop reason without message_stop is no end', () => {
    expect(decodeText(stream(start, ended('end_turn'))).at(-1)).toMatchObject({ type: 'error' })
  })
})

describe('what was changed on the way in is taken back', () => {
  test('shortened names and namespaces', () => {
    const undo = {
      ...nothingToUndo,
      toolNames: new Map([['docs__find', 'find']]),
      namespaces: new Map([['docs__find', 'docs']]),
    }
    const events = decodeText(stream(start, ...call('docs__find'), ended('tool_use'), stop), contextOf({ undo }))
    expect(events[1]).toMatchObject({ type: 'open', name: 'find', namespace: 'docs', id: 'toolu_1' })
  })

  test('free text comes out of a custom tool while it streams', () => {
    const undo = { ...nothingToUndo, wrappedCustomTools: new Set(['patch']) }
    const pieces = ['{"input', '": "*** Begin', '\\n+1"', '}']
    const events = decodeText(stream(start, ...call('patch', ...pieces), ended('tool_use'), stop), contextOf({ undo }))
    expect(events[1]).toMatchObject({ type: 'open', kind: 'call', custom: true })
    expect(events.filter((event) => event.type === 'delta').map((event) => event.text)).toEqual(['*** Begin', '\n+1'])
  })

  test('the tool that stood in for structured output becomes text', () => {
    const undo = { ...nothingToUndo, formatTool: 'output' }
    const context = contextOf({ undo, request: requestOf() })
    const events = decodeText(stream(start, ...call('output', '{"a"', ':1}'), ended('tool_use'), stop), context)
    expect(events[1]).toMatchObject({ type: 'open', kind: 'text' })
    expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'stop' })
  })
})

describe('whole answers', () => {
  test('an error in a 200 is an error', () => {
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down' } }
    expect(messages.decodeAnswer(body, contextOf())).toMatchObject([{ type: 'error', error: { status: 429 } }])
  })

  test.each([[null], ['text'], [[]], [{}], [{ content: 'x' }]])('%j is an error', (body) => {
    expect(messages.decodeAnswer(body, contextOf())).toMatchObject([{ type: 'error', error: { status: 502 } }])
  })

  test('an empty answer is legal', () => {
    const body = { id: 'msg_1', content: [], stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 0 } }
    expect(messages.decodeAnswer(body, contextOf()).map((event) => event.type)).toEqual(['start', 'end'])
  })
})

const types = fc.constantFrom(
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'error',
  'ping',
)
const contents = fc.record({
  type: fc.constantFrom('text', 'thinking', 'redacted_thinking', 'tool_use', 'server_tool_use', 'other'),
  text: fc.anything(),
  input: fc.anything(),
  data: fc.anything(),
})
const deltas = fc.record({
  type: fc.constantFrom('text_delta', 'thinking_delta', 'signature_delta', 'input_json_delta', 'citations_delta'),
  text: fc.oneof(fc.string(), fc.anything()),
  partial_json: fc.oneof(fc.string(), fc.anything()),
  citation: fc.anything(),
  stop_reason: fc.anything(),
})
const wire = fc.record(
  {
    type: types,
    index: fc.nat(3),
    content_block: contents,
    delta: deltas,
    message: fc.anything(),
    error: fc.anything(),
    usage: fc.anything(),
  },
  { requiredKeys: ['type'] },
)

test('nothing makes the decoder throw; its events are in order and end once', () => {
  const inputs = fc.array(
    fc.oneof({ weight: 8, arbitrary: wire.map((event) => JSON.stringify(event)) }, { weight: 1, arbitrary: fc.json() }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(inputs, (texts) => {
      const decoder = messages.createEventDecoder(contextOf())
      const events = [...texts.flatMap((data) => decoder.push({ data: data ?? 'null' })), ...decoder.end()]
      const last = events.findIndex((event) => event.type === 'end' || event.type === 'error')
      expect(last).toBe(events.length - 1)
      const open = new Set<number>()
      for (const event of events) {
        if (event.type === 'open') open.add(event.part)
        else if ('part' in event) expect(open.has(event.part)).toBe(true)
        if (event.type === 'close') open.delete(event.part)
      }
    }),
    { numRuns: 1500 },
  )
  fc.assert(fc.property(fc.anything(), (body) => messages.decodeAnswer(body, contextOf()).length > 0))
})
