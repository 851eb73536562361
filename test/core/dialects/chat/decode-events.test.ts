import { describe, expect, it } from 'vitest'
import type { HubEvent } from '../../../../electron/core/hub.ts'
import { contextOf, decodeStream, fixture } from './context.ts'

const data = (...chunks: unknown[]): string =>
  chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join('')

const delta = (fields: unknown, finish: string | null = null, rest: object = {}): unknown => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 7,
  model: 'm',
  choices: [{ index: 0, delta: fields, finish_reason: finish, ...rest }],
})

const call = (index: number | undefined, id: string | undefined, name: string | undefined, text: string): unknown =>
  delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] })

const start: HubEvent = { type: 'start', id: 'chatcmpl-1', model: 'm', created: 7 }

function decode(...chunks: unknown[]): HubEvent[] {
  return decodeStream(data(...chunks))
}

const streams = [
  'chat__ai__azure-model-router.1.sse',
  'chat__ai__moonshotai-stream.sse',
  'chat__openllmetry__test_azure__test_chat_streaming__0.sse',
  'chat__openllmetry__test_functions__test_open_ai_function_calls_tools_streaming_parallel__0.sse',
]

describe('the decoder of Chat streams', () => {
  it.each(streams)('reads %s alike byte by byte, in odd pieces, and with CRLF', (name) => {
    const text = fixture(name)
    const whole = decodeStream(text)
    expect(whole.at(-1)?.type).toBe('end')
    for (const size of [1, 7, 61]) expect(decodeStream(text, contextOf(), size)).toEqual(whole)
    expect(decodeStream(text.replaceAll('\n', '\r\n'), contextOf(), 3)).toEqual(whole)
  })

  it('takes id and model from the first chunk that has them, behind an empty chunk with the verdict on the prompt', () => {
    const events = decodeStream(fixture('chat__ai__azure-model-router.1.sse'))
    expect(events[0]).toEqual({
      type: 'start',
      id: 'chatcmpl-CYPS1lijGoK8gd9lYzY3r9Sx50nbt',
      model: 'gpt-5-nano-2025-08-07',
      created: 1_762_317_021,
    })
    expect(events[1]).toMatchObject({ type: 'note', key: 'prompt_filter', value: [{ prompt_index: 0 }] })
    expect(events.filter((event) => event.type === 'note')).toHaveLength(1)
  })

  it('reads reasoning, text and usage that sits in the last content chunk', () => {
    const events = decodeStream(fixture('chat__ai__moonshotai-stream.sse'))
    expect(events).toEqual([
      { type: 'start', id: 'chatcmpl-stream', model: 'kimi-k3', created: 1_785_880_003 },
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'full' },
      { type: 'delta', part: 0, text: 'Thinking ' },
      { type: 'delta', part: 0, text: 'aloud. ' },
      { type: 'close', part: 0 },
      { type: 'open', part: 1, kind: 'text' },
      { type: 'delta', part: 1, text: 'Hello' },
      { type: 'delta', part: 1, text: '!' },
      { type: 'close', part: 1 },
      { type: 'end', finish: 'stop', usage: { input: 9, output: 12, reasoning: 7 } },
    ])
  })

  it('closes one parallel call before the next opens when its arguments are whole', () => {
    const events = decodeStream(fixture(streams[3] ?? ''))
    const order = events.filter((event) => event.type === 'open' || event.type === 'close')
    expect(order.map((event) => `${event.type} ${event.part}`)).toEqual(['open 0', 'close 0', 'open 1', 'close 1'])
    expect(events.at(-1)).toMatchObject({ type: 'end', finish: 'tool' })
  })

  it('keeps interleaved calls apart', () => {
    const events = decode(
      call(0, 'a', 'f', ''),
      call(1, 'b', 'g', ''),
      call(0, undefined, undefined, '{"x":'),
      call(1, undefined, undefined, '{"y":'),
      call(0, undefined, undefined, '1}'),
      call(1, undefined, undefined, '2}'),
      delta({}, 'tool_calls'),
      '[DONE]',
    )
    const textOf = (part: number): string =>
      events.map((event) => (event.type === 'delta' && event.part === part ? event.text : '')).join('')
    expect([textOf(0), textOf(1)]).toEqual(['{"x":1}', '{"y":2}'])
  })

  it('keeps a free-text call open, for its text may look whole', () => {
    const custom = (index: number, id: string | undefined, input: string): unknown =>
      delta({ tool_calls: [{ index, id, type: 'custom', custom: { name: id && 'p', input } }] })
    const events = decode(
      custom(0, 'a', '{}'),
      custom(1, 'b', 'x'),
      custom(0, undefined, ' and more'),
      delta({}, 'tool_calls'),
      '[DONE]',
    )
    expect(events).toContainEqual({ type: 'delta', part: 0, text: ' and more' })
  })

  it('makes up the id and the time that an upstream leaves out', () => {
    const chunk = {
      id: '',
      created: 0,
      model: '',
      choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }],
    }
    expect(decode(chunk, '[DONE]')[0]).toEqual({
      type: 'start',
      id: 'chatcmpl-1',
      model: 'asked-model',
      created: 1_700_000_000,
    })
  })

  it('takes an index that starts at 1, a new id on a used index, and fragments without index', () => {
    const opens = (...chunks: unknown[]): unknown[] =>
      decode(...chunks, delta({}, 'stop'), '[DONE]').filter((event) => event.type === 'open')
    expect(opens(call(1, 'a', 'f', '{}'))).toEqual([{ type: 'open', part: 0, kind: 'call', id: 'a', name: 'f' }])
    expect(opens(call(0, 'a', 'f', '{}'), call(0, 'b', 'f', '{}'))).toHaveLength(2)
    expect(opens(call(0, 'a', 'f', '{'), call(0, 'a', 'f', '}'))).toHaveLength(1)
    expect(
      opens(
        call(undefined, 'a', 'f', '{'),
        call(undefined, undefined, undefined, '}'),
        call(undefined, 'b', 'g', '{}'),
        call(undefined, 'a', undefined, ' '),
      ),
    ).toHaveLength(2)
  })

  it('waits for the name of a call and makes up an id that is missing', () => {
    expect(
      decode(call(0, undefined, undefined, '{'), call(0, undefined, 'f', '}'), delta({}, 'stop'), '[DONE]'),
    ).toEqual([
      start,
      { type: 'open', part: 0, kind: 'call', id: 'call_1', name: 'f' },
      { type: 'delta', part: 0, text: '{}' },
      { type: 'close', part: 0 },
      { type: 'end', finish: 'tool' },
    ])
  })

  it('says tool where a call came with "stop", and stop where "tool_calls" came without a call', () => {
    expect(decode(call(0, 'a', 'f', '{}'), delta({}, 'stop'), '[DONE]').at(-1)).toEqual({ type: 'end', finish: 'tool' })
    expect(decode(delta({ content: 'x' }, 'tool_calls'), '[DONE]').at(-1)).toEqual({ type: 'end', finish: 'stop' })
    expect(decode(delta({}, 'length'), '[DONE]').at(-1)).toEqual({ type: 'end', finish: 'length' })
    expect(decode(delta({}, 'content_filter'), '[DONE]').at(-1)).toEqual({ type: 'end', finish: 'filter' })
  })

  it('opens a new text after a call', () => {
    const events = decode(
      delta({ content: 'a' }),
      call(0, 'c', 'f', '{}'),
      delta({ content: 'b' }),
      delta({}, 'stop'),
      '[DONE]',
    )
    const order = events.filter((event) => event.type === 'open' || event.type === 'close')
    expect(order.map((event) => `${event.type} ${event.part}`)).toEqual([
      'open 0',
      'close 0',
      'open 1',
      'close 1',
      'open 2',
      'close 2',
    ])
  })

  it('reads refusals, legacy function calls, free-text calls and content as a list', () => {
    expect(decode(delta({ refusal: 'No.' }), delta({}, 'stop'), '[DONE]')).toContainEqual({
      type: 'delta',
      part: 0,
      text: 'No.',
    })
    const legacy = decode(
      delta({ function_call: { name: 'f', arguments: '' } }),
      delta({ function_call: { arguments: '{}' } }),
      delta({}, 'function_call'),
      '[DONE]',
    )
    expect(legacy).toContainEqual({ type: 'open', part: 0, kind: 'call', id: 'call_1', name: 'f' })
    expect(legacy).toContainEqual({ type: 'delta', part: 0, text: '{}' })
    const custom = decode(
      delta({ tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'p', input: 'x' } }] }, 'tool_calls'),
      '[DONE]',
    )
    expect(custom[1]).toEqual({ type: 'open', part: 0, kind: 'call', id: 'a', name: 'p', custom: true })
    const list = decode(
      delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }),
      delta({ content: [{ type: 'text', text: 'Hi' }] }, 'stop'),
      '[DONE]',
    )
    expect(list.filter((event) => event.type === 'open').map((event) => event.kind)).toEqual(['reasoning', 'text'])
  })

  it('takes reasoning once where it comes as text and as details', () => {
    const events = decode(
      delta({ reasoning: 'a', reasoning_details: [{ type: 'reasoning.text', text: 'a', index: 0 }] }),
      delta({
        reasoning_details: [{ type: 'reasoning.text', signature: 'sig', format: 'anthropic-claude-v1', index: 0 }],
      }),
      delta({ content: 'x' }, 'stop'),
      '[DONE]',
    )
    expect(events.slice(1, 5)).toEqual([
      { type: 'open', part: 0, kind: 'reasoning', reasoning: 'full' },
      { type: 'delta', part: 0, text: 'a' },
      { type: 'opaque', part: 0, opaque: { maker: 'anthropic', kind: 'signature', value: 'sig' } },
      { type: 'close', part: 0 },
    ])
  })

  it('drops an encrypted value of an unknown maker, and says so once', () => {
    const context = contextOf()
    const chunk = delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 0 }] })
    const events = decodeStream(data(chunk, chunk, delta({}, 'stop'), '[DONE]'), context)
    expect(events.some((event) => event.type === 'opaque')).toBe(false)
    expect(context.losses).toHaveLength(1)
  })

  it('carries log probabilities and citations', () => {
    const logprobs = { content: [{ token: 'x', logprob: -1, bytes: [120], top_logprobs: [] }], refusal: null }
    const annotation = {
      type: 'url_citation',
      url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 1 },
    }
    const events = decode(
      delta({ content: 'x' }, null, { logprobs }),
      delta({ annotations: [annotation] }, 'stop'),
      '[DONE]',
    )
    expect(events).toContainEqual({
      type: 'delta',
      part: 0,
      text: 'x',
      logprobs: [{ token: 'x', logprob: -1, bytes: [120], top: [] }],
    })
    expect(events).toContainEqual({
      type: 'citation',
      part: 0,
      citation: {
        kind: 'url',
        dialect: 'chat',
        url: 'https://a.example',
        title: 'A',
        start: 0,
        end: 1,
        raw: annotation,
      },
    })
  })

  it('takes chunks without choices, without delta, with a null delta and of other choices', () => {
    const context = contextOf()
    const finding = { violence: { filtered: true, severity: 'high' } }
    const events = decodeStream(
      data(
        { choices: [] },
        delta(null),
        {
          ...(delta(undefined) as object),
          choices: [{ index: 0, finish_reason: null, content_filter_results: finding }],
        },
        {
          ...(delta(undefined) as object),
          choices: [{ index: 1, delta: { content: 'other' }, finish_reason: 'stop' }],
        },
        delta({ content: null, role: null }),
        'null',
        '7',
        delta({ content: 'x' }, 'stop'),
        '[DONE]',
      ),
      context,
    )
    expect(events).toEqual([
      start,
      { type: 'note', key: 'content_filter', value: finding },
      { type: 'open', part: 0, kind: 'text' },
      { type: 'delta', part: 0, text: 'x' },
      { type: 'close', part: 0 },
      { type: 'end', finish: 'stop' },
    ])
    expect(context.losses).toEqual([expect.objectContaining({ path: 'n', kind: 'dropped' })])
  })

  it('ends in an error where the upstream says so, where it stops short, and where it sends no JSON', () => {
    const error = (...chunks: unknown[]): unknown => {
      const last = decode(...chunks).at(-1)
      return last?.type === 'error' ? last.error : last
    }
    expect(error(delta({ content: 'x' }), { error: { message: 'slow', type: 'too_many_requests' } })).toMatchObject({
      status: 429,
      type: 'rate_limit_error',
      message: 'slow',
    })
    expect(error({ error: { message: 'long', code: 'context_length_exceeded' } })).toMatchObject({ status: 400 })
    expect(error({ error: 'odd' })).toMatchObject({ status: 500, message: 'odd' })
    expect(error(delta({ content: 'x' }))).toMatchObject({ status: 502, code: 'proxy_upstream_incomplete' })
    expect(error(delta({ content: 'x' }), '[DONE]')).toMatchObject({ code: 'proxy_upstream_incomplete' })
    expect(error()).toMatchObject({ code: 'proxy_upstream_incomplete' })
    expect(error(delta({ content: 'x' }), '{"id":')).toMatchObject({ code: 'proxy_upstream_malformed' })
    expect(decodeStream('event: error\ndata: {"message":"bad","code":"429"}\n\n').at(-1)).toMatchObject({
      error: { status: 429, message: 'bad' },
    })
  })

  it('says nothing after the end', () => {
    const events = decode(delta({ content: 'x' }, 'stop'), '[DONE]', delta({ content: 'y' }), {
      error: { message: 'z' },
    })
    expect(events.at(-1)).toEqual({ type: 'end', finish: 'stop' })
  })

  it('takes a finish reason as the end where no [DONE] follows', () => {
    expect(decode(delta({ content: 'x' }, 'stop')).at(-1)).toEqual({ type: 'end', finish: 'stop' })
  })

  it('gives tools back the names, namespaces and free text that the client knows', () => {
    const context = contextOf(
      {},
      {
        toolNames: new Map([
          ['short', 'a.long.name'],
          ['ns__run', 'run'],
        ]),
        namespaces: new Map([['ns__run', 'ns']]),
        wrappedCustomTools: new Set(['patch']),
      },
    )
    const text = data(
      call(0, 'a', 'short', '{}'),
      call(1, 'b', 'ns__run', '{}'),
      call(2, 'c', 'patch', '{"inp'),
      call(2, undefined, undefined, 'ut":"*** Begin\\n"}'),
      delta({}, 'tool_calls'),
      '[DONE]',
    )
    const events = decodeStream(text, context)
    expect(events.filter((event) => event.type === 'open')).toEqual([
      { type: 'open', part: 0, kind: 'call', id: 'a', name: 'a.long.name' },
      { type: 'open', part: 1, kind: 'call', id: 'b', name: 'run', namespace: 'ns' },
      { type: 'open', part: 2, kind: 'call', id: 'c', name: 'patch', custom: true },
    ])
    expect(events.filter((event) => event.type === 'delta' && event.part === 2)).toEqual([
      { type: 'delta', part: 2, text: '*** Begin\n' },
    ])
  })
})
