/** Responses through the proxy, read by OpenAI's own SDK: relayed, translated both ways, and with items by reference. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DialectId } from '../../shared/exchange.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { randomCuts, randomSource, recordings } from './recordings.ts'
import type { Recording } from './recordings.ts'
import { json, startUpstream, stream } from './scripted-upstream.ts'
import type { ScriptedUpstream } from './scripted-upstream.ts'

/** Streams and whole answers. */
const recorded = (dialect: DialectId): Recording[] => [...recordings(dialect, 'sse'), ...recordings(dialect, 'json')]
const GPT = 'gpt-5'
const REASONER = 'o3'
const CLAUDE = 'claude-sonnet-4-6'
const TOOLS = ['get_current_weather', 'get_weather', 'updateIssueList', 'calculator', 'weather', 'get_albert_weather']

let played: { name: string; bytes: Buffer }
let random: () => number
let upstream: ScriptedUpstream
let proxy: TestProxy

beforeEach(async () => {
  random = randomSource(20_261_122)
  upstream = await startUpstream((play) =>
    played.name.endsWith('.json')
      ? json(played.bytes)(play)
      : stream(played.bytes, randomCuts(played.bytes.length, 40, random))(play),
  )
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const openai = (base: string): OpenAI => new OpenAI({ baseURL: base, apiKey: 'none-0000', maxRetries: 0 })
const through = (): OpenAI => openai(`${proxy.origin}/v1`)
const direct = (): OpenAI => openai(`${upstream.origin}/openai/v1`)
const sent = (index = 0): Record<string, unknown> =>
  JSON.parse(upstream.received[index]!.body.toString()) as Record<string, unknown>

const isFailure = ({ name }: Recording): boolean => name.includes('openai-error')
const own = recorded('responses').filter((recording) => !isFailure(recording))
const streams = own.filter(({ name }) => name.endsWith('.sse'))

describe('the same dialect', () => {
  test.each(streams)('$name is relayed byte for byte', async (recording) => {
    played = recording
    const answer = await post(proxy.origin, '/v1/responses', { model: GPT, input: 'hi', stream: true })
    expect(Buffer.from(await answer.arrayBuffer()).equals(recording.bytes)).toBe(true)
  })

  test.each(streams)('$name is assembled as it is without the proxy', async (recording) => {
    played = recording
    const request = { model: GPT, input: 'hi' }
    const [here, there] = [
      await through().responses.stream(request).finalResponse(),
      await direct().responses.stream(request).finalResponse(),
    ]
    expect(here).toEqual(there)
  })

  test.each(own.filter(({ name }) => name.endsWith('.json')))('$name is the same whole', async (recording) => {
    played = recording
    const answer = await post(proxy.origin, '/responses', { model: GPT, input: 'hi' })
    expect(Buffer.from(await answer.arrayBuffer()).equals(recording.bytes)).toBe(true)
  })

  test('a failure in the stream before anything was said is a real HTTP error', async () => {
    played = recorded('responses').find(({ name }) => name.endsWith('openai-error.1.sse'))!
    const failure = through().responses.create({ model: GPT, input: 'hi', stream: true })
    await expect(failure).rejects.toMatchObject({ status: 429, code: 'insufficient_quota' })
  })

  test('passes on what refers to stored state, and takes off what the model refuses', async () => {
    played = own.find(({ name }) => name.endsWith('azure-text.1.json'))!
    const request = { model: GPT, input: 'hi', previous_response_id: 'resp_1', temperature: 0.2, store: true }
    await through().responses.create(request)
    const { temperature: _, ...rest } = request
    expect(sent()).toEqual(rest)
    expect((await proxy.exchange()).losses).toMatchObject([{ path: 'temperature', kind: 'dropped' }])
  })

  test('a model that cannot stream is asked for the whole, and its ids stay', async () => {
    const whole = own.find(({ name }) => name.endsWith('azure-text.1.json'))!
    played = whole
    const native = JSON.parse(whole.bytes.toString()) as OpenAI.Responses.Response
    const response = await through().responses.stream({ model: 'o3-pro', input: 'hi' }).finalResponse()
    expect(sent()).toMatchObject({ stream: false })
    expect([response.id, response.output[0]?.id, response.output_text]).toEqual([
      native.id,
      native.output[0]?.id,
      'Word',
    ])
  })
})

/** What a response says, as far as an application sees it. */
function said(response: OpenAI.Responses.Response): unknown {
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call' ? [[item.call_id, item.name, JSON.parse(item.arguments) as unknown]] : [],
  )
  const thoughts = response.output.flatMap((item) =>
    item.type === 'reasoning' ? item.summary.map((part) => part.text) : [],
  )
  const refusals = response.output.flatMap((item) =>
    item.type === 'message' ? item.content.flatMap((part) => (part.type === 'refusal' ? [part.refusal] : [])) : [],
  )
  const { output_text: text, status, usage } = response
  return { text, calls, thoughts, refusals, status, tokens: [usage?.input_tokens, usage?.output_tokens] }
}

describe.each([...recorded('chat'), ...recorded('messages')])('$name, asked for in Responses', (recording) => {
  const isClaude = recording.name.startsWith('messages__')

  test('says the same streamed and whole', async () => {
    played = recording
    const request = {
      model: isClaude ? CLAUDE : 'deepseek-v3',
      input: 'hi',
      tools: TOOLS.map((name) => ({ type: 'function' as const, name, parameters: { type: 'object' }, strict: false })),
    }
    const streamed = await through().responses.stream(request).finalResponse()
    const whole = await through().responses.create(request)
    expect(said(streamed)).toEqual(said(whole))
    expect(streamed.model).toBe(request.model)
    expect(streamed.tools).toEqual(request.tools)
    expect(proxy.tap.exchanges.map(({ ends }) => ends[0]?.state)).toEqual(['done', 'done'])
  })
})

describe.each(own)('$name', (recording) => {
  test('reads in Chat and in Messages', async () => {
    played = recording
    const completion = await through()
      .chat.completions.stream({
        model: REASONER,
        messages: [{ role: 'user', content: 'hi' }],
        stream_options: { include_usage: true },
      })
      .finalChatCompletion()
    const message = await new Anthropic({ baseURL: proxy.origin, apiKey: 'none', maxRetries: 0 }).messages
      .stream({ model: REASONER, max_tokens: 4096, messages: [{ role: 'user', content: 'hi' }] })
      .finalMessage()
    const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
    expect(completion.choices[0]?.message.content ?? '').toBe(text)
    const chatCalls = (completion.choices[0]?.message.tool_calls ?? []) as { id: string }[]
    expect(chatCalls.map(({ id }) => id)).toEqual(
      message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])),
    )
    expect(completion.usage?.completion_tokens).toBe(message.usage.output_tokens)
    expect(sent()).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(sent()).not.toHaveProperty('stream_options')
  })
})

