import { describe, expect, it } from 'vitest'
import { sealOpaque } from '../../../../electron/core/envelope.ts'
import { responses } from '../../../../electron/core/dialects/responses/responses.ts'
import type { HubRequest, Turn } from '../../../../electron/core/hub.ts'

function decode(body: Record<string, unknown>): HubRequest {
  return responses.decodeRequest({ model: 'gpt-5', input: 'Hi', ...body }).request
}

function turnsOf(...input: unknown[]): Turn[] {
  return decode({ input }).turns
}

function refusal(body: unknown): unknown {
  try {
    responses.decodeRequest(body)
  } catch (error) {
    return error
  }
  return undefined
}

describe('input', () => {
  it('may be a text', () => {
    expect(decode({}).turns).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }])
  })

  it('has the instructions in front', () => {
    expect(decode({ instructions: 'Be kind.' }).turns[0]).toEqual({
      role: 'system',
      parts: [{ type: 'text', text: 'Be kind.' }],
    })
    expect(decode({ instructions: null }).turns).toHaveLength(1)
  })

  it('takes messages with and without a type, a text or parts, and keeps the place of instructions', () => {
    expect(
      turnsOf(
        { role: 'user', content: 'One' },
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Two' }] },
        { type: 'message', role: 'system', content: 'Three' },
        { role: 'user', content: [] },
      ),
    ).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'One' }] },
      { role: 'system', parts: [{ type: 'text', text: 'Two' }] },
      { role: 'system', parts: [{ type: 'text', text: 'Three' }] },
      { role: 'user', parts: [] },
    ])
  })

  it('makes one turn of what the assistant thought, said and called in a row', () => {
    const turns = turnsOf(
      { role: 'user', content: 'Go' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'sealed' },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        phase: 'commentary',
        status: 'completed',
        content: [{ type: 'output_text', text: 'I look.', annotations: [], logprobs: [] }],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{"a":1}', status: 'completed' },
      { type: 'custom_tool_call', call_id: 'call_2', name: 'patch', input: '*** Begin' },
      { type: 'function_call_output', call_id: 'call_1', output: 'ok' },
      { type: 'custom_tool_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: 'done' }] },
    )
    expect(turns.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          {
            type: 'reasoning',
            text: ['Hm'],
            kind: 'summary',
            opaque: { maker: 'openai', kind: 'encrypted', value: 'sealed', itemId: 'rs_1' },
          },
          { type: 'text', text: 'I look.', phase: 'commentary', itemId: 'msg_1' },
          { type: 'call', id: 'call_1', name: 'f', arguments: '{"a":1}', itemId: 'fc_1' },
          { type: 'call', id: 'call_2', name: 'patch', arguments: '*** Begin', custom: true },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'result', id: 'call_1', parts: [{ type: 'text', text: 'ok' }] },
          { type: 'result', id: 'call_2', parts: [{ type: 'text', text: 'done' }], custom: true },
        ],
      },
    ])
  })

  it('keeps two messages of the assistant apart', () => {
    const turns = turnsOf({ role: 'assistant', content: 'One' }, { role: 'assistant', content: 'Two' })
    expect(turns.map((turn) => turn.parts.length)).toEqual([1, 1])
  })

  it('knows its own envelope, and thoughts without an id', () => {
    const opaque = { maker: 'anthropic', kind: 'signature', value: 'sig' } as const
    const [turn] = turnsOf(
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: sealOpaque(opaque) },
      { type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
    )
    expect(turn?.parts).toEqual([
      { type: 'reasoning', text: ['Hm'], kind: 'full', opaque },
      { type: 'reasoning', text: [], kind: 'summary', opaque: { maker: 'openai', kind: 'encrypted', value: 'gAAA' } },
    ])
  })

  it('passes over a thought that is only an id, as LangChain sends it back', () => {
    expect(turnsOf({ type: 'reasoning', id: 'rs_1', summary: [] }, { role: 'user', content: 'Hi' })).toHaveLength(1)
  })

  it('reads the full text of open reasoning', () => {
    const [turn] = turnsOf({ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] })
    expect(turn?.parts).toEqual([{ type: 'reasoning', text: ['Hm'], kind: 'full' }])
  })

  it('reads pictures, files and sound', () => {
    const [turn] = turnsOf({
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' },
        { type: 'input_image', image_url: 'https://a.example/b.png' },
        { type: 'input_image', file_id: 'file_1', image_url: null },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' },
        { type: 'input_file', file_url: 'https://a.example/b.pdf' },
        { type: 'input_file', file_id: 'file_2' },
        { type: 'input_audio', input_audio: { data: 'CCCC', format: 'wav' } },
        { type: 'input_holo', x: 1 },
      ],
    })
    expect(turn?.parts).toEqual([
      { type: 'image', media: { source: { type: 'data', data: 'AAAA', mime: 'image/png' }, detail: 'low' } },
      { type: 'image', media: { source: { type: 'url', url: 'https://a.example/b.png' } } },
      { type: 'image', media: { source: { type: 'file', fileId: 'file_1' } } },
      { type: 'file', media: { source: { type: 'data', data: 'BBBB', mime: 'application/pdf' }, name: 'a.pdf' } },
      { type: 'file', media: { source: { type: 'url', url: 'https://a.example/b.pdf' } } },
      { type: 'file', media: { source: { type: 'file', fileId: 'file_2' } } },
      { type: 'audio', media: { source: { type: 'data', data: 'CCCC', mime: 'audio/wav' } } },
      { type: 'foreign', dialect: 'responses', raw: { type: 'input_holo', x: 1 } },
    ])
  })

  it('keeps references and steps of hosted tools as they are', () => {
    const reference = { type: 'item_reference', id: 'msg_1' }
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
    expect(turnsOf(reference, search)).toEqual([
      {
        role: 'assistant',
        parts: [reference, search].map((raw) => ({ type: 'foreign', dialect: 'responses', raw })),
      },
    ])
  })

  it('lets no sealed history go by as if it were a step of a tool', () => {
    expect(turnsOf({ type: 'compaction', encrypted_content: 'x' })[0]?.role).toBe('user')
  })

  it('takes outputs that are objects, and arguments that were parsed', () => {
    const [call, result] = turnsOf(
      { type: 'function_call', call_id: 'c', name: 'f', arguments: { a: 1 } },
      { type: 'function_call_output', call_id: 'c', output: { ok: true } },
    )
    expect(call?.parts[0]).toMatchObject({ arguments: '{"a":1}' })
    expect(result?.parts[0]).toMatchObject({ parts: [{ type: 'text', text: '{"ok":true}' }] })
  })
})

