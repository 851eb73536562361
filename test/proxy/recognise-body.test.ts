import { describe, expect, test } from 'vitest'
import { readAsked } from '../../electron/proxy/asked.ts'
import { recogniseBody } from '../../electron/proxy/recognise-body.ts'
import type { DialectId } from '../../shared/exchange.ts'

const USER = { role: 'user', content: 'hi' }
const CHAT_TOOL = { type: 'function', function: { name: 'read', parameters: { type: 'object' } } }
const CLAUDE_TOOL = { name: 'read', description: 'not a "function"', input_schema: { type: 'object' } }
const PNG = 'data:image/png;base64,iVBORw0KGgo='

function read(path: DialectId, body: Record<string, unknown>): DialectId {
  return recogniseBody(readAsked(Buffer.from(JSON.stringify({ model: 'm', ...body }))), path).dialect
}

describe('a body on the wrong path is read as what it is', () => {
  test.each<[string, DialectId, DialectId, Record<string, unknown>]>([
    ['Responses, a string', 'chat', 'responses', { input: 'hi' }],
    ['Responses, items', 'chat', 'responses', { input: [USER], instructions: 'x', stream: true }],
    ['Responses', 'messages', 'responses', { input: [USER], max_output_tokens: 10 }],
    ['Messages with system', 'chat', 'messages', { system: 'be brief', max_tokens: 10, messages: [USER] }],
    ['Messages with tools', 'chat', 'messages', { max_tokens: 10, messages: [USER], tools: [CLAUDE_TOOL] }],
    [
      'Messages with results',
      'chat',
      'messages',
      {
        max_tokens: 10,
        messages: [
          USER,
          { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'read', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }] },
        ],
      },
    ],
    [
      'Messages with an image',
      'chat',
      'messages',
      {
        max_tokens: 10,
        messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://x/y.png' } }] }],
      },
    ],
    ['Messages', 'responses', 'messages', { system: 'x', max_tokens: 10, messages: [USER] }],
    ['Chat', 'responses', 'chat', { messages: [USER], stream: true }],
    ['Chat with a system message', 'messages', 'chat', { messages: [{ role: 'system', content: 'x' }, USER] }],
    ['Chat with tools', 'messages', 'chat', { max_tokens: 10, messages: [USER], tools: [CHAT_TOOL] }],
    ['Chat with its own limit', 'messages', 'chat', { max_completion_tokens: 10, messages: [USER] }],
    ['Chat that asks for usage', 'messages', 'chat', { messages: [USER], stream_options: { include_usage: true } }],
    [
      'Chat with an image',
      'messages',
      'chat',
      { max_tokens: 10, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: PNG } }] }] },
    ],
    [
      'Chat with results',
      'messages',
      'chat',
      {
        max_tokens: 10,
        messages: [
          USER,
          { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
          { role: 'tool', tool_call_id: 'c', content: 'ok' },
        ],
      },
    ],
  ])('%s on %s is %s', (_name, path, dialect, body) => {
    expect(read(path, body)).toBe(dialect)
  })
})

describe('a body that its path could mean stays there', () => {
  test.each<[string, DialectId, Record<string, unknown>]>([
    ['the least of both', 'chat', { max_tokens: 10, messages: [USER] }],
    ['the least of both', 'messages', { max_tokens: 10, messages: [USER] }],
    ['a forgotten limit', 'messages', { messages: [USER] }],
    ['forgotten messages', 'messages', { max_tokens: 10 }],
    ['forgotten messages', 'chat', { temperature: 1 }],
    ['nothing at all', 'responses', {}],
    ['a prompt template', 'responses', { prompt: { id: 'pmpt_1' } }],
    ['both lists', 'responses', { input: 'hi', messages: [USER] }],
    ['both lists', 'chat', { input: 'hi', messages: [USER] }],
    // What clients were seen to send.
    [
      'Claude Code',
      'messages',
      {
        max_tokens: 32_000,
        stream: true,
        system: [{ type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1' }],
        messages: [USER, { role: 'system', content: 'mode' }, { role: 'assistant', content: 'I call "function"' }],
        tools: [{ ...CLAUDE_TOOL, defer_loading: true }],
        thinking: { type: 'adaptive' },
        context_management: { edits: [] },
        metadata: { user_id: 'u' },
      },
    ],
    [
      'Claude Code’s title',
      'messages',
      { max_tokens: 32_000, messages: [USER], output_config: { format: { type: 'json_schema', schema: {} } } },
    ],
    [
      'qwen-code in its Anthropic mode',
      'messages',
      { max_tokens: 32_000, temperature: 1, messages: [{ role: 'system', content: 'x' }, USER] },
    ],
    [
      'a tool that talks of "function" in its schema',
      'messages',
      { max_tokens: 1, messages: [USER], tools: [{ name: 'a', input_schema: { enum: ['function'] } }] },
    ],
    [
      'an Anthropic search tool',
      'messages',
      { max_tokens: 1, messages: [USER], tools: [{ type: 'web_search_20250305' }] },
    ],
    [
      'Codex',
      'responses',
      { input: [{ type: 'message', role: 'developer', content: [] }], store: false, tools: [{ type: 'namespace' }] },
    ],
    ['Copilot', 'chat', { temperature: 0, messages: [{ role: 'system', content: 'x' }, USER], tools: [CHAT_TOOL] }],
    ['Continue', 'chat', { messages: [USER], stream: true, stream_options: { include_usage: true } }],
    ['Cline', 'chat', { messages: [USER], tools: [CHAT_TOOL], tool_choice: 'auto' }],
    [
      'opencode',
      'chat',
      { max_tokens: 32_000, messages: [{ role: 'system', content: 'x' }, USER, USER], tools: [CHAT_TOOL] },
    ],
    [
      'qwen-code with content parts in a tool message',
      'chat',
      {
        max_tokens: 8000,
        messages: [USER, { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: '"tool_result"' }] }],
      },
    ],
    [
      'a Chat client with thinking and cache marks for Claude',
      'chat',
      {
        max_tokens: 8000,
        thinking: { type: 'enabled', budget_tokens: 1024 },
        messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] }],
      },
    ],
    ['a Chat client with a stray system', 'chat', { system: 'x', max_tokens: 9, messages: [USER], stop: ['a'] }],
    ['LangChain', 'responses', { input: [USER], text: {}, tools: [{ type: 'function', name: 'f', strict: null }] }],
  ])('%s on %s', (_name, path, body) => {
    expect(read(path, body)).toBe(path)
  })
})

test('the explanation tells that the path was not believed', () => {
  const asked = readAsked(Buffer.from('{"model":"m","input":"hi"}'))
  expect(recogniseBody(asked, 'chat').step).toMatchObject({ verdict: 'warn', text: 'Read as a Responses request' })
  expect(recogniseBody(asked, 'responses')).toEqual({ dialect: 'responses' })
})
