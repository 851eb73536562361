import Anthropic, { InternalServerError, RateLimitError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningSimulator } from '../../../electron/proxy/upstreams/simulator/simulator.ts'
import { eventsOf, postMessages, startFastSimulator, userSays, type JsonRecord } from './simulator-for-tests.ts'

let simulator: RunningSimulator
let client: Anthropic
beforeAll(async () => {
  simulator = await startFastSimulator()
  client = new Anthropic({ baseURL: `${simulator.origin}/anthropic`, apiKey: simulator.key, maxRetries: 0 })
})
afterAll(() => simulator.close())

const weather: Anthropic.Tool = {
  name: 'get_weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const thinking = { type: 'enabled', budget_tokens: 1024 } as const
const model = 'claude-haiku-4-5'

describe('the official Anthropic package', () => {
  it('streams the same text that it gets whole', async () => {
    const request = { model, max_tokens: 500, messages: [{ role: 'user' as const, content: 'Hello 🌍' }] }
    const whole = await client.messages.create(request)
    const streamed = await client.messages.stream(request).finalMessage()
    expect(streamed.content).toEqual(whole.content)
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens)
    expect(whole).toMatchObject({ role: 'assistant', model, stop_reason: 'end_turn' })
    expect(textOf(whole)).toContain('simulator')
    expect(textOf(whole)).toContain('“Hello 🌍”')
  })

  it('thinks, calls a tool, and takes its own thinking back', async () => {
    const request = { model, max_tokens: 4000, thinking, tools: [weather] }
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'use get_weather' }]
    const first = await client.messages.stream({ ...request, messages }).finalMessage()
    expect(first.content.map((block) => block.type)).toEqual(['thinking', 'text', 'tool_use'])
    expect(first.stop_reason).toBe('tool_use')
    const call = first.content[2] as Anthropic.ToolUseBlock
    expect(call.input).toEqual({ city: 'Paris' })
    messages.push({ role: 'assistant', content: first.content })
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] })
    const second = await client.messages.create({ ...request, messages })
    expect(textOf(second)).toContain('get_weather answered “sunny”')
  })

  it('thinks adaptively where the model does, and without showing it if so asked', async () => {
    const request = {
      model: 'claude-opus-5',
      max_tokens: 4000,
      thinking: { type: 'adaptive' as const, display: 'omitted' as const },
    }
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'hi' }]
    const first = await client.messages.stream({ ...request, messages }).finalMessage()
    expect(first.content[0]).toMatchObject({
      type: 'thinking',
      thinking: '',
      signature: expect.stringMatching(/.{40}/),
    })
    messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: 'again' })
    expect((await client.messages.create({ ...request, messages })).stop_reason).toBe('end_turn')
  })

  it('gives redacted thinking on request and takes it back', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'simulate redacted' }]
    const first = await client.messages.stream({ model, max_tokens: 4000, thinking, messages }).finalMessage()
    expect(first.content[0]?.type).toBe('redacted_thinking')
    messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: 'again' })
    expect((await client.messages.create({ model, max_tokens: 4000, thinking, messages })).content[0]?.type).toBe(
      'thinking',
    )
  })

  it('counts tokens as the answer does', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'How many?' }]
    const counted = await client.messages.countTokens({ model, messages })
    const answer = await client.messages.create({ model, max_tokens: 100, messages })
    expect(counted.input_tokens).toBe(answer.usage.input_tokens)
  })

  it('gets structured output', async () => {
    const answer = await client.messages.create({
      model,
      max_tokens: 500,
      messages: [{ role: 'user', content: 'a title' }],
      output_config: {
        format: { type: 'json_schema', schema: { type: 'object', properties: { title: { type: 'string' } } } },
      },
    })
    expect(JSON.parse(textOf(answer))).toEqual({ title: 'simulated title' })
  })

  it.each([
    [429, RateLimitError, 'rate_limit_error'],
    [529, InternalServerError, 'overloaded_error'],
  ])('gets error %s when it asks for it', async (status, kind, type) => {
    const request = client.messages.create({
      model,
      max_tokens: 9,
      messages: [{ role: 'user', content: `simulate error ${status}` }],
    })
    await expect(request).rejects.toThrow(kind)
    await expect(request).rejects.toMatchObject({ status, error: { error: { type } } })
  })
})

