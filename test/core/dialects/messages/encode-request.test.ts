import { describe, expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import type { FunctionTool, Part, Turn } from '../../../../electron/core/hub.ts'
import type { EncodedRequest } from '../../../../electron/core/dialects/dialect.ts'
import {
  adaptiveProfile,
  assistant,
  call,
  encode,
  profileWith,
  refusal,
  result,
  text,
  tool,
  userTurn,
} from './support.ts'

const system = (value: string): Turn => ({ role: 'system', parts: [text(value)] })
const readTool: FunctionTool = { type: 'function', name: 'read', parameters: { type: 'object', properties: {} } }
const sealed: Part = {
  type: 'reasoning',
  text: ['Hm'],
  kind: 'full',
  opaque: { maker: 'anthropic', kind: 'signature', value: 'sig' },
}
const thinkingBlock = { type: 'thinking', thinking: 'Hm', signature: 'sig' }

test('the plain request', () => {
  const { body, losses } = encode()
  expect(body).toEqual({
    model: 'my-claude',
    max_tokens: 32_000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    stream: true,
  })
  expect(losses).toEqual([])
})

describe('output limit', () => {
  test.each([
    [undefined, true, 64_000, 32_000],
    [undefined, false, 64_000, 8192],
    [undefined, true, 4096, 4096],
    [500, true, 64_000, 500],
    [100_000, true, 64_000, 64_000],
  ])('asked %s, streamed %s, cap %i → %i', (maxTokens, stream, outputCap, expected) => {
    const fields = maxTokens === undefined ? {} : { maxTokens }
    const { body, losses } = encode(fields, profileWith({ outputCap }), stream)
    expect(body['max_tokens']).toBe(expected)
    expect(losses.some((loss) => loss.kind === 'degraded')).toBe((maxTokens ?? 0) > outputCap)
  })
})

describe('turns', () => {
  test('leading system turns become system blocks, one for each', () => {
    const { body } = encode({ turns: [system('A'), system('B'), system(' '), userTurn('Hello')] })
    expect(body['system']).toEqual([
      { type: 'text', text: 'A' },
      { type: 'text', text: 'B' },
    ])
  })

  test('a system turn amid the conversation goes where the model takes it, else becomes marked user text', () => {
    const turns = [userTurn('A'), assistant(text('B')), system('C'), userTurn('D')]
    const native = encode({ turns }, profileWith({ midConversationSystem: true }))
    expect((native.body['messages'] as { role: string }[]).map((message) => message.role)).toEqual([
      'user',
      'assistant',
      'system',
      'user',
    ])
    expect(native.losses).toEqual([])
    const wrapped = encode({ turns })
    expect((wrapped.body['messages'] as unknown[]).at(-1)).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: '<system>C</system>' },
        { type: 'text', text: 'D' },
      ],
    })
    expect(wrapped.losses).toMatchObject([{ path: 'messages', kind: 'degraded' }])
  })

  test('results stand first in one user message behind their calls, wherever they came', () => {
    const { body } = encode({
      turns: [
        userTurn('Go'),
        assistant(call('a')),
        assistant(call('b')),
        userTurn('and?'),
        tool(result('b')),
        tool(result('a')),
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Go' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'read', input: {} },
          { type: 'tool_use', id: 'b', name: 'read', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'ok' },
          { type: 'tool_result', tool_use_id: 'b', content: 'ok' },
          { type: 'text', text: 'and?' },
        ],
      },
    ])
  })

  test('orphans are refused by name', () => {
    const turns = [userTurn('Go'), assistant(call('a')), tool(result('z'))]
    expect(() => encode({ turns })).toThrow(/without a result: a; tool results without their call: z/)
    expect(() => encode({ turns })).toThrow(refusal('messages'))
  })

  test('ids become legal and unique, for calls and results alike', () => {
    const { body } = encode({
      turns: [
        userTurn('Go'),
        assistant(call('f.x:0')),
        tool(result('f.x:0')),
        assistant(call('f.x:0')),
        tool(result('f.x:0')),
      ],
    })
    const blocks = (body['messages'] as { content: Record<string, string>[] }[]).flatMap((message) => message.content)
    const [first, second] = blocks.filter((block) => block['type'] === 'tool_use').map((block) => block['id'])
    expect(blocks.filter((block) => block['type'] === 'tool_result').map((block) => block['tool_use_id'])).toEqual([
      first,
      second,
    ])
    expect(first).toMatch(/^f_x_0_[0-9a-f]{8}$/)
    expect(second).not.toBe(first)
  })

  test('arguments that are no object are refused with the id of their call; none are an empty object', () => {
    const turns = (args: string): Turn[] => [userTurn('Go'), assistant(call('a', args)), tool(result('a'))]
    expect(() => encode({ turns: turns('{"x":') })).toThrow(/"a"/)
    expect(() => encode({ turns: turns('[1]') })).toThrow(refusal('messages'))
    expect(JSON.stringify(encode({ turns: turns('') }).body)).toContain('"input":{}')
  })

  test('blank text is left out, and nothing but blank text is refused', () => {
    const { body, losses } = encode({ turns: [userTurn('Go'), assistant(text('')), userTurn('On')] })
    expect(body['messages']).toHaveLength(1)
    expect(losses).toEqual([])
    expect(() => encode({ turns: [system('A'), userTurn(' ')] })).toThrow(refusal('messages', 'proxy_invalid_request'))
  })

  test('a prefill is forwarded without the white space at its end', () => {
    const { body } = encode({ turns: [userTurn('Go'), assistant(text('{"a": \n'))] })
    expect((body['messages'] as unknown[]).at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: '{"a":' }],
    })
  })

  test('images: a data URL is split at its first comma, an address stays one', () => {
    const image = (url: string): Part => ({ type: 'image', media: { source: { type: 'url', url } } })
    const { body } = encode({
      turns: [{ role: 'user', parts: [image('data:image/png;base64,AA,A'), image('https://a.test/b')] }],
    })
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA,A' } },
          { type: 'image', source: { type: 'url', url: 'https://a.test/b' } },
        ],
      },
    ])
  })

  test('a text file is a text document; other kinds, audio and foreign file ids are refused', () => {
    const file = (mime: string): Part => ({
      type: 'file',
      media: { source: { type: 'data', data: 'w6Q=', mime }, name: 'a' },
    })
    const withPart = (part: Part): EncodedRequest => encode({ turns: [{ role: 'user', parts: [part] }] })
    expect(withPart(file('text/markdown')).body['messages']).toMatchObject([
      { content: [{ type: 'document', title: 'a', source: { type: 'text', media_type: 'text/plain', data: 'ä' } }] },
    ])
    expect(() => withPart(file('application/zip'))).toThrow(refusal('messages'))
    expect(() => withPart({ ...file('audio/wav'), type: 'audio' } as Part)).toThrow(refusal('messages'))
    expect(() => withPart({ type: 'file', media: { source: { type: 'file', fileId: 'file-1' } } })).toThrow(/file-1/)
  })

  test('a result with an image and an error keep their forms', () => {
    const image: Part = { type: 'image', media: { source: { type: 'data', data: 'AAAA', mime: 'image/png' } } }
    const failed: Part = { type: 'result', id: 'b', parts: [text('No such file')], error: true }
    const { body } = encode({
      turns: [userTurn('Go'), assistant(call('a'), call('b')), tool(result('a', text('see'), image), failed)],
    })
    expect((body['messages'] as { content: unknown }[])[2]?.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'a',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        ],
      },
      { type: 'tool_result', tool_use_id: 'b', content: 'No such file', is_error: true },
    ])
  })

  test('only the last four cache marks stay', () => {
    const marked = (value: string): Part => ({ type: 'text', text: value, cache: { type: 'ephemeral', ttl: '1h' } })
    const { body, losses } = encode({
      turns: [
        { role: 'system', parts: [marked('1'), marked('2')] },
        { role: 'user', parts: ['3', '4', '5'].map(marked) },
      ],
      tools: [{ ...readTool, cache: { mode: 'explicit' } }],
    })
    const marks = [...JSON.stringify(body).matchAll(/"text":"(\d)","cache_control":\{"type":"ephemeral","ttl":"1h"\}/g)]
    expect(new Set(marks.map((match) => match[1]))).toEqual(new Set(['2', '3', '4', '5']))
    expect(JSON.stringify(body['tools'])).not.toContain('cache_control')
    expect(losses).toEqual([])
  })
})

