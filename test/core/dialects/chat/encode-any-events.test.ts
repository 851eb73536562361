import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import type { HubEvent, PartKind } from '../../../../electron/core/hub.ts'
import { chunksOf, contextOf, decodeStream, encodeStream, summarise } from './context.ts'

interface Chunk {
  id: string
  object: string
  created: number
  model: string
  choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[]
  usage?: unknown
  error?: unknown
}

const start: Extract<HubEvent, { type: 'start' }> = { type: 'start', id: 'msg_1', model: 'upstream', created: 7 }
const end: HubEvent = { type: 'end', finish: 'stop', usage: { input: 2, output: 3, cached: 1, reasoning: 2 } }

const kinds: PartKind[] = ['text', 'refusal', 'call', 'reasoning', 'foreign', 'result', 'image']
const piece = fc.string({ unit: 'binary', maxLength: 8 })

const anyEvent: fc.Arbitrary<HubEvent> = fc.oneof(
  fc.constant(start),
  fc.record({ type: fc.constant('open' as const), part: fc.nat(4), kind: fc.constantFrom(...kinds) }),
  fc.record({ type: fc.constant('delta' as const), part: fc.nat(4), text: piece }),
  fc.record({ type: fc.constant('section' as const), part: fc.nat(4) }),
  fc.record({ type: fc.constant('close' as const), part: fc.nat(4) }),
  fc.record({
    type: fc.constant('opaque' as const),
    part: fc.nat(4),
    opaque: fc.record({
      maker: fc.constantFrom('anthropic' as const, 'openai' as const),
      kind: fc.constantFrom('signature' as const, 'redacted' as const, 'encrypted' as const),
      value: piece,
    }),
  }),
  fc.record({
    type: fc.constant('citation' as const),
    part: fc.nat(4),
    citation: fc.record({
      kind: fc.constantFrom('url' as const, 'other' as const),
      url: fc.webUrl(),
      dialect: fc.constant('messages' as const),
      raw: fc.constant({}),
    }),
  }),
  fc.record({
    type: fc.constant('foreign' as const),
    part: fc.nat(4),
    dialect: fc.constant('messages' as const),
    raw: fc.anything(),
  }),
  fc.record({
    type: fc.constant('note' as const),
    key: fc.constantFrom('prompt_filter' as const, 'content_filter' as const),
    value: fc.jsonValue(),
  }),
  fc.record({
    type: fc.constant('end' as const),
    finish: fc.constantFrom('stop' as const, 'tool' as const, 'pause' as const, 'refusal' as const),
    detail: fc.jsonValue(),
  }),
  fc.record({
    type: fc.constant('error' as const),
    error: fc.record({ status: fc.integer({ min: 400, max: 599 }), type: piece, message: piece }),
  }),
)

describe('for any sequence of hub events', () => {
  it('the stream keeps the order rules of Chat', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const chunks = chunksOf(encodeStream(events))
        const done = chunks.indexOf('[DONE]')
        expect(done === -1 || done === chunks.length - 1).toBe(true)
        const objects = chunks.filter((chunk) => chunk !== '[DONE]') as Chunk[]
        const errors = objects.filter((chunk) => chunk.error !== undefined)
        expect(errors.length).toBeLessThanOrEqual(1)
        if (errors.length === 1) expect(objects.at(-1)).toBe(errors[0])
        const regular = objects.filter((chunk) => chunk.error === undefined)
        if (errors.length === 0 && done === -1 && events.length > 0) expect(regular.length).toBeGreaterThan(0)
        expect(
          new Set(regular.map(({ id, created, model, object }) => `${id} ${created} ${model} ${object}`)).size,
        ).toBeLessThanOrEqual(1)
        const choices = regular.flatMap((chunk) => chunk.choices)
        if (choices.length > 0) expect(choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
        const finishes = choices.filter((choice) => choice.finish_reason !== null)
        expect(finishes).toHaveLength(done === -1 ? 0 : 1)
        const calls = choices.flatMap(
          (choice) => (choice.delta['tool_calls'] ?? []) as { index: number; id?: string }[],
        )
        const opened = calls.filter((call) => call.id !== undefined).map((call) => call.index)
        expect(opened).toEqual(opened.map((_, index) => index))
        let known = 0
        for (const call of calls) {
          if (call.id === undefined) expect(call.index).toBeLessThan(known)
          else known = call.index + 1
        }
      }),
      { numRuns: 300 },
    )
  })

  it('a stream and a whole answer tell the same', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        const calm: HubEvent[] = [start, ...events.filter(({ type }) => type !== 'error' && type !== 'end'), end]
        const whole = chat.encodeAnswer(calm, contextOf())
        const fromStream = summarise(decodeStream(encodeStream(calm)))
        const fromWhole = summarise(chat.decodeAnswer(whole, contextOf()))
        const texts = (list: unknown[], kind: string): string =>
          list
            .map((part) => ((part as { kind?: string }).kind === kind ? (part as { text: string }).text : ''))
            .join('')
        expect(texts(fromWhole, 'text')).toBe(texts(fromStream, 'text'))
        expect(texts(fromWhole, 'refusal')).toBe(texts(fromStream, 'refusal'))
        const calls = (list: unknown[]): unknown[] => list.filter((part) => (part as { kind?: string }).kind === 'call')
        expect(calls(fromWhole)).toEqual(calls(fromStream))
        expect(fromWhole.at(-1)).toEqual(fromStream.at(-1))
      }),
      { numRuns: 200 },
    )
  })
})

