import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LazuliError } from '../../../../electron/core/error.ts'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { HubEvent, Opaque } from '../../../../electron/core/hub.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'
import { checkStream } from './check-stream.ts'
import { contextOf, decodeChunks, encodeAll, joined, requestOf } from './support.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const part = fc.integer({ min: 0, max: 5 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })
const kinds = ['text', 'refusal', 'reasoning', 'call', 'foreign', 'image', 'file', 'audio', 'result'] as const

const opaque: fc.Arbitrary<Opaque> = fc.record({
  maker: fc.constantFrom('anthropic', 'openai'),
  kind: fc.constantFrom('signature', 'redacted', 'encrypted'),
  value: text,
})

/** Any event at all, in any order: parts that were never opened, twice opened, reopened, after the end. */
const anyEvent: fc.Arbitrary<HubEvent> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('start' as const), id: text, model: text, created: fc.nat() }),
  },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        type: fc.constant('open' as const),
        part,
        kind: fc.constantFrom(...kinds),
        id: fc.oneof(text, fc.constant('')),
        itemId: fc.constantFrom('a', 'b'),
        name: text,
        custom: fc.constant(true as const),
        reasoning: fc.constantFrom('summary' as const, 'full' as const),
        phase: fc.constantFrom('commentary' as const, 'final_answer' as const),
      },
      { requiredKeys: ['type', 'part', 'kind'] },
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant('delta' as const), part, text: fc.oneof(text, fc.constant('')) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('section' as const), part }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('citation' as const),
      part,
      citation: fc.record({
        kind: fc.constantFrom('url' as const, 'other' as const),
        url: text,
        dialect: fc.constantFrom('chat' as const, 'messages' as const, 'responses' as const),
        raw: fc.anything(),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('opaque' as const), part, opaque }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('foreign' as const),
      part,
      dialect: fc.constantFrom('responses' as const, 'messages' as const),
      raw: fc.oneof(fc.anything(), fc.record({ type: text, id: fc.constantFrom('a', 'b') })),
    }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('close' as const), part }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('note' as const),
      key: fc.constantFrom('prompt_filter' as const, 'content_filter' as const),
      value: fc.jsonValue(),
    }),
  },
)

const anyEnd: fc.Arbitrary<HubEvent> = fc.oneof(
  fc.record({
    type: fc.constant('end' as const),
    finish: fc.constantFrom('stop', 'stop_sequence', 'length', 'context', 'tool', 'filter', 'refusal', 'pause'),
    detail: fc.constantFrom(undefined, { explanation: 'No.' }),
  }),
  fc.record({
    type: fc.constant('error' as const),
    error: fc.record({ status: fc.integer({ min: 400, max: 599 }), type: text, message: text }),
  }),
)

describe('any sequence of events', () => {
  test('is written in the order that clients rely on', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 40 }),
        anyEnd,
        fc.array(anyEvent, { maxLength: 3 }),
        (before, end, after) => {
          checkStream(encodeAll([...before, end, ...after], contextOf({ upstreamDialect: 'chat' })))
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('is in order as far as it came', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        checkStream(encodeAll(events), { mayBeUnfinished: true })
      }),
    )
  })

  test('folds into the response that its stream ends with', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), anyEnd, (events, end) => {
        const streamed =
          encodeAll([...events, end])
            .trimEnd()
            .split('\n')
            .at(-1) ?? ''
        const last = JSON.parse(streamed.slice('data: '.length)) as { response: unknown }
        const whole: unknown = JSON.parse(JSON.stringify(responses.encodeAnswer([...events, end], contextOf())))
        expect(whole).toEqual(last.response)
      }),
    )
  })
})

