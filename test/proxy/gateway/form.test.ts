/** The Dify provider's own wire form, served in front of every API that a model may speak. */
import { AzureOpenAI } from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, startProxy } from '../harness.ts'
import type { TestProxy } from '../harness.ts'
import { json, startUpstream } from '../scripted-upstream.ts'
import type { ScriptedUpstream } from '../scripted-upstream.ts'
import { startStrictUpstream } from '../strict-upstream.ts'
import type { StrictUpstream } from '../strict-upstream.ts'
import { askAsDify, difyBody } from './dify-client.ts'

const TEXT = 'Zwölf Boxkämpfer 🙂🙂 jagen Viktor.'
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
/** One that speaks Chat, two that speak Messages, three that speak Responses (one of them cannot stream). */
const MODELS = ['gpt-4.1', 'claude-sonnet-4-5', 'claude-opus-4-1', 'o3', 'gpt-5-codex', 'gpt-5-pro']
const HI = [{ role: 'user', content: 'Say it.' }]

describe('any model behind it', () => {
  let upstream: StrictUpstream
  let proxy: TestProxy
  beforeEach(async () => {
    upstream = await startStrictUpstream(() => ({ thinking: 'I think of boxers.', text: TEXT }))
    proxy = await startProxy({ instances: [{ base: upstream.origin }] })
  })
  afterEach(async () => {
    expect(upstream.refused).toEqual([])
    await proxy.close()
    await upstream.close()
  })

  test.each(MODELS)('%s, whole: the text is one string, usage has both names', async (model) => {
    const answer = await askAsDify(proxy.origin, model, { messages: HI })
    expect(answer).toMatchObject({ status: 200, text: TEXT })
    expect(answer.promptTokens).toBeGreaterThan(0)
    expect(answer.completionTokens).toBeGreaterThan(0)
    const path = `/openai/deployments/${model}/responses?api-version=2099-01-01`
    const raw = await post(proxy.origin, path, difyBody(model, { messages: HI }), { 'api-key': 'any' })
    const body = (await raw.json()) as { output_text: unknown; usage: Record<string, number> }
    expect(body.output_text).toBe(TEXT)
    expect(body.usage['prompt_tokens']).toBe(body.usage['input_tokens'])
    expect(body.usage['completion_tokens']).toBe(body.usage['output_tokens'])
    expect(body.usage['total_tokens']).toBe(body.usage['prompt_tokens']! + body.usage['completion_tokens']!)
  })

  test.each(MODELS)('%s, streamed: the text comes once, and no thought with it', async (model) => {
    const answer = await askAsDify(proxy.origin, model, {
      messages: HI,
      stream: true,
      fields: { reasoning: { effort: 'medium' } },
    })
    expect(answer.text).toBe(TEXT)
    expect(answer.fragments.length).toBeGreaterThan(1)
    expect(answer.types.some((type) => type.includes('error'))).toBe(false)
    expect(answer.types.at(-1)).toBe('response.completed')
    expect(answer.promptTokens).toBeGreaterThan(0)
    expect(answer.completionTokens).toBeGreaterThan(0)
  })

  test('a conversation as Dify keeps it: parts with data, pictures, results without their call', async () => {
    const messages = [
      { role: 'system', content: 'You are terse.' },
      {
        role: 'user',
        content: [
          { type: 'text', data: 'What is this?' },
          { type: 'image', format: 'png', base64_data: PIXEL, url: '', mime_type: 'image/png', detail: 'high' },
        ],
      },
      { role: 'assistant', content: 'I look.' },
      { role: 'tool', name: 'look', content: 'a pixel' },
      { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
    ]
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }]
    for (const model of MODELS) {
      const answer = await askAsDify(proxy.origin, model, { messages, tools, vision: true, user: 'jane', stream: true })
      expect(answer.text).toBe(TEXT)
    }
    const sent = JSON.stringify(upstream.taken)
    expect(sent.split(PIXEL)).toHaveLength(MODELS.length + 1)
    expect(sent).not.toContain('vision')
    expect(sent.split('a pixel')).toHaveLength(MODELS.length + 1)
  })

  test.each([
    [
      'stop and limits',
      'claude-sonnet-4-5',
      { max_output_tokens: 50, stop: ['END'] },
      { max_tokens: 50, stop_sequences: ['END'] },
    ],
    ['an effort', 'o3', { reasoning: { effort: 'low' } }, { reasoning: { effort: 'low' } }],
    ['thinking', 'gpt-5-codex', { thinking: true }, { reasoning: { effort: 'medium' } }],
    [
      'JSON mode',
      'gpt-4.1',
      { response_format: { type: 'json_object' } },
      { text: { format: { type: 'json_object' } } },
    ],
    [
      'a schema as it stands',
      'o3',
      { response_format: { type: 'json_schema', json_schema: { type: 'object', properties: {} } } },
      { text: { format: { type: 'json_schema', name: 'output', schema: { type: 'object', properties: {} } } } },
    ],
  ])('%s arrives', async (_, model, fields, expected) => {
    await askAsDify(proxy.origin, model, { messages: [{ role: 'user', content: 'Say JSON.' }], fields })
    expect(upstream.taken[0]).toMatchObject(expected)
  })

  test('the same path takes a normal body in its normal form', async () => {
    const client = new AzureOpenAI({ endpoint: proxy.origin, apiKey: 'any', apiVersion: '2025-04-01-preview' })
    const plain = await client.responses.create({ model: 'o3', input: 'Say it.' })
    expect(plain.output_text).toBe(TEXT)
    const path = '/openai/deployments/o3/responses?api-version=fake'
    const whole = (await (await post(proxy.origin, path, { input: 'Say it.' })).json()) as Record<string, unknown>
    expect(whole).not.toHaveProperty('output_text')
    expect(whole['usage']).not.toHaveProperty('prompt_tokens')
  })

  test.each([
    [{ input: {} }, 'input.messages'],
    [{ input: { messages: [] } }, 'input.messages'],
    [{ input: { messages: [{ role: 'user', content: 7 }] } }, 'input.messages[0].content'],
    [{ input: { messages: ['hi'] } }, 'input.messages[0]'],
    [{ input: { messages: HI }, reasoning: 'much' }, 'reasoning'],
  ])('what is wrong with %j is named by its path', async (body, param) => {
    const response = await post(proxy.origin, '/openai/deployments/o3/responses?api-version=fake', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { param, message: expect.stringContaining(param) } })
  })
})

