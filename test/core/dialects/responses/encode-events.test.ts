import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openOpaque } from '../../../../electron/core/envelope.ts'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { HubEvent, Part } from '../../../../electron/core/hub.ts'
import { checkStream } from './check-stream.ts'
import { AnswerServer } from './sdk.ts'
import { contextOf, encodeAll, requestOf, wireEvents } from './support.ts'

const start: HubEvent = { type: 'start', id: 'msg_abc', model: 'claude', created: 7 }
const end: HubEvent = { type: 'end', finish: 'stop', usage: { input: 3, output: 5 } }
const fromClaude = (): ReturnType<typeof contextOf> => contextOf({ upstreamDialect: 'messages' })

function encode(
  events: readonly HubEvent[],
  context = fromClaude(),
): { name: string; data: Record<string, unknown> }[] {
  const text = encodeAll(events, context)
  checkStream(text)
  return wireEvents(text).map(({ name, data }) => ({ name: String(name), data }))
}

function outputOf(events: readonly HubEvent[], context = fromClaude()): Record<string, unknown>[] {
  const response = encode(events, context).at(-1)?.data['response'] as { output: Record<string, unknown>[] }
  return response.output
}

const text = (part: number, ...pieces: string[]): HubEvent[] => [
  { type: 'open', part, kind: 'text' },
  ...pieces.map((piece): HubEvent => ({ type: 'delta', part, text: piece })),
  { type: 'close', part },
]
const call = (part: number, id: string, ...pieces: string[]): HubEvent[] => [
  { type: 'open', part, kind: 'call', id, name: 'f' },
  ...pieces.map((piece): HubEvent => ({ type: 'delta', part, text: piece })),
  { type: 'close', part },
]