/** Parts as Responses can hold them, one after the other. */
const wholePart: fc.Arbitrary<(part: number, itemId: string) => HubEvent[]> = fc.oneof(
  fc
    .record({ pieces: fc.array(text, { minLength: 1, maxLength: 3 }), refusal: fc.boolean(), phase: fc.boolean() })
    .map(({ pieces, refusal, phase }) => (number: number, itemId: string): HubEvent[] => [
      {
        type: 'open',
        part: number,
        kind: refusal ? 'refusal' : 'text',
        itemId: `msg_${itemId}`,
        ...(phase ? { phase: 'commentary' } : {}),
      },
      ...pieces.map((piece): HubEvent => ({ type: 'delta', part: number, text: piece })),
      { type: 'close', part: number },
    ]),
  fc
    .record({
      texts: fc.array(fc.array(text, { minLength: 1, maxLength: 2 }), { maxLength: 3 }),
      value: maybe(text),
      full: fc.boolean(),
    })
    .map(({ texts, value, full }) => (number: number, itemId: string): HubEvent[] => [
      {
        type: 'open',
        part: number,
        kind: 'reasoning',
        // Without a text nothing tells which kind it is.
        reasoning: full && texts.length > 0 ? 'full' : 'summary',
        itemId: `rs_${itemId}`,
      },
      ...texts.flatMap((pieces, index): HubEvent[] => [
        ...(index === 0 ? [] : [{ type: 'section' as const, part: number }]),
        ...pieces.map((piece): HubEvent => ({ type: 'delta', part: number, text: piece })),
      ]),
      ...(value === undefined
        ? []
        : [
            {
              type: 'opaque' as const,
              part: number,
              opaque: { maker: 'openai' as const, kind: 'encrypted' as const, value, itemId: `rs_${itemId}` },
            },
          ]),
      { type: 'close', part: number },
    ]),
  fc
    .record({ pieces: fc.array(text, { maxLength: 3 }), custom: fc.boolean(), name: text, namespace: maybe(text) })
    .map(({ pieces, custom, name, namespace }) => (number: number, itemId: string): HubEvent[] => [
      {
        type: 'open',
        part: number,
        kind: 'call',
        id: `call_${itemId}`,
        name,
        ...(custom ? { custom: true } : {}),
        itemId: `fc_${itemId}`,
        ...(namespace === undefined ? {} : { namespace }),
      },
      ...pieces.map((piece): HubEvent => ({ type: 'delta', part: number, text: piece })),
      { type: 'close', part: number },
    ]),
  fc.constantFrom('web_search_call', 'mcp_call').map((type) => (number: number, itemId: string): HubEvent[] => [
    { type: 'open', part: number, kind: 'foreign' },
    { type: 'foreign', part: number, dialect: 'responses', raw: { type, id: `ws_${itemId}`, status: 'completed' } },
    { type: 'close', part: number },
  ]),
)

const wholeAnswer = fc
  .record({
    parts: fc.array(wholePart, { maxLength: 6 }),
    finish: fc.constantFrom('stop' as const, 'length' as const, 'filter' as const),
    usage: maybe(
      fc.record(
        { input: fc.nat(), cached: fc.nat(), output: fc.nat(), reasoning: fc.nat() },
        { noNullPrototype: true },
      ),
    ),
  })
  .map(({ parts, finish, usage }): HubEvent[] => {
    const body = parts.flatMap((make, index) => make(index, `i${index}`))
    const hasCalls = body.some((event) => event.type === 'open' && event.kind === 'call')
    const start: HubEvent[] = [{ type: 'start', id: 'resp_1', model: 'gpt-test', created: 1_700_000_000 }]
    const derived = finish === 'stop' && hasCalls ? 'tool' : finish
    const end: HubEvent = usage ? { type: 'end', finish: derived, usage } : { type: 'end', finish: derived }
    return start.concat(body, end)
  })

describe('an answer that Responses can hold', () => {
  test('comes back as itself from its stream', () => {
    fc.assert(
      fc.property(wholeAnswer, (events) => {
        const written = encodeAll(events)
        checkStream(written)
        expect(joined(decodeChunks([Buffer.from(written)]))).toEqual(joined(events))
      }),
      { numRuns: 300 },
    )
  })

  test('comes back as itself from the whole response', () => {
    fc.assert(
      fc.property(wholeAnswer, (events) => {
        const whole: unknown = JSON.parse(JSON.stringify(responses.encodeAnswer(events, contextOf())))
        expect(joined(responses.decodeAnswer(whole, contextOf()))).toEqual(joined(events))
      }),
      { numRuns: 300 },
    )
  })
})

const eventTypes = [
  'response.created',
  'response.output_item.added',
  'response.output_item.done',
  'response.content_part.added',
  'response.content_part.done',
  'response.output_text.delta',
  'response.output_text.done',
  'response.output_text.annotation.added',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_summary_part.done',
  'response.reasoning_text.done',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.done',
  'response.completed',
  'response.incomplete',
  'response.failed',
  'error',
  'something.new',
]

