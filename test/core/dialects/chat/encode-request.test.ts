import { describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import type { EncodedRequest } from '../../../../electron/core/dialects/dialect.ts'
import type { HubRequest, Loss, Part, Turn } from '../../../../electron/core/hub.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'
import { hubRequest } from './context.ts'

function encode(fields: Partial<HubRequest>, model = 'gpt-4o', stream = false): EncodedRequest {
  const target = { deployment: 'dep', profile: profileOf(model), stream }
  return chat.encodeRequest(hubRequest({ dialect: 'messages', ...fields }), target)
}

const bodyOf = (fields: Partial<HubRequest>, model?: string): Record<string, unknown> => encode(fields, model).body
const messagesOf = (turns: Turn[], model?: string, dialect: HubRequest['dialect'] = 'messages'): unknown =>
  bodyOf({ turns, dialect }, model)['messages']
const lossesOf = (fields: Partial<HubRequest>, model?: string): string[] =>
  encode(fields, model).losses.map((loss: Loss) => `${loss.kind} ${loss.path}`)

const user = (...parts: Part[]): Turn => ({ role: 'user', parts })
const text = (value: string): Part => ({ type: 'text', text: value })
const image: Part = { type: 'image', media: { source: { type: 'data', data: 'AA', mime: 'image/png' } } }

describe('messages for a Chat upstream', () => {
  it('keep system turns in place, in the role that the model knows', () => {
    const turns: Turn[] = [
      { role: 'system', parts: [text('x-anthropic-billing-header: a=b'), text('One'), text('Two')] },
      user(text('U')),
      { role: 'system', parts: [text('Three')] },
      { role: 'system', parts: [text('x-anthropic-billing-header: c')] },
    ]
    const expected = (role: string): unknown => [
      {
        role,
        content: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      },
      { role: 'user', content: 'U' },
      { role, content: 'Three' },
    ]
    expect(messagesOf(turns)).toEqual(expected('system'))
    expect(messagesOf(turns, 'gpt-5')).toEqual(expected('developer'))
    expect(messagesOf(turns, 'o1-mini')).toEqual(expected('user'))
    expect(lossesOf({ turns }, 'o1-mini')).toEqual(['degraded system'])
  })

  it('put results right behind their calls, though words stood in between', () => {
    const call = (id: string): Turn => ({ role: 'assistant', parts: [{ type: 'call', id, name: 'f', arguments: '' }] })
    const result = (id: string): Turn => ({ role: 'tool', parts: [{ type: 'result', id, parts: [text(id)] }] })
    const turns = [call('a'), user(text('Hurry')), call('b'), call('x'), result('a'), result('b')]
    const order = (dialect: HubRequest['dialect']): unknown[] =>
      (messagesOf(turns, 'deepseek-v3', dialect) as { role: string; content: unknown }[]).map(({ content }) => content)
    expect(order('responses')).toEqual([null, 'a', 'Hurry', null, 'b', null])
    expect(order('chat')).toEqual([null, 'Hurry', null, null, 'a', 'b'])
    expect(JSON.stringify(messagesOf(turns, 'deepseek-v3', 'responses'))).toContain('"arguments":"{}"')
  })

  it('name a PDF that has no name, for data without one is refused', () => {
    const pdf: Part = { type: 'file', media: { source: { type: 'data', data: 'AA', mime: 'application/pdf' } } }
    expect(messagesOf([user(pdf)])).toMatchObject([{ content: [{ file: { filename: 'document.pdf' } }] }])
  })

  it('put media of tool results into one user message behind the last result of the run', () => {
    const turns: Turn[] = [
      {
        role: 'assistant',
        parts: [
          { type: 'call', id: 'a', name: 'f', arguments: '{}' },
          { type: 'call', id: 'b', name: 'f', arguments: '{}' },
        ],
      },
      { role: 'tool', parts: [{ type: 'result', id: 'a', parts: [text('see'), image] }] },
      { role: 'user', parts: [{ type: 'result', id: 'b', parts: [image], error: true }, text('Go on')] },
    ]
    expect(messagesOf(turns)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'see' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: ' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[tool result a]' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
          { type: 'text', text: '[tool result b]' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
      { role: 'user', content: 'Go on' },
    ])
    expect(lossesOf({ turns })).toEqual(['degraded messages', 'degraded messages.is_error'])
    expect((messagesOf(turns.slice(0, 2)) as unknown[]).at(-1)).toMatchObject({ role: 'user' })
  })

  it('mark failed results in words, unless the words are there', () => {
    const result = (value: string): unknown =>
      messagesOf([{ role: 'tool', parts: [{ type: 'result', id: 'a', parts: [text(value)], error: true }] }])
    expect(result('no such file')).toEqual([{ role: 'tool', tool_call_id: 'a', content: 'Error: no such file' }])
    expect(result('ERROR 5')).toEqual([{ role: 'tool', tool_call_id: 'a', content: 'ERROR 5' }])
  })

  it('have ids of at most 40 characters, the same for call and result', () => {
    const id = 'toolu_'.padEnd(60, 'x')
    const messages = messagesOf([
      { role: 'assistant', parts: [{ type: 'call', id, name: 'f', arguments: '' }] },
      { role: 'tool', parts: [{ type: 'result', id, parts: [] }] },
    ]) as [{ tool_calls: [{ id: string }] }, { tool_call_id: string }]
    const sent = messages[0].tool_calls[0].id
    expect(sent).toHaveLength(40)
    expect(messages[1].tool_call_id).toBe(sent)
  })

  it('carry open reasoning to models that think between calls, and to no others', () => {
    const turn = (opaque: boolean, calls: boolean): Turn[] => [
      {
        role: 'assistant',
        parts: [
          {
            type: 'reasoning',
            text: ['Hm.'],
            kind: 'full',
            ...(opaque ? { opaque: { maker: 'anthropic', kind: 'signature', value: 's' } } : {}),
          },
          text('A'),
          ...(calls ? [{ type: 'call', id: 'a', name: 'f', arguments: '{}' } as const] : []),
        ],
      },
    ]
    expect(messagesOf(turn(false, true), 'kimi-k2.6')).toMatchObject([{ reasoning_content: 'Hm.' }])
    for (const [opaque, calls, model] of [
      [true, true, 'kimi-k2.6'],
      [false, false, 'kimi-k2.6'],
      [false, true, 'gpt-5'],
    ] as const) {
      expect(messagesOf(turn(opaque, calls), model)).not.toMatchObject([{ reasoning_content: 'Hm.' }])
      expect(lossesOf({ turns: turn(opaque, calls) }, model)).toEqual(['dropped messages.thinking'])
    }
    expect(
      messagesOf([{ role: 'assistant', parts: [turn(true, false)[0]?.parts[0] as Part] }, user(text('U'))]),
    ).toEqual([{ role: 'user', content: 'U' }])
  })

  it('turn a text document into text', () => {
    const parts: Part[] = [
      { type: 'file', media: { source: { type: 'data', data: btoa('Hello'), mime: 'text/plain' }, name: 'a "b"' } },
    ]
    expect(messagesOf([user(...parts)])).toEqual([
      { role: 'user', content: '<document title="a \\"b\\"">\nHello\n</document>' },
    ])
    expect(lossesOf({ turns: [user(...parts)] })).toEqual(['degraded messages'])
  })

  it('leave out phases and hosted items of earlier turns, declared', () => {
    const turns: Turn[] = [
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'A', phase: 'commentary' },
          { type: 'foreign', dialect: 'responses', raw: { type: 'web_search_call' } },
          { type: 'text', text: 'B', phase: 'final_answer' },
        ],
      },
    ]
    expect(lossesOf({ turns, dialect: 'responses' })).toEqual(['dropped input.phase', 'dropped input'])
  })

  it('mark the last four cached parts for models that know marks', () => {
    const parts = Array.from({ length: 5 }, (_, index): Part => ({
      type: 'text',
      text: `${index}`,
      cache: { type: 'ephemeral' },
    }))
    const [message] = messagesOf([user(...parts)], 'gpt-5.6-sol') as [{ content: Record<string, unknown>[] }]
    expect(message.content.map((part) => 'prompt_cache_breakpoint' in part)).toEqual([false, true, true, true, true])
    expect(JSON.stringify(messagesOf([user(...parts)]))).not.toContain('cache')
  })

  it.each<[string, Partial<HubRequest>]>([
    [
      'files by URL',
      { turns: [user({ type: 'file', media: { source: { type: 'url', url: 'https://a.example/a.pdf' } } })] },
    ],
    ['file ids of Anthropic', { turns: [user({ type: 'file', media: { source: { type: 'file', fileId: 'f' } } })] }],
    ['pictures by id', { turns: [user({ type: 'image', media: { source: { type: 'file', fileId: 'f' } } })] }],
    ['unknown content', { turns: [user({ type: 'foreign', dialect: 'messages', raw: { type: 'container_upload' } })] }],
    ['hosted tools', { tools: [{ type: 'hosted', name: 'web_search', dialect: 'responses', raw: {} }] }],
    ['stored state', { dialect: 'responses', extra: { previous_response_id: 'resp_1' } }],
    [
      'item references',
      {
        dialect: 'responses',
        turns: [
          { role: 'assistant', parts: [{ type: 'foreign', dialect: 'responses', raw: { type: 'item_reference' } }] },
        ],
      },
    ],
  ])('are refused with %s', (_, fields) => {
    expect(() => encode(fields)).toThrow(
      expect.objectContaining({ status: 400, code: expect.stringMatching(/^unsupported_(?:by_upstream|parameter)$/) }),
    )
  })
})