describe('thinking', () => {
  const loop = (...parts: Part[]): Turn[] => [userTurn('Go'), assistant(...parts, call('a')), tool(result('a'))]

  test('what Anthropic sealed goes back, what others sealed does not', () => {
    const foreign: Part = {
      type: 'reasoning',
      text: ['x'],
      kind: 'summary',
      opaque: { maker: 'openai', kind: 'encrypted', value: 'blob' },
    }
    const { body, losses } = encode({ turns: loop(sealed, foreign), effort: 'low', dialect: 'responses' })
    expect((body['messages'] as { content: unknown[] }[])[1]?.content[0]).toEqual(thinkingBlock)
    expect(JSON.stringify(body)).not.toContain('blob')
    expect(losses).toMatchObject([{ path: 'input.reasoning', kind: 'dropped' }])
    expect(body['thinking']).toEqual({ type: 'enabled', budget_tokens: 2048 })
  })

  test('an open loop whose thinking is lost switches thinking off', () => {
    const { body, losses } = encode({ turns: loop(), effort: 'low' })
    expect(body['thinking']).toEqual({ type: 'disabled' })
    expect(losses).toMatchObject([{ path: 'reasoning_effort', kind: 'degraded' }])
  })

  test('a loop that began with thinking goes on, though its later calls have none', () => {
    const turns = [...loop(sealed), assistant(call('b')), tool(result('b'))]
    expect(encode({ turns, effort: 'low' }).body['thinking']).toMatchObject({ type: 'enabled' })
  })

  test('calls of turns long past do not matter', () => {
    expect(
      encode({ turns: [...loop(), assistant(text('Done.')), userTurn('And?')], effort: 'low' }).body['thinking'],
    ).toMatchObject({
      type: 'enabled',
    })
  })

  test('a forced tool wins over thinking', () => {
    const { body, losses } = encode({ effort: 'high', tools: [readTool], toolChoice: 'required' })
    expect(body).toMatchObject({ thinking: { type: 'disabled' }, tool_choice: { type: 'any' }, max_tokens: 32_000 })
    expect(losses).toMatchObject([{ path: 'reasoning_effort', kind: 'dropped' }])
  })

  test('a model that always thinks cannot be forced', () => {
    const { body, losses } = encode(
      { tools: [readTool], toolChoice: 'required' },
      profileWith({ ...adaptiveProfile, thinkingOptional: false }),
    )
    expect(body['tool_choice']).toEqual({ type: 'auto' })
    expect(losses).toMatchObject([{ path: 'tool_choice', kind: 'degraded' }])
  })

  test('sampling gives way to thinking', () => {
    const { body, losses } = encode({ effort: 'low', temperature: 0, topP: 0.5, topK: 3 })
    expect(body).not.toHaveProperty('temperature')
    expect(body).not.toHaveProperty('top_p')
    expect(body).not.toHaveProperty('top_k')
    expect(losses.map((loss) => loss.path)).toEqual(['temperature', 'top_p', 'top_k'])
  })

  test('newer models think adaptively, and show it to Chat clients', () => {
    const { body } = encode({ effort: 'high' }, adaptiveProfile)
    expect(body).toMatchObject({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
    })
    expect(
      encode({ effort: 'high', showReasoning: 'omit', dialect: 'responses' }, adaptiveProfile).body['thinking'],
    ).toEqual({
      type: 'adaptive',
      display: 'omitted',
    })
  })
})