describe('no input makes a codec throw', () => {
  const loose = fc.record(
    {
      type: fc.constantFrom(...eventTypes),
      output_index: fc.oneof(fc.nat(3), fc.jsonValue()),
      content_index: fc.oneof(fc.nat(3), fc.jsonValue()),
      summary_index: fc.nat(2),
      item_id: fc.constantFrom('a', 'b', 1),
      delta: fc.oneof(fc.string(), fc.jsonValue()),
      text: fc.oneof(fc.string(), fc.jsonValue()),
      arguments: fc.jsonValue(),
      annotation: fc.jsonValue(),
      part: fc.oneof(
        fc.jsonValue(),
        fc.record({ type: fc.constantFrom('output_text', 'refusal', 'summary_text'), text: fc.string() }),
      ),
      item: fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            type: fc.constantFrom('message', 'reasoning', 'function_call', 'custom_tool_call', 'web_search_call'),
            id: fc.constantFrom('a', 'b'),
            content: fc.jsonValue(),
            summary: fc.jsonValue(),
            arguments: fc.jsonValue(),
          },
          { requiredKeys: ['type'] },
        ),
      ),
      response: fc.oneof(fc.jsonValue(), fc.record({ output: fc.jsonValue(), usage: fc.jsonValue() })),
      error: fc.jsonValue(),
    },
    { requiredKeys: ['type'] },
  )

  test('events of any shape end in one end or error, and are told in order', () => {
    fc.assert(
      fc.property(fc.array(loose, { maxLength: 12 }), (wire) => {
        const body = wire.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
        const events = decodeChunks([Buffer.from(body)])
        expect(events.filter((event) => event.type === 'end' || event.type === 'error')).toHaveLength(1)
        expect(['end', 'error']).toContain(events.at(-1)?.type)
        checkStream(encodeAll(events))
      }),
      { numRuns: 1000 },
    )
  })

  test('text that is no event stream is an error', () => {
    fc.assert(
      fc.property(fc.string(), (body) => {
        expect(decodeChunks([Buffer.from(body)]).at(-1)?.type).toBe('error')
      }),
    )
  })

  test('whole answers of any shape', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ output: fc.array(fc.jsonValue()) })), (body) => {
        const events = responses.decodeAnswer(body, contextOf())
        expect(['end', 'error']).toContain(events.at(-1)?.type)
      }),
    )
  })

  test('requests of any shape are taken or refused with a path', () => {
    const item = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          type: fc.constantFrom(
            'message',
            'reasoning',
            'function_call',
            'function_call_output',
            'additional_tools',
            'x',
          ),
          role: fc.constantFrom('user', 'assistant', 'developer', 'x'),
          content: fc.oneof(fc.string(), fc.jsonValue(), fc.array(fc.record({ type: fc.constant('input_text') }))),
          call_id: fc.string(),
          name: fc.string(),
          output: fc.jsonValue(),
          encrypted_content: fc.string(),
        },
        { requiredKeys: [] },
      ),
    )
    const body = fc.record(
      {
        model: fc.oneof(fc.string(), fc.jsonValue()),
        input: fc.oneof(fc.string(), fc.array(item), fc.jsonValue()),
        tools: fc.oneof(fc.array(fc.record({ type: fc.constant('function'), name: fc.string() })), fc.jsonValue()),
        text: fc.jsonValue(),
        reasoning: fc.jsonValue(),
        include: fc.jsonValue(),
        tool_choice: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(body, fc.jsonValue()), (value) => {
        try {
          const { request } = responses.decodeRequest(value)
          responses.encodeRequest(request, { deployment: 'd', profile: profileOf('gpt-5'), stream: true })
        } catch (error) {
          expect(error).toBeInstanceOf(LazuliError)
          expect((error as LazuliError).status).toBe(400)
          expect((error as LazuliError).param).toBeTruthy()
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('a request of another dialect with nothing in it', () => {
    const { body } = responses.encodeRequest(requestOf({ dialect: 'chat', turns: [] }), {
      deployment: 'd',
      profile: profileOf('gpt-4o'),
      stream: false,
    })
    expect(body['input']).toHaveLength(1)
  })
})