/** Answers that Chat can hold: parts one after another, thoughts before text before calls, citations of URLs. */
const heldAnswer: fc.Arbitrary<HubEvent[]> = fc
  .record({
    thoughts: fc.array(
      fc.record({
        text: fc.array(piece, { maxLength: 3 }),
        reasoning: fc.constantFrom('full' as const, 'summary' as const),
        opaque: fc.option(
          fc.record({
            maker: fc.constantFrom('anthropic' as const, 'openai' as const),
            kind: fc.constantFrom('signature' as const, 'redacted' as const, 'encrypted' as const),
            value: fc.string({ minLength: 1 }),
          }),
        ),
      }),
      { maxLength: 3 },
    ),
    text: fc.array(piece, { maxLength: 4 }),
    refusal: fc.array(piece, { maxLength: 2 }),
    calls: fc.array(fc.record({ name: fc.stringMatching(/^\w{1,8}$/), text: fc.array(piece, { maxLength: 3 }) }), {
      maxLength: 3,
    }),
    finish: fc.constantFrom('stop' as const, 'length' as const, 'filter' as const),
    usage: fc.option(
      fc.record({ input: fc.nat(), output: fc.nat(), cached: fc.nat(), cacheWrite: fc.nat(), reasoning: fc.nat() }),
    ),
  })
  .map(({ thoughts, text, refusal, calls, finish, usage }) => {
    const events: HubEvent[] = [{ ...start, model: 'asked-model' }]
    let part = 0
    const add = (open: object, pieces: readonly string[], opaque?: object | null): void => {
      const whole = pieces.filter((one) => one !== '')
      if (whole.length === 0 && !opaque && !('name' in open)) return
      events.push({ type: 'open', part, ...open } as HubEvent)
      for (const one of whole) events.push({ type: 'delta', part, text: one })
      if (opaque) events.push({ type: 'opaque', part, opaque } as HubEvent)
      events.push({ type: 'close', part })
      part += 1
    }
    for (const { text: pieces, reasoning, opaque } of thoughts) {
      // A signature signs a text, everything else belongs to a summary: this is how the makers write them.
      const kind = opaque?.kind === 'signature' ? 'full' : opaque ? 'summary' : reasoning
      add({ kind: 'reasoning', reasoning: kind }, pieces, opaque)
    }
    add({ kind: 'text' }, text)
    add({ kind: 'refusal' }, refusal)
    for (const [index, call] of calls.entries()) {
      add({ kind: 'call', id: `call_${index}`, name: call.name }, ['{', ...call.text])
    }
    const derived = finish === 'stop' && calls.length > 0 ? 'tool' : finish
    events.push({ type: 'end', finish: derived, ...(usage === null ? {} : { usage }) })
    return events
  })

describe('an answer that Chat can hold', () => {
  it('comes back as it was, from a stream', () => {
    fc.assert(
      fc.property(heldAnswer, (events) => {
        expect(summarise(decodeStream(encodeStream(events)))).toEqual(summarise(events))
      }),
      { numRuns: 500 },
    )
  })

  it('comes back as it was, from a whole answer', () => {
    fc.assert(
      fc.property(heldAnswer, (events) => {
        const body: unknown = JSON.parse(JSON.stringify(chat.encodeAnswer(events, contextOf())))
        expect(summarise(chat.decodeAnswer(body, contextOf()))).toEqual(summarise(events))
      }),
      { numRuns: 500 },
    )
  })
})
