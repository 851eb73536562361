import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { LaneBuffer } from '../../electron/journal/lane-buffer.ts'

const chunks = fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 30 })
const whole = (lane: LaneBuffer): Buffer => lane.read(0, lane.kept)

test('gives back every byte, with the offset after each chunk', () => {
  fc.assert(
    fc.property(chunks, (parts) => {
      const lane = new LaneBuffer(1e9)
      for (const [index, part] of parts.entries()) lane.append(part, index)
      const all = Buffer.concat(parts)
      expect(whole(lane).equals(all)).toBe(true)
      expect(lane.total).toBe(all.length)
      expect(lane.truncated).toBe(false)
      const filled = parts.map((part, index) => ({ part, index })).filter(({ part }) => part.length > 0)
      expect(lane.chunks).toBe(filled.length)
      let end = 0
      for (const [index, { part, index: atMs }] of filled.entries()) {
        end += part.length
        expect(lane.chunk(index)).toEqual({ atMs, end })
      }
      const { slabs, at, ends } = lane.take()
      expect(Buffer.concat(slabs).equals(all)).toBe(true)
      expect([at.length, ends.length]).toEqual([filled.length, filled.length])
    }),
    { numRuns: 50 },
  )
})

test('reads any range', () => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251))
  const lane = new LaneBuffer(1e9)
  for (let at = 0; at < bytes.length; at += 777) lane.append(bytes.subarray(at, at + 777), at)
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (a, b) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      expect(lane.read(from, to).equals(bytes.subarray(from, to))).toBe(true)
    }),
  )
})

test('keeps the beginning when the limit is reached', () => {
  const lane = new LaneBuffer(10)
  lane.append(Buffer.from('01234567'), 1)
  lane.append(Buffer.from('89abcdef'), 2)
  lane.append(Buffer.from('g'), 3)
  expect(whole(lane).toString()).toBe('0123456789')
  expect([lane.total, lane.truncated, lane.chunks]).toEqual([17, true, 2])
})

test('bytes that are passed on as they came are kept once, however they are cut', () => {
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 5000 }), (parts, cut) => {
      const upstream = new LaneBuffer(1e9)
      const client = new LaneBuffer(1e9, upstream)
      for (const part of parts) upstream.append(part, 0)
      const all = Buffer.concat(parts)
      for (let at = 0; at < all.length; at += cut) client.append(all.subarray(at, at + cut), at)
      expect(client.held).toBe(0)
      expect(whole(client).equals(all)).toBe(true)
      expect(client.take(upstream)).toMatchObject({ mirrored: all.length, slabs: [] })
    }),
    { numRuns: 50 },
  )
})

test('what differs from the upstream is kept from there on', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90_000 }), fc.uint8Array({ minLength: 1, maxLength: 50 }), (same, other) => {
      const upstream = new LaneBuffer(1e9)
      const client = new LaneBuffer(1e9, upstream)
      upstream.append(same, 0)
      client.append(same, 0)
      upstream.append(Buffer.from([...other, 1]), 0)
      client.append(Buffer.from([...other, 2]), 0)
      upstream.append(same, 0)
      client.append(same, 0)
      const all = Buffer.concat([same, other, Buffer.of(2), same])
      expect(whole(client).equals(all)).toBe(true)
      const { mirrored, slabs } = client.take(upstream)
      expect(mirrored).toBe(same.length)
      expect(Buffer.concat(slabs).equals(all.subarray(mirrored))).toBe(true)
      // Recorded beside another upstream lane, it stands alone.
      const alone = new LaneBuffer(1e9, upstream)
      alone.append(same, 0)
      expect(Buffer.concat(alone.take(new LaneBuffer(1)).slabs).equals(Buffer.from(same))).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('sheds all but its beginning and takes no more', () => {
  const upstream = new LaneBuffer(1e9)
  const client = new LaneBuffer(1e9, upstream)
  const bytes = Buffer.alloc(300_000, 7)
  for (let at = 0; at < bytes.length; at += 10_000) {
    upstream.append(bytes.subarray(at, at + 10_000), at)
    client.append(bytes.subarray(at, at + 10_000), at)
  }
  client.append(Buffer.alloc(90_000, 8), 0)
  upstream.shed()
  client.shed()
  client.append(Buffer.from('more'), 1)
  for (const lane of [upstream, client]) {
    expect(whole(lane).equals(bytes.subarray(0, lane.kept))).toBe(true)
    expect(lane.kept).toBe(2048)
    expect(lane.truncated).toBe(true)
    expect(lane.chunk(lane.chunks - 1).end).toBe(lane.kept)
  }
  expect(upstream.held + client.held).toBe(2048)
  expect(client.total).toBe(390_004)
})

test('without memory the lane is cut short and nothing is thrown', () => {
  const lane = new LaneBuffer(1e9)
  lane.append(Buffer.alloc(2048, 1), 1)
  const broken = vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation(() => {
    throw new RangeError('Array buffer allocation failed')
  })
  lane.append(Buffer.alloc(10, 2), 2)
  broken.mockRestore()
  lane.append(Buffer.alloc(10, 3), 3)
  expect(whole(lane).equals(Buffer.alloc(2048, 1))).toBe(true)
  expect([lane.truncated, lane.chunks, lane.total]).toEqual([true, 1, 2068])
})

test('bytes are copied, never looked into: nothing is decoded or parsed on their way', () => {
  const spies = [
    vi.spyOn(JSON, 'parse'),
    vi.spyOn(TextDecoder.prototype, 'decode'),
    vi.spyOn(Buffer.prototype, 'toString'),
    vi.spyOn(Buffer.prototype, 'indexOf'),
  ]
  const upstream = new LaneBuffer(1e9)
  const client = new LaneBuffer(1e9, upstream)
  const chunk = Buffer.from('data: {"choices":[]}\n\n')
  for (let index = 0; index < 1000; index++) {
    upstream.append(chunk, index)
    client.append(chunk, index)
  }
  for (const spy of spies) {
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
  }
  chunk.fill(0)
  expect(client.read(0, 5).toString()).toBe('data:')
})

test('holds little more than came, however much that is', () => {
  const lane = new LaneBuffer(1e9)
  for (let at = 0; at < 5000; at++) {
    lane.append(Buffer.alloc(100), at)
    expect(lane.held).toBeLessThanOrEqual(Math.max(2048, Math.min(lane.kept * 2 + 2048, lane.kept + 65_536)))
  }
})