describe('sampling', () => {
  test('temperature over one is cut, and top_p goes where both are too much', () => {
    const { body, losses } = encode(
      { temperature: 1.7, topP: 0.9 },
      profileWith({ rejects: new Set(['temperature_with_top_p']) }),
    )
    expect(body).toMatchObject({ temperature: 1 })
    expect(body).not.toHaveProperty('top_p')
    expect(losses.map(({ path, kind }) => [path, kind])).toEqual([
      ['temperature', 'degraded'],
      ['top_p', 'dropped'],
    ])
  })

  test('a default that the model refuses is left out without a word', () => {
    const { body, losses } = encode({ temperature: 1, topP: 1, presencePenalty: 0 }, adaptiveProfile)
    expect(body).not.toHaveProperty('temperature')
    expect(losses).toEqual([])
  })

  test('blank stop sequences are dropped', () => {
    const { body, losses } = encode({ stop: ['\n', 'END'] })
    expect(body['stop_sequences']).toEqual(['END'])
    expect(losses).toMatchObject([{ path: 'stop', kind: 'dropped' }])
  })

  test('what Messages has no word for is declared under the name that the client used', () => {
    const { losses } = encode({
      dialect: 'responses',
      seed: 1,
      logprobs: 2,
      verbosity: 'low',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      extra: { truncation: 'auto', store: true, max_tool_calls: null },
    })
    expect(losses.map((loss) => [loss.path, loss.kind])).toEqual([
      ['seed', 'dropped'],
      ['top_logprobs', 'dropped'],
      ['text.verbosity', 'dropped'],
      ['metadata', 'dropped'],
      ['truncation', 'dropped'],
      ['service_tier', 'dropped'],
    ])
  })

  test('several answers and state are refused', () => {
    expect(() => encode({ n: 2 })).toThrow(refusal('n'))
    expect(() => encode({ dialect: 'responses', extra: { previous_response_id: 'resp_1' } })).toThrow(
      refusal('previous_response_id', 'unsupported_parameter'),
    )
  })

  test('user and tier have their own spelling', () => {
    expect(encode({ user: '{"a":1}', serviceTier: 'default' }).body).toMatchObject({
      metadata: { user_id: '{"a":1}' },
      service_tier: 'standard_only',
    })
  })
})

test('a Messages request that is decoded and encoded says the same', () => {
  const body = {
    model: 'my-claude',
    max_tokens: 40_000,
    system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Read x' }] },
      {
        role: 'assistant',
        content: [thinkingBlock, { type: 'tool_use', id: 'toolu_1', name: 'read', input: { path: 'x' } }],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'y' },
          { type: 'text', text: 'So?' },
        ],
      },
    ],
    tools: [{ name: 'read', description: 'Reads.', input_schema: { type: 'object', properties: {} } }],
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    thinking: { type: 'enabled', budget_tokens: 20_000 },
    context_management: { edits: [] },
    metadata: { user_id: 'u' },
    stream: true,
  }
  const { request } = messages.decodeRequest(body)
  const encoded = messages.encodeRequest(request, { deployment: 'my-claude', profile: profileWith(), stream: true })
  expect(encoded.body).toEqual(body)
  expect(encoded.losses).toEqual([])
})
