import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlaygroundEvent, PlaygroundRequest, SentTurn } from '../../shared/playground.ts'
import { startConsole, type TestConsole } from './console-for-tests.ts'

let lazuli: TestConsole

beforeAll(async () => {
  lazuli = await startConsole()
})
afterAll(() => lazuli.close())

const user = (text: string): SentTurn => ({ role: 'user', text, attachments: [] })

async function send(request: PlaygroundRequest): Promise<PlaygroundEvent[]> {
  const events: PlaygroundEvent[] = []
  for await (const event of await lazuli.console.playground.send(request)) events.push(event)
  return events
}

function textOf(events: readonly PlaygroundEvent[], kind: 'text' | 'reasoning' = 'text'): string {
  return events.map((event) => (event.type === 'delta' && event.kind === kind ? event.text : '')).join('')
}

function endOf(events: readonly PlaygroundEvent[]): Extract<PlaygroundEvent, { type: 'end' }> {
  const end = events.at(-1)
  if (end?.type !== 'end') throw new Error(`no end: ${JSON.stringify(end)}`)
  return end
}

const WEATHER = {
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** One model for each API. */
const MODELS = [
  ['gpt-4.1-mini', 'chat', '/v1/chat/completions'],
  ['gpt-5.1', 'responses', '/v1/responses'],
  ['claude-sonnet-4-5', 'messages', '/v1/messages'],
] as const

describe.concurrent.each(MODELS)('%s, in its own API', (model, dialect, path) => {
  test('an answer is an exchange of the client Playground, untranslated, with its figures', async () => {
    const events = await send({ model, turns: [user('Hello there')], system: 'Be brief.' })
    const [first] = events
    expect(first).toMatchObject({ type: 'exchange', dialect, rates: expect.any(Object) })
    expect(textOf(events)).toContain('Hello there')
    const end = endOf(events)
    expect(end).toMatchObject({ finish: 'stop', losses: [] })
    expect(end.usage?.input).toBeGreaterThan(0)
    expect(end.cost).toBeGreaterThan(0)
    expect(end.parts?.at(-1)).toMatchObject({ type: 'text', text: textOf(events) })
    if (first?.type !== 'exchange') throw new Error('the first event names the exchange')
    const { summary, requestBody } = await lazuli.console.traffic.get({ id: first.id })
    expect(summary).toMatchObject({ client: 'Playground', path, clientDialect: dialect, upstreamDialect: dialect })
    expect(JSON.parse(requestBody.text)).toMatchObject({ model, stream: true })
  })

  test('what is shown as code is what is sent', async () => {
    const request: PlaygroundRequest = { model, turns: [user('Hello')], maxTokens: 64, tools: [WEATHER] }
    const call = await lazuli.console.playground.compose(request)
    expect(call).toMatchObject({ dialect, path })
    const [first] = await send(request)
    if (first?.type !== 'exchange') throw new Error('the first event names the exchange')
    const { requestBody } = await lazuli.console.traffic.get({ id: first.id })
    expect(JSON.parse(requestBody.text)).toEqual(call.body)
  })

  test('a tool is called, and its answer is read', async () => {
    const tools = [WEATHER]
    const question = user('Call get_weather, please')
    const events = await send({ model, turns: [question], tools })
    const call = events.find((event) => event.type === 'call')
    expect(call).toMatchObject({ call: 0, name: 'get_weather' })
    const written = events.map((event) => (event.type === 'arguments' ? event.text : '')).join('')
    expect(JSON.parse(written)).toHaveProperty('city')
    const end = endOf(events)
    expect(end.finish).toBe('tool')
    const results = [
      { id: call?.type === 'call' ? call.id : '', name: 'get_weather', text: '21 degrees', failed: false },
    ]
    const after = await send({
      model,
      tools,
      turns: [question, { role: 'assistant', parts: end.parts ?? [] }, { role: 'tool', results }],
    })
    expect(textOf(after)).toContain('21 degrees')
    endOf(after)
  })

  test('an answer by schema is JSON that fits', async () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer' } },
      required: ['n'],
      additionalProperties: false,
    }
    const events = await send({ model, turns: [user('Count')], format: { name: 'count', schema, strict: true } })
    expect(JSON.parse(textOf(events))).toEqual({ n: expect.any(Number) })
  })

  test('a picture and a text file are read', async () => {
    const attachments = [
      { type: 'image' as const, name: 'dot.png', mime: 'image/png', data: PIXEL },
      { type: 'text' as const, name: 'notes.md', text: 'the word is lapis' },
    ]
    const events = await send({ model, turns: [{ role: 'user', text: 'What is this?', attachments }] })
    expect(textOf(events)).toMatch(/attachment/)
    const [first] = events
    if (first?.type !== 'exchange') throw new Error('the first event names the exchange')
    const { requestBody } = await lazuli.console.traffic.get({ id: first.id })
    expect(requestBody.text).toContain(PIXEL)
    expect(requestBody.text).toContain('the word is lapis')
    expect(requestBody.text).toContain('notes.md')
  })

  test('a failure has its cause and its fix', async () => {
    const events = await send({ model, turns: [user('simulate error 400')] })
    const last = events.at(-1)
    if (last?.type !== 'error') throw new Error('it fails')
    expect(last.failure.message).toMatch(/simulated/)
    expect(events[0]).toMatchObject({ type: 'exchange' })
  })
})

