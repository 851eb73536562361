import { expect, test } from 'vitest'
import type { HandedRecord } from '../../electron/journal/protocol.ts'
import { buffersOf, packRecords, smallestMoved, unpackRecords } from '../../electron/journal/record-batch.ts'

const bytes = (length: number, seed: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(length).map((_, index) => (index * 31 + seed) % 256)

function record(id: string, seed: number): HandedRecord {
  const large = bytes(smallestMoved, seed)
  return {
    facts: {
      id,
      start: { path: `/v1/\u2028"${seed}`, headers: [['x-name', 'ä€😀']] },
    } as unknown as HandedRecord['facts'],
    known: seed < 3 ? ['a secret'] : ['a secret', 'and another'],
    bodies: true,
    request: { pieces: [bytes(11, seed), large, bytes(0, 0)], total: 11 + large.length, truncated: false },
    attemptBodies: [{ pieces: [{ from: 2, length: 5 }, bytes(3, seed)], total: 8, truncated: true }],
    upstream: {
      mirrored: 0,
      slabs: [bytes(7, seed), bytes(smallestMoved + 1, seed)],
      at: Float64Array.of(0.25, seed),
      ends: Uint32Array.of(3, 7),
      causes: Uint32Array.of(0, 1, 1, 2 ** 32 - 1),
      total: 7,
      truncated: false,
    },
    client: { mirrored: 7, slabs: [], at: new Float64Array(), ends: new Uint32Array(), total: 7, truncated: false },
  }
}

test('records arrive in another thread as they were sent, small pieces copied and large ones moved', () => {
  const sent = [record('ex_1', 1), record('ex_2', 2), record('ex_3', 3)]
  const expected = structuredClone(sent)
  const batch = packRecords(sent)
  expect(batch.moved).toHaveLength(6)
  const arrived = unpackRecords(structuredClone(batch, { transfer: buffersOf(batch) }))
  expect(arrived).toEqual(expected)
  expect(sent[0]!.request.pieces[1]).toHaveLength(0)
  expect(sent[0]!.request.pieces[0]).toHaveLength(11)
})
