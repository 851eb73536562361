/** Anthropic Messages requests as SDKs and agents send them, one per habit. Words in `«»` must reach the model. */
import type { RequestCase } from './request-cases.ts'

type Fields = Record<string, unknown>

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='
const SCHEMA: Fields = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { path: { type: 'string' }, all: { type: 'boolean' } },
  required: ['path'],
}
const MARK = { cache_control: { type: 'ephemeral', ttl: '1h' } }
const tool = (name: string, rest: Fields = {}): Fields => ({
  name,
  description: 'Reads',
  input_schema: SCHEMA,
  ...rest,
})
const text = (value: string, rest: Fields = {}): Fields => ({ type: 'text', text: value, ...rest })
const user = (content: unknown = '«ask»'): Fields => ({ role: 'user', content })
const assistant = (...content: Fields[]): Fields => ({ role: 'assistant', content })
const use = (id: string, input: Fields = { path: '«path»' }): Fields => ({ type: 'tool_use', id, name: 'read', input })
const result = (id: string, content: unknown = '«result»', rest: Fields = {}): Fields => ({
  type: 'tool_result',
  tool_use_id: id,
  ...(content === undefined ? {} : { content }),
  ...rest,
})
const picture: Fields = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }
const ask = (rest: Fields = {}, ...messages: Fields[]): Fields => ({
  max_tokens: 4096,
  messages: messages.length > 0 ? messages : [user()],
  ...rest,
})
const TOOLS = { tools: [tool('read')] }
const loop = (...results: Fields[]): Fields[] => [user(), assistant(text('«I look.»'), use('toolu_1')), user(results)]
const BOTH = ['chat', 'responses'] as const

