import OpenAI, {
  type APIError,
  AuthenticationError,
  AzureOpenAI,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningSimulator } from '../../../electron/proxy/upstreams/simulator/simulator.ts'
import { eventsOf, postChat, startFastSimulator, userSays } from './simulator-for-tests.ts'

let simulator: RunningSimulator
let client: OpenAI
beforeAll(async () => {
  simulator = await startFastSimulator()
  client = new OpenAI({ baseURL: `${simulator.origin}/openai/v1`, apiKey: simulator.key, maxRetries: 0 })
})
afterAll(() => simulator.close())

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, unit: { enum: ['celsius', 'kelvin'] }, days: { type: 'integer' } },
      required: ['city', 'unit'],
    },
  },
} as const

describe('the official openai package', () => {
  it('gets an answer that repeats the question and says what it is', async () => {
    const answer = await client.chat.completions.create({
      model: 'gpt-4.1-mini',
      messages: [{ role: 'user', content: 'Grüße 👋🏽!' }],
    })
    expect(answer.choices[0]?.message.content).toContain('simulator')
    expect(answer.choices[0]?.message.content).toContain('“Grüße 👋🏽!”')
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.model).toBe('gpt-4.1-mini')
    expect(answer.usage?.total_tokens).toBe(answer.usage!.prompt_tokens + answer.usage!.completion_tokens)
  })

  it('streams the same text that it gets whole', async () => {
    const request = { model: 'gpt-5.1', messages: [{ role: 'user' as const, content: 'a list, please 🙂' }] }
    const whole = await client.chat.completions.create(request)
    const stream = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } })
    const streamed = await stream.finalChatCompletion()
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
    expect(streamed.usage).toEqual(whole.usage)
    expect(whole.choices[0]?.message.content).toContain('| Model | gpt-5.1 |')
    expect(whole.choices[0]?.message.content).toContain('```ts')
  })

  it('makes a tool call from the schema, then closes with the result', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Use get_weather for "Rome"' }]
    const request = { model: 'gpt-5.1', tools: [weather as OpenAI.ChatCompletionFunctionTool] }
    const first = await client.chat.completions.stream({ ...request, messages }).finalChatCompletion()
    const message = first.choices[0]!.message
    const call = message.tool_calls![0] as OpenAI.ChatCompletionMessageFunctionToolCall
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    expect(call.function.name).toBe('get_weather')
    expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Rome', unit: 'celsius' })
    messages.push({ role: 'assistant', content: message.content, tool_calls: message.tool_calls! })
    messages.push({ role: 'tool', tool_call_id: call.id, content: '21 degrees' })
    const second = await client.chat.completions.create({ ...request, messages })
    expect(second.choices[0]?.finish_reason).toBe('stop')
    expect(second.choices[0]?.message.content).toContain('get_weather answered “21 degrees”')
  })

  it('gets structured output that fits the schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        title: { type: 'string', maxLength: 5 },
        rating: { type: 'integer', minimum: 3, maximum: 9 },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
        note: { anyOf: [{ type: 'null' }, { type: 'string' }] },
      },
      $defs: { tag: { enum: ['a', 'b'] } },
    }
    const answer = await client.chat.completions.create({
      model: 'gpt-4.1-mini',
      messages: [{ role: 'user', content: 'rate it' }],
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    })
    expect(JSON.parse(answer.choices[0]!.message.content!)).toEqual({
      title: 'simul',
      rating: 3,
      tags: ['a'],
      note: null,
    })
  })

  it('gets embeddings, the same for the same text', async () => {
    const answer = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'a', 'b'] })
    const [first, again, other] = answer.data.map((item) => item.embedding)
    expect(first).toHaveLength(1536)
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(Math.hypot(...first!)).toBeCloseTo(1)
    const plain = await client.embeddings.create({ model: 'm', input: 'a', dimensions: 3, encoding_format: 'float' })
    expect(plain.data[0]?.embedding).toHaveLength(3)
  })

  it('lists models', async () => {
    const { data } = await client.models.list()
    expect(data.map((model) => model.id)).toContain('gpt-5.1')
    expect((await client.models.retrieve('gpt-5.1')).id).toBe('gpt-5.1')
  })

  it.each([
    [400, BadRequestError],
    [401, AuthenticationError],
    [404, NotFoundError],
    [429, RateLimitError],
    [503, InternalServerError],
  ])('gets error %s when it asks for it', async (status, type) => {
    const error = await failure(
      client.chat.completions.create({
        model: 'gpt-4.1-mini',
        messages: [{ role: 'user', content: `please simulate error ${status}` }],
      }),
    )
    expect(error).toBeInstanceOf(type)
    if (status === 429) expect((error as APIError).headers?.get('retry-after')).toBe('2')
  })
})