describe('tools', () => {
  it('are flat, and stay what they are', () => {
    const web = { type: 'web_search', external_web_access: true }
    expect(
      decode({
        tools: [
          { type: 'function', name: 'f', description: 'F', parameters: { type: 'object' }, strict: false },
          { type: 'function', name: 'g', parameters: null, strict: null },
          { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
          web,
        ],
      }).tools,
    ).toEqual([
      { type: 'function', name: 'f', description: 'F', parameters: { type: 'object' }, strict: false },
      { type: 'function', name: 'g' },
      { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      { type: 'hosted', name: 'web_search', dialect: 'responses', raw: web, path: 'tools[3]' },
    ])
  })

  it('of a namespace know it, and its description is declared', () => {
    const { request, losses } = responses.decodeRequest({
      model: 'm',
      input: 'Hi',
      tools: [
        {
          type: 'namespace',
          name: 'mcp__files',
          description: 'Files',
          tools: [
            { type: 'function', name: 'read', parameters: { type: 'object' }, strict: false },
            { type: 'custom', name: 'patch' },
          ],
        },
      ],
    })
    expect(request.tools).toMatchObject([
      { type: 'function', name: 'read', namespace: 'mcp__files' },
      { type: 'custom', name: 'patch', namespace: 'mcp__files' },
    ])
    expect(losses).toMatchObject([{ path: 'tools[0].description', kind: 'degraded' }])
  })

  it('may stand in the input, once each', () => {
    const { tools, turns } = decode({
      tools: [{ type: 'function', name: 'f', description: 'old' }],
      input: [
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [
            { type: 'custom', name: 'exec' },
            { type: 'namespace', name: 'ns', description: '', tools: [{ type: 'function', name: 'f' }] },
            { type: 'function', name: 'f', description: 'new' },
          ],
        },
        { role: 'user', content: 'Hi' },
        { type: 'tool_search_output', call_id: 'x', tools: [{ type: 'function', name: 'found' }] },
      ],
    })
    expect(tools).toEqual([
      { type: 'function', name: 'f', description: 'new' },
      { type: 'custom', name: 'exec' },
      { type: 'function', name: 'f', namespace: 'ns' },
      { type: 'function', name: 'found' },
    ])
    expect(turns.map((turn) => turn.role)).toEqual(['user', 'assistant'])
  })

  it.each([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ type: 'function', name: 'f' }, { name: 'f' }],
    [{ type: 'function', function: { name: 'f' } }, { name: 'f' }],
    [{ type: 'custom', name: 'p' }, { name: 'p' }],
    [{ type: 'web_search_preview' }, { name: 'web_search_preview' }],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { allowed: ['f'], mode: 'required' },
    ],
    [null, undefined],
  ])('are chosen by %j', (choice, expected) => {
    expect(decode({ tool_choice: choice }).toolChoice).toEqual(expected)
  })
})

