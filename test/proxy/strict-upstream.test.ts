/** The judge is judged: each rule that conversations rely on does refuse. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signThinking } from '../../electron/proxy/upstreams/simulator/thinking-signature.ts'
import { post } from './harness.ts'
import { startStrictUpstream } from './strict-upstream.ts'
import type { StrictUpstream } from './strict-upstream.ts'

const PATHS = {
  chat: '/openai/v1/chat/completions',
  messages: '/anthropic/v1/messages',
  responses: '/openai/v1/responses',
}
const USER = { role: 'user', content: 'hi' }
const TOOL_CALL = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
const TOOL_USE = { type: 'tool_use', id: 'c', name: 'f', input: {} }
const RESULT = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'ok' }] }
const THINKING = { type: 'thinking', thinking: 'hm', signature: signThinking('hm') }
const FUNCTION_CALL = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
const OUTPUT = { type: 'function_call_output', call_id: 'c', output: 'ok' }
const ITEM = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: signThinking('hm') }

let upstream: StrictUpstream
beforeEach(async () => {
  upstream = await startStrictUpstream(() => ({ text: 'ok' }))
})
afterEach(() => upstream.close())

async function statusOf(wire: keyof typeof PATHS, body: object): Promise<number> {
  return (await post(upstream.origin, PATHS[wire], body)).status
}

describe('Chat', () => {
  const ask = (rest: object): object => ({ model: 'gpt-5', messages: [USER], ...rest })
  test.each<[string, object]>([
    ['max_tokens', { max_tokens: 5 }],
    ['temperature', { temperature: 0 }],
    [
      'system beside developer',
      { messages: [{ role: 'system', content: 'a' }, { role: 'developer', content: 'b' }, USER] },
    ],
    [
      'a call without its result',
      { messages: [USER, { role: 'assistant', content: null, tool_calls: [TOOL_CALL] }, USER] },
    ],
    ['a result without its call', { messages: [USER, { role: 'tool', tool_call_id: 'c', content: 'x' }] }],
    ['a field of another API', { thinking: { type: 'adaptive' } }],
    ['reasoning in a message', { messages: [USER, { role: 'assistant', content: 'a', reasoning_content: 'b' }, USER] }],
    ['a cache mark', { messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: {} }] }] }],
    [
      'a picture in a tool message',
      {
        messages: [
          USER,
          { role: 'assistant', tool_calls: [TOOL_CALL] },
          { role: 'tool', tool_call_id: 'c', content: [{ type: 'image_url', image_url: { url: 'data:' } }] },
        ],
      },
    ],
    ['a long name', { tools: [{ type: 'function', function: { name: 'x'.repeat(65) } }] }],
    [
      'a long call id',
      {
        messages: [
          USER,
          { role: 'assistant', tool_calls: [{ ...TOOL_CALL, id: 'c'.repeat(41) }] },
          { role: 'tool', tool_call_id: 'c'.repeat(41), content: 'x' },
        ],
      },
    ],
  ])('refuses %s', async (_name, rest) => {
    expect(await statusOf('chat', ask({}))).toBe(200)
    expect(await statusOf('chat', ask(rest))).toBe(400)
  })
})

describe('Messages', () => {
  const ask = (rest: object): object => ({
    model: 'claude-sonnet-4-5',
    max_tokens: 4000,
    thinking: { type: 'enabled', budget_tokens: 2000 },
    messages: [USER, { role: 'assistant', content: [THINKING, TOOL_USE] }, RESULT],
    ...rest,
  })
  const answered = (content: object[]): object => ({ messages: [USER, { role: 'assistant', content }, RESULT] })
  test.each<[string, object]>([
    ['a changed thought', answered([{ ...THINKING, thinking: 'ha' }, TOOL_USE])],
    ['a signature of another maker', answered([{ ...THINKING, signature: 'lz1.o.e30' }, TOOL_USE])],
    ['a call whose thought is gone', answered([TOOL_USE])],
    ['a thought behind its call', answered([TOOL_USE, THINKING])],
    [
      'a result away from its call',
      { messages: [USER, { role: 'assistant', content: [THINKING, TOOL_USE] }, USER, RESULT] },
    ],
    ['blank text', { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] }],
    ['a call id with a dot', answered([THINKING, { ...TOOL_USE, id: 'c.1' }])],
    [
      'a forced tool beside thinking',
      { tools: [{ name: 'f', input_schema: { type: 'object' } }], tool_choice: { type: 'any' } },
    ],
    ['a role of another API', { messages: [{ role: 'developer', content: 'a' }, USER] }],
    ['a field of another API', { seed: 1 }],
    [
      'a block of another API',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    ],
    ['no limit', { max_tokens: undefined }],
  ])('refuses %s', async (_name, rest) => {
    expect(await statusOf('messages', ask({}))).toBe(200)
    expect(await statusOf('messages', ask(rest))).toBe(400)
  })
})

describe('Responses', () => {
  const ask = (rest: object): object => ({
    model: 'o3',
    store: false,
    input: [USER, ITEM, FUNCTION_CALL, OUTPUT],
    ...rest,
  })
  test.each<[string, object, number?]>([
    ['reasoning without what it led to', { input: [USER, ITEM, USER] }],
    [
      'reasoning of another maker',
      { input: [USER, { ...ITEM, encrypted_content: 'lz1.a.e30' }, FUNCTION_CALL, OUTPUT] },
    ],
    [
      'an id of what was not stored',
      { input: [USER, { ...ITEM, encrypted_content: undefined }, FUNCTION_CALL, OUTPUT] },
      404,
    ],
    ['a result without its call', { input: [USER, OUTPUT] }],
    ['an id of a wrong kind', { input: [USER, { ...ITEM, id: 'msg_1' }, FUNCTION_CALL, OUTPUT] }],
    ['temperature', { temperature: 0 }],
    ['too small a limit', { max_output_tokens: 1 }],
    ['stream_options', { stream_options: { include_usage: true } }],
    [
      'input_text of the assistant',
      {
        input: [USER, { type: 'message', role: 'assistant', content: [{ type: 'input_text', text: 'a' }] }, USER],
      },
    ],
    ['a tool that leaves strict open', { tools: [{ type: 'function', name: 'f', parameters: {} }] }],
  ])('refuses %s', async (_name, rest, status = 400) => {
    expect(await statusOf('responses', ask({}))).toBe(200)
    expect(await statusOf('responses', ask(rest))).toBe(status)
  })
})