export const messagesRequests: readonly RequestCase[] = [
  ['a bare question', ask()],
  ['system as text', ask({ system: '«sys»' })],
  [
    'system blocks with marks',
    ask(
      { system: [text('x-anthropic-billing-header: cc_version=2.1;'), text('«one»', MARK), text('«two»', MARK)] },
      user([text('«ask»', MARK)]),
    ),
  ],
  [
    'a system message in the middle',
    ask({}, user('«one»'), assistant(text('«a»')), { role: 'system', content: '«sys»' }, user('«two»')),
  ],
  [
    'neighbours of one role',
    ask({}, user('«one»'), user([text('«two»')]), assistant(text('«a»')), assistant(text('«b»')), user('«three»')),
  ],
  ['a begun answer', ask({}, user(), assistant(text('«{»')))],
  ['an empty answer', ask({}, user('«one»'), { role: 'assistant', content: [] }, user('«two»'))],
  ['a picture inside', ask({}, user([picture, text('«what»')]))],
  ['a picture by address', ask({}, user([{ type: 'image', source: { type: 'url', url: 'https://a.test/x.png' } }]))],
  [
    'a picture by its id',
    ask({}, user([{ type: 'image', source: { type: 'file', file_id: 'file_1' } }])),
    { refusedBy: BOTH },
  ],
  [
    'a PDF inside',
    ask(
      {},
      user([
        {
          type: 'document',
          title: 'a.pdf',
          source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
          ...MARK,
        },
        text('«what»'),
      ]),
    ),
  ],
  [
    'a PDF without a title',
    ask(
      {},
      user([
        { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
        text('«what»'),
      ]),
    ),
  ],
  [
    'a PDF by address',
    ask({}, user([{ type: 'document', source: { type: 'url', url: 'https://a.test/a.pdf' } }])),
    { refusedBy: ['chat'] },
  ],
  [
    'a text document with citations',
    ask(
      {},
      user([
        {
          type: 'document',
          title: '«T»',
          context: '«C»',
          citations: { enabled: true },
          source: { type: 'text', media_type: 'text/plain', data: '«doc»' },
        },
      ]),
    ),
  ],
  [
    'a document of blocks',
    ask({}, user([{ type: 'document', source: { type: 'content', content: [text('«a»'), picture] } }])),
  ],
  [
    'search results',
    ask(
      {},
      user([
        { type: 'search_result', source: 'https://a.test', title: '«T»', content: [text('«found»')] },
        text('«what»'),
      ]),
    ),
  ],
  ['a tool and its result', ask(TOOLS, ...loop(result('toolu_1')))],
  ['a result and a word', ask(TOOLS, ...loop(result('toolu_1'), text('«go on»')))],
  [
    'results out of order',
    ask(
      TOOLS,
      user(),
      assistant(use('toolu_1'), use('toolu_2')),
      user([result('toolu_2', '«b»'), result('toolu_1', '«a»')]),
    ),
  ],
  ['a failed result', ask(TOOLS, ...loop(result('toolu_1', '«it broke»', { is_error: true })))],
  ['a failed result without words', ask(TOOLS, ...loop(result('toolu_1', undefined, { is_error: true })))],
  ['an empty result', ask(TOOLS, ...loop(result('toolu_1', [])))],
  [
    'a result with a picture',
    ask(
      TOOLS,
      user(),
      assistant(use('toolu_1'), use('toolu_2')),
      user([result('toolu_1', [text('«see»'), picture]), result('toolu_2', [picture])]),
    ),
  ],
  [
    'a result that loads tools',
    ask(TOOLS, ...loop(result('toolu_1', [{ type: 'tool_reference', tool_name: '«read»' }]))),
  ],
  ['results with marks', ask(TOOLS, ...loop(result('toolu_1', [text('«a»', MARK)], MARK)))],
  [
    'signed thoughts',
    ask(
      { ...TOOLS, thinking: { type: 'enabled', budget_tokens: 2000 } },
      user(),
      assistant(
        { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
        { type: 'redacted_thinking', data: 'd' },
        use('toolu_1'),
      ),
      user([result('toolu_1')]),
    ),
  ],
  [
    'steps of hosted tools in the past',
    ask(
      {},
      user(),
      assistant(
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
        text('«found»'),
      ),
      user('«more»'),
    ),
  ],
  [
    'a hosted tool beside others',
    ask({ tools: [tool('read'), { type: 'web_search_20250305', name: 'web_search', max_uses: 3 }] }),
  ],
  ['a hosted tool alone', ask({ tools: [{ type: 'bash_20250124', name: 'bash' }] }), { refusedBy: BOTH }],
  [
    'hints on tools',
    ask({
      tools: [
        tool('read', { defer_loading: true, eager_input_streaming: true, ...MARK }),
        tool('now', { type: 'custom', input_schema: { type: 'object' }, input_examples: [{}] }),
      ],
    }),
  ],
  ['strict tools', ask({ tools: [tool('read', { strict: true })] })],
  [
    'long tool names',
    ask({
      tools: [tool(`mcp__files__${'y'.repeat(100)}`)],
      tool_choice: { type: 'tool', name: `mcp__files__${'y'.repeat(100)}` },
    }),
  ],
  ['any tool, one at a time', ask({ ...TOOLS, tool_choice: { type: 'any', disable_parallel_tool_use: true } })],
  ['no tool', ask({ ...TOOLS, tool_choice: { type: 'none' } })],
  ['history with tools, but no tools', ask({}, ...loop(result('toolu_1')), assistant(text('«done»')), user('«more»'))],
  ['a schema', ask({ output_config: { format: { type: 'json_schema', schema: SCHEMA } } })],
  [
    'a schema of the beta',
    ask({ output_format: { type: 'json_schema', schema: { ...SCHEMA, additionalProperties: false } } }),
  ],
  ['a budget', ask({ thinking: { type: 'enabled', budget_tokens: 31_999 }, max_tokens: 32_000, temperature: 1 })],
  [
    'adaptive thinking',
    ask({ thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } }),
  ],
  ['no thinking', ask({ thinking: { type: 'disabled' }, output_config: { effort: 'max' } })],
  ...['low', 'medium', 'high', 'max'].map((effort): RequestCase => [
    `effort ${effort} alone`,
    ask({ output_config: { effort } }),
  ]),
  ['sampling', ask({ temperature: 0.4, top_p: 0.8, top_k: 20 })],
  ['many stops', ask({ stop_sequences: ['a', 'b', 'c', 'd', 'e'] })],
  ['the title of a conversation', ask({ max_tokens: 1, system: [text('«sys»')] })],
  ['a huge limit', ask({ max_tokens: 128_000 })],
  ['a long user id', ask({ metadata: { user_id: `user_${'f'.repeat(145)}` }, service_tier: 'standard_only' })],
  [
    'what belongs to Anthropic',
    ask({
      mcp_servers: [{ type: 'url', url: 'https://a.test', name: 's' }],
      context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
      container: 'c',
      speed: 'fast',
      betas: ['x'],
      inference_geo: 'eu',
    }),
  ],
  ['a thread', ask({ thread: { type: 'create' } }), { refusedBy: BOTH }],
  ['an unknown block', ask({}, user([{ type: 'novelty', x: 1 }])), { refusedBy: BOTH }],
  ['an uploaded container file', ask({}, user([{ type: 'container_upload', file_id: 'file_1' }])), { refusedBy: BOTH }],
  ['blank texts', ask({}, user([text(''), text('«ask»')]), assistant(text(' ')), user('«more»'))],
  ['unicode', ask({ system: '«漢字 🙂 \u2028»' }, user('«שלום 👩‍👩‍👧 "\\"»'))],
]