it('serves AzureOpenAI on deployment paths with an api-version', async () => {
  const azure = new AzureOpenAI({
    endpoint: simulator.origin,
    apiKey: simulator.key,
    apiVersion: '2024-10-21',
    maxRetries: 0,
  })
  const stream = await azure.chat.completions.create({
    model: 'my deployment/ä',
    messages: [{ role: 'user', content: 'hi' }],
    stream: true,
  })
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  expect(chunks[0]?.choices).toEqual([])
  expect(chunks[1]?.model).toBe('my deployment/ä')
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop')
  expect((await azure.embeddings.create({ model: 'e', input: 'x' })).data).toHaveLength(1)
})

describe('Azure’s ways on the wire', () => {
  it('a stream begins with a chunk without choices and has usage only when asked', async () => {
    const plain = await eventsOf(await postChat(simulator, { ...userSays('hi'), stream: true }))
    expect(plain[0]).toMatchObject({
      id: '',
      model: '',
      object: '',
      choices: [],
      prompt_filter_results: [{ prompt_index: 0 }],
    })
    expect(plain[1]).toMatchObject({ choices: [{ delta: { role: 'assistant', content: '' } }] })
    expect(plain[2]).toMatchObject({
      choices: [{ content_filter_results: { hate: { filtered: false, severity: 'safe' } } }],
    })
    expect(plain.every((chunk) => !('usage' in chunk))).toBe(true)
    const asked = await eventsOf(
      await postChat(simulator, { ...userSays('hi'), stream: true, stream_options: { include_usage: true } }),
    )
    expect(asked.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: expect.any(Number) } })
    expect(asked[3]).toMatchObject({ usage: null })
  })

  it('sends Azure’s headers and its own mark', async () => {
    const { headers } = await postChat(simulator, userSays('hi'))
    expect(headers.get('x-lazuli-simulator')).toBe('true')
    expect(headers.get('x-ms-region')).toBe('Simulator')
    expect(headers.get('apim-request-id')).toBeTruthy()
    expect(Number(headers.get('x-ratelimit-remaining-requests'))).toBeLessThan(1000)
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  it('honours the output limit and stop sequences', async () => {
    const cut = await (await postChat(simulator, { ...userSays('count to 500'), max_tokens: 10 })).json()
    expect(cut).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 10 } })
    const stopped = await (await postChat(simulator, { ...userSays('count to 9'), stop: ['4', '7'] })).json()
    expect(stopped).toMatchObject({
      choices: [{ finish_reason: 'stop', message: { content: 'The simulator counts: 1, 2, 3, ' } }],
    })
  })

  it.each([
    ['gpt-5.1', { max_tokens: 5 }, 'max_tokens'],
    ['gpt-5.1', { temperature: 0.2 }, 'temperature'],
    ['o4-mini', { top_p: 0.5 }, 'top_p'],
    ['o4-mini', { presence_penalty: 1 }, 'presence_penalty'],
    ['gpt-4.1-mini', { reasoning_effort: 'low' }, 'reasoning_effort'],
  ])('%s refuses %j', async (model, body, param) => {
    const response = await postChat(simulator, { model, ...userSays('hi'), ...body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'unsupported_parameter', param } })
  })

  it('takes what those models do take', async () => {
    const taken = [
      { model: 'gpt-5.1', temperature: 0.2, reasoning_effort: 'none' },
      { model: 'o4-mini', temperature: 1, max_completion_tokens: 500 },
      { model: 'gpt-4.1-mini', temperature: 0.2, max_tokens: 50 },
    ]
    for (const body of taken) expect((await postChat(simulator, { ...userSays('hi'), ...body })).status).toBe(200)
  })

  it('counts hidden reasoning as output', async () => {
    const answer = (await (
      await postChat(simulator, { model: 'o4-mini', ...userSays('hi') })
    ).json()) as OpenAI.ChatCompletion
    const { completion_tokens_details: details, completion_tokens: tokens } = answer.usage!
    expect(details?.reasoning_tokens).toBeGreaterThan(0)
    expect(tokens).toBeGreaterThan(details!.reasoning_tokens!)
  })

  it.each([
    ['a body that is not JSON', '{"model":', 400],
    ['a list as the body', '[]', 400],
    ['no messages', '{"model":"gpt-4.1-mini"}', 400],
    ['no model', '{"messages":[{"role":"user","content":"x"}]}', 400],
    ['a Claude', '{"model":"claude-opus-5","messages":[{"role":"user","content":"x"}]}', 400],
    ['a result without a call', '{"model":"m","messages":[{"role":"tool","tool_call_id":"a","content":"x"}]}', 400],
    [
      'a call without a result',
      '{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a"}]},{"role":"user","content":"x"}]}',
      400,
    ],
    [
      'system with developer',
      '{"model":"m","messages":[{"role":"system","content":"x"},{"role":"developer","content":"x"}]}',
      400,
    ],
    ['tool_choice without tools', '{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"auto"}', 400],
  ])('refuses %s', async (_, body, status) => {
    const response = await postChat(simulator, {}, { body })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('simulated') } })
  })

  it('asks for its key on every path and knows no others', async () => {
    const url = `${simulator.origin}/openai/v1/models`
    expect((await fetch(url)).status).toBe(401)
    expect((await fetch(url, { headers: { 'api-key': `${simulator.key}x` } })).status).toBe(401)
    expect((await fetch(url, { headers: { authorization: `Bearer ${simulator.key}` } })).status).toBe(200)
    const withKey = { headers: { 'api-key': simulator.key } }
    expect((await fetch(`${simulator.origin}/v1/models`, withKey)).status).toBe(404)
    expect((await fetch(`${simulator.origin}/openai/deployments/d/chat/completions`, withKey)).status).toBe(404)
  })
})

