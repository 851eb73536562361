/** Requests as tools send them to the Responses API. */
import type { Body } from './wire-bodies.ts'

export const CODEX_HEADERS = {
  authorization: 'Bearer local-key-of-the-tool',
  originator: 'codex_cli_rs',
  'session-id': '019a0000-0000-7000-8000-000000000001',
  'thread-id': '019a0000-0000-7000-8000-000000000002',
  'x-codex-window-id': 'w:0',
  'user-agent': 'codex_cli_rs/0.169.0',
  accept: 'text/event-stream',
}

const message = (role: string, text: string): Body => ({
  type: 'message',
  role,
  id: `msg_${role}-7b1c-4c55-9a0b`,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
})
const PARAMETERS = {
  type: 'object',
  properties: { cmd: { type: 'string' } },
  required: ['cmd'],
  additionalProperties: false,
}
const shell: Body = {
  type: 'function',
  name: 'exec_command',
  description: 'Runs',
  strict: false,
  parameters: PARAMETERS,
}
const namespace: Body = {
  type: 'namespace',
  name: 'mcp__files',
  description: 'Tools of the files server',
  tools: [{ type: 'function', name: 'read', description: 'Reads', strict: false, parameters: PARAMETERS }],
}
const freeform: Body = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files',
  format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
}

const common = {
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '019a0000-0000-7000-8000-000000000001',
  client_metadata: { 'x-codex-installation-id': 'i' },
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'medium', summary: 'auto' },
  text: { verbosity: 'low' },
}

/** A second turn: one function of a namespace and one free-text tool were called. */
export const codex = (model: string): Body => ({
  model,
  ...common,
  input: [
    message('developer', '<permissions>…</permissions>'),
    message('user', '<environment_context>…</environment_context>'),
    message('user', 'Fix the bug'),
    message('assistant', 'I look.'),
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'read',
      namespace: 'mcp__files',
      arguments: '{"cmd":"a"}',
    },
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'apply_patch', input: '*** Begin Patch\n' },
    { type: 'function_call_output', id: 'fco_1', call_id: 'call_1', output: [{ type: 'input_text', text: 'one' }] },
    { type: 'custom_tool_call_output', id: 'ctco_1', call_id: 'call_2', output: 'Done' },
  ],
  tools: [shell, freeform, namespace, { type: 'web_search', external_web_access: false }],
})

/** Newer models: no `tools` at all, but an item that declares them. */
export const codexAdditionalTools = (model: string): Body => ({
  model,
  ...common,
  input: [
    { type: 'additional_tools', role: 'developer', tools: [shell, namespace, { ...freeform, name: 'exec' }] },
    message('developer', '<permissions>…</permissions>'),
    message('user', 'Fix the bug'),
  ],
})

export const langchain = (model: string): Body => ({
  model,
  input: [{ role: 'user', content: 'Hello' }],
  text: {},
  stream: false,
  tools: [
    {
      type: 'function',
      name: 'read',
      description: 'A tool',
      parameters: { type: 'object', properties: {} },
      strict: null,
    },
  ],
})

export const opencodeResponses = (model: string): Body => ({
  model,
  input: [
    { role: 'developer', content: 'You write titles.' },
    { role: 'user', content: [{ type: 'input_text', text: 'Generate a title' }] },
    { role: 'user', content: [{ type: 'input_text', text: 'Fix the bug' }] },
  ],
  max_output_tokens: 32_000,
  store: false,
  reasoning: { effort: 'none' },
  stream: true,
})
