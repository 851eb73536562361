/**
 * Records on their way to the recorder's thread: what is plain data as one JSON text, all small bytes one behind the
 * other in one buffer that moves, large ones moved by themselves. (Cloned object by object, with its dozen buffers, a
 * record of a small request took the sender 22 µs, and the collector as much again.)
 */
import type { LaneParts } from './lane-buffer.ts'
import type { BodyParts, HandedRecord, RecordBatch } from './protocol.ts'

/** Larger pieces are moved, which costs a few microseconds whatever their size. They must have memory of their own. */
export const smallestMoved = 32 * 1024

/** How long the next piece is, or that it is the next of the large ones. */
type PieceMark = number | 'moved'

interface BodyHead {
  pieces: (PieceMark | { from: number; length: number })[]
  total: number
  truncated: boolean
}

type LaneHead = Omit<LaneParts, 'slabs' | 'at' | 'ends' | 'causes'> & {
  slabs: PieceMark[]
  chunks: number
  hasCauses?: true
}

type RecordHead = Omit<HandedRecord, 'known' | 'request' | 'attemptBodies' | 'upstream' | 'client'> & {
  request: BodyHead
  attemptBodies: BodyHead[]
  upstream: LaneHead
  client: LaneHead
}

interface Heads {
  /** Lists of known secrets, each once; and for each record, which is its. */
  known: (readonly string[])[]
  knownOf: number[]
  records: RecordHead[]
}

/** The records must not be used afterwards. */
export function packRecords(records: readonly HandedRecord[]): RecordBatch {
  const small: Uint8Array[] = []
  const moved: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const add = (piece: Uint8Array): void => {
    small.push(piece)
    size += piece.length
  }
  const markOf = (piece: Uint8Array): PieceMark => {
    if (piece.length < smallestMoved) {
      add(piece)
      return piece.length
    }
    moved.push(piece as Uint8Array<ArrayBuffer>)
    return 'moved'
  }
  const bodyHead = ({ pieces, total, truncated }: BodyParts): BodyHead => ({
    pieces: pieces.map((piece) => (piece instanceof Uint8Array ? markOf(piece) : piece)),
    total,
    truncated,
  })
  const laneHead = ({ slabs, at, ends, causes, ...rest }: LaneParts): LaneHead => {
    const marks = slabs.map(markOf)
    add(bytesOf(at))
    add(bytesOf(ends))
    const head = { ...rest, slabs: marks, chunks: at.length }
    if (causes === undefined) return head
    add(bytesOf(causes))
    return { ...head, hasCauses: true }
  }
  const known: (readonly string[])[] = []
  const heads: Heads = {
    known,
    // They change with the configuration alone: those of the record before are nearly always the same.
    knownOf: records.map(
      (record) => (isSame(record.known, known.at(-1)) ? known.length : known.push(record.known)) - 1,
    ),
    records: records.map(({ known: _known, request, attemptBodies, upstream, client, ...rest }) => ({
      ...rest,
      request: bodyHead(request),
      attemptBodies: attemptBodies.map(bodyHead),
      upstream: laneHead(upstream),
      client: laneHead(client),
    })),
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const piece of small) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return { heads: JSON.stringify(heads), bytes, moved }
}

/** What of a batch is moved instead of copied. */
export function buffersOf({ bytes, moved }: RecordBatch): ArrayBuffer[] {
  return [...new Set([bytes, ...moved].map((piece) => piece.buffer))]
}

/** The opposite of `packRecords`. */
export function unpackRecords({ heads, bytes, moved }: RecordBatch): HandedRecord[] {
  let offset = 0
  let large = 0
  const next = (mark: PieceMark): Uint8Array<ArrayBuffer> => {
    if (mark === 'moved') return moved[large++]!
    offset += mark
    return bytes.subarray(offset - mark, offset)
  }
  const body = (head: BodyHead): BodyParts => ({
    ...head,
    pieces: head.pieces.map((piece) => (typeof piece === 'object' ? piece : next(piece))),
  })
  // Copies, because typed arrays must lie at multiples of their element's size.
  const times = (count: number) => new Float64Array(next(count * Float64Array.BYTES_PER_ELEMENT).slice().buffer)
  const numbers = (count: number) => new Uint32Array(next(count * Uint32Array.BYTES_PER_ELEMENT).slice().buffer)
  const lane = ({ slabs, chunks, hasCauses, ...rest }: LaneHead): LaneParts => ({
    ...rest,
    slabs: slabs.map(next),
    at: times(chunks),
    ends: numbers(chunks),
    ...(hasCauses === true ? { causes: numbers(2 * chunks) } : {}),
  })
  const { known, knownOf, records } = JSON.parse(heads) as Heads
  return records.map((head, index) =>
    Object.assign(head, {
      known: known[knownOf[index]!]!,
      request: body(head.request),
      attemptBodies: head.attemptBodies.map(body),
      upstream: lane(head.upstream),
      client: lane(head.client),
    }),
  )
}

function bytesOf(array: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}

function isSame(one: readonly string[], other: readonly string[] | undefined): boolean {
  return one.length === other?.length && one.every((each, index) => each === other[index])
}
