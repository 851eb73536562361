/** Every recording through every other API: which events of the upstream each event of the client is said to come from. */
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LaneEvents } from '../../electron/journal/lane-events.ts'
import type { DialectId, LaneEvent } from '../../shared/exchange.ts'
import { type HeardExchange, post, startProxy, type TestProxy } from './harness.ts'
import { randomCuts, randomSource, recordings } from './recordings.ts'
import { json, type Script, type ScriptedUpstream, startUpstream, stream } from './scripted-upstream.ts'

const CLIENTS: readonly DialectId[] = ['chat', 'responses', 'messages']
const MODELS: Readonly<Record<DialectId, string>> = {
  chat: 'deepseek-v3',
  responses: 'gpt-5-codex',
  messages: 'claude-sonnet-4-6',
}
const PATHS: Readonly<Record<DialectId, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}

let script: Script
let upstream: ScriptedUpstream
let proxy: TestProxy

beforeEach(async () => {
  upstream = await startUpstream((play) => script(play))
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

async function exchangeOf(client: DialectId, model: string, wantsStream = true): Promise<HeardExchange> {
  const said = [{ role: 'user', content: 'hi' }]
  const answer = await post(proxy.origin, PATHS[client], {
    model,
    stream: wantsStream,
    ...(client === 'responses' ? { input: said } : { messages: said }),
    ...(client === 'messages' ? { max_tokens: 4096 } : {}),
  })
  await answer.text().catch(() => '')
  return proxy.exchange(proxy.tap.exchanges.length - 1)
}

/** The two lanes as the journal shows them. */
function lanesOf(heard: HeardExchange): { above: LaneEvent[]; below: LaneEvent[] } {
  const above = new LaneEvents(true)
  for (const chunk of heard.attempts.at(-1)!.bytes) above.push(chunk, 0)
  const below = new LaneEvents(true)
  for (const [index, chunk] of heard.sent.entries()) below.push(chunk, 0, heard.causes[index])
  above.end()
  below.end()
  return { above: above.slice(0, 100_000, 1e9), below: below.slice(0, 100_000, 1e9) }
}

/** Within range, in order, without gaps, and up to the event that ended the answer. */
function expectTruthful({ above, below }: ReturnType<typeof lanesOf>): [number, number][] {
  const translated = below.filter((event) => !event.raw.startsWith(':'))
  const causes = translated.map((event): [number, number] => event.causes ?? [-1, -1])
  let [from, to] = [0, 0]
  for (const cause of causes) {
    expect(cause[0] === from || cause[0] === to).toBe(true)
    expect(cause[1]).toBeGreaterThanOrEqual(Math.max(to, cause[0]))
    ;[from, to] = cause
  }
  expect(to).toBeLessThanOrEqual(above.length)
  for (const [index, event] of translated.entries()) {
    const text = textOf(event)
    if (text === undefined) continue
    const [first, end] = causes[index]!
    const raw = above
      .slice(first, end)
      .map((one) => one.raw)
      .join('\n')
      .replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    expect(raw).toContain(JSON.stringify(text).slice(1, -1))
  }
  return causes
}

/** The piece of text that an event of any dialect carries. */
function textOf(event: LaneEvent): string | undefined {
  const data = /^data: (\{.*)$/m.exec(event.raw)?.[1]
  if (data === undefined) return undefined
  const fields = JSON.parse(data) as {
    type?: string
    choices?: { delta?: { content?: string | null } }[]
    delta?: string | { text?: string }
  }
  if (fields.type === 'response.output_text.delta') return fields.delta as string
  if (fields.type === 'content_block_delta') return (fields.delta as { text?: string }).text
  return fields.choices?.[0]?.delta?.content ?? undefined
}

describe.each(CLIENTS)('a recorded stream of %s', (dialect) => {
  const pairs = recordings(dialect, 'sse').flatMap(({ name, bytes }) =>
    CLIENTS.filter((client) => client !== dialect).map((client) => ({ name, bytes, client })),
  )
  test.each(pairs)('$name to a client of $client', async ({ bytes, client }) => {
    script = stream(bytes)
    const heard = await exchangeOf(client, MODELS[dialect])
    if (heard.head?.status !== 200) {
      expect(heard.causes.every((causes) => causes === undefined)).toBe(true)
      return
    }
    const causes = expectTruthful(lanesOf(heard))
    expect(causes.length).toBeGreaterThan(0)
    // However the bytes arrive, the same events are the cause.
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        script = stream(bytes, randomCuts(bytes.length, 40, randomSource(seed)))
        expect(expectTruthful(lanesOf(await exchangeOf(client, MODELS[dialect])))).toEqual(causes)
      }),
      { numRuns: 3, seed: 42 },
    )
  })
})

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

test('blocks without data are counted, as the recording counts them', async () => {
  script = stream(
    Buffer.from(
      `: first\n\n${chunk({ role: 'assistant', content: '' })}: OPENROUTER PROCESSING\n\nid: 7\n\n${chunk({ content: 'Hi' })}${chunk({}, 'stop')}data: [DONE]\n\n`,
    ),
  )
  const lanes = lanesOf(await exchangeOf('messages', MODELS.chat))
  expect(lanes.above).toHaveLength(7)
  expectTruthful(lanes)
  const said = lanes.below.find((event) => textOf(event) === 'Hi')
  expect(said?.causes?.[1]).toBe(5)
})

test('what is flushed at the end goes back to the end', async () => {
  script = stream(Buffer.from(`${chunk({ content: 'Hi' })}${chunk({}, 'stop')}data: [DONE]\n\n`))
  const { below } = lanesOf(await exchangeOf('messages', MODELS.chat))
  expect(below.at(-1)).toMatchObject({ name: 'message_stop', causes: [expect.any(Number), 3] })
})

test('the error after a cut has no event for its cause', async () => {
  script = stream(Buffer.from(chunk({ content: 'Hi' })))
  const { above, below } = lanesOf(await exchangeOf('messages', MODELS.chat))
  expect(above).toHaveLength(1)
  expect(below.at(-1)).toMatchObject({ name: 'error', causes: [1, 1] })
})

test('an answer that comes whole is the cause of every event made of it; a stream of the whole that is made of it', async () => {
  const whole = recordings('responses', 'json').find(({ name }) => name.includes('azure-text'))!
  script = json(whole.bytes)
  const heard = await exchangeOf('chat', 'o3-pro')
  const reads = heard.attempts[0]!.bytes.length
  expect(lanesOf(heard).below.map((event) => event.causes)).toEqual(lanesOf(heard).below.map(() => [0, reads]))

  const streamed = recordings('messages', 'sse').find(({ name }) => name.includes('anthropic-text'))!
  script = stream(streamed.bytes)
  const collected = await exchangeOf('responses', MODELS.messages, false)
  expect(collected.causes).toEqual([[0, lanesOf(collected).above.length]])
})