describe('parameters for a Chat upstream', () => {
  it('are renamed, clamped and dropped as the model wants it', () => {
    const fields: Partial<HubRequest> = {
      maxTokens: 200_000,
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      stop: ['x'],
      presencePenalty: 1,
      logprobs: 0,
    }
    expect(bodyOf(fields)).toMatchObject({
      max_tokens: 16_384,
      temperature: 0.5,
      top_p: 0.9,
      stop: 'x',
      presence_penalty: 1,
      logprobs: true,
    })
    expect(lossesOf(fields)).toEqual(['dropped top_k', 'degraded max_tokens'])
    const body = bodyOf(fields, 'gpt-5')
    expect(body).toMatchObject({ max_completion_tokens: 128_000 })
    expect(Object.keys(body)).toEqual(['model', 'messages', 'max_completion_tokens'])
    expect(lossesOf(fields, 'gpt-5')).toEqual([
      'dropped top_k',
      'degraded max_tokens',
      'dropped temperature',
      'dropped top_p',
      'dropped stop_sequences',
      'dropped presence_penalty',
      'dropped logprobs',
    ])
  })

  it('come back where a model stops to reason', () => {
    const body = bodyOf({ dialect: 'responses', temperature: 1, presencePenalty: 1, effort: 'none' }, 'gpt-5.1')
    expect(body).toMatchObject({ temperature: 1, reasoning_effort: 'none' })
    expect(body).not.toHaveProperty('presence_penalty')
    expect(bodyOf({ dialect: 'responses', temperature: 1, effort: 'low' }, 'gpt-5.1')).not.toHaveProperty('temperature')
  })

  it('translate thinking into effort', () => {
    expect(bodyOf({ thinking: { mode: 'enabled', budget: 31_999 } }, 'gpt-5')).toMatchObject({
      reasoning_effort: 'high',
    })
    expect(bodyOf({ thinking: { mode: 'enabled', budget: 31_999 } }, 'gpt-5.4')).toMatchObject({
      reasoning_effort: 'xhigh',
    })
    expect(bodyOf({ thinking: { mode: 'adaptive' }, effort: 'low' }, 'gpt-5')).toMatchObject({
      reasoning_effort: 'low',
    })
    expect(bodyOf({ thinking: { mode: 'disabled' } }, 'gpt-5')).not.toHaveProperty('reasoning_effort')
    expect(bodyOf({ thinking: { mode: 'adaptive' }, effort: 'low' }, 'gpt-4o')).not.toHaveProperty('reasoning_effort')
  })

  it('hash a long user, and leave out what Chat does not know', () => {
    const user = JSON.stringify({ device: 'x'.repeat(100) })
    const fields: Partial<HubRequest> = {
      user,
      metadata: { a: 'b' },
      serviceTier: 'standard_only',
      extra: { context_management: { edits: [] }, store: false, background: false },
    }
    expect(bodyOf(fields)).toMatchObject({
      user: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      service_tier: 'default',
    })
    expect(lossesOf(fields)).toEqual(['degraded metadata.user_id', 'dropped metadata', 'dropped context_management'])
  })

  it('keep four stop sequences', () => {
    expect(bodyOf({ stop: ['a', 'b', 'c', 'd', 'e'] })).toMatchObject({ stop: ['a', 'b', 'c', 'd'] })
  })
})