describe('a stream of text', () => {
  it('has exactly the events that clients know, in their order', () => {
    expect(encode([start, ...text(0, 'Hel', 'lo'), end]).map(({ name }) => name)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  it('puts texts in a row into one message, and what comes after a call into another', () => {
    const output = outputOf([start, ...text(0, 'A'), ...text(1, 'B'), ...call(2, 'c', '{}'), ...text(3, 'C'), end])
    expect(output.map((item) => item['type'])).toEqual(['message', 'function_call', 'message'])
    expect(output[0]).toMatchObject({ content: [{ text: 'A' }, { text: 'B' }] })
  })

  it('makes nothing of a part that says nothing', () => {
    expect(
      outputOf([start, ...text(0), { type: 'open', part: 1, kind: 'reasoning' }, { type: 'close', part: 1 }, end]),
    ).toEqual([])
  })

  it('writes items side by side as they come', () => {
    const output = outputOf([
      start,
      { type: 'open', part: 0, kind: 'call', id: 'a', name: 'f' },
      { type: 'open', part: 1, kind: 'call', id: 'b', name: 'g' },
      { type: 'delta', part: 1, text: '{"b":' },
      { type: 'delta', part: 0, text: '{}' },
      { type: 'delta', part: 1, text: '2}' },
      { type: 'close', part: 1 },
      { type: 'close', part: 0 },
      end,
    ])
    expect(output).toMatchObject([
      { call_id: 'a', arguments: '{}' },
      { call_id: 'b', arguments: '{"b":2}' },
    ])
  })
})

describe('ids', () => {
  it('have the prefixes that clients know', () => {
    const events = encode([
      start,
      { type: 'open', part: 0, kind: 'reasoning' },
      { type: 'delta', part: 0, text: 'Hm' },
      { type: 'close', part: 0 },
      ...text(1, 'A'),
      ...call(2, 'toolu_1', '{}'),
      { type: 'open', part: 3, kind: 'call', id: 'toolu_2', name: 'p', custom: true },
      { type: 'close', part: 3 },
      end,
    ])
    const response = events.at(-1)?.data['response'] as { id: string; output: { id: string; call_id?: string }[] }
    expect(response.id).toBe('resp_abc')
    expect(response.output.map((item) => item.id.replace(/_.*/, '_'))).toEqual(['rs_', 'msg_', 'fc_', 'ctc_'])
    expect(response.output.map((item) => item.call_id)).toEqual([undefined, undefined, 'toolu_1', 'toolu_2'])
  })

  it('are never used twice, whatever the upstream says', () => {
    const output = outputOf([start, ...call(0, 'same', '{}'), ...call(1, 'same', '{}'), ...call(2, '', '{}'), end])
    expect(new Set(output.map((item) => item['call_id'])).size).toBe(3)
  })

  it('are told to whoever wants to know the items again', () => {
    const issued = new Map<string, Part[]>()
    const context = { ...fromClaude(), issued: (id: string, parts: Part[]) => issued.set(id, parts) }
    const output = outputOf([start, ...text(0, 'A'), ...call(1, 'c', '{"a":1}'), end], context)
    expect([...issued.keys()]).toEqual(output.map((item) => item['id']))
    expect([...issued.values()]).toMatchObject([
      [{ type: 'text', text: 'A' }],
      [{ type: 'call', id: 'c', name: 'f', arguments: '{"a":1}' }],
    ])
  })
})

describe('thoughts', () => {
  it('of Claude are a summary, and their signature travels in an envelope at the end of the item', () => {
    const opaque = { maker: 'anthropic', kind: 'signature', value: 'sig==' } as const
    const events = encode([
      start,
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'full' },
      { type: 'delta', part: 0, text: 'Hm' },
      { type: 'opaque', part: 0, opaque },
      { type: 'close', part: 0 },
      end,
    ])
    const done = events.find(({ name }) => name === 'response.output_item.done')?.data['item'] as Record<
      string,
      unknown
    >
    expect(done['summary']).toEqual([{ type: 'summary_text', text: 'Hm' }])
    expect(openOpaque(String(done['encrypted_content']))).toEqual(opaque)
  })

  it('that are only sealed are an item without a text', () => {
    const opaque = { maker: 'anthropic', kind: 'redacted', value: 'x' } as const
    const output = outputOf([
      start,
      { type: 'open', part: 0, kind: 'reasoning' },
      { type: 'opaque', part: 0, opaque },
      { type: 'close', part: 0 },
      end,
    ])
    expect(output).toMatchObject([{ type: 'reasoning', summary: [] }])
  })
})

describe('calls', () => {
  it('without arguments have an empty object', () => {
    expect(outputOf([start, ...call(0, 'c'), end])).toMatchObject([{ arguments: '{}', status: 'completed' }])
  })

  it('that were cut off are told as incomplete', () => {
    const cut: HubEvent = { type: 'end', finish: 'length' }
    expect(outputOf([start, ...call(0, 'c', '{"a":'), cut])).toMatchObject([{ status: 'incomplete' }])
  })

  it('have their namespace', () => {
    const open: HubEvent = { type: 'open', part: 0, kind: 'call', id: 'c', name: 'read', namespace: 'ns' }
    expect(outputOf([start, open, { type: 'close', part: 0 }, end])).toMatchObject([{ name: 'read', namespace: 'ns' }])
  })

  it('of free text have input events of their own', () => {
    const names = encode([
      start,
      { type: 'open', part: 0, kind: 'call', id: 'c', name: 'p', custom: true },
      { type: 'delta', part: 0, text: 'x' },
      { type: 'close', part: 0 },
      end,
    ]).map(({ name }) => name)
    expect(names.slice(3, 5)).toEqual(['response.custom_tool_call_input.delta', 'response.custom_tool_call_input.done'])
  })
})

describe('citations', () => {
  it('stand where their text stands in its own part', () => {
    const output = outputOf([
      start,
      ...text(0, 'Twelve chars'),
      { type: 'open', part: 1, kind: 'text' },
      { type: 'delta', part: 1, text: 'cited' },
      {
        type: 'citation',
        part: 1,
        citation: {
          kind: 'url',
          url: 'https://a.example',
          title: 'A',
          start: 12,
          end: 17,
          dialect: 'messages',
          raw: {},
        },
      },
      { type: 'close', part: 1 },
      end,
    ])
    const content = output[0]?.['content'] as { annotations: unknown[] }[]
    expect(content[1]?.annotations).toEqual([
      { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 5 },
    ])
  })

  it('of documents are dropped and declared', () => {
    const context = fromClaude()
    outputOf(
      [
        start,
        { type: 'open', part: 0, kind: 'text' },
        { type: 'delta', part: 0, text: 'x' },
        { type: 'citation', part: 0, citation: { kind: 'other', dialect: 'messages', raw: {} } },
        end,
      ],
      context,
    )
    expect(context.losses).toMatchObject([{ kind: 'dropped', path: 'output.content.annotations' }])
  })
})

describe('the end', () => {
  it.each([
    ['stop', 'completed', null],
    ['stop_sequence', 'completed', null],
    ['tool', 'completed', null],
    ['pause', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['context', 'incomplete', { reason: 'max_output_tokens' }],
    ['filter', 'incomplete', { reason: 'content_filter' }],
    ['refusal', 'incomplete', { reason: 'content_filter' }],
  ] as const)('by %s is %s', (finish, status, details) => {
    const last = encode([start, ...text(0, 'A'), { type: 'end', finish }]).at(-1)
    expect(last?.name).toBe(`response.${status}`)
    expect(last?.data['response']).toMatchObject({ status, incomplete_details: details, usage: null, error: null })
  })

  it('tells why a model refused, where it says so only beside the answer', () => {
    const output = outputOf([start, { type: 'end', finish: 'refusal', detail: { explanation: 'No.' } }])
    expect(output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'No.' }] }])
  })

  it('has usage with all details', () => {
    const usage = { input: 10, cached: 4, cacheWrite: 1, output: 5, reasoning: 2 }
    const last = encode([start, { type: 'end', finish: 'stop', usage }]).at(-1)
    expect(last?.data['response']).toMatchObject({
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 2 },
        total_tokens: 15,
      },
    })
  })

  it('repeats what was asked, and says that nothing is stored', () => {
    const echo = {
      instructions: 'Be kind.',
      tools: [{ type: 'web_search' }],
      text: { verbosity: 'low' },
      reasoning: { effort: 'high' },
      metadata: { a: 'b' },
      temperature: 0.2,
    }
    const context = { ...fromClaude(), request: requestOf({ echo, extra: { store: true } }) }
    for (const { data } of encode([start, end], context)) {
      expect(data['response']).toMatchObject({
        ...echo,
        text: { verbosity: 'low', format: { type: 'text' } },
        reasoning: { effort: 'high', summary: null },
        model: 'gpt-test',
        store: false,
        previous_response_id: null,
      })
    }
  })

  it("puts another API's content filter into its own list", () => {
    const results = { violence: { filtered: true, severity: 'high' } }
    const last = encode([
      start,
      { type: 'note', key: 'prompt_filter', value: [{ prompt_index: 0, content_filter_results: {} }] },
      { type: 'note', key: 'content_filter', value: results },
      { type: 'end', finish: 'filter' },
    ]).at(-1)
    expect(last?.data['response']).toMatchObject({
      content_filters: [
        { blocked: false, source_type: 'prompt', content_filter_results: {} },
        { blocked: true, source_type: 'completion', content_filter_results: results },
      ],
    })
  })
})

