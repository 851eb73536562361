import { expect, test } from 'vitest'
import { EventBoundary } from '../../electron/proxy/event-boundary.ts'
import { StreamTail } from '../../electron/proxy/stream-tail.ts'

const events = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`data: ${index}\n\n`))
const remembered = (tail: StreamTail, ...more: string[]): string =>
  tail.with(more.map((text) => Buffer.from(text))).toString()

test('the last reads are remembered, oldest first', () => {
  const tail = new StreamTail()
  expect(remembered(tail)).toBe('')
  for (const event of events(2)) tail.push(event)
  expect(remembered(tail)).toBe('data: 0\n\ndata: 1\n\n')
  for (const event of events(7)) tail.push(event)
  expect(remembered(tail, 'data: x')).toBe('data: 3\n\ndata: 4\n\ndata: 5\n\ndata: 6\n\ndata: x')
})

test('a large read stands alone, with what follows it, and is let go in its turn', () => {
  const tail = new StreamTail()
  const large = Buffer.from(`data: ${'a'.repeat(10_000)}\n\n`)
  for (const event of events(3)) tail.push(event)
  tail.push([large.subarray(0, 5000), large.subarray(5000)])
  expect(remembered(tail)).toBe(large.toString())
  tail.push(Buffer.from('data: b\n\n'))
  expect(remembered(tail)).toBe(`${large.toString()}data: b\n\n`)
  for (const event of events(4)) tail.push(event)
  expect(remembered(tail)).toBe('data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n')
})

test('only whole events behind whole events pass as they are', () => {
  const boundary = new EventBoundary(1000)
  const passes = (text: string): boolean => boundary.passes(Buffer.from(text))
  const pushed = (text: string): string => Buffer.concat(boundary.push(Buffer.from(text))).toString()
  expect(passes('data: 1\n\ndata: 2\n\n')).toBe(true)
  expect([passes('data: 3'), passes('\n'), passes('')]).toEqual([false, false, false])
  expect(pushed('data: 3\n')).toBe('')
  expect(passes('data: 4\n\n')).toBe(false)
  expect(pushed('data: 4\n\n')).toBe('data: 3\ndata: 4\n\n')
  expect(passes('data: 5\n\n')).toBe(true)
  // The line end of the chunk before is the first half of this blank line.
  expect(pushed('\ndata: 6')).toBe('\n')
})
