import { describe, expect, test } from 'vitest'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import { sealOpaque } from '../../../../electron/core/envelope.ts'
import type { HubRequest, Loss, Part, Turn } from '../../../../electron/core/hub.ts'

function decode(fields: Record<string, unknown> = {}): { request: HubRequest; losses: Loss[] } {
  return messages.decodeRequest({
    model: 'claude-test',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hello' }],
    ...fields,
  })
}

const turnsOf = (...entries: unknown[]): Turn[] => decode({ messages: entries }).request.turns
const userParts = (...content: unknown[]): Part[] => turnsOf({ role: 'user', content })[0]?.parts ?? []
const assistantParts = (...content: unknown[]): Part[] => turnsOf({ role: 'assistant', content })[0]?.parts ?? []

test('the plain request', () => {
  expect(decode({ stream: true, temperature: 0.5, top_p: 0.9, top_k: 5, stop_sequences: ['END'] }).request).toEqual({
    model: 'claude-test',
    dialect: 'messages',
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    maxTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    topK: 5,
    stop: ['END'],
    stream: true,
    includeUsage: true,
    extra: {},
  })
})

describe('what is malformed is refused with its path', () => {
  test.each([
    [{ max_tokens: undefined }, 'max_tokens'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ model: 5 }, 'model'],
    [{ messages: 'Hello' }, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64' } }] }] },
      'messages[0].content[0].source.data',
    ],
    [{ tools: [{ input_schema: {} }] }, 'tools[0].name'],
    [{ tool_choice: { type: 'some' } }, 'tool_choice.type'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    [{ output_config: { format: { type: 'xml' } } }, 'output_config.format.type'],
    [{ stream: 'yes' }, 'stream'],
  ])('%j', (fields, param) => {
    expect(() => decode(fields)).toThrow(expect.objectContaining({ status: 400, param }) as Error)
  })

  test('content that only Anthropic knows is not dropped from a question in silence', () => {
    expect(() => userParts({ type: 'container_upload', file_id: 'f' })).toThrow(
      expect.objectContaining({
        status: 400,
        code: 'unsupported_by_upstream',
        param: 'messages[0].content[0].type',
      }) as Error,
    )
  })
})

describe('system', () => {
  test('each block is a turn of its own, with its cache mark', () => {
    const cache = { type: 'ephemeral', ttl: '1h' }
    const { turns } = decode({
      system: [
        { type: 'text', text: 'A', cache_control: cache },
        { type: 'text', text: 'B' },
      ],
    }).request
    expect(turns.slice(0, 2)).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'A', cache }] },
      { role: 'system', parts: [{ type: 'text', text: 'B' }] },
    ])
  })

  test("Claude Code's billing header is not for the model", () => {
    const billing = { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=1' }
    const { request, losses } = decode({ system: [billing, { type: 'text', text: 'Be brief.' }] })
    expect(request.turns[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] })
    expect(losses).toEqual([])
  })

  test('a system message amid the conversation keeps its place, and its effort is the last word', () => {
    const { request } = decode({
      output_config: { effort: 'low' },
      messages: [
        { role: 'user', content: 'A' },
        { role: 'system', content: 'B', output_config: { effort: 'high' } },
        { role: 'user', content: 'C' },
      ],
    })
    expect(request.turns.map((turn) => turn.role)).toEqual(['user', 'system', 'user'])
    expect(request.effort).toBe('high')
  })
})

describe('content', () => {
  test('images by data, by address and by file', () => {
    const image = (source: Record<string, unknown>): Record<string, unknown> => ({ type: 'image', source })
    expect(
      userParts(
        image({ type: 'base64', media_type: 'image/png', data: 'AAAA' }),
        image({ type: 'url', url: 'https://a.test/b.png' }),
        image({ type: 'file', file_id: 'file_1' }),
      ),
    ).toEqual([
      { type: 'image', media: { source: { type: 'data', mime: 'image/png', data: 'AAAA' } } },
      { type: 'image', media: { source: { type: 'url', url: 'https://a.test/b.png' } } },
      { type: 'image', media: { source: { type: 'file', fileId: 'file_1' } } },
    ])
  })

  test('a PDF is a file with its title', () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }
    expect(userParts({ type: 'document', title: 'a.pdf', source })).toEqual([
      { type: 'file', media: { source: { type: 'data', mime: 'application/pdf', data: 'JVBERi0=' }, name: 'a.pdf' } },
    ])
  })

  test('a text document and a search result become marked text, declared', () => {
    const document = {
      type: 'document',
      title: 'Notes',
      source: { type: 'text', media_type: 'text/plain', data: 'One.' },
    }
    const found = {
      type: 'search_result',
      title: 'T',
      source: 'https://a.test',
      content: [{ type: 'text', text: 'Two.' }],
    }
    const { request, losses } = decode({ messages: [{ role: 'user', content: [document, found] }] })
    expect(request.turns[0]?.parts).toEqual([
      { type: 'text', text: '<document title="Notes">\nOne.\n</document>' },
      { type: 'text', text: '<search_result title="T" source="https://a.test">\nTwo.\n</search_result>' },
    ])
    expect(losses.map((loss) => loss.kind)).toEqual(['degraded', 'degraded'])
  })

  test('tool results are a turn of their own, before what else the user says', () => {
    const turns = turnsOf({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'Done.' },
        { type: 'tool_result', tool_use_id: 'b', is_error: true, content: [{ type: 'text', text: 'No.' }] },
        { type: 'tool_result', tool_use_id: 'c' },
        { type: 'text', text: 'Go on.' },
      ],
    })
    expect(turns).toEqual([
      {
        role: 'tool',
        parts: [
          { type: 'result', id: 'a', parts: [{ type: 'text', text: 'Done.' }] },
          { type: 'result', id: 'b', error: true, parts: [{ type: 'text', text: 'No.' }] },
          { type: 'result', id: 'c', parts: [] },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'Go on.' }] },
    ])
  })

  test('thinking is Anthropic’s own, or another maker’s out of our envelope', () => {
    const opaque = { maker: 'openai', kind: 'encrypted', value: 'blob', itemId: 'rs_1' } as const
    expect(
      assistantParts(
        { type: 'thinking', thinking: 'Hm', signature: 'sig' },
        { type: 'thinking', thinking: '', signature: sealOpaque(opaque) },
        { type: 'thinking', thinking: 'lost', signature: '' },
        { type: 'redacted_thinking', data: 'data' },
      ),
    ).toEqual([
      {
        type: 'reasoning',
        text: ['Hm'],
        kind: 'full',
        opaque: { maker: 'anthropic', kind: 'signature', value: 'sig' },
      },
      { type: 'reasoning', text: [], kind: 'summary', opaque },
      { type: 'reasoning', text: ['lost'], kind: 'full' },
      { type: 'reasoning', text: [], kind: 'full', opaque: { maker: 'anthropic', kind: 'redacted', value: 'data' } },
    ])
  })

  test('calls carry their input as text, steps of hosted tools stay as they are', () => {
    const hosted = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    expect(assistantParts({ type: 'tool_use', id: 'a', name: 'read', input: { path: 'x' } }, hosted)).toEqual([
      { type: 'call', id: 'a', name: 'read', arguments: '{"path":"x"}' },
      { type: 'foreign', dialect: 'messages', raw: hosted },
    ])
  })
})

