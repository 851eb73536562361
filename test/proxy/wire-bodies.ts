/** Requests as the tools send them, in full but for the length of their prose. */

export type Body = Record<string, unknown>

const SCHEMA = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', additionalProperties: false }
const CACHE = { cache_control: { type: 'ephemeral', ttl: '1h' } }

export const CLAUDE_CODE_HEADERS = {
  authorization: 'Bearer local-key-of-the-tool',
  'anthropic-version': '2023-06-01',
  'anthropic-beta':
    'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,prompt-caching-scope-2026-01-05,advanced-tool-use-2025-11-20,effort-2025-11-24',
  'anthropic-dangerous-direct-browser-access': 'true',
  'x-app': 'cli',
  'x-claude-code-session-id': '5f1c7a4e-6d3b-4a0e-8b6f-0c9d2f1e7a33',
  'user-agent': 'claude-cli/2.1.0 (external, sdk-cli)',
  'x-stainless-lang': 'js',
}

const CLAUDE_CODE_TOOLS = [
  ...['Task', 'Bash', 'Glob', 'Grep', 'Read', 'Edit', 'Write', 'TodoWrite', 'WebFetch', 'WebSearch'].map((name) => ({
    name,
    description: `Does what ${name} does.`,
    input_schema: { ...SCHEMA, properties: { target: { type: 'string' } }, required: ['target'] },
    eager_input_streaming: true,
  })),
  { name: 'DeferredToolPlaceholder', description: 'Loads tools.', input_schema: { ...SCHEMA, properties: {} } },
  {
    name: 'mcp__claude_in_the_browser__javascript_tool_with_a_name_that_is_longer_than_64',
    description: 'An MCP tool',
    input_schema: { type: 'object', properties: { code: { type: 'string' } } },
    defer_loading: true,
  },
]

const CLAUDE_CODE_SYSTEM = [
  { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.0.abc; cc_entrypoint=sdk-cli; cch=00000;' },
  { type: 'text', text: 'You are Claude Code, Anthropic’s official CLI for Claude.', ...CACHE },
  { type: 'text', text: '\nYou are an interactive agent.', ...CACHE },
]

const USER_ID = JSON.stringify({
  device_id: 'd'.repeat(64),
  account_uuid: '',
  session_id: '5f1c7a4e-6d3b-4a0e-8b6f-0c9d2f1e7a33',
})

const REMINDER = { type: 'text', text: '<system-reminder>\nToday is a day.\n</system-reminder>\n' }

/** A second turn, after two calls at once of which one failed. */
const CLAUDE_CODE_MESSAGES = [
  { role: 'user', content: [REMINDER, { type: 'text', text: 'Read the two files.', ...CACHE }] },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'I read them.' },
      { type: 'tool_use', id: 'toolu_01ABC', name: 'Read', input: { target: 'a.txt' } },
      { type: 'tool_use', id: 'toolu_01DEF', name: 'Read', input: { target: 'b.png' } },
    ],
  },
  {
    role: 'user',
    content: [
      {
        type: 'tool_result',
        tool_use_id: 'toolu_01ABC',
        content: '<tool_use_error>no such file</tool_use_error>',
        is_error: true,
      },
      {
        type: 'tool_result',
        tool_use_id: 'toolu_01DEF',
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }],
        ...CACHE,
      },
      REMINDER,
    ],
  },
]

