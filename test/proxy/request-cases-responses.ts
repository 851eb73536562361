/** Responses requests as SDKs and agents send them, one per habit. Words in `«»` must reach the model. */
import type { RequestCase } from './request-cases.ts'

type Fields = Record<string, unknown>

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='
const SCHEMA: Fields = {
  type: 'object',
  properties: { path: { type: 'string' } },
  required: ['path'],
  additionalProperties: false,
}
const fn = (name: string, rest: Fields = {}): Fields => ({
  type: 'function',
  name,
  description: 'Reads',
  parameters: SCHEMA,
  strict: false,
  ...rest,
})
const user = (content: unknown = '«ask»'): Fields => ({ role: 'user', content })
const call = (id: string, rest: Fields = {}): Fields => ({
  type: 'function_call',
  call_id: id,
  name: 'read',
  arguments: '{"path":"«path»"}',
  ...rest,
})
const output = (id: string, value: unknown = '«result»'): Fields => ({
  type: 'function_call_output',
  call_id: id,
  output: value,
})
const said = (text: string, rest: Fields = {}): Fields => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...rest,
})
const ask = (rest: Fields = {}, ...items: Fields[]): Fields => ({ input: items.length > 0 ? items : '«ask»', ...rest })
const TOOLS = { tools: [fn('read')] }
const BOTH = ['chat', 'messages'] as const

