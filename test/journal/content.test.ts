import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Content, emptySection, packContent, unpackContent } from '../../electron/journal/content.ts'

const large = 5 * 1024 * 1024

function contentOf(bytes: Buffer): Content {
  const request = { ...emptySection(0), bytes, total: bytes.length }
  const detail = { requestHeaders: [], losses: [], attempts: [], responseHeaders: [] }
  return { detail, request, attempts: [], upstream: emptySection(0), client: emptySection(0) }
}

test('a large text is stored compressed, a large picture as it is, and both are read again', () => {
  const text = Buffer.from('the stone is blue and very old; '.repeat(large / 32))
  const picture = randomBytes(large)
  const [shorter, same] = [text, picture].map((bytes) => packContent(contentOf(bytes), (head) => head))
  expect(shorter!.length).toBeLessThan(large / 10)
  expect(same!.length).toBeGreaterThan(large)
  expect(unpackContent(shorter!).request.bytes.equals(text)).toBe(true)
  expect(unpackContent(same!).request.bytes.equals(picture)).toBe(true)
})
