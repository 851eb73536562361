/**
 * Conversations of several turns with tools and thinking, through each pair of APIs, against an upstream that refuses
 * what the real services refuse. What an agent comes to through the proxy is what the model said.
 */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dialectOf } from '../../electron/core/dialects/registry.ts'
import { listOf, objectOf } from '../../electron/proxy/upstreams/simulator/json.ts'
import type { DialectId } from '../../shared/exchange.ts'
import { chatAgent, LONG_SEARCH, messagesAgent, READ, responsesAgent, SEARCH } from './agent-loops.ts'
import type { Agent } from './agent-loops.ts'
import { startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { startStrictUpstream } from './strict-upstream.ts'
import type { Saying, StrictUpstream } from './strict-upstream.ts'

const PROMPTS = ['Look at the files.', 'And what follows? é – 漢字 🙂']
/** Two parallel calls, one more, a word; then a question that needs a tool again. */
const SCRIPT: readonly Saying[] = [
  {
    thinking: 'First I look at two files.',
    text: 'I look.',
    calls: [
      { name: READ, input: { path: 'a.txt' } },
      { name: SEARCH, input: { path: 'dir/"b".txt\n' } },
    ],
  },
  { thinking: 'One more is needed.', calls: [{ name: READ, input: { path: '漢字 🙂' } }] },
  { thinking: 'Now I know.', text: 'The first answer: 42 🙂.' },
  { thinking: 'It goes on.', text: 'Again.', calls: [{ name: READ, input: { path: 'c.txt' } }] },
  { thinking: 'That is all.', text: 'The last answer.' },
]
/** What a client of the given API runs: each knows its own tools. */
const ran = (client: DialectId): string[] =>
  SCRIPT.flatMap(({ calls = [] }) => calls).map(({ name, input }) => {
    const own = client === 'messages' && name === SEARCH ? LONG_SEARCH : name
    return `${own} ${JSON.stringify(input)}`
  })

const AGENTS: Readonly<Record<DialectId, Agent>> = {
  chat: chatAgent,
  messages: messagesAgent,
  responses: responsesAgent,
}
const MODELS: readonly { model: string; api: DialectId }[] = [
  { model: 'gpt-4o', api: 'chat' },
  { model: 'gpt-5', api: 'chat' },
  { model: 'claude-sonnet-4-5', api: 'messages' },
  { model: 'claude-opus-4-6', api: 'messages' },
  { model: 'claude-opus-4-8', api: 'messages' },
  { model: 'o3', api: 'responses' },
  { model: 'gpt-5', api: 'responses' },
]
const spoken = (id: DialectId): boolean => dialectOf(id) !== undefined
const PAIRS = (['chat', 'messages', 'responses'] as const)
  .filter(spoken)
  .flatMap((client) =>
    MODELS.filter(({ api }) => spoken(api)).flatMap(({ model, api }) =>
      [true, false].map((stream) => ({ client, model, api, stream })),
    ),
  )

let upstream: StrictUpstream
let proxy: TestProxy
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function start(model: string, api: DialectId): Promise<void> {
  upstream = await startStrictUpstream((round, asked) => {
    const { calls, ...rest } = SCRIPT[round]!
    if (calls === undefined) return rest
    // A model calls a tool by the name that it was told.
    const search = asked.tools.find(({ name }) => name !== READ)?.name ?? 'none'
    return { ...rest, calls: calls.map(({ name, input }) => ({ name: name === READ ? READ : search, input })) }
  })
  proxy = await startProxy({
    instances: [{ base: upstream.origin }],
    config: { models: [{ model, api }] },
  })
}

describe.each(PAIRS)('$client to $api, $model, streaming: $stream', ({ client, model, api, stream }) => {
  test('a conversation with tools comes to its end', async () => {
    await start(model, api)
    const found = await AGENTS[client](proxy.origin, PROMPTS, { model, stream, thinks: false })
    expect(upstream.refused).toEqual([])
    expect(found.ran).toEqual(ran(client))
    expect(found.said).toBe('The last answer.')
  })

  test('and so it does with thinking, which comes back as it was', async () => {
    await start(model, api)
    const options = { model, stream, thinks: true }
    const found = await AGENTS[client](proxy.origin, PROMPTS, options).catch((error: unknown) => error)
    expect(upstream.refused).toEqual([])
    expect(found).toMatchObject({ ran: ran(client), said: 'The last answer.' })
    if (api === 'messages') {
      expect(found).toMatchObject({ reasoning: SCRIPT.map(({ thinking }) => thinking) })
      // The last request: each earlier turn has its thinking again, in front of its calls.
      const messages = listOf(upstream.taken.at(-1)!['messages']).map(objectOf)
      const turns = messages
        .filter(({ role }) => role === 'assistant')
        .map(({ content }) => listOf(content).map(objectOf))
      expect(turns.map(([first]) => first?.['thinking'])).toEqual(SCRIPT.slice(0, 4).map(({ thinking }) => thinking))
    }
  })
})

describe.each(MODELS.filter(({ api }) => spoken(api)))('Chat to $api, $model', ({ model, api }) => {
  test('an agent that sends back all that it got is understood', async () => {
    await start(model, api)
    const options = { model, stream: false, thinks: true, resend: 'all' } as const
    const found = await chatAgent(proxy.origin, PROMPTS, options)
    expect(upstream.refused).toEqual([])
    expect(found).toMatchObject({ ran: ran('chat'), said: 'The last answer.' })
  })
})

describe('a conversation that goes on with another model', () => {
  const CLAUDE = 'claude-opus-4-8'
  beforeEach(async () => {
    upstream = await startStrictUpstream((round) => ({ thinking: `Thought ${round}.`, text: `Answer ${round}.` }))
    proxy = await startProxy({
      instances: [{ base: upstream.origin }],
      config: { models: [{ model: 'o3', api: 'responses' }] },
    })
  })

  async function overMessages(models: readonly string[]): Promise<string[]> {
    const client = new Anthropic({ baseURL: proxy.origin, apiKey: 'local', maxRetries: 0 })
    const messages: Anthropic.MessageParam[] = []
    for (const model of models) {
      messages.push({ role: 'user', content: 'And now?' })
      const thinking = { type: 'adaptive' } as const
      const { content } = await client.messages.create({ model, max_tokens: 16_000, thinking, messages })
      messages.push({ role: 'assistant', content })
    }
    return upstream.taken.map((body) => JSON.stringify(body))
  }

  async function overResponses(models: readonly string[]): Promise<string[]> {
    const client = new OpenAI({ baseURL: `${proxy.origin}/v1`, apiKey: 'local', maxRetries: 0 })
    const input: OpenAI.Responses.ResponseInputItem[] = []
    for (const model of models) {
      input.push({ role: 'user', content: 'And now?' })
      const { output } = await client.responses.create({
        model,
        input,
        store: false,
        reasoning: { effort: 'high', summary: 'auto' },
        include: ['reasoning.encrypted_content'],
      })
      input.push(...(output as OpenAI.Responses.ResponseInputItem[]))
    }
    return upstream.taken.map((body) => JSON.stringify(body))
  }

  test.each([
    ['Messages', overMessages],
    ['Responses', overResponses],
  ])('leaves out what only the first one can read, and has it again when it comes back (%s)', async (_name, talk) => {
    const [, second, third] = await talk([CLAUDE, 'o3', CLAUDE])
    expect(upstream.refused).toEqual([])
    expect(second).toContain('Answer 0.')
    expect(second).not.toMatch(/"signature"|"encrypted_content":"/)
    expect(third).toContain('"thinking":"Thought 0."')
    expect(proxy.tap.exchanges[1]!.losses.map(({ kind }) => kind)).toContain('dropped')
  })

  test.each([
    ['Messages', overMessages],
    ['Responses', overResponses],
  ])('and the other way round (%s)', async (_name, talk) => {
    const [, second, third] = await talk(['o3', CLAUDE, 'o3'])
    expect(upstream.refused).toEqual([])
    expect(second).toContain('Answer 0.')
    expect(second).not.toContain('Thought 0.')
    expect(third).toContain('"encrypted_content":"')
    expect(proxy.tap.exchanges[1]!.losses.map(({ kind }) => kind)).toContain('dropped')
  })
})