/** To claude-sonnet-4-5: a budget for thinking. */
export const claudeCode = (model: string): Body => ({
  model,
  messages: CLAUDE_CODE_MESSAGES,
  system: CLAUDE_CODE_SYSTEM,
  tools: CLAUDE_CODE_TOOLS,
  metadata: { user_id: USER_ID },
  max_tokens: 32_000,
  thinking: { type: 'enabled', budget_tokens: 31_999, display: 'updates' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  stream: true,
})

/** To newer and unknown names: adaptive thinking, an effort, a system message in the middle. */
export const claudeCodeAdaptive = (model: string): Body => ({
  ...claudeCode(model),
  thinking: { type: 'adaptive' },
  output_config: { effort: 'high' },
  messages: [
    ...CLAUDE_CODE_MESSAGES,
    { role: 'system', content: [{ type: 'text', text: 'The mode has changed.', ...CACHE }] },
  ],
})

/** To the 5-5 models: the effort stands in the system message. */
export const claudeCodeNewest = (model: string): Body => ({
  ...claudeCodeAdaptive(model),
  output_config: undefined,
  messages: [
    ...CLAUDE_CODE_MESSAGES,
    { role: 'system', content: 'The mode has changed.', output_config: { effort: 'medium' } },
  ],
})

export const claudeCodeTitle = (model: string): Body => ({
  model,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Write a title.' }] }],
  system: CLAUDE_CODE_SYSTEM,
  tools: [],
  metadata: { user_id: USER_ID },
  max_tokens: 32_000,
  temperature: 1,
  output_config: {
    format: {
      type: 'json_schema',
      schema: { ...SCHEMA, properties: { title: { type: 'string' } }, required: ['title'] },
    },
  },
  stream: true,
})

/** Its own search is a request with the server tool alone. */
export const claudeCodeSearch = (model: string): Body => ({
  model,
  max_tokens: 8000,
  messages: [{ role: 'user', content: 'Perform a web search for the query: weather' }],
  tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }],
  tool_choice: { type: 'tool', name: 'web_search' },
  stream: true,
})

export const clineMessages = (model: string): Body => ({
  model,
  max_tokens: 8192,
  temperature: 0,
  system: [{ text: 'You are Cline.', type: 'text', cache_control: { type: 'ephemeral' } }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }] }],
  tools: [
    ...Array.from({ length: 25 }, (_, index) => ({
      name: `tool_${index}`,
      description: 'A tool',
      input_schema: { type: 'object', properties: {}, additionalProperties: false },
    })),
    { type: 'web_search_20250305', name: 'web_search', max_uses: 5 },
  ],
  tool_choice: { type: 'auto' },
  stream: true,
})

export const qwenMessages = (model: string): Body => ({
  model,
  max_tokens: 64_000,
  temperature: 1,
  thinking: { type: 'enabled', budget_tokens: 32_000 },
  system: 'You are an agent.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  tools: [{ name: 'read', description: '', input_schema: { type: 'object', properties: {} } }],
  stream: true,
})

const chatTool = (name: string): Body => ({
  type: 'function',
  function: {
    name,
    description: 'A tool',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
  },
})

export const opencodeTitle = (model: string): Body => ({
  model,
  max_tokens: 32_000,
  messages: [
    { role: 'system', content: 'You write titles.' },
    { role: 'user', content: 'Generate a title for this conversation:\n' },
    { role: 'user', content: 'Fix the bug' },
  ],
  stream: true,
  stream_options: { include_usage: true },
})

export const opencode = (model: string): Body => ({
  model,
  max_tokens: 32_000,
  messages: [
    { role: 'system', content: 'You are opencode.' },
    { role: 'user', content: 'Fix the bug' },
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'bash', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'done' },
  ],
  tools: [chatTool('bash'), chatTool('edit')],
  tool_choice: 'auto',
  stream: true,
  stream_options: { include_usage: true },
})

export const clineChat = (model: string): Body => ({
  model,
  temperature: 0,
  messages: [
    { role: 'system', content: 'You are Cline.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
      ],
    },
  ],
  tools: Array.from({ length: 25 }, (_, index) => chatTool(`tool_${index}`)),
  tool_choice: 'auto',
  parallel_tool_calls: false,
  stream: true,
  stream_options: { include_usage: true },
})

export const copilotChat = (model: string): Body => ({
  model,
  messages: [
    { role: 'system', content: 'You are the Copilot CLI.' },
    { role: 'user', content: 'Hello' },
  ],
  temperature: 0,
  tools: [chatTool('bash')],
  stream: true,
  stream_options: { include_usage: true },
})

export const continueChat = (model: string): Body => ({
  model,
  messages: [
    { role: 'system', content: 'You are an agent.' },
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
  ],
  stream: true,
  stream_options: { include_usage: true },
})

/** qwen-code: the content of a tool message as parts, one of them a picture’s text. */
export const qwenChat = (model: string): Body => ({
  model,
  max_tokens: 8000,
  messages: [
    { role: 'system', content: 'You are an agent.' },
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'hm',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"a":1}' } },
        { id: 'call_2', type: 'function', function: { name: 'read', arguments: '' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'one' }] },
    { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'two' }] },
  ],
  tools: [chatTool('read')],
  stream: true,
  stream_options: { include_usage: true },
})
