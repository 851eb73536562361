import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import { sealOpaque } from '../../../../electron/core/envelope.ts'
import { LazuliError } from '../../../../electron/core/error.ts'
import type { HubRequest, Part, Turn } from '../../../../electron/core/hub.ts'

const decode = (body: object): HubRequest =>
  chat.decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...body }).request

const turns = (...messages: object[]): Turn[] => decode({ messages }).turns
const userParts = (...content: object[]): Part[] | undefined => turns({ role: 'user', content })[0]?.parts

describe('a Chat request', () => {
  it('becomes turns, with every instruction where it stood', () => {
    expect(
      turns(
        { role: 'system', content: 'S' },
        { role: 'user', content: 'U', name: 'ann' },
        { role: 'developer', content: [{ type: 'text', text: 'D' }] },
        { role: 'assistant', content: 'A', refusal: null, tool_calls: null },
      ),
    ).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'S' }] },
      { role: 'user', parts: [{ type: 'text', text: 'U' }], name: 'ann' },
      { role: 'system', parts: [{ type: 'text', text: 'D' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'A' }] },
    ])
  })

  it('carries pictures, files and sound, and splits data URLs at the first comma', () => {
    expect(
      userParts(
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA,BB', detail: 'low' } },
        { type: 'image_url', image_url: { url: 'https://a.example/x.png' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,QQ==', filename: 'a.pdf' } },
        { type: 'file', file: { file_id: 'file-1' } },
        { type: 'file', file: { file_data: 'QQ==', filename: 'b.PDF' } },
        { type: 'input_audio', input_audio: { data: 'QQ==', format: 'wav' } },
        { type: 'text', text: 'T', cache_control: { type: 'ephemeral' } },
        { type: 'video_url', video_url: {} },
      ),
    ).toEqual([
      { type: 'image', media: { source: { type: 'data', data: 'AA,BB', mime: 'image/png' }, detail: 'low' } },
      { type: 'image', media: { source: { type: 'url', url: 'https://a.example/x.png' } } },
      { type: 'file', media: { source: { type: 'data', data: 'QQ==', mime: 'application/pdf' }, name: 'a.pdf' } },
      { type: 'file', media: { source: { type: 'file', fileId: 'file-1' } } },
      { type: 'file', media: { source: { type: 'data', data: 'QQ==', mime: 'application/pdf' }, name: 'b.PDF' } },
      { type: 'audio', media: { source: { type: 'data', data: 'QQ==', mime: 'audio/wav' } } },
      { type: 'text', text: 'T', cache: { type: 'ephemeral' } },
      { type: 'foreign', dialect: 'chat', raw: { type: 'video_url', video_url: {} } },
    ])
  })

  it('pairs calls and results: function, free text, and the older function messages', () => {
    expect(
      turns(
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'b', type: 'custom', custom: { name: 'p', input: 'free' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: [{ type: 'text', text: 'ok' }] },
        { role: 'tool', tool_call_id: 'b', content: 'done' },
        { role: 'assistant', content: null, function_call: { name: 'g', arguments: '{}' } },
        { role: 'function', name: 'g', content: 'old' },
      ),
    ).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'call', id: 'a', name: 'f', arguments: '{"x":1}' },
          { type: 'call', id: 'b', name: 'p', arguments: 'free', custom: true },
        ],
      },
      { role: 'tool', parts: [{ type: 'result', id: 'a', parts: [{ type: 'text', text: 'ok' }] }] },
      { role: 'tool', parts: [{ type: 'result', id: 'b', parts: [{ type: 'text', text: 'done' }], custom: true }] },
      { role: 'assistant', parts: [{ type: 'call', id: 'call_function_3', name: 'g', arguments: '{}' }] },
      { role: 'tool', parts: [{ type: 'result', id: 'call_function_3', parts: [{ type: 'text', text: 'old' }] }] },
    ])
  })

  it('takes back the reasoning that it gave out, value by value', () => {
    const signature = { maker: 'anthropic', kind: 'signature', value: 'SIG==' } as const
    const encrypted = { maker: 'openai', kind: 'encrypted', value: 'ENC', itemId: 'rs_1' } as const
    expect(
      turns({
        role: 'assistant',
        content: 'A',
        reasoning_content: 'both',
        reasoning_details: [
          { type: 'reasoning.text', text: 'on', index: 0 },
          { type: 'reasoning.text', text: 'e', signature: sealOpaque(signature), index: 0 },
          { type: 'reasoning.summary', summary: 'two', index: 1 },
          { type: 'reasoning.encrypted', data: sealOpaque(encrypted), id: 'rs_1', index: 1 },
          { type: 'reasoning.encrypted', data: 'of somebody', index: 2 },
        ],
      })[0]?.parts,
    ).toEqual([
      { type: 'reasoning', text: ['one'], kind: 'full', opaque: signature },
      { type: 'reasoning', text: ['two'], kind: 'summary', opaque: encrypted },
      { type: 'text', text: 'A' },
    ])
    expect(turns({ role: 'assistant', content: 'A', reasoning_content: 'only text' })[0]?.parts[0]).toEqual({
      type: 'reasoning',
      text: ['only text'],
      kind: 'full',
    })
  })

  it('reads every parameter', () => {
    expect(
      decode({
        max_tokens: 5,
        max_completion_tokens: 6,
        temperature: 0,
        top_p: 0.5,
        top_k: 3,
        stop: 'x',
        seed: 1,
        n: 2,
        presence_penalty: 1,
        frequency_penalty: -1,
        logit_bias: { '5': -100 },
        logprobs: true,
        top_logprobs: 3,
        user: 'u',
        metadata: { a: 'b' },
        service_tier: 'flex',
        reasoning_effort: 'xhigh',
        verbosity: 'low',
        prompt_cache_key: 'k',
        parallel_tool_calls: false,
        stream: true,
        stream_options: { include_usage: true, include_obfuscation: false },
        prediction: { type: 'content' },
        store: null,
      }),
    ).toMatchObject({
      maxTokens: 6,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      stop: ['x'],
      seed: 1,
      n: 2,
      presencePenalty: 1,
      frequencyPenalty: -1,
      logitBias: { '5': -100 },
      logprobs: 3,
      user: 'u',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      effort: 'xhigh',
      verbosity: 'low',
      promptCacheKey: 'k',
      parallelTools: false,
      stream: true,
      includeUsage: true,
      extra: { prediction: { type: 'content' }, 'stream_options.include_obfuscation': false },
    })
    expect(Object.keys(decode({ temperature: null, stop: null }))).not.toContain('temperature')
    expect(decode({ logprobs: false, top_logprobs: 0 }).logprobs).toBeUndefined()
    expect(decode({ logprobs: true }).logprobs).toBe(0)
  })

  it('reads tools and choices, also the older functions', () => {
    const request = decode({
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: null } },
        { type: 'custom', custom: { name: 'p', format: { type: 'text' } } },
        { type: 'web_search', x: 1 },
      ],
      functions: [{ name: 'g' }],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
    })
    expect(request.tools).toEqual([
      { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } },
      { type: 'custom', name: 'p', format: { type: 'text' } },
      { type: 'hosted', name: 'web_search', dialect: 'chat', raw: { type: 'web_search', x: 1 } },
      { type: 'function', name: 'g' },
    ])
    expect(request.toolChoice).toEqual({ allowed: ['f'], mode: 'required' })
    expect(decode({ tool_choice: { type: 'function', function: { name: 'f' } } }).toolChoice).toEqual({ name: 'f' })
    expect(decode({ tool_choice: { type: 'custom', custom: { name: 'p' } } }).toolChoice).toEqual({ name: 'p' })
    expect(decode({ tool_choice: 'required' }).toolChoice).toBe('required')
    expect(decode({ function_call: { name: 'g' } }).toolChoice).toEqual({ name: 'g' })
    expect(decode({ function_call: 'none' }).toolChoice).toBe('none')
  })

  it('reads formats', () => {
    const schema = { type: 'object' }
    expect(decode({ response_format: { type: 'text' } }).format).toBeUndefined()
    expect(decode({ response_format: { type: 'json_object' } }).format).toEqual({ kind: 'json' })
    expect(
      decode({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema, strict: true } } }).format,
    ).toEqual({
      kind: 'schema',
      name: 'n',
      schema,
      strict: true,
    })
  })

  it('keeps unknown fields under their path', () => {
    const { extra } = decode({ foo: 1, messages: [{ role: 'user', content: 'x', bar: 2 }] })
    expect(extra).toEqual({ foo: 1, 'messages[0].bar': 2 })
  })

  it.each<[unknown, string]>([
    [null, 'body'],
    [[], 'body'],
    [{}, 'messages'],
    [{ messages: 'x' }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: [7] }, 'messages[0]'],
    [{ messages: [{ content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'king', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [{ messages: [{ role: 'user', content: ['x'] }] }, 'messages[0].content[0]'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages[0].content[0].image_url'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ messages: [{ role: 'assistant', tool_calls: {} }] }, 'messages[0].tool_calls'],
    [{ messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] }, 'messages[0].tool_calls[0].function'],
    [{ model: 7, messages: [{ role: 'user', content: 'x' }] }, 'model'],
    [{ messages: [{ role: 'user', content: 'x' }], temperature: '1' }, 'temperature'],
    [{ messages: [{ role: 'user', content: 'x' }], stream: 'yes' }, 'stream'],
    [{ messages: [{ role: 'user', content: 'x' }], stop: [1] }, 'stop[0]'],
    [{ messages: [{ role: 'user', content: 'x' }], reasoning_effort: 'huge' }, 'reasoning_effort'],
    [{ messages: [{ role: 'user', content: 'x' }], tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ messages: [{ role: 'user', content: 'x' }], tool_choice: 'maybe' }, 'tool_choice'],
    [{ messages: [{ role: 'user', content: 'x' }], response_format: { type: 'xml' } }, 'response_format.type'],
    [{ messages: [{ role: 'user', content: 'x' }], metadata: { a: 1 } }, 'metadata.a'],
  ])('refuses %j and names the path %s', (body, path) => {
    expect(() => chat.decodeRequest(body)).toThrow(
      expect.objectContaining({ name: 'LazuliError', status: 400, code: 'proxy_invalid_request', param: path }),
    )
  })

  it('throws nothing but its own error, whatever comes', () => {
    const keys = [
      'role',
      'content',
      'type',
      'text',
      'tool_calls',
      'function',
      'name',
      'id',
      'tool_call_id',
      'reasoning_details',
      'image_url',
      'file',
      'custom',
      'function_call',
    ]
    const message = fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom('user', 'assistant', 'tool', 'function', 'system', 'text'),
      ),
    )
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({
        messages: fc.array(message),
        tools: fc.jsonValue(),
        tool_choice: fc.jsonValue(),
        response_format: fc.jsonValue(),
      }),
    )
    fc.assert(
      fc.property(body, (value) => {
        try {
          chat.decodeRequest(value)
        } catch (error) {
          expect(error).toBeInstanceOf(LazuliError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
