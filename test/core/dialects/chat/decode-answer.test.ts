import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import { contextOf, decodeStream, fixture } from './context.ts'

const decode = (name: string): unknown[] => chat.decodeAnswer(JSON.parse(fixture(name)), contextOf())

describe('the decoder of whole Chat answers', () => {
  it('reads parallel calls', () => {
    expect(decode('chat__openllmetry__test_functions__test_open_ai_function_calls_tools_parallel__0.json')).toEqual([
      {
        type: 'start',
        id: 'chatcmpl-9g4cZhrW9CsqihSvXslk0EUtjASsO',
        model: 'gpt-3.5-turbo-0125',
        created: 1_719_814_567,
      },
      { type: 'open', part: 0, kind: 'call', id: 'call_3JNWJ9wdfRsmkhKWql4HqJhR', name: 'get_current_weather' },
      { type: 'delta', part: 0, text: '{"location": "San Francisco"}' },
      { type: 'close', part: 0 },
      { type: 'open', part: 1, kind: 'call', id: 'call_8jQ7TzSBlLV4tzrMRpq5Tg98', name: 'get_current_weather' },
      { type: 'delta', part: 1, text: '{"location": "Boston"}' },
      { type: 'close', part: 1 },
      { type: 'end', finish: 'tool', usage: { input: 70, output: 46 } },
    ])
  })

  it('reads a refusal', () => {
    expect(decode('chat__openllmetry__test_chat_parse__test_parsed_refused_completion__0.json').slice(1, 3)).toEqual([
      { type: 'open', part: 0, kind: 'refusal' },
      { type: 'delta', part: 0, text: "I'm very sorry, but I can't assist with that request." },
    ])
  })

  it('reads a filtered answer without a message, with both verdicts', () => {
    const events = decode('chat__openllmetry__test_azure__test_chat_content_filtering__0.json')
    expect(events.slice(1)).toEqual([
      { type: 'note', key: 'prompt_filter', value: [expect.objectContaining({ prompt_index: 0 })] },
      {
        type: 'note',
        key: 'content_filter',
        value: expect.objectContaining({ hate: { filtered: true, severity: 'high' } }) as unknown,
      },
      { type: 'end', finish: 'filter', usage: { input: 15, output: 19 } },
    ])
  })

  it('reads cached tokens', () => {
    const events = decode('chat__openllmetry__test_prompt_caching__test_openai_prompt_caching__1.json')
    expect(events.at(-1)).toMatchObject({ usage: { cached: 1024, reasoning: 0 } })
  })

  it('takes an answer without choices for an empty one', () => {
    expect(chat.decodeAnswer({ id: 'a', model: 'm', created: 1, choices: [] }, contextOf())).toEqual([
      { type: 'start', id: 'a', model: 'm', created: 1 },
      { type: 'end', finish: 'stop' },
    ])
  })

  it('makes an error of an error with status 200, and of what is no completion', () => {
    const error = (body: unknown): unknown => chat.decodeAnswer(body, contextOf())[0]
    expect(error({ error: { message: 'm', status: 503 } })).toMatchObject({ type: 'error', error: { status: 503 } })
    expect(error({ error: { message: 'm' } })).toMatchObject({ type: 'error', error: { status: 400 } })
    for (const body of [null, 'x', [], {}, { choices: 7 }]) {
      expect(error(body)).toMatchObject({ type: 'error', error: { code: 'proxy_upstream_malformed', status: 502 } })
    }
  })
})

/** JSON that looks like a completion in places and like anything in others. */
const nearlyChunk = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('', 'x', '{}', '{"a":1}'),
    tie('object'),
    fc.array(tie('object'), { maxLength: 2 }),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      'id',
      'model',
      'created',
      'choices',
      'index',
      'delta',
      'message',
      'finish_reason',
      'content',
      'refusal',
      'tool_calls',
      'function',
      'custom',
      'name',
      'arguments',
      'input',
      'usage',
      'prompt_tokens',
      'logprobs',
      'annotations',
      'type',
      'text',
      'reasoning_content',
      'reasoning_details',
      'signature',
      'prompt_filter_results',
      'content_filter_results',
      'function_call',
    ),
    tie('value'),
    { maxKeys: 6 },
  ),
})).object

describe('whatever an upstream sends', () => {
  it('no decoder throws, and exactly one end or error closes the list', () => {
    fc.assert(
      fc.property(fc.array(nearlyChunk, { maxLength: 6 }), fc.boolean(), (chunks, done) => {
        const text =
          chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('') + (done ? 'data: [DONE]\n\n' : '')
        for (const events of [decodeStream(text), chat.decodeAnswer(chunks[0], contextOf())]) {
          const closing = events.filter((event) => event.type === 'end' || event.type === 'error')
          expect(closing).toHaveLength(1)
          expect(events.at(-1)).toBe(closing[0])
          const open = new Set<number>()
          let opened = -1
          for (const event of events) {
            if (event.type === 'open') {
              opened += 1
              expect(event.part).toBe(opened)
              open.add(event.part)
            } else if (event.type === 'close') expect(open.delete(event.part)).toBe(true)
            else if (event.type === 'delta' || event.type === 'citation' || event.type === 'opaque')
              expect(open.has(event.part)).toBe(true)
          }
          if (closing[0]?.type === 'end') expect(open.size).toBe(0)
        }
      }),
      { numRuns: 500 },
    )
  })
})