describe('parameters', () => {
  it('are read under their names', () => {
    expect(
      decode({
        stream: true,
        parallel_tool_calls: false,
        max_output_tokens: 100,
        temperature: 0.5,
        top_p: 0.9,
        top_logprobs: 3,
        reasoning: { effort: 'high', summary: 'detailed' },
        include: ['reasoning.encrypted_content'],
        text: {
          format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
          verbosity: 'low',
        },
        user: 'u',
        safety_identifier: 's',
        metadata: { a: 'b' },
        service_tier: 'flex',
        prompt_cache_key: 'key',
      }),
    ).toMatchObject({
      stream: true,
      parallelTools: false,
      maxTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      logprobs: 3,
      effort: 'high',
      showReasoning: 'detailed',
      wantOpaque: true,
      format: { kind: 'schema', name: 'n', schema: { type: 'object' }, strict: true },
      verbosity: 'low',
      user: 's',
      metadata: { a: 'b' },
      serviceTier: 'flex',
      promptCacheKey: 'key',
      extra: {},
    })
  })

  it('that say nothing leave nothing', () => {
    const request = decode({
      text: {},
      reasoning: null,
      tools: null,
      include: null,
      temperature: null,
      truncation: 'disabled',
      background: false,
      stream_options: null,
      previous_response_id: null,
    })
    expect(Object.keys(request).toSorted()).toEqual(
      ['dialect', 'echo', 'extra', 'includeUsage', 'model', 'stream', 'tools', 'turns'].toSorted(),
    )
    expect(request.extra).toEqual({})
  })

  it('that only Responses knows are kept by their path', () => {
    expect(
      decode({
        store: true,
        previous_response_id: 'resp_1',
        truncation: 'auto',
        stream_options: { include_obfuscation: false },
        include: ['file_search_call.results', 'message.output_text.logprobs'],
        client_metadata: { x: 'y' },
      }),
    ).toMatchObject({
      logprobs: 0,
      extra: {
        store: true,
        previous_response_id: 'resp_1',
        truncation: 'auto',
        'stream_options.include_obfuscation': false,
        include: ['file_search_call.results'],
        client_metadata: { x: 'y' },
      },
    })
  })

  it('are repeated in the answer as they were written', () => {
    const tools = [{ type: 'namespace', name: 'ns', description: '', tools: [] }]
    expect(decode({ tools, instructions: 'Be kind.', temperature: 0.5, store: true, input: 'x' }).echo).toEqual({
      tools,
      instructions: 'Be kind.',
      temperature: 0.5,
    })
  })
})

describe('what is malformed', () => {
  it.each([
    ['body', []],
    ['input', { model: 'm' }],
    ['input', { model: 'm', input: [] }],
    ['input', { model: 'm', input: 1 }],
    ['input[0].role', { model: 'm', input: [{ content: 'x' }] }],
    ['input[0].role', { model: 'm', input: [{ role: 'robot', content: 'x' }] }],
    ['input[1]', { model: 'm', input: [{ role: 'user', content: 'x' }, 1] }],
    ['input[0].content', { model: 'm', input: [{ role: 'user', content: 1 }] }],
    ['input[0].content[0].text', { model: 'm', input: [{ role: 'user', content: [{ type: 'input_text' }] }] }],
    ['input[0].call_id', { model: 'm', input: [{ type: 'function_call', name: 'f', arguments: '' }] }],
    ['input[0].output', { model: 'm', input: [{ type: 'function_call_output', call_id: 'c', output: 1 }] }],
    ['tools[0].name', { model: 'm', input: 'x', tools: [{ type: 'function' }] }],
    ['tools[0].tools[0].name', { model: 'm', input: 'x', tools: [{ type: 'namespace', name: 'n', tools: [{}] }] }],
    ['tool_choice', { model: 'm', input: 'x', tool_choice: 'maybe' }],
    ['text.format.type', { model: 'm', input: 'x', text: { format: { type: 'xml' } } }],
    ['reasoning.effort', { model: 'm', input: 'x', reasoning: { effort: 'huge' } }],
    ['temperature', { model: 'm', input: 'x', temperature: 'hot' }],
    ['metadata.a', { model: 'm', input: 'x', metadata: { a: 1 } }],
    ['include[0]', { model: 'm', input: 'x', include: [1] }],
  ])('is refused with the path %s', (param, body) => {
    expect(refusal(body)).toMatchObject({ status: 400, code: 'proxy_invalid_request', param })
  })
})
