import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SseReader } from '../../electron/core/sse.ts'
import { isEventStream, LaneEvents } from '../../electron/journal/lane-events.ts'

const all = (lane: LaneEvents): string[] => lane.slice(0, 1e9, 1e9).map((event) => event.raw)

function read(bytes: Uint8Array, cuts: readonly number[] = []): LaneEvents {
  const lane = new LaneEvents(true)
  let from = 0
  for (const [index, to] of [...cuts.toSorted((a, b) => a - b), bytes.length].entries()) {
    lane.push(bytes.subarray(from, Math.max(from, to)), index)
    from = Math.max(from, to)
  }
  lane.end()
  return lane
}

describe('an event stream', () => {
  const folder = new URL('../fixtures/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.sse'))

  test.each(files)('%s is cut as a reader of events cuts it, wherever the reads end', (file) => {
    const bytes = readFileSync(new URL(file, folder))
    const reader = new SseReader({ raw: true, comments: true })
    const expected = [...reader.push(bytes), ...reader.end()]
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        expect(all(read(bytes, cuts))).toEqual(expected.map((event) => event.raw))
      }),
      { numRuns: 15 },
    )
  })

  test('loses not a byte besides blank lines, whatever comes', () => {
    const piece = fc.constantFrom('\n', '\r', '\r\n', '\n\n', 'data: x', 'event: y', ':', ' ', 'é', '{"type":"z"}')
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(60)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''))
        const shown = all(
          read(
            bytes,
            cuts.map((cut) => Math.min(cut, bytes.length)),
          ),
        )
        const text = (value: string): string => value.replaceAll(/[\r\n]/g, '')
        expect(text(shown.join(''))).toBe(text(bytes.toString()))
        expect(shown.every((raw) => !/^[\r\n]|[\r\n]$/.test(raw))).toBe(true)
      }),
    )
  })

  test('keeps line ends inside an event, comments and half an event at a cut', () => {
    expect(all(read(Buffer.from('event: a\r\ndata: 1\r\n\r\n: beat\n\n\n\ndata: 2\ndata: 3\n\ndata: ha')))).toEqual([
      'event: a\r\ndata: 1',
      ': beat',
      'data: 2\ndata: 3',
      'data: ha',
    ])
  })

  test('an event has the time of the read that completed it', () => {
    const lane = read(Buffer.from('data: 1\n\ndata: 2\n\ndata: 3\n\n'), [4, 10, 20])
    expect(lane.slice(0, 10, 1000).map((event) => event.atMs)).toEqual([1, 2, 3])
  })

  test.each([
    ['event: ping\ndata: {"type":"other"}', 'ping'],
    ['data: {"type":"response.created","x":1}', 'response.created'],
    ['data: {"x":1,"type":"late"}', 'late'],
    ['data: {"x":{"type":"function"}}', undefined],
    ['data: [DONE]', undefined],
    ['data: {"type":7}', undefined],
    ['data: {"type', undefined],
    [': "type" in a comment', undefined],
  ])('%j is named %s', (raw, name) => {
    expect(read(Buffer.from(`${raw}\n\n`)).slice(0, 1, 1000)[0]?.name).toBe(name)
  })

  test('pages are bounded in number and in bytes', () => {
    const lane = read(Buffer.from('data: 0123456789\n\n'.repeat(100)))
    expect(lane.slice(90, 50, 1e6).map((event) => event.index)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99])
    expect(lane.slice(0, 50, 40)).toHaveLength(2)
    expect(lane.slice(0, 50, 1)).toHaveLength(1)
    expect(lane.slice(200, 50, 1)).toEqual([])
  })
})

test('another body is one event per read', () => {
  const lane = new LaneEvents(false)
  lane.push(Buffer.from('{"a":\n\n'), 1)
  lane.push(Buffer.from('1}'), 2)
  lane.end()
  expect(lane.slice(0, 10, 100)).toEqual([
    { index: 0, atMs: 1, raw: '{"a":\n\n' },
    { index: 1, atMs: 2, raw: '1}' },
  ])
})

test('event streams are known by the beginning of their content type', () => {
  expect(isEventStream('text/event-stream; charset=utf-8')).toBe(true)
  expect(isEventStream(' Text/Event-Stream')).toBe(true)
  expect(isEventStream('application/json')).toBe(false)
  expect(isEventStream(undefined)).toBe(false)
})