describe.concurrent('what a model takes', () => {
  test('thoughts are asked for where they can be seen, and come back sealed for the next round', async () => {
    for (const model of ['gpt-5.1', 'claude-sonnet-4-5']) {
      const events = await send({ model, turns: [user('Hello')], effort: 'low' })
      expect(textOf(events, 'reasoning')).not.toBe('')
      const end = endOf(events)
      const sealed = end.parts?.find((part) => part.type === 'reasoning')
      expect(sealed).toMatchObject({ opaque: { value: expect.any(String) } })
      const next = await send({
        model,
        effort: 'low',
        turns: [user('Hello'), { role: 'assistant', parts: end.parts ?? [] }, user('And again')],
      })
      expect(textOf(next)).toContain('And again')
    }
  })

  test('a budget for thinking reaches a Claude that takes one', async () => {
    const turns = [user('Hello')]
    const { body } = await lazuli.console.playground.compose({
      model: 'claude-sonnet-4-5',
      turns,
      thinkingBudget: 2048,
    })
    expect(body['thinking']).toMatchObject({ type: 'enabled', budget_tokens: 2048 })
    const off = await lazuli.console.playground.compose({ model: 'claude-sonnet-4-5', turns, effort: 'none' })
    expect(off.body['thinking']).toEqual({ type: 'disabled' })
  })

  test('the API can be chosen; the preferred one is the one that shows most', async () => {
    const options = await lazuli.console.playground.options({ model: 'gpt-5.1' })
    expect(options).toMatchObject({ dialects: ['responses', 'chat'], thinkingBudget: false, verbosity: true })
    expect(options.rates?.output).toBeGreaterThan(options.rates?.input ?? Infinity)
    expect(await lazuli.console.playground.options({ model: 'claude-sonnet-4-5' })).toMatchObject({
      dialects: ['messages'],
      thinkingBudget: true,
    })
    const [first] = await send({ model: 'gpt-5.1', dialect: 'chat', turns: [user('Hello')] })
    expect(first).toMatchObject({ dialect: 'chat' })
  })

  test('a file that no model takes is refused with a sentence, before anything is sent', async () => {
    const attachments = [{ type: 'file' as const, name: 'a.zip', mime: 'application/zip', data: 'UEsDBA==' }]
    const events = await send({ model: 'gpt-5.1', turns: [{ role: 'user', text: '', attachments }] })
    expect(events).toEqual([
      { type: 'error', failure: expect.objectContaining({ code: 'playground_file_kind', fix: expect.any(String) }) },
    ])
  })

  test('a 429 says when to come back', async () => {
    const last = (await send({ model: 'gpt-4o-mini', turns: [user('simulate error 429')] })).at(-1)
    expect(last).toMatchObject({ type: 'error', retryAfterMs: expect.any(Number) })
  })

  test('an answer that is cut keeps what had arrived and says so', async () => {
    const events = await send({ model: 'gpt-4.1-mini', turns: [user('simulate cut')] })
    expect(textOf(events)).not.toBe('')
    expect(events.at(-1)).toMatchObject({ type: 'error', failure: { code: 'proxy_upstream_incomplete' } })
  })

  test('stopping ends the exchange', async () => {
    const abort = new AbortController()
    const turns = [user('count to 500')]
    const events = await lazuli.console.playground.send({ model: 'gpt-4.1-mini', turns }, { signal: abort.signal })
    let exchange = ''
    for await (const event of events) {
      if (event.type === 'exchange') exchange = event.id
      if (event.type === 'delta') abort.abort()
    }
    // Ends with the exchange.
    for await (const batch of await lazuli.console.traffic.follow({ id: exchange })) if (batch.complete) break
    expect((await lazuli.console.traffic.get({ id: exchange })).summary.state).toBe('aborted')
  })
})