describe('trouble on request', () => {
  it('a filter stops the answer in the middle', async () => {
    const answer = await (await postChat(simulator, userSays('simulate content filter'))).json()
    expect(answer).toMatchObject({
      choices: [{ finish_reason: 'content_filter', content_filter_results: { violence: { filtered: true } } }],
    })
  })

  it('a filter refuses the prompt', async () => {
    const response = await postChat(simulator, userSays('simulate prompt filter'))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } },
    })
  })

  it.each([true, false])('the connection breaks in the middle (stream: %s)', async (stream) => {
    const response = await postChat(simulator, { ...userSays('simulate cut'), stream })
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
  })

  it('the answer falls silent until the client leaves', async () => {
    const abort = new AbortController()
    const response = await postChat(
      simulator,
      { ...userSays('simulate stall'), stream: true },
      { signal: abort.signal },
    )
    const reader = response.body!.getReader()
    let text = ''
    while (!text.includes('Lazuli')) text += new TextDecoder().decode((await reader.read()).value)
    let ended = false
    const rest = (async () => {
      while (!(await reader.read()).done);
      ended = true
    })()
    // Everything that was going to come has come once another exchange is through.
    await (await postChat(simulator, userSays('hi'))).text()
    expect(ended).toBe(false)
    abort.abort()
    await expect(rest).rejects.toThrow()
  })

  it('help lists every order', async () => {
    const answer = await (await postChat(simulator, userSays('help'))).text()
    for (const order of ['error 429', 'cut', 'stall', 'slow', 'content filter', 'prompt filter']) {
      expect(answer).toContain(`simulate ${order}`)
    }
  })
})

it('keeps the time of a model: a pause before the first token, a short one before each other', async () => {
  const waits: number[] = []
  const timed = await startFastSimulator({
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms)
    },
  })
  try {
    await (await postChat(timed, { ...userSays('count to 3'), stream: true })).text()
    expect(waits[0]).toBe(325)
    expect(new Set(waits.slice(1))).toEqual(new Set([30]))
    waits.length = 0
    await (await postChat(timed, { ...userSays('simulate slow'), stream: true })).text()
    expect(waits.slice(0, 2)).toEqual([3250, 300])
  } finally {
    await timed.close()
  }
})

it('closes while an answer hangs', async () => {
  const hanging = await startFastSimulator()
  const response = await postChat(hanging, { ...userSays('simulate stall'), stream: true })
  await hanging.close()
  await expect(response.text()).rejects.toThrow()
})

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it succeeded')
}