describe('a failure amid the answer', () => {
  const server = new AnswerServer()
  beforeAll(() => server.start())
  afterAll(() => server.stop())
  const error: HubEvent = {
    type: 'error',
    error: { status: 529, type: 'overloaded_error', message: 'Too busy.' },
  }

  it('is an error event and a failed response with what was said', () => {
    const events = encode([
      start,
      { type: 'open', part: 0, kind: 'text' },
      { type: 'delta', part: 0, text: 'A' },
      error,
    ])
    expect(events.slice(-2).map(({ name }) => name)).toEqual(['error', 'response.failed'])
    expect(events.at(-1)?.data['response']).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: 'Too busy.' },
      output: [{ status: 'incomplete' }],
    })
  })

  it('is an exception for users of the SDK', async () => {
    await expect(server.readStream(encodeAll([start, ...text(0, 'A'), error]))).rejects.toMatchObject({
      message: 'Too busy.',
      code: 'overloaded',
    })
  })

  it('of a relayed stream is one event', async () => {
    if (error.type !== 'error') throw new Error('not an error')
    const event = responses.encodeErrorEvent(error.error)
    const [wire] = wireEvents(event)
    expect(wire?.data).toMatchObject({ type: 'error', message: 'Too busy.', param: null, sequence_number: 0 })
    const begun = encodeAll([start, ...text(0, 'A')])
    await expect(server.readStream(begun + event)).rejects.toMatchObject({ message: 'Too busy.' })
  })
})