describe('other answers', () => {
  let upstream: ScriptedUpstream
  let proxy: TestProxy
  afterEach(async () => {
    await proxy.close()
    await upstream.close()
  })

  test('an error of the upstream keeps its status; one amid the stream is an error event', async () => {
    const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`
    upstream = await startUpstream(async (play) => {
      if (!play.received.body.includes('"stream":true')) {
        await json({ error: { message: 'slow down', code: '429' } }, 429)(play)
        return
      }
      const { response } = play
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(event({ type: 'response.output_text.delta', item_id: 'm', output_index: 0, delta: 'Half' }))
      // The failure comes when the client has heard the first half.
      while ((proxy.tap.exchanges.at(-1)?.sent.length ?? 0) === 0) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
      response.end(event({ type: 'error', code: 'server_error', message: 'no more' }))
    })
    proxy = await startProxy({ instances: [{ base: upstream.origin }], config: { routing: { retries: 0 } } })
    const refused = await askAsDify(proxy.origin, 'gpt-4.1', { messages: HI })
    expect(refused.status).toBe(429)
    expect(refused.text).toContain('slow down')
    await expect(askAsDify(proxy.origin, 'gpt-4.1', { messages: HI, stream: true })).rejects.toThrow('no more')
  })

  const vectors = '{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.10,-2.50e-3]}],"model":"m",'

  test('embeddings: input_type is taken, usage has tokens, too; vectors stay as they came', async () => {
    upstream = await startUpstream(json(Buffer.from(`${vectors}"usage":{"prompt_tokens":4,"total_tokens":4}}`)))
    proxy = await startProxy({ instances: [{ base: upstream.origin, version: '2024-10-21' }] })
    const path = '/openai/deployments/text-embedding-3-large/embeddings?api-version=fake'
    const body = { input: ['hi'], user: 'jane', input_type: 'document' }
    const response = await post(proxy.origin, path, body, { 'api-key': 'any' })
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text.startsWith(vectors)).toBe(true)
    expect((JSON.parse(text) as Record<string, unknown>)['usage']).toEqual({
      prompt_tokens: 4,
      total_tokens: 4,
      tokens: 4,
    })
    const { url, body: sent } = await upstream.request()
    expect(url).toBe('/openai/deployments/text-embedding-3-large/embeddings?api-version=2024-10-21')
    expect(JSON.parse(sent.toString())).toEqual({ model: 'text-embedding-3-large', input: ['hi'], user: 'jane' })
  })

  test('embeddings of a normal client keep every byte; other models get input_type', async () => {
    const answer = `${vectors}"usage":{"prompt_tokens":4,"total_tokens":4}}`
    upstream = await startUpstream(json(Buffer.from(answer)))
    proxy = await startProxy({ instances: [{ base: upstream.origin }] })
    const plain = await post(proxy.origin, '/openai/deployments/text-embedding-ada-002/embeddings?api-version=1', {
      input: 'hi',
    })
    expect(await plain.text()).toBe(answer)
    await post(proxy.origin, '/openai/deployments/cohere-embed-v3/embeddings?api-version=1', {
      input: 'hi',
      input_type: 'query',
    })
    const { body } = await upstream.request(1)
    expect(JSON.parse(body.toString())).toMatchObject({ input_type: 'query' })
  })

  test('a gateway behind it: the form on this side, Responses on that', async () => {
    const content = [{ type: 'output_text', text: TEXT, annotations: [] }]
    upstream = await startUpstream(
      json({
        output: [{ type: 'message', id: 'msg_1', role: 'assistant', content }],
        usage: { prompt_tokens: 1, completion_tokens: 2 },
      }),
    )
    proxy = await startProxy({
      instances: [{ type: 'azure-gateway', base: upstream.origin, more: { enable_vision: true } }],
    })
    const answer = await askAsDify(proxy.origin, 'gemini-2.5-pro', { messages: HI, vision: true, stream: true })
    expect(answer).toMatchObject({ text: TEXT, promptTokens: 1, completionTokens: 2 })
    expect(answer.fragments).toHaveLength(2)
    const { url, body } = await upstream.request()
    expect(url).toBe('/openai/deployments/gemini-2.5-pro/responses?api-version=fake')
    expect(JSON.parse(body.toString())).toMatchObject({ stream: false, modalities: ['text', 'vision'] })
  })
})
