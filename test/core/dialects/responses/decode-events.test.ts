import { describe, expect, it } from 'vitest'
import type { AnswerContext } from '../../../../electron/core/dialects/dialect.ts'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { contextOf, decodeChunks, stream } from './support.ts'

const created = { type: 'response.created', response: { id: 'resp_1', model: 'gpt-5', created_at: 7 } }
const completed = { type: 'response.completed', response: { id: 'resp_1', status: 'completed' } }

function decode(events: Record<string, unknown>[], context: AnswerContext = contextOf()): HubEvent[] {
  return decodeChunks([stream(...events)], context)
}

/** The text of each part. */
function textsOf(events: readonly HubEvent[]): string[] {
  const texts = new Map<number, string>()
  for (const event of events) {
    if (event.type === 'open') texts.set(event.part, '')
    if (event.type === 'delta') texts.set(event.part, `${texts.get(event.part) ?? ''}${event.text}`)
  }
  return [...texts.values()]
}

const added = (item: Record<string, unknown>, output_index = 0): Record<string, unknown> => ({
  type: 'response.output_item.added',
  output_index,
  item,
})
const done = (item: Record<string, unknown>, output_index = 0): Record<string, unknown> => ({
  type: 'response.output_item.done',
  output_index,
  item,
})

describe('what the pieces left out', () => {
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f' }

  it('comes from the end of the arguments', () => {
    const events = decode([
      created,
      added({ ...call, arguments: '' }),
      { type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 0, arguments: '{"a":1}' },
      done({ ...call, arguments: '{"a":1}' }),
      completed,
    ])
    expect(events.slice(1)).toEqual([
      { type: 'open', part: 0, kind: 'call', id: 'call_1', name: 'f', itemId: 'fc_1' },
      { type: 'delta', part: 0, text: '{"a":1}' },
      { type: 'close', part: 0 },
      { type: 'end', finish: 'tool' },
    ])
  })

  it('comes from the end of the item, or of the whole answer', () => {
    const delta = { type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 0, delta: '{"a"' }
    const whole = { ...call, arguments: '{"a":1}' }
    expect(textsOf(decode([created, added(call), delta, done(whole), completed]))).toEqual(['{"a":1}'])
    const last = { ...completed, response: { ...completed.response, output: [whole] } }
    expect(textsOf(decode([created, added(call), delta, last]))).toEqual(['{"a":1}'])
    expect(textsOf(decode([created, last]))).toEqual(['{"a":1}'])
  })

  it('is nothing where a correction would contradict what was said', () => {
    const context = contextOf()
    const message = { type: 'message', id: 'msg_1', role: 'assistant' }
    const events = decode(
      [
        created,
        added({ ...message, content: [] }),
        { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Yes' },
        { type: 'response.output_text.done', item_id: 'msg_1', output_index: 0, content_index: 0, text: 'No' },
        done({ ...message, content: [{ type: 'output_text', text: 'No', annotations: [] }] }),
        completed,
      ],
      context,
    )
    expect(textsOf(events)).toEqual(['Yes'])
    expect(context.losses).toMatchObject([
      { path: 'output', kind: 'degraded' },
      { path: 'output', kind: 'degraded' },
    ])
  })

  it('may be everything but the text: an item that was never announced', () => {
    const delta = {
      type: 'response.output_text.delta',
      item_id: 'msg_9',
      output_index: 3,
      content_index: 0,
      delta: 'Hi',
    }
    expect(textsOf(decode([created, delta, completed]))).toEqual(['Hi'])
  })
})

describe('reasoning', () => {
  const item = { type: 'reasoning', id: 'rs_1' }
  const place = { item_id: 'rs_1', output_index: 0 }

  it('has one part per item, with a section for each further summary', () => {
    const delta = (summary_index: number, text: string): Record<string, unknown> => ({
      type: 'response.reasoning_summary_text.delta',
      ...place,
      summary_index,
      delta: text,
    })
    const texts = ['One', 'Two'].map((text) => ({ type: 'summary_text', text }))
    const events = decode([
      created,
      added({ ...item, summary: [], encrypted_content: 'early' }),
      delta(0, 'On'),
      delta(0, 'e'),
      delta(1, 'Two'),
      done({ ...item, summary: texts, encrypted_content: 'final' }),
      completed,
    ])
    expect(events.slice(1, -1)).toEqual([
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'summary', itemId: 'rs_1' },
      { type: 'delta', part: 0, text: 'On' },
      { type: 'delta', part: 0, text: 'e' },
      { type: 'section', part: 0 },
      { type: 'delta', part: 0, text: 'Two' },
      {
        type: 'opaque',
        part: 0,
        opaque: { maker: 'openai', kind: 'encrypted', value: 'final', itemId: 'rs_1' },
      },
      { type: 'close', part: 0 },
    ])
  })

  it('may be told in full, as open models do', () => {
    const events = decode([
      created,
      added({ ...item, summary: [] }),
      { type: 'response.reasoning_text.delta', ...place, content_index: 0, delta: 'Hm' },
      done({ ...item, summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }),
      completed,
    ])
    expect(events[1]).toMatchObject({ reasoning: 'full' })
    expect(textsOf(events)).toEqual(['Hm.'])
  })
})

