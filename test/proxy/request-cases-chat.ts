/** Chat Completions requests as SDKs and agents send them, one per habit. Words in `«»` must reach the model. */
import type { RequestCase } from './request-cases.ts'

type Fields = Record<string, unknown>

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='
const PDF = 'JVBERi0xLjQKJcOkw7zDtsOf'
const SCHEMA: Fields = {
  type: 'object',
  properties: { path: { type: 'string', minLength: 1 }, depth: { type: ['integer', 'null'] } },
  required: ['path', 'depth'],
  additionalProperties: false,
}
const fn = (name: string, rest: Fields = {}): Fields => ({
  type: 'function',
  function: { name, description: 'Reads', parameters: SCHEMA, ...rest },
})
const user = (content: unknown = '«ask»'): Fields => ({ role: 'user', content })
const calls = (...ids: string[]): Fields[] =>
  ids.map((id) => ({ id, type: 'function', function: { name: 'read', arguments: '{"path":"«path»","depth":null}' } }))
const toolMessage = (id: string, content: unknown = '«result»'): Fields => ({ role: 'tool', tool_call_id: id, content })
const ask = (rest: Fields = {}, ...messages: Fields[]): Fields => ({
  messages: messages.length > 0 ? messages : [user()],
  ...rest,
})
const TOOLS = { tools: [fn('read')] }

