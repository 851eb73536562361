import OpenAI, { AzureOpenAI, NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningSimulator } from '../../../electron/proxy/upstreams/simulator/simulator.ts'
import { eventsOf, startFastSimulator, type JsonRecord } from './simulator-for-tests.ts'

let simulator: RunningSimulator
let client: OpenAI
beforeAll(async () => {
  simulator = await startFastSimulator()
  client = new OpenAI({ baseURL: `${simulator.origin}/openai/v1`, apiKey: simulator.key, maxRetries: 0 })
})
afterAll(() => simulator.close())

const weather: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

describe('the official openai package over Responses', () => {
  it('streams the same text that it gets whole', async () => {
    const request = { model: 'gpt-5.1', input: 'Grüße 🌍' }
    const whole = await client.responses.create(request)
    const streamed = await client.responses.stream(request).finalResponse()
    expect(whole.output_text).toContain('simulator')
    expect(streamed.output_text).toBe(whole.output_text)
    expect(streamed.usage).toEqual(whole.usage)
    expect(streamed.status).toBe('completed')
  })

  it('reasons, calls a tool, and takes its own reasoning back', async () => {
    const request = {
      model: 'o4-mini',
      store: false,
      reasoning: { summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      tools: [weather],
    } satisfies Partial<OpenAI.Responses.ResponseCreateParams>
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'use get_weather' }]
    const first = await client.responses.stream({ ...request, input }).finalResponse()
    expect(first.output.map((item) => item.type)).toEqual(['reasoning', 'message', 'function_call'])
    const call = first.output[2] as OpenAI.Responses.ResponseFunctionToolCall
    expect(JSON.parse(call.arguments)).toEqual({ city: 'Paris' })
    expect(first.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0)
    const answered: OpenAI.Responses.ResponseInput = [
      ...input,
      ...(first.output as OpenAI.Responses.ResponseInputItem[]),
      { type: 'function_call_output', call_id: call.call_id, output: 'sunny' },
    ]
    const second = await client.responses.create({ ...request, input: answered })
    expect(second.output_text).toContain('get_weather answered “sunny”')
    const reasoning = { ...(first.output[0] as OpenAI.Responses.ResponseReasoningItem), encrypted_content: 'AAAA' }
    const forged = [...input, reasoning, ...answered.slice(2)]
    await expect(client.responses.create({ ...request, input: forged })).rejects.toMatchObject({
      code: 'invalid_encrypted_content',
    })
  })

  it('says why an answer is not complete', async () => {
    const cut = await client.responses.create({ model: 'gpt-4.1-mini', input: 'count to 99', max_output_tokens: 16 })
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    const filtered = await client.responses
      .stream({ model: 'gpt-4.1-mini', input: 'simulate content filter' })
      .finalResponse()
    expect(filtered).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } })
  })

  it('is reached by AzureOpenAI with a dated version', async () => {
    const azure = new AzureOpenAI({
      endpoint: simulator.origin,
      apiKey: simulator.key,
      apiVersion: '2025-04-01-preview',
    })
    expect((await azure.responses.create({ model: 'gpt-5-codex', input: 'hi' })).output_text).toContain('gpt-5-codex')
  })

  it('stores nothing', async () => {
    await expect(client.responses.retrieve('resp_x')).rejects.toThrow(NotFoundError)
    await expect(
      client.responses.create({ model: 'gpt-5.1', input: 'x', previous_response_id: 'resp_x' }),
    ).rejects.toMatchObject({ code: 'previous_response_not_found' })
  })

  it.each<[string, JsonRecord]>([
    ['a temperature', { temperature: 0.5 }],
    ['an effort that the model lacks', { reasoning: { effort: 'max' } }],
    ['fewer than 16 tokens', { max_output_tokens: 15 }],
    ['no input', { input: undefined }],
    ['a result without its call', { input: [{ type: 'function_call_output', call_id: 'a', output: '' }] }],
    ['a Claude', { model: 'claude-opus-5' }],
  ])('refuses %s', async (_, change) => {
    const response = await post({ model: 'o4-mini', input: 'x', ...change })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('simulated') } })
  })
})

it('numbers its events without a gap, and closes with all items as they were', async () => {
  const response = await post({ model: 'o4-mini', input: 'hi', stream: true, reasoning: { summary: 'auto' } })
  const events = await eventsOf(response)
  expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, index) => index))
  const done = events.filter((event) => event['type'] === 'response.output_item.done').map((event) => event['item'])
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output: done } })
})

function post(body: JsonRecord): Promise<Response> {
  return fetch(`${simulator.origin}/openai/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.key}` },
    body: JSON.stringify(body),
  })
}
