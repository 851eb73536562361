/** Answers of gateways that are none of OpenAI's documents: read all the same. */
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { post, startProxy } from '../harness.ts'
import type { TestProxy } from '../harness.ts'
import { json, startUpstream, stream } from '../scripted-upstream.ts'
import type { Script, ScriptedUpstream } from '../scripted-upstream.ts'
import { answer, MESSAGES, pieces, sse, TEXT } from './gateway-says.ts'

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(script: Script): Promise<void> {
  upstream = await startUpstream(script)
  proxy = await startProxy({
    instances: [{ type: 'azure-gateway', base: upstream.origin }],
    config: { routing: { retries: 0 } },
  })
}

const ODD_USAGE = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 }

test.each([
  ['text', { text: TEXT }],
  ['output_text', { id: 'x', output_text: TEXT }],
  ['content', { content: TEXT }],
  ['content in parts', { content: [{ type: 'text', text: TEXT }] }],
  ['choices', { id: 'chatcmpl-1', choices: [{ message: { role: 'assistant', content: TEXT } }] }],
  ['output of odd items', { output: [{ text: TEXT }] }],
  ['messages whose content is a text', { output: [{ type: 'message', role: 'assistant', content: TEXT }] }],
  ['proper items, usage under other names', answer(TEXT, ODD_USAGE)],
])('whole, with %s', async (_, body) => {
  await start(json({ ...body, usage: ODD_USAGE }))
  const response = await post(proxy.origin, '/v1/chat/completions', { model: 'claude-4.1', messages: MESSAGES })
  expect(await response.json()).toMatchObject({
    choices: [{ message: { content: TEXT }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  })
  const client = new OpenAI({ baseURL: `${proxy.origin}/v1`, apiKey: 'local' })
  const read = await client.responses.create({ model: 'claude-4.1', input: 'hi' })
  expect(read.output_text).toBe(TEXT)
  expect(read.usage).toMatchObject({ input_tokens: 7, output_tokens: 5 })
})

test('calls of tools in choices', async () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }
  await start(json({ choices: [{ message: { content: null, tool_calls: [call] } }] }))
  const response = await post(proxy.origin, '/v1/chat/completions', { model: 'gemini-2.5-pro', messages: MESSAGES })
  expect(await response.json()).toMatchObject({
    choices: [{ message: { tool_calls: [call] }, finish_reason: 'tool_calls' }],
  })
})

test('what has no text in it is not taken for an answer', async () => {
  await start(json({ ok: true }))
  const response = await post(proxy.origin, '/v1/chat/completions', { model: 'claude-4.1', messages: MESSAGES })
  expect(response.status).toBe(502)
})

const place = { item_id: 'msg_9', output_index: 0, content_index: 0 }
test.each([
  ['text in *.done only', [{ type: 'response.output_text.done', ...place, text: TEXT }]],
  [
    'text in *.done only, then the completed answer',
    [
      { type: 'response.created', response: { id: 'resp_9', status: 'in_progress' } },
      { type: 'response.output_text.done', ...place, text: TEXT },
      { type: 'response.completed', response: { id: 'resp_9', status: 'completed', usage: ODD_USAGE } },
    ],
  ],
  ['a done event of no API', [{ type: 'message.done', text: TEXT, usage: ODD_USAGE }]],
  [
    'pieces without a type, [DONE]',
    [{ text: TEXT.slice(0, 9) }, { text: TEXT.slice(9) }, { usage: ODD_USAGE }, '[DONE]'],
  ],
  [
    'pieces, then all of it',
    [
      { type: 'chunk', text: TEXT.slice(0, 9) },
      { type: 'text.done', text: TEXT },
    ],
  ],
  [
    'chunks of Chat',
    [
      { id: 'c', choices: [{ delta: { role: 'assistant', content: '' } }] },
      { id: 'c', choices: [{ delta: { content: TEXT } }] },
      { id: 'c', choices: [{ delta: {}, finish_reason: 'stop' }], usage: ODD_USAGE },
      '[DONE]',
    ],
  ],
])('streamed, with %s', async (_, events) => {
  await start(stream(sse(events), [25, 60]))
  const response = await post(proxy.origin, '/v1/chat/completions', {
    model: 'gpt-5',
    messages: MESSAGES,
    stream: true,
  })
  const text = await response.text()
  expect(pieces(text).join('')).toBe(TEXT)
  expect(text).toContain('"finish_reason":"stop"')
  expect(text).toMatch(/data: \[DONE\]\n\n$/)
  const client = new OpenAI({ baseURL: `${proxy.origin}/v1`, apiKey: 'local' })
  const read = await client.responses.stream({ model: 'gpt-5', input: 'hi' }).finalResponse().catch(String)
  // Events that are of Responses go on as they are: what they lack, they lack.
  if (!sse(events).includes('response.')) expect(read).toMatchObject({ status: 'completed', output_text: TEXT })
})

test.each([
  ['pieces that stop', sse([{ text: 'Half an' }])],
  ['a stream that began well', sse([{ type: 'response.created', response: { id: 'r' } }])],
])('%s are no answer', async (_, body) => {
  await start(stream(body))
  const response = await post(proxy.origin, '/v1/chat/completions', {
    model: 'gpt-5',
    messages: MESSAGES,
    stream: true,
  })
  expect(await response.text()).toContain('"error"')
})

test('an error event stays one', async () => {
  await start(stream(sse([{ text: 'Half an' }, { type: 'error', error: { message: 'no more', code: '429' } }])))
  const response = await post(proxy.origin, '/v1/chat/completions', {
    model: 'gpt-5',
    messages: MESSAGES,
    stream: true,
  })
  expect(await response.text()).toContain('no more')
})
