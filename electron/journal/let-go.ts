import { letGo } from '../core/let-go.ts'
import type { BodyParts, HandedRecord, RecordBatch } from './protocol.ts'

/** Gives back what was moved along with a record. */
export function letGoOf(record: Bytes, { moved }: RecordBatch): void {
  const large = new Set<Uint8Array>(moved)
  const { request, attemptBodies, upstream, client } = record
  const ofBody = ({ pieces }: BodyParts): Uint8Array[] => pieces.filter((piece) => piece instanceof Uint8Array)
  for (const piece of [...ofBody(request), ...attemptBodies.flatMap(ofBody), ...upstream.slabs, ...client.slabs]) {
    if (large.has(piece)) letGo(piece)
  }
}

type Bytes = Pick<HandedRecord, 'request' | 'attemptBodies' | 'upstream' | 'client'>