export const responsesRequests: readonly RequestCase[] = [
  ['a bare question', ask()],
  [
    'instructions and developers',
    ask(
      { instructions: '«ins»' },
      { role: 'developer', content: '«dev»' },
      { role: 'system', content: [{ type: 'input_text', text: '«sys»' }] },
      user(),
    ),
  ],
  [
    'a developer in the middle',
    ask(
      {},
      user('«one»'),
      said('«a»'),
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: '«dev»' }] },
      user('«two»'),
    ),
  ],
  ['only instructions of developers', ask({}, { role: 'developer', content: '«dev»' })],
  ['answers of the past as text', ask({}, user(), { role: 'assistant', content: '«a»' }, user('«more»'))],
  [
    'two answers in a row',
    ask(
      {},
      user(),
      said('«a»', { id: 'msg_1', status: 'completed', phase: 'commentary' }),
      said('«b»', { id: 'msg_2', phase: 'final_answer' }),
      user('«more»'),
    ),
  ],
  [
    'a picture by address',
    ask(
      {},
      user([
        { type: 'input_text', text: '«what»' },
        { type: 'input_image', image_url: 'https://a.test/x.png', detail: 'high' },
      ]),
    ),
  ],
  ['a picture inside', ask({}, user([{ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }]))],
  [
    'a picture by its id',
    ask({}, user([{ type: 'input_image', file_id: 'file-1', detail: 'auto' }])),
    { refusedBy: BOTH },
  ],
  [
    'a PDF inside',
    ask(
      {},
      user([
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
        { type: 'input_text', text: '«what»' },
      ]),
    ),
  ],
  [
    'a PDF by address',
    ask({}, user([{ type: 'input_file', file_url: 'https://a.test/a.pdf' }])),
    { refusedBy: ['chat'] },
  ],
  ['a file by its id', ask({}, user([{ type: 'input_file', file_id: 'file-1' }])), { refusedBy: ['messages'] }],
  [
    'parallel calls',
    ask(
      TOOLS,
      user(),
      call('call_a', { id: 'fc_1', status: 'completed' }),
      call('call_b', { id: 'fc_2' }),
      output('call_a', '«a»'),
      output('call_b', '«b»'),
    ),
  ],
  [
    'calls one by one',
    ask(
      TOOLS,
      user(),
      call('call_a'),
      output('call_a', '«a»'),
      call('call_b'),
      output('call_b', '«b»'),
      said('«done»'),
      user('«more»'),
    ),
  ],
  ['a word between call and result', ask(TOOLS, user(), call('call_a'), user('«hurry»'), output('call_a'))],
  [
    'a developer between call and result',
    ask(
      TOOLS,
      user(),
      call('call_a'),
      { role: 'developer', content: '«dev»' },
      output('call_a'),
      said('«done»'),
      user('«more»'),
    ),
  ],
  ['text after a call', ask(TOOLS, user(), said('«a»'), call('call_a'), said('«b»'), output('call_a'))],
  [
    'results with pictures',
    ask(
      TOOLS,
      user(),
      call('call_a'),
      output('call_a', [
        { type: 'input_text', text: '«see»' },
        { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'auto' },
      ]),
      user('«more»'),
    ),
  ],
  ['an empty result', ask(TOOLS, user(), call('call_a', { arguments: '' }), output('call_a', ''), user('«more»'))],
  ['a result that is an object', ask(TOOLS, user(), call('call_a'), output('call_a', { ok: '«true»' }))],
  [
    'a call without its result',
    ask(TOOLS, user(), call('call_a'), user('«more»')),
    { refusedBy: ['messages'], forwardedTo: ['chat'] },
  ],
  [
    'thoughts that are sealed',
    ask(
      TOOLS,
      user(),
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'gAAA' },
      call('call_a'),
      output('call_a'),
    ),
  ],
  [
    'thoughts without a seal or an id',
    ask({}, user(), { type: 'reasoning', summary: [] }, said('«a»'), user('«more»')),
  ],
  [
    'open thoughts beside a call',
    ask(
      TOOLS,
      user(),
      { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
      call('call_a'),
      output('call_a'),
    ),
    // Servers of open models want them there; OpenAI's would not.
    { forwardedTo: ['chat'] },
  ],
  ['a reference', ask({}, { type: 'item_reference', id: 'msg_9' }, user()), { refusedBy: BOTH }],
  ['an earlier response', ask({ previous_response_id: 'resp_1' }), { refusedBy: BOTH }],
  ['a conversation', ask({ conversation: { id: 'conv_1' } }), { refusedBy: BOTH }],
  ['the background', ask({ background: true }), { refusedBy: BOTH }],
  ['a stored prompt', ask({ prompt: { id: 'pmpt_1' } }), { refusedBy: BOTH }],
  [
    'steps of hosted tools in the past',
    ask(
      {},
      user(),
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
      said('«found»'),
      user('«more»'),
    ),
  ],
  [
    'a hosted tool beside others',
    ask({ tools: [fn('read'), { type: 'web_search', external_web_access: true }], tool_choice: 'auto' }),
  ],
  ['a hosted tool alone', ask({ tools: [{ type: 'file_search', vector_store_ids: ['v'] }] }), { refusedBy: BOTH }],
  [
    'a hosted tool that is chosen',
    ask({ tools: [fn('read'), { type: 'web_search_preview' }], tool_choice: { type: 'web_search_preview' } }),
    { refusedBy: BOTH },
  ],
  [
    'a server of MCP alone',
    ask({ tools: [{ type: 'mcp', server_label: 's', server_url: 'https://a.test', require_approval: 'never' }] }),
    { refusedBy: BOTH },
  ],
  [
    'a namespace',
    ask(
      {
        tools: [
          {
            type: 'namespace',
            name: 'mcp__files',
            description: 'ns',
            tools: [fn('read'), { type: 'custom', name: 'patch' }],
          },
        ],
      },
      user(),
      call('call_a', { namespace: 'mcp__files' }),
      output('call_a'),
    ),
  ],
  [
    'tools in the input',
    ask(
      {},
      {
        type: 'additional_tools',
        role: 'developer',
        tools: [fn('read'), { type: 'namespace', name: 'n', description: 'd', tools: [fn('read')] }],
      },
      user(),
    ),
  ],
  [
    'a free-text tool and its call',
    ask(
      {
        tools: [
          { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
        ],
      },
      user(),
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_a', name: 'patch', input: '«*** Begin»\n"x"' },
      { type: 'custom_tool_call_output', call_id: 'call_a', output: '«ok»' },
    ),
  ],
  ['a forced function', ask({ ...TOOLS, tool_choice: { type: 'function', name: 'read' }, parallel_tool_calls: false })],
  [
    'allowed tools',
    ask({
      tools: [fn('read'), fn('write')],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'read' }] },
    }),
  ],
  [
    'null and default everywhere',
    ask({
      tools: [],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      temperature: null,
      top_p: null,
      instructions: null,
      metadata: null,
      text: {},
      reasoning: null,
      include: null,
      truncation: 'disabled',
      background: false,
      max_output_tokens: null,
      service_tier: 'auto',
      user: null,
      store: false,
    }),
  ],
  ['null as strict', ask({ tools: [fn('read', { strict: null })] })],
  [
    'no parameters',
    ask({
      tools: [
        { type: 'function', name: 'now', parameters: null, strict: true },
        { type: 'function', name: 'then', parameters: {}, strict: false },
      ],
    }),
  ],
  [
    'a schema',
    ask({ text: { format: { type: 'json_schema', name: 'out', strict: true, schema: SCHEMA }, verbosity: 'low' } }),
  ],
  ['JSON', ask({ text: { format: { type: 'json_object' } } }, user('«ask» JSON'))],
  ...['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'].map((effort): RequestCase => [
    `effort ${effort}`,
    ask({ reasoning: { effort, summary: 'auto' }, max_output_tokens: 3000 }),
  ]),
  ['a tiny limit', ask({ max_output_tokens: 16, reasoning: { effort: 'high' } })],
  [
    'sampling',
    ask({
      temperature: 0.3,
      top_p: 0.9,
      top_logprobs: 2,
      include: ['message.output_text.logprobs', 'web_search_call.action.sources'],
    }),
  ],
  [
    'what belongs to OpenAI',
    ask({
      metadata: { a: 'b' },
      service_tier: 'priority',
      safety_identifier: 's',
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      max_tool_calls: 3,
      truncation: 'auto',
      stream_options: { include_obfuscation: false },
    }),
  ],
  ['a compacted past', ask({}, { type: 'compaction', encrypted_content: 'x' }, user()), { refusedBy: BOTH }],
  ['an unknown item', ask({}, user(), { type: 'novelty_call', id: 'n_1' }, said('«a»'), user('«more»'))],
  ['an unknown part', ask({}, user([{ type: 'input_novelty', x: 1 }])), { refusedBy: BOTH }],
]