describe('items by reference', () => {
  const thinking = recorded('messages').find(({ name }) => name.includes('clear-thinking'))!

  test('are put back, as the AI SDK leaves them out', async () => {
    played = thinking
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'hi' }]
    const first = await through().responses.stream({ model: CLAUDE, input }).finalResponse()
    const references = first.output.map((item) => ({ type: 'item_reference' as const, id: item.id! }))
    expect(references.length).toBeGreaterThan(1)
    await through()
      .responses.stream({ model: CLAUDE, input: [...input, ...references, { role: 'user', content: 'And?' }] })
      .finalResponse()
    const { messages } = sent(1) as { messages: { role: string; content: { type: string; signature?: string }[] }[] }
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(messages[1]?.content.map(({ type }) => type)).toEqual(['thinking', 'text'])
    expect(played.bytes.toString()).toContain(messages[1]?.content[0]?.signature)
  })

  test('that nobody knows are refused before the upstream is asked', async () => {
    played = thinking
    const input = [
      { type: 'item_reference' as const, id: 'msg_unknown' },
      { role: 'user' as const, content: 'And?' },
    ]
    await expect(through().responses.create({ model: CLAUDE, input })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      message: expect.stringContaining('store: false') as string,
    })
    expect(upstream.received).toHaveLength(0)
  })
})

describe('what Responses keeps on its server', () => {
  test.each([
    ['previous_response_id', 'resp_1'],
    ['conversation', 'conv_1'],
    ['background', true],
    ['prompt', { id: 'pmpt_1' }],
  ])('%s is refused for a model of another API, with the way out', async (param, value) => {
    played = recorded('messages')[0]!
    const answer = await post(proxy.origin, '/v1/responses', { model: CLAUDE, input: 'hi', [param]: value })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'unsupported_parameter', param },
    })
    expect(upstream.received).toHaveLength(0)
  })
})

describe('a stream that breaks off', () => {
  test('is an error and a failed response for a translated client, never a completion', async () => {
    const whole = recorded('messages').find(({ name }) => name.endsWith('anthropic-text.sse'))!
    const text = whole.bytes.toString()
    played = { name: 'cut.sse', bytes: Buffer.from(text.slice(0, text.indexOf('event: content_block_stop'))) }
    const answer = await post(proxy.origin, '/v1/responses', { model: CLAUDE, input: 'hi', stream: true })
    const body = await answer.text()
    expect(body).toContain('event: error\n')
    expect(body).toContain('event: response.failed\n')
    expect(body).not.toContain('response.completed')
  })

  test('is an error event for a relayed one', async () => {
    const whole = streams.find(({ name }) => name.includes('azure-text'))!
    const text = whole.bytes.toString()
    played = { name: 'cut.sse', bytes: Buffer.from(text.slice(0, text.indexOf('event: response.completed'))) }
    const failure = through().responses.stream({ model: GPT, input: 'hi' }).finalResponse()
    await expect(failure).rejects.toMatchObject({ code: expect.stringMatching(/^proxy_/) as string })
  })
})
