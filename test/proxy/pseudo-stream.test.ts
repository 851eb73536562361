/** Models that cannot stream, for clients that want a stream: the answer that came whole is told in slices. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chatAgent, messagesAgent, READ, responsesAgent } from './agent-loops.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { startStrictUpstream } from './strict-upstream.ts'
import type { StrictUpstream } from './strict-upstream.ts'

const TEXT = 'Zwölf Boxkämpfer 🙂🙂 jagen Viktor.'
const AGENTS = { chat: chatAgent, messages: messagesAgent, responses: responsesAgent }
const BODIES = {
  chat: { messages: [{ role: 'user', content: 'hi' }], stream_options: { include_usage: true } },
  messages: { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
  responses: { input: 'hi' },
}
const PATHS = { chat: '/v1/chat/completions', messages: '/v1/messages', responses: '/v1/responses' }
const CASES = (['gpt-5-pro', 'o3-pro'] as const).flatMap((model) =>
  (['chat', 'messages', 'responses'] as const).map((client) => ({ client, model })),
)

let upstream: StrictUpstream
let proxy: TestProxy
beforeEach(async () => {
  upstream = await startStrictUpstream((round) =>
    round === 0
      ? { thinking: 'I look first.', calls: [{ name: READ, input: { path: 'ä/🙂.txt' } }] }
      : { thinking: 'Now I know.', text: TEXT },
  )
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

/** The pieces of text in a stream of any of the three APIs. */
function textPieces(stream: string): string[] {
  const events = stream
    .split('\n')
    .flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as Wire] : []))
  return events.flatMap((event) => {
    if (typeof event.delta === 'string') return event.type === 'response.output_text.delta' ? [event.delta] : []
    const piece = event.delta?.text ?? event.choices?.[0]?.delta.content
    return piece ? [piece] : []
  })
}

interface Wire {
  type?: string
  delta?: string | { text?: string }
  choices?: { delta: { content?: string | null } }[]
}

describe.each(CASES)('$model for a client of $client', ({ client, model }) => {
  test('a conversation with tools and reasoning streams to its end; the model is never asked to stream', async () => {
    const found = await AGENTS[client](proxy.origin, ['Look.'], { model, stream: true, thinks: true })
    expect(upstream.refused).toEqual([])
    expect(found).toMatchObject({ said: TEXT, ran: [`${READ} {"path":"ä/🙂.txt"}`] })
    expect(upstream.taken.map(({ stream }) => stream ?? false)).toEqual([false, false])
  })

  test('text comes in two slices, never cut inside of a character', async () => {
    upstream.taken.push({})
    const answer = await post(proxy.origin, PATHS[client], { model, stream: true, ...BODIES[client] })
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const pieces = textPieces(await answer.text())
    expect(pieces).toHaveLength(2)
    expect(pieces.join('')).toBe(TEXT)
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
  })
})

test('an instance may say into how many slices', async () => {
  const other = await startProxy({ instances: [{ base: upstream.origin, slices: 5 }] })
  upstream.taken.push({})
  const answer = await post(other.origin, PATHS.chat, { model: 'gpt-5-pro', stream: true, ...BODIES.chat })
  const pieces = textPieces(await answer.text())
  expect(pieces).toHaveLength(5)
  expect(pieces.join('')).toBe(TEXT)
  await other.close()
})
