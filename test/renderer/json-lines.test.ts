import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonLines, plainLines } from '../../renderer/ui/json-lines.ts'

const shown = (text: string): string | undefined =>
  jsonLines(text)
    ?.map((line) => line.map((token) => token.text).join(''))
    .join('\n')

describe('JSON as lines', () => {
  test('any JSON looks like the platform writes it with two spaces', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        // Empty objects and arrays are written alike; numbers keep their own spelling.
        const value: unknown = JSON.parse(text)
        const plain = JSON.stringify(value)
        expect(shown(plain)).toBe(JSON.stringify(JSON.parse(plain), null, 2))
      }),
    )
  })

  test('long numbers, doubled keys and escapes stay as they were on the wire', () => {
    expect(shown('{"id":12345678901234567890,"a":1.50,"a":"\\u00e9"}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "a": 1.50,\n  "a": "\\u00e9"\n}',
    )
  })

  test('keys, strings, numbers and words are told apart', () => {
    const kinds = jsonLines('{"k":["s",-1e3,null]}')?.flatMap((line) => line.map(({ kind, text }) => [kind, text]))
    expect(kinds).toContainEqual(['key', '"k"'])
    expect(kinds).toContainEqual(['string', '"s"'])
    expect(kinds).toContainEqual(['number', '-1e3'])
    expect(kinds).toContainEqual(['word', 'null'])
  })

  test.each(['', 'data: {}', '{"a":1', '{"a":1]', '[1,2}}', 'hello', '{"a":"b\nc"}'])(
    '%j is not taken for JSON',
    (text) => {
      expect(jsonLines(text)).toBeUndefined()
    },
  )

  test('plain text keeps every line', () => {
    expect(plainLines('a\r\n\nb').map((line) => line.map((token) => token.text).join(''))).toEqual(['a', '', 'b'])
  })
})
