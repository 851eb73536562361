/**
 * What is stored of one exchange besides its row, as one block of bytes. A part that repeats another (an attempt's body
 * the client's, a relayed answer the upstream's) is stored as references to it.
 *
 * Layout: one byte codec (0 plain, 1 zstd), then the length of the head (32 bits, little endian), the head as JSON, and
 * for each section its own bytes, its times (64-bit floats), its offsets (32 bits) and, from version 2 on where the head
 * says so, its causes (twice 32 bits for each chunk).
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { letGo } from '../core/let-go.ts'
import type { RecordedDetail } from './protocol.ts'

/** Bytes of the section's own (a length), or a range of its base. */
export type Span = number | [from: number, length: number]

export interface Section {
  /** The whole of it. */
  bytes: Buffer
  /** To be packed without having been put together: what its spans count as its own. `bytes` is empty then. */
  own?: readonly Buffer[]
  /** Bytes that were seen; more than `bytes` when it was cut short. */
  total: number
  truncated: boolean
  /** How `bytes` is made up from the base's bytes and its own; absent: all its own. */
  spans?: Span[]
  /** For lanes: when each chunk ended, and the offset after it. */
  at: Float64Array
  ends: Uint32Array
  /** For a translated lane: which events of the upstream each chunk goes back to, see lane-buffer.ts. */
  causes?: Uint32Array
}

export interface Content {
  detail: RecordedDetail
  request: Section
  attempts: Section[]
  upstream: Section
  client: Section
}

/** 1, which did not say so, had no causes. */
const version = 2

interface Head {
  version?: number
  detail: RecordedDetail
  sections: { total: number; truncated: boolean; spans: Span[]; chunks: number; causes?: boolean }[]
}

/** Smaller blocks gain less than the 45 µs that setting up the compressor costs. */
const smallestCompressed = 8 * 1024
/** Larger ones are pictures, which are stored as fast as they are, or texts: a sample of so many bytes tells. */
const largestUntried = 4 * 1024 * 1024
const sampleBytes = 64 * 1024
/** Most texts are no more than so many times as long as their compressed form: what is unpacked comes in one piece then. */
const usualGrowth = 8
const largestPiece = 4 * 1024 * 1024

export const emptySection = (total: number): Section => ({
  bytes: Buffer.alloc(0),
  total,
  truncated: total > 0,
  at: new Float64Array(),
  ends: new Uint32Array(),
})

const sectionsOf = (content: Content): Section[] => [
  content.request,
  ...content.attempts,
  content.upstream,
  content.client,
]
const raw = (array: Float64Array | Uint32Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
const ownSpans = (section: Section): Span[] => section.spans ?? [section.bytes.length]
const lengthOf = (span: Span): number => (typeof span === 'number' ? span : span[1])

function ownBytes(section: Section): Buffer[] {
  let offset = 0
  return ownSpans(section).flatMap((span) => {
    const from = offset
    offset += lengthOf(span)
    return typeof span === 'number' ? [section.bytes.subarray(from, offset)] : []
  })
}

/** The content as bytes. `finish` may change the head's text, which stays JSON. */
export function packContent(content: Content, finish: (head: string) => string): Buffer {
  const head: Head = {
    version,
    detail: content.detail,
    sections: sectionsOf(content).map(({ total, truncated, spans, bytes, at, causes }) => ({
      total,
      truncated,
      spans: spans ?? [bytes.length],
      chunks: at.length,
      causes: causes !== undefined,
    })),
  }
  const text = Buffer.from(finish(JSON.stringify(head)))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const pieces: Buffer[] = [length, text]
  for (const section of sectionsOf(content)) {
    pieces.push(...(section.own ?? ownBytes(section)), raw(section.at), raw(section.ends))
    if (section.causes !== undefined) pieces.push(raw(section.causes))
  }
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const plain = Buffer.concat([Buffer.of(0), ...pieces])
  if (size < smallestCompressed || (size > largestUntried && !isCompressible(plain))) return plain
  const block = Buffer.concat([Buffer.of(1), compressed(plain.subarray(1))])
  letGo(plain)
  return block
}

function compressed(bytes: Buffer): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
}

function isCompressible(bytes: Buffer): boolean {
  const middle = bytes.length >> 1
  return compressed(bytes.subarray(middle, middle + sampleBytes)).length < sampleBytes / 2
}

/**
 * The opposite of `packContent`. Throws on anything else, and on what a later version wrote.
 *
 * @param withAttempts put their bodies together, too? They are copies of the request, nearly
 */
export function unpackContent(block: Uint8Array, withAttempts = true): Content {
  const stored = Buffer.from(block.buffer, block.byteOffset + 1, block.byteLength - 1)
  const chunkSize = Math.min(Math.max(smallestCompressed, stored.length * usualGrowth), largestPiece)
  const plain = block[0] === 1 ? zstdDecompressSync(stored, { chunkSize }) : stored
  let offset = 4 + plain.readUInt32LE(0)
  const head = JSON.parse(plain.toString('utf8', 4, offset)) as Head
  if ((head.version ?? 1) > version) throw new Error('this exchange was stored by a later version')
  const take = (length: number): Buffer => {
    const piece = plain.subarray(offset, offset + length)
    offset += length
    return piece
  }
  const sections: Section[] = []
  const attempts = head.sections.length - 3
  for (const [index, { total, truncated, spans, chunks, causes: hasCauses }] of head.sections.entries()) {
    // Attempts' bodies refer to the request, the client's lane to the upstream's.
    const base = sections[index <= attempts ? 0 : index - 1]?.bytes ?? plain
    const pieces = spans.map((span) =>
      typeof span === 'number' ? take(span) : base.subarray(span[0], span[0] + span[1]),
    )
    const isLeftOut = !withAttempts && index > 0 && index <= attempts
    const bytes = isLeftOut ? Buffer.alloc(0) : pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
    // Copies, because typed arrays must lie at multiples of their element's size.
    const at = new Float64Array(new Uint8Array(take(chunks * 8)).buffer)
    const ends = new Uint32Array(new Uint8Array(take(chunks * 4)).buffer)
    const causes = hasCauses === true ? new Uint32Array(new Uint8Array(take(chunks * 8)).buffer) : undefined
    sections.push({ bytes, total, truncated, spans, at, ends, ...(causes === undefined ? {} : { causes }) })
  }
  const [request, ...rest] = sections
  const client = rest.pop()
  const upstream = rest.pop()
  if (request === undefined || upstream === undefined || client === undefined) throw new Error('not a stored exchange')
  return { detail: head.detail, request, attempts: rest, upstream, client }
}