describe('tools of the client', () => {
  it('have their names, namespaces and free text back', () => {
    const context = contextOf({
      undo: {
        toolNames: new Map([['ns__read', 'read']]),
        namespaces: new Map([['ns__read', 'ns']]),
        wrappedCustomTools: new Set(['patch']),
      },
    })
    const events = decode(
      [
        created,
        done({ type: 'function_call', id: 'fc_1', call_id: 'a', name: 'ns__read', arguments: '{}' }),
        added({ type: 'function_call', id: 'fc_2', call_id: 'b', name: 'patch', arguments: '' }, 1),
        { type: 'response.function_call_arguments.delta', item_id: 'fc_2', output_index: 1, delta: '{"input":"li' },
        { type: 'response.function_call_arguments.delta', item_id: 'fc_2', output_index: 1, delta: 'ne\\n"}' },
        done({ type: 'function_call', id: 'fc_2', call_id: 'b', name: 'patch', arguments: '{"input":"line\\n"}' }, 1),
        completed,
      ],
      context,
    )
    const opened = events.filter((event) => event.type === 'open')
    expect(opened).toMatchObject([
      { name: 'read', namespace: 'ns' },
      { name: 'patch', custom: true },
    ])
    expect(textsOf(events)).toEqual(['{}', 'line\n'])
  })
})

describe('the end', () => {
  it.each([
    ['response.completed', { status: 'completed' }, 'stop'],
    ['response.incomplete', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
    ['response.incomplete', { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'filter'],
  ])('%s of %j is %s', (type, response, finish) => {
    const usage = {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 2 },
    }
    expect(decode([created, { type, response: { ...response, usage } }]).at(-1)).toEqual({
      type: 'end',
      finish,
      usage: { input: 10, cached: 4, cacheWrite: 1, output: 5, reasoning: 2 },
    })
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'a flat error',
      { type: 'error', code: 'rate_limit_exceeded', message: 'Slow.', param: null, sequence_number: 3 },
      { status: 429, type: 'rate_limit_error', message: 'Slow.' },
    ],
    [
      'a nested error',
      { type: 'error', error: { type: 'invalid_request_error', code: 'context_length_exceeded', message: 'Long.' } },
      { status: 400, code: 'context_length_exceeded' },
    ],
    [
      'a failed response',
      { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'Oh.' } } },
      { status: 500, code: 'server_error', message: 'Oh.' },
    ],
    ['a failed response that does not say why', { type: 'response.failed', response: {} }, { status: 502 }],
    ['an error without a type', { error: { code: 'too_many_requests', message: 'Slow.' } }, { status: 429 }],
  ])('%s is an error, and nothing follows', (_, event, error) => {
    const events = decode([created, event, completed])
    expect(events.at(-1)).toMatchObject({ type: 'error', error })
    expect(events.filter((one) => one.type === 'end')).toEqual([])
  })

  it('is an error where the stream just stops, is no JSON or a whole answer is not done', () => {
    expect(decode([created]).at(-1)).toMatchObject({ error: { code: 'proxy_upstream_incomplete' } })
    expect(decodeChunks([Buffer.from('data: {oops\n\n')]).at(-1)).toMatchObject({
      error: { code: 'proxy_upstream_malformed' },
    })
    const queued = responses.decodeAnswer({ id: 'resp_1', status: 'queued', output: [] }, contextOf())
    expect(queued.at(-1)).toMatchObject({ error: { code: 'proxy_upstream_incomplete' } })
    const other = responses.decodeAnswer({ object: 'chat.completion', choices: [] }, contextOf())
    expect(other.at(-1)).toMatchObject({ error: { code: 'proxy_upstream_malformed' } })
  })
})
