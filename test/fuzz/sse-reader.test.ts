import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LazuliError } from '../../electron/core/error.ts'
import { SseReader, type SseEvent } from '../../electron/core/sse.ts'
import { mutatedBytes } from './mutate.ts'
import { fuzzSettings } from './settings.ts'

const fixtures = new URL('../fixtures/', import.meta.url)
const streams = readdirSync(fixtures)
  .filter((name) => name.endsWith('.sse'))
  // Enough to have events of every kind, and short enough to be cut everywhere.
  .map((name) => readFileSync(new URL(name, fixtures)).subarray(0, 3000))

const limit = 2000

/** What a reader makes of these bytes, cut there; a refusal is its code. */
function read(bytes: Buffer, cuts: readonly number[]): { events: SseEvent[]; refused?: string } {
  const reader = new SseReader({ limit, raw: true, comments: true })
  const events: SseEvent[] = []
  try {
    let from = 0
    for (const cut of [...cuts.map((at) => at % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)) {
      events.push(...reader.push(bytes.subarray(from, cut)))
      from = cut
    }
    events.push(...reader.end())
  } catch (error) {
    if (!(error instanceof LazuliError)) throw error
    return { events, refused: error.code }
  }
  return { events }
}

test('whatever comes is read the same however it is cut, and an event is never larger than the limit', () => {
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
  const cuts = fc.array(fc.nat(10_000), { maxLength: 40 })
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: mutatedBytes(streams) }, noise), cuts, (bytes, at) => {
      const whole = read(bytes, [])
      const pieces = read(bytes, at)
      expect(pieces.refused).toBe(whole.refused)
      if (whole.refused === undefined) expect(pieces.events).toEqual(whole.events)
      for (const event of whole.events) expect(event.data.length).toBeLessThanOrEqual(limit)
    }),
    fuzzSettings(),
  )
})
