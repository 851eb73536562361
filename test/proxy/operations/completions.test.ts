/** Completions: passed on to models that have them, made from chat for those that only chat. */
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import { post, startProxy } from '../harness.ts'
import type { TestInstance, TestProxy } from '../harness.ts'
import { json, startUpstream, stream } from '../scripted-upstream.ts'
import type { Script, ScriptedUpstream } from '../scripted-upstream.ts'

let upstream: ScriptedUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const CHAT = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 5,
  model: 'gpt-4o-2024-11-20',
  choices: [{ index: 0, message: { role: 'assistant', content: ' world' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
}
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 5, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const CHUNKS = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'one ' }),
  chunk({ content: 'two' }),
  chunk({}, 'length'),
  'data: [DONE]\n\n',
]

async function start(script: Script, instance: Omit<TestInstance, 'base'> = {}): Promise<void> {
  upstream = await startUpstream(script)
  proxy = await startProxy({ instances: [{ base: upstream.origin, ...instance }] })
}
const sdk = (): OpenAI => new OpenAI({ baseURL: `${proxy.origin}/v1`, apiKey: 'none-0000', maxRetries: 0 })

describe('for a model that only chats', () => {
  test('the prompt becomes a message, the answer a text', async () => {
    await start(json(CHAT))
    const completion = await sdk().completions.create({
      model: 'gpt-4o',
      prompt: 'hello',
      max_tokens: 7,
      stop: ['x'],
      temperature: 0,
    })
    expect(completion).toMatchObject({
      object: 'text_completion',
      choices: [{ text: ' world', index: 0, finish_reason: 'stop', logprobs: null }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    })
    expect(completion.choices[0]).not.toHaveProperty('message')
    expect(upstream.received[0]!.url).toBe('/openai/v1/chat/completions')
    expect(JSON.parse(upstream.received[0]!.body.toString())).toMatchObject({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'hello' }],
      temperature: 0,
      stop: 'x',
    })
  })

  test('a stream comes as texts, and ends as it should', async () => {
    await start(stream(Buffer.from(CHUNKS.join(''))))
    const said: string[] = []
    let finish: string | null = null
    for await (const part of await sdk().completions.create({ model: 'gpt-4o', prompt: 'hello', stream: true })) {
      expect(part.object).toBe('text_completion')
      said.push(part.choices[0]?.text ?? '')
      finish = part.choices[0]?.finish_reason ?? finish
    }
    expect([said.join(''), finish]).toEqual(['one two', 'length'])
  })

  test('a stream that breaks off ends with an error, never with [DONE]', async () => {
    await start(stream(Buffer.from(CHUNKS.slice(0, 3).join(''))))
    const text = await (
      await post(proxy.origin, '/v1/completions', { model: 'gpt-4o', prompt: 'hello', stream: true })
    ).text()
    expect(text).toContain('"text":"two"')
    expect(text).toContain('"error"')
    expect(text).not.toContain('[DONE]')
  })

  test('a Claude completes, too', async () => {
    await start(
      json({
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [{ type: 'text', text: 'yes' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      }),
    )
    const completion = await sdk().completions.create({ model: 'claude-sonnet-4-5', prompt: 'hello' })
    expect(completion.choices[0]!.text).toBe('yes')
    expect(upstream.received[0]!.url).toBe('/anthropic/v1/messages')
  })

  test('what chat does not have is told', async () => {
    await start(json(CHAT))
    const response = await post(proxy.origin, '/v1/completions', {
      model: 'gpt-4o',
      prompt: 'a',
      echo: true,
      best_of: 3,
      suffix: 'z',
    })
    expect(response.headers.get('x-lazuli-dropped')).toBe('suffix, echo, best_of')
  })

  test.each([
    ['several prompts', ['a', 'b'], 'one request per prompt'],
    ['tokens', [1, 2], 'as text'],
    ['nothing', null, 'prompt'],
  ])('%s are refused before any call', async (_what, prompt, advice) => {
    await start(json(CHAT))
    const response = await post(proxy.origin, '/v1/completions', { model: 'gpt-4o', prompt })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(advice)
    expect(upstream.received).toEqual([])
  })
})

describe('for a model that completes', () => {
  test.each([
    ['gpt-35-turbo-instruct', {}, '/openai/v1/completions'],
    ['davinci-002', { version: '2024-10-21' }, '/openai/deployments/davinci-002/completions?api-version=2024-10-21'],
    ['my-own-thing', {}, '/openai/v1/completions'],
    ['qwen', { type: 'generic' as const }, '/v1/completions'],
  ])('%s is asked itself', async (model, instance, url) => {
    await start(json({ object: 'text_completion' }), instance)
    await post(proxy.origin, '/v1/completions', { model, prompt: ['a', 'b'], echo: true })
    expect(upstream.received[0]!.url).toBe(url)
    expect(JSON.parse(upstream.received[0]!.body.toString())).toEqual({ model, prompt: ['a', 'b'], echo: true })
  })

  test('its stream comes byte for byte, from the first text on', async () => {
    const body = Buffer.from(
      'data: {"choices":[{"text":"a","index":0}]}\n\ndata: {"choices":[{"text":"b","index":0,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    )
    await start(stream(body, [20, 60, 100]))
    const response = await post(proxy.origin, '/v1/completions', { model: 'davinci-002', prompt: 'x', stream: true })
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
  })
})
