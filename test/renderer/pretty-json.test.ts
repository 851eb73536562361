import { array, assert, dictionary, jsonValue, oneof, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { prettyJson } from '../../renderer/ui/pretty-json.ts'

test('any JSON keeps its value, and is indented as JSON.stringify does', () => {
  assert(
    property(oneof(array(jsonValue()), dictionary(string(), jsonValue())), (value) => {
      const text = JSON.stringify(value)
      expect(prettyJson(text)?.text).toBe(JSON.stringify(JSON.parse(text), undefined, 2))
    }),
  )
})

test('long numbers and doubled keys stay as they were on the wire', () => {
  expect(prettyJson('{"id":12345678901234567890,"id":1.0}')?.text).toBe(
    '{\n  "id": 12345678901234567890,\n  "id": 1.0\n}',
  )
})

test('long strings are shortened and say by how much', () => {
  const pretty = prettyJson(JSON.stringify({ image: 'x'.repeat(5_000), text: 'short' }), 100)
  expect(pretty?.shortened).toBe(1)
  expect(pretty?.text).toMatch(/"x{99}… 4902 more characters",\n {2}"text": "short"/)
})

test('a text that was cut is indented as far as it goes', () => {
  expect(prettyJson('{"a":[1,{"b":"half')?.text).toBe('{\n  "a": [\n    1,\n    {\n      "b": "half')
})

test('what is no object or list is left alone', () => {
  expect(prettyJson('data: {}')).toBeUndefined()
  expect(prettyJson('')).toBeUndefined()
})

test('ten megabytes take less than a second', () => {
  const text = JSON.stringify({ messages: Array.from({ length: 20_000 }, (_, n) => ({ n, text: 'y'.repeat(500) })) })
  expect(text.length).toBeGreaterThan(10_000_000)
  const began = performance.now()
  expect(prettyJson(text, 4_000)?.shortened).toBe(0)
  expect(performance.now() - began).toBeLessThan(1_000)
})
