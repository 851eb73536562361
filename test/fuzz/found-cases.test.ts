/** Cases that fuzzing found once, kept as they were reduced. */
import { expect, test } from 'vitest'
import { dialectOf } from '../../electron/core/dialects/registry.ts'
import { LazuliError } from '../../electron/core/error.ts'
import { profileOf } from '../../electron/core/models/profiles.ts'

/** JSON that shadows what JavaScript calls to make a text of an object. */
const unspeakable = JSON.parse('{"toString":1,"valueOf":2}') as unknown

test('a block whose type has members named toString and valueOf is refused, not fallen over', () => {
  const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: [{ type: unspeakable }] }] }
  expect(() => dialectOf('messages').decodeRequest(body)).toThrow(LazuliError)
})

test('an unknown part of an earlier answer with such a type is dropped and declared', () => {
  const body = {
    model: 'm',
    input: [
      { role: 'user', content: 'one' },
      { type: 'message', role: 'assistant', content: [{ type: unspeakable, text: 'a', annotations: [] }] },
      { role: 'user', content: 'two' },
    ],
  }
  const { request } = dialectOf('responses').decodeRequest(body)
  const target = { deployment: 'gpt-4o', profile: profileOf('gpt-4o'), stream: true }
  const { losses } = dialectOf('chat').encodeRequest(request, target)
  expect(losses.map(({ kind }) => kind)).toContain('dropped')
})