export const chatRequests: readonly RequestCase[] = [
  ['a bare question', ask()],
  [
    'system and developer',
    ask({}, { role: 'system', content: '«sys»' }, { role: 'developer', content: '«dev»' }, user()),
  ],
  [
    'system in the middle',
    ask(
      {},
      user('«one»'),
      { role: 'assistant', content: '«two»' },
      { role: 'system', content: '«sys»' },
      user('«three»'),
    ),
  ],
  [
    'system as parts',
    ask(
      {},
      {
        role: 'system',
        content: [
          { type: 'text', text: '«a»', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: '«b»' },
        ],
      },
      user(),
    ),
  ],
  ['only a system message', ask({}, { role: 'system', content: '«sys»' })],
  ['names', ask({}, { role: 'user', name: 'ada', content: '«ask»' })],
  [
    'neighbours of one role',
    ask(
      {},
      user('«one»'),
      user('«two»'),
      { role: 'assistant', content: '«a»' },
      { role: 'assistant', content: '«b»' },
      user('«three»'),
    ),
  ],
  ['the assistant first', ask({}, { role: 'assistant', content: '«hello»' }, user())],
  ['the assistant last', ask({}, user(), { role: 'assistant', content: '«It is » ' }), { forwardedTo: ['messages'] }],
  ['an empty assistant', ask({}, user('«one»'), { role: 'assistant', content: '' }, user('«two»'))],
  ['an empty user message', ask({}, user('«one»'), { role: 'assistant', content: '«a»' }, user(''), user('«two»'))],
  [
    'a picture by address',
    ask(
      {},
      user([
        { type: 'text', text: '«what»' },
        { type: 'image_url', image_url: { url: 'https://a.test/x.png', detail: 'low' } },
      ]),
    ),
  ],
  [
    'a picture inside',
    ask(
      {},
      user([
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
        { type: 'text', text: '«what»' },
      ]),
    ),
  ],
  [
    'a PDF inside',
    ask(
      {},
      user([
        { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
        { type: 'text', text: '«what»' },
      ]),
    ),
  ],
  ['a file by its id', ask({}, user([{ type: 'file', file: { file_id: 'file-1' } }])), { refusedBy: ['messages'] }],
  [
    'sound',
    ask({}, user([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }])),
    { refusedBy: ['messages', 'responses'] },
  ],
  [
    'parallel calls and results out of order',
    ask(
      TOOLS,
      user(),
      { role: 'assistant', content: null, tool_calls: calls('call_a', 'call_b') },
      toolMessage('call_b', '«b»'),
      toolMessage('call_a', '«a»'),
    ),
  ],
  [
    'ids of other servers',
    ask(
      TOOLS,
      user(),
      { role: 'assistant', content: '', tool_calls: calls('functions.read:0') },
      toolMessage('functions.read:0'),
      user('«more»'),
    ),
  ],
  [
    'one id in two turns',
    ask(
      TOOLS,
      user(),
      { role: 'assistant', tool_calls: calls('call_0') },
      toolMessage('call_0', '«one»'),
      { role: 'assistant', tool_calls: calls('call_0') },
      toolMessage('call_0', '«two»'),
    ),
  ],
  [
    'very long ids',
    ask(
      TOOLS,
      user(),
      { role: 'assistant', tool_calls: calls(`call_${'x'.repeat(90)}`) },
      toolMessage(`call_${'x'.repeat(90)}`),
    ),
  ],
  [
    'tool content as parts',
    ask(
      TOOLS,
      user(),
      { role: 'assistant', tool_calls: calls('call_a') },
      toolMessage('call_a', [
        { type: 'text', text: '«a»' },
        { type: 'text', text: '«b»' },
      ]),
    ),
  ],
  [
    'an empty result',
    ask(TOOLS, user(), { role: 'assistant', tool_calls: calls('call_a') }, toolMessage('call_a', ''), user('«more»')),
  ],
  [
    'a call without its result',
    ask(TOOLS, user(), { role: 'assistant', tool_calls: calls('call_a') }, user('«more»')),
    { refusedBy: ['messages'], forwardedTo: ['responses'] },
  ],
  [
    'a result without its call',
    ask(TOOLS, user(), toolMessage('call_a'), user('«more»')),
    { refusedBy: ['messages'], forwardedTo: ['responses'] },
  ],
  [
    'arguments that are no JSON',
    ask(
      TOOLS,
      user(),
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'read', arguments: '{"path":"x' } }],
      },
      toolMessage('call_a'),
    ),
    { refusedBy: ['messages'] },
  ],
  [
    'no arguments',
    ask(
      TOOLS,
      user(),
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_a', type: 'function', function: { name: 'read', arguments: '' } }],
      },
      toolMessage('call_a'),
    ),
  ],
  [
    'history with tools, but no tools',
    ask({}, user(), { role: 'assistant', tool_calls: calls('call_a') }, toolMessage('call_a'), user('«more»')),
  ],
  [
    'the older functions',
    ask(
      { functions: [fn('read')['function']], function_call: 'auto' },
      user(),
      { role: 'assistant', content: null, function_call: { name: 'read', arguments: '{"path":"«p»"}' } },
      { role: 'function', name: 'read', content: '«result»' },
    ),
  ],
  [
    'reasoning that came along',
    ask(
      TOOLS,
      user(),
      { role: 'assistant', content: null, reasoning_content: 'Hm.', tool_calls: calls('call_a') },
      toolMessage('call_a'),
    ),
  ],
  ['a refusal in the past', ask({}, user(), { role: 'assistant', content: null, refusal: '«no»' }, user('«why»'))],
  [
    'an answer as it came',
    ask(
      {},
      user(),
      {
        role: 'assistant',
        content: '«a»',
        refusal: null,
        annotations: [],
        audio: null,
        tool_calls: null,
        function_call: null,
      },
      user('«more»'),
    ),
  ],
  [
    'a forced tool',
    ask({ ...TOOLS, tool_choice: { type: 'function', function: { name: 'read' } }, parallel_tool_calls: false }),
  ],
  ['a forced tool of an effort', ask({ ...TOOLS, tool_choice: 'required', reasoning_effort: 'high' })],
  ['no tool', ask({ ...TOOLS, tool_choice: 'none' })],
  [
    'allowed tools',
    ask({
      tools: [fn('read'), fn('write')],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'read' } }] },
      },
    }),
  ],
  ['no tools at all, but their switches', ask({ tools: [], tool_choice: 'auto', parallel_tool_calls: true })],
  ['a strict tool', ask({ tools: [fn('read', { strict: true })] })],
  ['a tool without parameters', ask({ tools: [{ type: 'function', function: { name: 'now' } }] })],
  ['a tool with empty parameters', ask({ tools: [fn('now', { parameters: {} })] })],
  ['tool names of MCP', ask({ tools: [fn(`mcp__files__${'x'.repeat(80)}`.slice(0, 64)), fn('mcp__b')] })],
  [
    'a free-text tool',
    ask({
      tools: [
        {
          type: 'custom',
          custom: {
            name: 'patch',
            description: '«d»',
            format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } },
          },
        },
      ],
    }),
  ],
  [
    'a schema for the answer',
    ask({ response_format: { type: 'json_schema', json_schema: { name: 'out', strict: true, schema: SCHEMA } } }),
  ],
  [
    'a schema with limits and choices',
    ask({
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'out put!',
          schema: {
            type: 'object',
            properties: {
              a: {
                oneOf: [
                  { type: 'string', maxLength: 3 },
                  { type: 'number', minimum: 1 },
                ],
              },
            },
          },
        },
      },
    }),
  ],
  [
    'a schema beside tools',
    ask({ ...TOOLS, response_format: { type: 'json_schema', json_schema: { name: 'out', schema: SCHEMA } } }),
  ],
  ['JSON', ask({ response_format: { type: 'json_object' } }, user('«ask» in JSON'))],
  ['plain text', ask({ response_format: { type: 'text' } })],
  [
    'sampling',
    ask({
      temperature: 1.7,
      top_p: 0.5,
      presence_penalty: 0.5,
      frequency_penalty: 0.1,
      seed: 7,
      logit_bias: { 50: -100 },
    }),
  ],
  [
    'the defaults spelled out',
    ask({
      temperature: 1,
      top_p: 1,
      n: 1,
      presence_penalty: 0,
      frequency_penalty: 0,
      stop: null,
      logprobs: false,
      logit_bias: {},
      user: '',
      store: false,
      metadata: {},
    }),
  ],
  ['stops', ask({ stop: ['\n\n', 'END', ' '] })],
  ['many alternatives', ask({ n: 3 }), { refusedBy: ['messages', 'responses'] }],
  ['probabilities', ask({ logprobs: true, top_logprobs: 3 })],
  ['limits of output', ask({ max_tokens: 5 })],
  ['a huge limit', ask({ max_completion_tokens: 1_000_000 })],
  ['both limits', ask({ max_tokens: 100, max_completion_tokens: 200 })],
  ...['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'].map((reasoning_effort): RequestCase => [
    `effort ${reasoning_effort}`,
    ask({ reasoning_effort, max_completion_tokens: 3000 }),
  ]),
  ['effort with temperature', ask({ reasoning_effort: 'high', temperature: 0.2, top_p: 0.4 })],
  [
    'what belongs to OpenAI',
    ask({
      store: true,
      metadata: { a: 'b' },
      service_tier: 'flex',
      verbosity: 'low',
      prompt_cache_key: 'k',
      safety_identifier: 's',
      prediction: { type: 'content', content: 'x' },
      web_search_options: {},
      prompt_cache_retention: '24h',
    }),
  ],
  [
    'what belongs to others',
    ask({
      top_k: 40,
      min_p: 0.1,
      repetition_penalty: 1.1,
      provider: { order: ['x'] },
      chat_template_kwargs: { thinking: true },
    }),
  ],
  ['usage in the stream', ask({ stream: true, stream_options: { include_usage: true, include_obfuscation: false } })],
  [
    'speech',
    ask({ modalities: ['text', 'audio'], audio: { voice: 'a', format: 'wav' } }),
    { refusedBy: ['messages', 'responses'] },
  ],
]