describe('tools', () => {
  test('functions, with hints that mean nothing elsewhere taken off', () => {
    const tool = {
      type: 'custom',
      name: 'read',
      description: 'Reads.',
      input_schema: { type: 'object', properties: {} },
      cache_control: { type: 'ephemeral' },
      defer_loading: true,
      eager_input_streaming: true,
    }
    const { request, losses } = decode({ tools: [tool] })
    expect(request.tools).toEqual([
      {
        type: 'function',
        name: 'read',
        description: 'Reads.',
        parameters: { type: 'object', properties: {} },
        cache: { type: 'ephemeral' },
      },
    ])
    expect(losses).toEqual([])
  })

  test('typed tools are hosted', () => {
    const raw = { type: 'web_search_20250305', name: 'web_search', max_uses: 5 }
    expect(decode({ tools: [raw] }).request.tools).toEqual([
      { type: 'hosted', name: 'web_search', dialect: 'messages', raw },
    ])
  })

  test.each([
    [{ type: 'auto' }, { toolChoice: 'auto' }],
    [{ type: 'any' }, { toolChoice: 'required' }],
    [{ type: 'none' }, { toolChoice: 'none' }],
    [{ type: 'tool', name: 'read' }, { toolChoice: { name: 'read' } }],
    [
      { type: 'auto', disable_parallel_tool_use: true },
      { toolChoice: 'auto', parallelTools: false },
    ],
  ])('the choice %j', (choice, expected) => {
    expect(decode({ tool_choice: choice }).request).toMatchObject(expected)
  })
})

describe('thinking and output', () => {
  test.each([
    [{ type: 'enabled', budget_tokens: 31_999, display: 'updates' }, { mode: 'enabled', budget: 31_999 }, 'auto'],
    [{ type: 'adaptive' }, { mode: 'adaptive' }, undefined],
    [{ type: 'adaptive', display: 'omitted' }, { mode: 'adaptive' }, 'omit'],
    [{ type: 'disabled' }, { mode: 'disabled' }, undefined],
    [{ type: 'between_tools' }, { mode: 'adaptive' }, undefined],
  ])('%j', (thinking, mode, show) => {
    const { request } = decode({ thinking })
    expect(request.thinking).toEqual(mode)
    expect(request.showReasoning).toBe(show)
  })

  test('a schema is strict only where OpenAI would take it so', () => {
    const format = (schema: Record<string, unknown>): HubRequest['format'] =>
      decode({ output_config: { format: { type: 'json_schema', schema }, effort: 'max' } }).request.format
    const properties = { a: { type: 'string' }, b: { type: 'array', items: { type: 'object', properties: {} } } }
    expect(
      format({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }),
    ).toMatchObject({
      kind: 'schema',
      name: 'output',
      strict: true,
    })
    expect(format({ type: 'object', properties, required: ['a', 'b'], additionalProperties: false })).toMatchObject({
      strict: false,
    })
    expect(format({ type: 'object', properties: { a: {} }, additionalProperties: false })).toMatchObject({
      strict: false,
    })
  })

  test('a begun answer is told as something that other models do not continue', () => {
    const messages = [
      { role: 'user', content: 'Go' },
      { role: 'assistant', content: '{' },
    ]
    expect(decode({ messages }).losses).toMatchObject([{ path: 'messages', kind: 'degraded' }])
  })

  test('user, tier and what only Anthropic knows', () => {
    const { request } = decode({
      metadata: { user_id: '{"device":"x"}' },
      service_tier: 'standard_only',
      context_management: { edits: [] },
      container: null,
      mcp_servers: [],
    })
    expect(request).toMatchObject({ user: '{"device":"x"}', serviceTier: 'default' })
    expect(Object.keys(request.extra)).toEqual(['context_management', 'mcp_servers'])
  })
})
