/**
 * Gives large memory back as soon as it is of no use: the collector, which knows of it only as a few small objects, would
 * let hundreds of megabytes stand. What was let go of is empty, for whoever still looks at it.
 */
import type { BodyParts, HandedRecord, RecordBatch } from './protocol.ts'

/** Does nothing to bytes that share their memory with others. */
export function letGo(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && bytes.byteLength === buffer.byteLength) buffer.transfer(0)
}

/** What was moved along with a record. */
export function letGoOf(record: Bytes, { moved }: RecordBatch): void {
  const large = new Set<Uint8Array>(moved)
  const { request, attemptBodies, upstream, client } = record
  const ofBody = ({ pieces }: BodyParts): Uint8Array[] => pieces.filter((piece) => piece instanceof Uint8Array)
  for (const piece of [...ofBody(request), ...attemptBodies.flatMap(ofBody), ...upstream.slabs, ...client.slabs]) {
    if (large.has(piece)) letGo(piece)
  }
}

type Bytes = Pick<HandedRecord, 'request' | 'attemptBodies' | 'upstream' | 'client'>