describe('Foundry’s ways on the wire', () => {
  it('a stream has its events in order, with a ping', async () => {
    const response = await postMessages(simulator, { ...userSays('hi'), stream: true, thinking })
    const types = (await eventsOf(response)).map((event) => event['type'])
    expect(types.slice(0, 4)).toEqual(['message_start', 'content_block_start', 'ping', 'content_block_delta'])
    expect(types.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
    expect(response.headers.get('request-id')).toMatch(/^req_/)
    expect(response.headers.get('x-lazuli-simulator')).toBe('true')
  })

  it('honours max_tokens and stop sequences', async () => {
    const cut = await (await postMessages(simulator, { ...userSays('count to 99'), max_tokens: 5 })).json()
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } })
    const stopped = await (await postMessages(simulator, { ...userSays('count to 9'), stop_sequences: ['4'] })).json()
    expect(stopped).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: '4' })
  })

  it('answers a filter on request with a refusal', async () => {
    const half = await (await postMessages(simulator, userSays('simulate content filter'))).json()
    expect(half).toMatchObject({ stop_reason: 'refusal', content: [{ type: 'text' }] })
    const none = await (await postMessages(simulator, userSays('simulate prompt filter'))).json()
    expect(none).toMatchObject({ stop_reason: 'refusal', content: [] })
  })

  it('breaks the connection on request', async () => {
    const response = await postMessages(simulator, { ...userSays('simulate cut'), stream: true })
    await expect(response.text()).rejects.toThrow()
  })

  it('reads past reminders that a tool puts into the user’s message', async () => {
    const content = [
      { type: 'text', text: '<system-reminder>simulate error 500</system-reminder>' },
      { type: 'text', text: 'real words' },
    ]
    const answer = (await (
      await postMessages(simulator, { messages: [{ role: 'user', content }] })
    ).json()) as JsonRecord
    expect(JSON.stringify(answer)).toContain('“real words”')
  })

  const use = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'n', input: {} }] }
  const result = { type: 'tool_result', tool_use_id: 'a', content: 'r' }
  const text = { type: 'text', text: 't' }
  const user = (...content: unknown[]): JsonRecord => ({ role: 'user', content })
  const forged = { type: 'thinking', thinking: 'mine', signature: Buffer.alloc(64).toString('base64') }
  const opus = { model: 'claude-opus-5' }

  it.each<[string, JsonRecord]>([
    ['no max_tokens', { ...userSays('x'), max_tokens: undefined }],
    ['too many max_tokens', { ...userSays('x'), max_tokens: 64_001 }],
    ['temperature with top_p', { ...userSays('x'), temperature: 0.5, top_p: 0.5 }],
    ['a temperature above 1', { ...userSays('x'), temperature: 1.5 }],
    ['a temperature where there is none', { ...userSays('x'), ...opus, temperature: 1 }],
    ['a thinking budget on an adaptive model', { ...userSays('x'), ...opus, thinking }],
    ['adaptive thinking on a budget model', { ...userSays('x'), thinking: { type: 'adaptive' } }],
    ['a budget that is not below max_tokens', { ...userSays('x'), max_tokens: 1024, thinking }],
    ['thinking with a forced tool', { ...userSays('x'), thinking, tools: [weather], tool_choice: { type: 'any' } }],
    ['a result without its call', { messages: [user(result)] }],
    ['a call without its result', { messages: [user(text), use, user(text)] }],
    ['a call at the end', { messages: [user(text), use] }],
    ['text in front of a result', { messages: [user(text), use, user(text, result)] }],
    ['blank text', { messages: [user({ type: 'text', text: ' \n' })] }],
    [
      'thinking that is not its own',
      { messages: [user(text), { role: 'assistant', content: [forged, text] }, user(text)] },
    ],
    ['lost thinking', { thinking, messages: [user(text), use, user(result)] }],
    ['a system message inside', { messages: [user(text), { role: 'system', content: 's' }] }],
    ['a prefilled answer on a newer model', { ...opus, messages: [user(text), { role: 'assistant', content: 'So' }] }],
    ['no messages', { messages: [] }],
  ])('refuses %s', async (_, body) => {
    const response = await postMessages(simulator, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('simulated') },
    })
  })

  it('refuses thinking that was changed by one character', async () => {
    const answer = (await (await postMessages(simulator, { ...userSays('hi'), thinking })).json()) as Anthropic.Message
    const block = answer.content[0] as Anthropic.ThinkingBlock
    const again = (changed: JsonRecord): Promise<Response> =>
      postMessages(simulator, {
        thinking,
        messages: [user(text), { role: 'assistant', content: [{ ...block, ...changed }, text] }, user(text)],
      })
    expect((await again({})).status).toBe(200)
    expect((await again({ thinking: `${block.thinking} ` })).status).toBe(400)
    expect((await again({ signature: `${block.signature} ` })).status).toBe(400)
    expect((await again({ signature: '' })).status).toBe(400)
  })

  it('asks for a version, a key, and a model that is a Claude', async () => {
    const body = JSON.stringify({ model, max_tokens: 9, ...userSays('x') })
    const url = `${simulator.origin}/anthropic/v1/messages`
    const noKey = await fetch(url, { method: 'POST', body })
    expect(noKey.status).toBe(401)
    expect(await noKey.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
    expect((await fetch(url, { method: 'POST', body, headers: { 'x-api-key': simulator.key } })).status).toBe(400)
    expect((await postMessages(simulator, { ...userSays('x'), model: 'gpt-5.1' })).status).toBe(404)
  })
})

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}
