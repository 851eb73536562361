import { describe, expect, test } from 'vitest'
import type { DialectId } from '../../../shared/exchange.ts'
import { dialectOf } from '../../../electron/core/dialects/registry.ts'
import {
  conversationOf,
  differenceOf,
  lastMessage,
  type Conversation,
} from '../../../electron/proxy/upstreams/recording/conversation.ts'

const read = (dialect: DialectId, body: object): Conversation =>
  conversationOf(dialectOf(dialect).decodeRequest({ model: 'm', max_tokens: 9, ...body }).request)
const chat = (messages: object[], more: object = {}): Conversation => read('chat', { messages, ...more })
const user = (content: unknown): object => ({ role: 'user', content })
const where = (recorded: Conversation, asked: Conversation): string | undefined => differenceOf(recorded, asked)?.where

describe('is the same question', () => {
  test('whatever ids, limits, white space and stream flags are', () => {
    const call = (id: string, args: string): object[] => [
      user('hi'),
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: args } }],
      },
      { role: 'tool', tool_call_id: id, content: 'done' },
    ]
    const one = chat(call('call_1', '{"a":1,"b":2}'), { temperature: 0, stream: true, user: 'me' })
    const other = chat(call('call_2', '{ "b": 2, "a": 1 }'), { max_completion_tokens: 7, metadata: { run: '2' } })
    expect(differenceOf(one, other)).toBeUndefined()
  })

  test('wherever a dialect cuts texts, system prompts and turns', () => {
    const inChat = chat([
      { role: 'system', content: 'be brief' },
      { role: 'developer', content: 'be kind' },
      user([
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ]),
      { role: 'assistant', content: 'three' },
      user('four'),
    ])
    const inMessages = read('messages', {
      system: [
        { type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'be kind' },
      ],
      messages: [
        user('one'),
        user('two'),
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
            { type: 'text', text: 'three' },
          ],
        },
        user('four'),
      ],
    })
    const inResponses = read('responses', {
      instructions: 'be brief\nbe kind',
      input: [
        user('one\n\ntwo'),
        { role: 'assistant', content: [{ type: 'output_text', text: 'three' }] },
        user('four'),
      ],
    })
    expect(differenceOf(inChat, inMessages)).toBeUndefined()
    expect(differenceOf(inChat, inResponses)).toBeUndefined()
  })
})

describe('the first difference', () => {
  const base = [user('hi'), { role: 'assistant', content: 'hello' }, user('what is 1+1?')]

  test.each<[string, Conversation, string]>([
    ['a text', chat([...base.slice(0, 2), user('what is 1+2?')]), 'message 3 (user) from character 11 on'],
    [
      'a message more',
      chat([...base, { role: 'assistant', content: '2' }]),
      'message 4 (assistant), which the recording does not have',
    ],
    ['a message less', chat(base.slice(0, 2)), 'message 3 (user), which only the recording has'],
    ['another speaker', chat([base[0]!, user('hello')]), 'message 1 (user) from character 3 on'],
    [
      'a tool',
      chat(base, { tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] }),
      'the tools: f is not in the recording',
    ],
    [
      'a format',
      chat(base, { response_format: { type: 'json_object' } }),
      'the format: text in the recording, json now',
    ],
  ])('%s is named', (_what, asked, expected) => {
    expect(where(chat(base), asked)).toBe(expected)
  })

  test('a picture is compared by what it shows', () => {
    const picture = (data: string): Conversation =>
      chat([user([{ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } }])])
    expect(where(picture('AAAA'), picture('AAAA'))).toBeUndefined()
    expect(where(picture('AAAA'), picture('AAAB'))).toMatch(/^message 1 \(user\)/)
  })

  test('by the last message: what was said before does not matter, nor does the system prompt', () => {
    const today = chat([{ role: 'system', content: 'Monday' }, ...base])
    const tomorrow = chat([
      { role: 'system', content: 'Tuesday' },
      user('hey'),
      { role: 'assistant', content: 'yo' },
      base[2]!,
    ])
    expect(where(today, tomorrow)).toBeDefined()
    expect(where(lastMessage(today), lastMessage(tomorrow))).toBeUndefined()
  })
})
