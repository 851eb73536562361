import { describe, expect, test } from 'vitest'
import { LaneBuffer } from '../../electron/journal/lane-buffer.ts'
import { LaneEvents } from '../../electron/journal/lane-events.ts'
import { chatEvent, journalIn, temporaryFolder } from './traffic.ts'

const bytes = (text: string): Buffer => Buffer.from(text)

describe('a lane', () => {
  test('gives each event the causes of the bytes that it is made of', () => {
    const events = new LaneEvents(true)
    events.push(bytes('data: a\n\ndata: b\n\nda'), 1, [0, 2])
    events.push(bytes('ta: c\n\ndata: d\n\n'), 2, [2, 5])
    events.push(bytes(': heartbeat\n\n'), 3)
    events.push(bytes('data: e'), 4, [5, 6])
    events.end()
    expect(events.slice(0, 10, 1000).map(({ raw, causes }) => [raw, causes])).toEqual([
      ['data: a', [0, 2]],
      ['data: b', [0, 2]],
      ['data: c', [0, 5]],
      ['data: d', [2, 5]],
      [': heartbeat', undefined],
      ['data: e', [5, 6]],
    ])
  })

  test('keeps causes while it grows, and has none where it was relayed', () => {
    const lane = new LaneBuffer(1024 * 1024)
    for (let index = 0; index < 10; index++) lane.append(bytes('x'), index)
    for (let index = 10; index < 100; index++) lane.append(bytes('y'), index, [index, index + 1])
    expect([9, 10, 99].map((index) => lane.chunk(index).causes)).toEqual([undefined, [10, 11], [99, 100]])
    expect(lane.take().causes).toHaveLength(200)
    expect(new LaneBuffer(10).take().causes).toBeUndefined()
  })
})

test('causes are the same while the exchange runs and when it is read from the store', async () => {
  const folder = temporaryFolder()
  const journal = await journalIn(folder)
  const tap = journal.begin({ method: 'POST', path: '/v1/messages', headers: [] })
  const head: [string, string][] = [['content-type', 'text/event-stream']]
  const attempt = tap.attempt({
    instance: 'a',
    deployment: 'd',
    method: 'POST',
    url: 'https://a/x',
    headers: [],
    body: [],
  })
  attempt.head(200, head)
  tap.clientHead(200, head)
  for (let index = 0; index < 40; index++) {
    attempt.bytes(bytes(chatEvent(`up ${index}`)))
    if (index % 3 === 2) tap.clientBytes(bytes(`event: x\ndata: ${index}\n\n`), [index - 2, index + 1])
  }
  tap.clientBytes(bytes('data: told twice\n\n'), [39, 40])
  const page = { id: tap.id, lane: 'client' as const, from: 0, limit: 100 }
  const live = (await journal.events(page)).events
  tap.end('done')
  const stored = (await journal.events(page)).events
  expect(stored).toEqual(live)
  expect(stored.map((event) => event.causes)).toEqual([
    ...Array.from({ length: 13 }, (_, index) => [3 * index, 3 * index + 3]),
    [39, 40],
  ])
  const upstream = await journal.events({ ...page, lane: 'upstream' })
  expect(upstream.events.every((event) => event.causes === undefined)).toBe(true)
  await journal.close()
  expect((await (await journalIn(folder)).events(page)).events).toEqual(live)
})
