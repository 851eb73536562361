/** Digests by which repetitions are seen. Those of large bodies must not cost more than all else that is done with them. */
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** What is longer is a file or a picture: its checksum, which is ten times as fast as a hash, stands for it. */
const longest = 64 * 1024

const sha1 = (of: string | Buffer): string => hash('sha1', of, 'base64url')

export const digestOfText = (text: string): string => sha1(text)

const quote = 0x22
const backslash = 0x5c

/** Half-open range of bytes. */
export type Run = readonly [from: number, to: number]

/** Long runs without a quote, which is what files and pictures in a JSON text are. A list of numbers is one, too. */
export function longRunsOf(json: Buffer): Run[] {
  const runs: Run[] = []
  let taken = 0
  // A long run covers a whole block, wherever it begins.
  for (let block = 0; block + longest / 2 <= json.length; block += longest / 2) {
    if (block < taken) continue
    const next = json.indexOf(quote, block)
    let end = next === -1 ? json.length : next
    if (end < block + longest / 2) continue
    const start = json.lastIndexOf(quote, block) + 1
    // What escapes the quote stays with it.
    while (end > start && json[end - 1] === backslash) end--
    if (end - start <= longest) continue
    runs.push([start, end])
    taken = end
  }
  return runs
}

/**
 * A JSON text in which something short (checksums, where nothing else is said) stands for its long runs: to be parsed in
 * their place. The very same buffer where there is none. Where a list of numbers is one of them, the result is no JSON.
 */
export function withoutLongRuns(
  json: Buffer,
  standIn: (run: Buffer) => Buffer | string = checksum,
  runs: readonly Run[] = longRunsOf(json),
): Buffer {
  if (runs.length === 0) return json
  let taken = 0
  const pieces = runs.flatMap(([from, to]) => {
    const between = json.subarray(taken, from)
    taken = to
    return [between, standIn(json.subarray(from, to))]
  })
  const text = [...pieces, json.subarray(taken)]
  return Buffer.concat(text.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

/** Of a body, or of what is left of it without long runs; undefined for an empty one. */
export function digestOfBody(body: Buffer): string | undefined {
  if (body.length === 0) return undefined
  if (body.length <= longest) return sha1(body)
  return sha1(Buffer.concat([Buffer.from(checksum(body)), body.subarray(0, longest / 2), body.subarray(-longest / 2)]))
}

/** A text, or what stands for one that is long. */
export function shortened(text: string): string {
  return text.length <= longest ? text : checksum(text)
}

const checksum = (of: string | Buffer): string => `${of.length} ${crc32(of)}`
