/** Digests by which repetitions are seen. Those of large bodies must not cost more than all else that is done with them. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** What is longer is a file or a picture: its checksum, which is ten times as fast as a hash, stands for it. */
const longest = 64 * 1024

const sha1 = (...parts: (string | Buffer)[]): string => {
  const hash = createHash('sha1')
  for (const part of parts) hash.update(part)
  return hash.digest('base64url')
}

export const digestOfText = (text: string): string => sha1(text)

/** Of a body; undefined for an empty one. */
export function digestOfBody(body: Buffer): string | undefined {
  if (body.length === 0) return undefined
  if (body.length <= longest) return sha1(body)
  return sha1(checksum(body), body.subarray(0, longest / 2), body.subarray(-longest / 2))
}

/** A text, or what stands for one that is long. */
export function shortened(text: string): string {
  return text.length <= longest ? text : checksum(text)
}

const checksum = (of: string | Buffer): string => `${of.length} ${crc32(of)}`
