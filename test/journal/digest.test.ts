import { expect, test } from 'vitest'
import { digestOfBody, withoutLongRuns } from '../../electron/journal/findings/digest.ts'
import { readRequest } from '../../electron/journal/findings/read-request.ts'

const long = 'the stone is blue and very old; '.repeat(20_000)
const changed = `${long.slice(0, 300_000)}#${long.slice(300_001)}`

test('bodies with the same bytes have the same digest, and one byte in the middle of a large one makes another', () => {
  expect(digestOfBody(Buffer.from(long))).toBe(digestOfBody(Buffer.from(long)))
  expect(digestOfBody(Buffer.from(changed))).not.toBe(digestOfBody(Buffer.from(long)))
  expect(digestOfBody(Buffer.alloc(0))).toBeUndefined()
})

test('a long text that changes in the middle is another segment; marks of where to cache are not', () => {
  const segments = (text: string, mark?: object) => {
    const body = { system: 'be brief', messages: [{ role: 'user', content: [{ type: 'text', text, ...mark }] }] }
    return readRequest(Buffer.from(JSON.stringify(body)), 'messages')?.segments
  }
  expect(segments(long)).toHaveLength(2)
  expect(segments(long, { cache_control: { type: 'ephemeral' } })).toEqual(segments(long))
  expect(segments(changed)?.[0]).toEqual(segments(long)?.[0])
  expect(segments(changed)?.[1]?.digest).not.toBe(segments(long)?.[1]?.digest)
})

test('parts are found in a large body, too, by their types alone', () => {
  const parts = (content: object[]) =>
    readRequest(Buffer.from(JSON.stringify({ messages: [{ role: 'user', content }] })), 'chat')?.parts
  const text = { type: 'text', text: `${long} "image_url"` }
  expect(parts([text])).toEqual([])
  expect(parts([text, { type: 'image_url', image_url: { url: 'data:,' } }])).toEqual(['images'])
})

test('long runs give way to their checksums, and what is left is JSON with all else in it', () => {
  const picture = 'QUJD'.repeat(50_000)
  const read = (value: unknown): unknown => JSON.parse(withoutLongRuns(Buffer.from(JSON.stringify(value))).toString())
  expect(read({ a: picture, b: [1, 'two'] })).toEqual({ a: expect.stringMatching(/^200000 \d+$/), b: [1, 'two'] })
  expect(read({ a: `"${picture}\\`, b: `${picture}"`, c: `\\"${picture}\\"` })).toEqual({
    a: expect.stringMatching(/^"200000 \d+\\$/),
    b: expect.stringMatching(/^200000 \d+"$/),
    c: expect.stringMatching(/^\\"200000 \d+\\"$/),
  })
  for (const shift of [0, 1, 32_767, 32_768, 65_535, 65_536]) {
    expect(read([' '.repeat(shift), picture, 'end'])).toEqual([expect.any(String), expect.any(String), 'end'])
  }
  const small = Buffer.from(JSON.stringify({ a: 'x'.repeat(60_000), b: 'y'.repeat(60_000) }))
  expect(withoutLongRuns(small)).toBe(small)
})

test('a long list of numbers is read as it stands', () => {
  const body = { model: 'm', max_tokens: 7, input: Array.from({ length: 50_000 }, (_, index) => index) }
  const read = readRequest(Buffer.from(JSON.stringify(body)), 'responses')
  expect(read?.limit).toEqual({ path: 'max_tokens', value: 7 })
  expect(read?.segments).toHaveLength(50_000)
})
