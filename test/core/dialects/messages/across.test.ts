/** Both directions through the hub, with the other dialect at the far end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chat } from '../../../../electron/core/dialects/chat/chat.ts'
import { messages } from '../../../../electron/core/dialects/messages/messages.ts'
import { profileOf } from '../../../../electron/core/models/profiles.ts'
import { SseReader } from '../../../../electron/core/sse.ts'
import { AnswerServer } from './sdk.ts'
import { contextOf, encodeAll, fixture } from './support.ts'

const server = new AnswerServer()
beforeAll(() => server.start())
afterAll(() => server.stop())

function fromChat(name: string): string {
  const context = contextOf({ upstreamDialect: 'chat' })
  const reader = new SseReader()
  const decoder = chat.createEventDecoder(context)
  const events = [...reader.push(fixture(name)), ...reader.end()].flatMap((event) => decoder.push(event))
  return encodeAll([...events, ...decoder.end()], context)
}

describe("Anthropic's SDK reads what a Chat upstream streamed", () => {
  test('text', async () => {
    const message = await server.readStream(fromChat('chat__openllmetry__test_azure__test_chat_streaming__0.sse'))
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] })
  })

  test('parallel tool calls', async () => {
    const name = 'chat__openllmetry__test_functions__test_open_ai_function_calls_tools_streaming_parallel__0.sse'
    const message = await server.readStream(fromChat(name))
    expect(message.stop_reason).toBe('tool_use')
    const calls = message.content.filter((block) => block.type === 'tool_use')
    expect(calls.length).toBeGreaterThan(1)
    for (const call of calls) expect(call.input).toMatchObject({ location: expect.any(String) as string })
  })

  test('usage', async () => {
    const message = await server.readStream(fromChat('chat__ai__moonshotai-stream.sse'))
    expect(message.usage.output_tokens).toBeGreaterThan(0)
  })
})

test('a request as Claude Code sends it reaches a GPT without what only Claude knows', () => {
  const { request } = messages.decodeRequest({
    model: 'claude-opus-5',
    max_tokens: 32_000,
    stream: true,
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    metadata: { user_id: JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: 's'.repeat(36) }) },
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.5; cc_entrypoint=cli;' },
      { type: 'text', text: 'You are a coding agent.', cache_control: { type: 'ephemeral' } },
    ],
    tools: [
      {
        name: 'Read',
        description: 'Reads.',
        input_schema: { type: 'object', properties: {} },
        eager_input_streaming: true,
      },
      {
        name: 'DeferredToolPlaceholder',
        description: '-',
        input_schema: { type: 'object', properties: {} },
        defer_loading: true,
      },
      { name: `mcp__server__${'t'.repeat(70)}`, description: '-', input_schema: { type: 'object', properties: {} } },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Read x', cache_control: { type: 'ephemeral' } }] },
      { role: 'system', content: 'Tools are deferred.' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'sig' },
          { type: 'tool_use', id: 'toolu_1', name: 'Read', input: { path: 'x' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'y' }] }],
      },
    ],
  })
  const { body, undo } = chat.encodeRequest(request, { deployment: 'gpt-5', profile: profileOf('gpt-5'), stream: true })
  const sent = JSON.stringify(body)
  const only = [
    'billing',
    'cache_control',
    'thinking',
    'signature',
    'context_management',
    'defer_loading',
    'eager_input',
    'user_id',
  ]
  for (const word of only) expect(sent).not.toContain(word)
  expect((body['messages'] as { role: string }[]).map((message) => message.role)).toEqual([
    'developer',
    'user',
    'developer',
    'assistant',
    'tool',
  ])
  expect(body).toMatchObject({ reasoning_effort: 'high', max_completion_tokens: 32_000 })
  expect([...undo.toolNames.values()]).toEqual([`mcp__server__${'t'.repeat(70)}`])
})
