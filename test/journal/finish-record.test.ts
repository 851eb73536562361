import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unpackContent } from '../../electron/journal/content.ts'
import { Memory } from '../../electron/journal/findings/memory.ts'
import { finishRecord } from '../../electron/journal/finish-record.ts'
import { LaneBuffer } from '../../electron/journal/lane-buffer.ts'
import type { BodyPiece, ExchangeRecord } from '../../electron/journal/protocol.ts'
import { Redactor } from '../../electron/journal/redact.ts'

const secret = 'CANARY-0123456789'

function record(
  request: Uint8Array,
  attempt: BodyPiece[],
  upstream: readonly Uint8Array[],
  client: readonly Uint8Array[],
): ExchangeRecord {
  const above = new LaneBuffer(1e9)
  const below = new LaneBuffer(1e9, above)
  for (const [index, chunk] of upstream.entries()) above.append(chunk, index)
  for (const [index, chunk] of client.entries()) below.append(chunk, index)
  return {
    summary: {
      id: 'ex_1',
      startedAt: 1,
      state: 'done',
      client: 'x',
      method: 'POST',
      path: '/',
      stream: false,
      attempts: 1,
      losses: 0,
      flags: [],
    },
    detail: { requestHeaders: [], losses: [], attempts: [], responseHeaders: [] },
    secrets: [secret],
    bodies: true,
    request: { pieces: [new Uint8Array(request)], total: request.length, truncated: false },
    attemptBodies: [{ pieces: attempt, total: 1, truncated: false }],
    client: below.take(above),
    upstream: above.take(),
  }
}

const pack = (made: ExchangeRecord): Buffer => finishRecord(made, new Redactor([secret]), 1e9, new Memory()).content

describe('what is stored of an exchange', () => {
  test('holds a relayed request and answer once', () => {
    const request = randomBytes(100_000)
    const answer = [randomBytes(50_000), randomBytes(60_000)]
    const attempt = [{ from: 0, length: 500 }, new Uint8Array(Buffer.from('renamed')), { from: 510, length: 99_490 }]
    const content = pack(record(request, attempt, answer, answer))
    expect(content.length).toBeLessThan(212_000)
    const back = unpackContent(content)
    expect(
      back.attempts[0]?.bytes.equals(
        Buffer.concat([request.subarray(0, 500), Buffer.from('renamed'), request.subarray(510)]),
      ),
    ).toBe(true)
    expect(back.client.bytes.equals(Buffer.concat(answer))).toBe(true)
    expect([...back.client.ends]).toEqual([50_000, 110_000])
  })

  test('comes back byte for byte, with secrets masked in each part wherever parts meet', () => {
    const text = fc.array(fc.constantFrom(secret, secret.slice(0, 7), secret.slice(7), 'a', 'data: {}\n\n'), {
      maxLength: 8,
    })
    const masked = (value: string): string => value.replaceAll(secret, '*'.repeat(secret.length))
    fc.assert(
      fc.property(text, text, text, fc.nat(60), fc.nat(60), (asked, same, other, from, length) => {
        const request = Buffer.from(asked.join(''))
        const range = { from: Math.min(from, request.length), length: 0 }
        range.length = Math.min(length, request.length - range.from)
        const own = new Uint8Array(Buffer.from(other.join('')))
        const upstream = same.map((part) => Buffer.from(part))
        const client = [...upstream, Buffer.from(own)]
        const back = unpackContent(pack(record(request, [range, own], upstream, client)))
        const attempt = request.subarray(range.from, range.from + range.length).toString() + other.join('')
        expect(back.request.bytes.toString()).toBe(masked(asked.join('')))
        expect(back.attempts[0]?.bytes.toString()).toBe(masked(attempt))
        expect(back.upstream.bytes.toString()).toBe(masked(same.join('')))
        expect(back.client.bytes.toString()).toBe(masked(same.join('') + other.join('')))
      }),
    )
  })

  test('is compressed when that gains something', () => {
    const answer = [Buffer.alloc(100_000, 'data: {"choices":[]}\n\n')]
    expect(pack(record(Buffer.from('{}'), [], answer, answer)).length).toBeLessThan(2000)
  })
})