describe('tools for a Chat upstream', () => {
  it('are left out altogether where there are none', () => {
    const body = bodyOf({ toolChoice: 'none', parallelTools: true })
    expect(Object.keys(body)).toEqual(['model', 'messages'])
  })

  it('have names that fit, in declarations, choice and history, and the way back is told', () => {
    const long = `mcp__${'server'.repeat(12)}__do.it`
    const { body, undo } = encode({
      tools: [
        { type: 'function', name: long },
        { type: 'function', name: 'run', namespace: 'shell' },
      ],
      toolChoice: { name: long },
      turns: [user(text('U')), { role: 'assistant', parts: [{ type: 'call', id: 'a', name: long, arguments: '{}' }] }],
    })
    const [first, second] = body['tools'] as { function: { name: string } }[]
    const sent = first?.function.name ?? ''
    expect(sent).toMatch(/^[\w-]{64}$/)
    expect(body['tool_choice']).toEqual({ type: 'function', function: { name: sent } })
    expect(JSON.stringify(body['messages'])).toContain(`"name":"${sent}"`)
    expect(undo.toolNames.get(sent)).toBe(long)
    expect(undo.namespaces.get(second?.function.name ?? '')).toBe('shell')
  })

  it('of free text are wrapped for models that do not know them', () => {
    const fields: Partial<HubRequest> = {
      dialect: 'responses',
      tools: [{ type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } }],
      toolChoice: { name: 'patch' },
      turns: [{ role: 'assistant', parts: [{ type: 'call', id: 'a', name: 'patch', arguments: 'a"b', custom: true }] }],
    }
    const wrapped = encode(fields, 'DeepSeek-V3.2')
    expect(wrapped.body).toMatchObject({
      tools: [{ type: 'function', function: { name: 'patch', parameters: { required: ['input'] } } }],
      tool_choice: { type: 'function', function: { name: 'patch' } },
      messages: [{ tool_calls: [{ type: 'function', function: { arguments: '{"input":"a\\"b"}' } }] }],
    })
    expect(wrapped.undo.wrappedCustomTools).toEqual(new Set(['patch']))
    const native = encode(fields, 'gpt-5')
    expect(native.body).toMatchObject({
      tools: [
        { type: 'custom', custom: { format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } } },
      ],
      tool_choice: { type: 'custom', custom: { name: 'patch' } },
      messages: [{ tool_calls: [{ type: 'custom', custom: { input: 'a"b' } }] }],
    })
    expect(native.undo.wrappedCustomTools.size).toBe(0)
  })

  it('call one at a time where the model cannot do more', () => {
    const tools: HubRequest['tools'] = [{ type: 'function', name: 'f' }]
    expect(bodyOf({ tools, parallelTools: true }, 'o3')).not.toHaveProperty('parallel_tool_calls')
    expect(lossesOf({ tools, parallelTools: false }, 'o3')).toEqual([])
    expect(bodyOf({ tools, parallelTools: true, effort: 'minimal', dialect: 'responses' }, 'gpt-5')).toMatchObject({
      parallel_tool_calls: false,
    })
    expect(bodyOf({ tools, parallelTools: false })).toMatchObject({ parallel_tool_calls: false })
  })

  it('are filtered where the model knows no list of allowed ones', () => {
    const fields: Partial<HubRequest> = {
      tools: [
        { type: 'function', name: 'f' },
        { type: 'function', name: 'g' },
      ],
      toolChoice: { allowed: ['g'], mode: 'required' },
    }
    expect(bodyOf(fields, 'llama-3.3')).toMatchObject({ tools: [{ function: { name: 'g' } }], tool_choice: 'required' })
    expect(bodyOf(fields)).toMatchObject({ tool_choice: { type: 'allowed_tools' } })
  })

  it('and formats: a schema becomes an instruction for models without schemas', () => {
    const format: HubRequest['format'] = { kind: 'schema', name: 'n', schema: { type: 'object' } }
    expect(bodyOf({ format })).toMatchObject({ response_format: { type: 'json_schema', json_schema: { name: 'n' } } })
    const body = bodyOf({ format }, 'gpt-4')
    expect(body).toMatchObject({
      response_format: { type: 'json_object' },
      messages: [{ role: 'system' }, { role: 'user' }],
    })
    expect(JSON.stringify(body['messages'])).toContain('JSON schema')
  })
})

describe('tools for a Chat upstream', () => {
  it('are strict only where OpenAI could take the schema so', () => {
    const parameters = { type: 'object', properties: { a: {} } }
    const tools = [{ type: 'function' as const, name: 'f', strict: true, parameters }]
    expect(bodyOf({ tools })['tools']).toMatchObject([{ function: { strict: false } }])
    expect(lossesOf({ tools })).toEqual(['degraded tools.strict'])
  })
})
