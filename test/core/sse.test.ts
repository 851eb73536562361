import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SseEvent, SseReaderOptions } from '../../electron/core/sse.ts'
import { formatEvent, SseReader } from '../../electron/core/sse.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

function read(text: string | Uint8Array, cuts: readonly number[] = [], options?: SseReaderOptions): SseEvent[] {
  const bytes = typeof text === 'string' ? encode(text) : text
  const reader = new SseReader(options)
  const events: SseEvent[] = []
  let from = 0
  for (const cut of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
    events.push(...reader.push(bytes.subarray(from, cut)))
    from = cut
  }
  return [...events, ...reader.end()]
}

const everyByte = (text: string): number[] => Array.from(encode(text), (_, index) => index)

const mebibytes = (count: number): string => `data: ${'x'.repeat(count * 1024 * 1024)}\n\n`

function secondsForLine(size: number): number {
  const reader = new SseReader({ limit: Infinity })
  const chunk = encode('x'.repeat(16))
  const started = performance.now()
  reader.push(encode('data: '))
  for (let sent = 0; sent < size; sent += chunk.length) reader.push(chunk)
  const events = reader.push(encode('\n\n'))
  expect(events[0]?.data.length).toBe(size)
  return (performance.now() - started) / 1000
}

const fixtures = readdirSync(new URL('../fixtures', import.meta.url))
  .filter((name) => name.endsWith('.sse'))
  .map((name) => ({ name, text: readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8') }))

describe('SseReader', () => {
  it('reads events with their type, id and data', () => {
    expect(read('event: ping\nid: 7\ndata: {"a":1}\n\ndata:x\n\n')).toEqual([
      { event: 'ping', id: '7', data: '{"a":1}' },
      { data: 'x' },
    ])
  })

  it.each(['\n', '\r\n', '\r'])('takes %j as the end of a line', (end) => {
    const text = ['data: a', 'data: b', '', 'event: e', 'data: c', '', ''].join(end)
    const expected = [{ data: 'a\nb' }, { event: 'e', data: 'c' }]
    expect(read(text)).toEqual(expected)
    expect(read(text, everyByte(text))).toEqual(expected)
  })

  it('gives an event that ends in a bare carriage return at once, and swallows the line feed that may follow', () => {
    const reader = new SseReader()
    expect(reader.push(encode('data: a\r\n\r'))).toEqual([{ data: 'a' }])
    expect(reader.push(new Uint8Array())).toEqual([])
    expect(reader.push(encode('\ndata: b\r\n\r\n'))).toEqual([{ data: 'b' }])
    // A line feed that ends a line of its own is not taken for the second half of an earlier line end.
    expect(reader.push(encode('data: c\rdata: d'))).toEqual([])
    expect(reader.push(encode('\n\n'))).toEqual([{ data: 'c\nd' }])
  })

  it('joins characters that were split between reads and replaces invalid bytes', () => {
    const text = 'data: 漢字🙂é\n\n'
    expect(read(text, everyByte(text))).toEqual([{ data: '漢字🙂é' }])
    expect(read(new Uint8Array([...encode('data: '), 0xff, ...encode('!\n\n')]))).toEqual([{ data: '\ufffd!' }])
  })

  it('skips a byte order mark at the very start only', () => {
    expect(read('\ufeffdata: a\n\ndata: \ufeffb\n\n')).toEqual([{ data: 'a' }, { data: '\ufeffb' }])
    expect(read('\ufeffdata: a\n\n', [1, 2])).toEqual([{ data: 'a' }])
    expect(read('data: a\n\n\ufeffdata: b\n\n')).toEqual([{ data: 'a' }])
    expect(read('data: a\n\n\ufeffdata: b\n\n', [9])).toEqual([{ data: 'a' }])
  })

  it('counts comments and offers them where they stand alone', () => {
    const reader = new SseReader()
    expect(reader.push(encode(': ping\n\n:\ndata: a\n\n'))).toEqual([{ data: 'a' }])
    expect(reader.comments).toBe(2)
    expect(read(': one\n:two\n\n: three\ndata: a\n\n', [], { comments: true })).toEqual([
      { data: '', comment: 'one\ntwo' },
      { data: 'a' },
    ])
  })

  it('keeps the text as received when asked', () => {
    expect(read('event: e\r\n: c\r\ndata: a\r\n\r\ndata:b\n\n', [3, 9, 10, 24], { raw: true })).toEqual([
      { event: 'e', data: 'a', raw: 'event: e\n: c\ndata: a' },
      { data: 'b', raw: 'data:b' },
    ])
  })

  it('passes over events without data, unknown fields and ids with NUL', () => {
    expect(read('event: a\n\nretry: 5\nfoo\nid: x\0\ndata\n\ndata:\n\n')).toEqual([{ data: '' }, { data: '' }])
  })

  it('takes only one space off a value', () => {
    expect(read('data:  a: b \n\n')).toEqual([{ data: ' a: b ' }])
  })

  it('gives the last event when the body ends without its blank line', () => {
    expect(read('data: a\n\ndata: b\n')).toEqual([{ data: 'a' }, { data: 'b' }])
    expect(read('data: a\n\ndata: b')).toEqual([{ data: 'a' }, { data: 'b' }])
    expect(read('data: a\n\n')).toHaveLength(1)
  })

  it.each(fixtures)('reads $name alike at every cut and with every line end', ({ text }) => {
    const whole = read(text)
    expect(whole.length).toBeGreaterThan(1)
    const head = text.slice(0, 30_000)
    expect(read(head, everyByte(head))).toEqual(read(head))
    const carriageReturns = text.replaceAll('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 30 }), (cuts) => {
        expect(read(text, cuts)).toEqual(whole)
        expect(read(carriageReturns, cuts)).toEqual(whole)
      }),
      { numRuns: 10 },
    )
  })

  it('reads back whatever it is cut into', () => {
    const line = fc.string({ unit: 'binary', maxLength: 12 })
    fc.assert(
      fc.property(
        fc.array(fc.record({ event: fc.option(fc.stringMatching(/^[a-z.]{1,9}$/)), data: line })),
        fc.array(fc.nat(400)),
        (list, cuts) => {
          const text = list.map(({ event, data }) => formatEvent(event ?? undefined, data)).join('')
          const size = encode(text).length
          const expected = list.map(({ event, data }) => ({
            ...(event === null ? {} : { event }),
            data: data.replaceAll(/\r\n?/g, '\n').toWellFormed(),
          }))
          const inside = cuts.filter((cut) => cut < size)
          expect(read(text, inside)).toEqual(expected)
        },
      ),
    )
  })

  describe('with a limit', () => {
    it('gives the events before the large one, then throws for good', () => {
      const reader = new SseReader({ limit: 100 })
      expect(reader.push(encode(`data: a\n\ndata: ${'x'.repeat(200)}`))).toEqual([{ data: 'a' }])
      expect(() => reader.push(encode('y'))).toThrow(expect.objectContaining({ code: 'proxy_event_too_large' }))
      expect(() => reader.end()).toThrow(/larger than 100 bytes/)
    })

    it('counts a line over many reads, many lines, and a large complete event', () => {
      const inPieces = new SseReader({ limit: 100 })
      expect(() => {
        for (let i = 0; i < 101; i++) inPieces.push(encode('x'))
      }).toThrow(/larger than/)
      expect(() => read('data: aaaaaaaa\n'.repeat(20), [], { limit: 100 })).toThrow(/larger than/)
      expect(() => read(`data: ${'x'.repeat(200)}\n\n`, [], { limit: 100 })).toThrow(/larger than/)
    })

    it('never counts events together, nor heartbeats', () => {
      const events = 'data: aaaaaaaa\n\n'.repeat(50) + ': ping\n'.repeat(500) + 'data: b\n\n'
      expect(read(events, [], { limit: 20 })).toHaveLength(51)
    })

    it('holds 16 MiB by default', () => {
      expect(read(mebibytes(15))).toHaveLength(1)
      expect(() => read(mebibytes(17))).toThrow(/larger than 16777216/)
    })
  })

  it('needs time in proportion to the size of a line, however small the reads', () => {
    // 100 MB in reads of 16 bytes: quadratic copying would need many minutes.
    expect(secondsForLine(100_000_000)).toBeLessThan(20)
  }, 60_000)
})

describe('formatEvent', () => {
  it('writes an event with and without a type', () => {
    expect(formatEvent(undefined, '{"a":1}')).toBe('data: {"a":1}\n\n')
    expect(formatEvent('ping', '{}')).toBe('event: ping\ndata: {}\n\n')
  })

  it('spreads line ends over several data lines', () => {
    expect(formatEvent(undefined, 'a\nb\r\nc\rd')).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n')
  })
})
