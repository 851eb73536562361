/**
 * Requests as SDKs and agents send them, to models of the other APIs behind an upstream that refuses what the services
 * refuse: each is valid there, or refused here with its path and a way out. What should be said reaches the model.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectId } from '../../shared/exchange.ts'
import { post, startProxy } from './harness.ts'
import type { TestProxy } from './harness.ts'
import { chatRequests } from './request-cases-chat.ts'
import { messagesRequests } from './request-cases-messages.ts'
import { responsesRequests } from './request-cases-responses.ts'
import type { RequestCase } from './request-cases.ts'
import { startStrictUpstream } from './strict-upstream.ts'
import type { StrictUpstream } from './strict-upstream.ts'

const PATHS: Readonly<Record<DialectId, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}
/** Models that a client of the API is answered by through another one. */
const MODELS: Readonly<Record<DialectId, readonly (readonly [model: string, api: DialectId])[]>> = {
  chat: [
    ['o3', 'responses'],
    ['gpt-5-codex', 'responses'],
    ['gpt-5.2-codex', 'responses'],
    ['claude-3-5-haiku', 'messages'],
    ['claude-sonnet-4-5', 'messages'],
    ['claude-opus-4-6', 'messages'],
    ['claude-opus-4-8', 'messages'],
    ['claude-opus-5-5', 'messages'],
  ],
  responses: [
    ['deepseek-v3', 'chat'],
    ['gpt-oss-120b', 'chat'],
    ['claude-3-5-haiku', 'messages'],
    ['claude-sonnet-4-5', 'messages'],
    ['claude-opus-4-6', 'messages'],
    ['claude-opus-4-8', 'messages'],
    ['claude-opus-5-5', 'messages'],
  ],
  messages: [
    ['gpt-4o', 'chat'],
    ['gpt-4-turbo', 'chat'],
    ['gpt-5', 'chat'],
    ['gpt-5.1', 'chat'],
    ['deepseek-v3', 'chat'],
    ['o3', 'responses'],
    ['gpt-5-codex', 'responses'],
  ],
}

let upstream: StrictUpstream
let proxy: TestProxy
beforeAll(async () => {
  upstream = await startStrictUpstream(() => ({ text: 'Yes.' }))
  proxy = await startProxy({ instances: [{ base: upstream.origin }] })
})
afterAll(async () => {
  await proxy.close()
  await upstream.close()
})

const CASES: Readonly<Record<DialectId, readonly RequestCase[]>> = {
  chat: chatRequests,
  responses: responsesRequests,
  messages: messagesRequests,
}
const all = (['chat', 'responses', 'messages'] as const).flatMap((client) =>
  CASES[client].map(([name, body, outcomes = {}]) => ({ client, name, body, outcomes })),
)

describe.each(all)('$client: $name', ({ client, body, outcomes }) => {
  test.each(MODELS[client])('is good for %s', async (model, api) => {
    const [taken, refused] = [upstream.taken.length, upstream.refused.length]
    const answer = await post(proxy.origin, PATHS[client], { model, ...body })
    const text = await answer.text()
    if (outcomes.refusedBy?.includes(api)) {
      expect(answer.status, text).toBe(400)
      expect(upstream.taken).toHaveLength(taken)
      const { error } = JSON.parse(text) as { error: { message: string; param?: string } }
      if (client !== 'messages') expect(error.param).toBeTruthy()
      // The path, what is the matter, and what to do about it.
      expect(error.message).toMatch(WAY_OUT)
      return
    }
    if (outcomes.forwardedTo?.includes(api)) return
    expect(upstream.refused.slice(refused)).toEqual([])
    expect(answer.status, text).toBe(200)
    const sent = JSON.stringify(upstream.taken.at(-1)).replaceAll('\\\\', '\\').replaceAll('\\"', '"')
    for (const word of wordsIn(body)) expect(sent).toContain(word)
  })
})

test.each([
  ['gpt-4o', ['system', 'system', 'user']],
  ['gpt-5', ['developer', 'developer', 'user']],
])('%s gets instructions of both roles in one role from a client of its own API, too', async (model, roles) => {
  const messages = ['system', 'developer', 'user'].map((role) => ({ role, content: 'x' }))
  const answer = await post(proxy.origin, PATHS.chat, { model, messages })
  expect(answer.status).toBe(200)
  const sent = upstream.taken.at(-1)?.['messages'] as { role: string }[]
  expect(sent.map(({ role }) => role)).toEqual(roles)
})

/** How a refusal says what to do. */
const WAY_OUT = /\b(?:[Ss]end|[Ll]eave|[Aa]sk|[Cc]hoose|[Pp]ut|[Uu]se)\b/

/** What must reach the model, without the marks around it. */
function wordsIn(body: unknown): string[] {
  const text = JSON.stringify(body).replaceAll('\\\\', '\\').replaceAll('\\"', '"')
  return [...text.matchAll(/«([^»]*)»/g)].map(([, word]) => word!)
}
