import { describe, expect, test } from 'vitest'
import { sealOpaque } from '../../electron/core/envelope.ts'
import { profileOf } from '../../electron/core/models/profiles.ts'
import { readAsked } from '../../electron/proxy/asked.ts'
import { fitInPlace } from '../../electron/proxy/fit-in-place.ts'

const FOREIGN = {
  type: 'thinking',
  thinking: 'hm',
  signature: sealOpaque({ maker: 'openai', kind: 'encrypted', value: 'x' }),
}
const SEALED = { type: 'redacted_thinking', data: FOREIGN.signature }
const OWN = { type: 'thinking', thinking: '', signature: 'EqQBCkgIAxABGAIiQ' }
const CALL = { type: 'tool_use', id: 't', name: 'read', input: { n: 1 } }
const RESULT = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] }
const USER = { role: 'user', content: 'hi' }

interface Fitted {
  text: string
  body: { messages: { role: string; content: unknown }[]; thinking?: unknown }
  lost: string[]
}

function fit(messages: unknown[], model = 'claude-sonnet-4-5'): Fitted {
  const thinking = { type: 'enabled', budget_tokens: 2048 }
  const asked = readAsked(Buffer.from(JSON.stringify({ model, max_tokens: 8000, thinking, messages })))
  const options = { deployment: model, dialect: 'messages', profile: profileOf(model), mayAskUsage: false } as const
  const { pieces, losses } = fitInPlace(asked, options)
  const text = Buffer.concat(pieces).toString()
  return { text, body: JSON.parse(text) as Fitted['body'], lost: losses.map(({ kind, path }) => `${kind} ${path}`) }
}

describe('thinking that is not Claude’s', () => {
  test.each([
    ['in our envelope', FOREIGN],
    ['sealed in our envelope', SEALED],
    ['without a signature', { type: 'thinking', thinking: 'hm' }],
    ['with an empty one', { type: 'thinking', thinking: 'hm', signature: '' }],
  ])('is left out: %s', (_name, block) => {
    const { body, lost } = fit([USER, { role: 'assistant', content: [block, { type: 'text', text: 'a' }] }, USER])
    expect(body.messages[1]!.content).toEqual([{ type: 'text', text: 'a' }])
    expect(body.thinking).toMatchObject({ type: 'enabled' })
    expect(lost).toEqual(['dropped messages.thinking'])
  })

  test('takes its message with it when that had nothing else', () => {
    expect(fit([USER, { role: 'assistant', content: [FOREIGN] }, USER]).body.messages).toEqual([USER, USER])
  })

  test('before calls that wait for an answer: Claude goes on without thinking, which it would miss', () => {
    const { body, lost } = fit([USER, { role: 'assistant', content: [FOREIGN, CALL] }, RESULT])
    expect(body.thinking).toEqual({ type: 'disabled' })
    expect(lost).toEqual(['dropped messages.thinking', 'degraded thinking'])
  })

  test('before earlier calls changes nothing else', () => {
    const own = { role: 'assistant', content: [OWN, CALL] }
    const { body } = fit([USER, { role: 'assistant', content: [FOREIGN, CALL] }, RESULT, own, RESULT])
    expect(body.thinking).toMatchObject({ type: 'enabled' })
    expect(body.messages[3]).toEqual(own)
  })
})

test('a conversation of Claude’s own keeps every byte', () => {
  const messages = [USER, { role: 'assistant', content: [OWN, CALL] }, RESULT]
  const thinking = { type: 'enabled', budget_tokens: 2048 }
  const model = 'claude-sonnet-4-5'
  expect(fit(messages).text).toBe(JSON.stringify({ model, max_tokens: 8000, thinking, messages }))
})
