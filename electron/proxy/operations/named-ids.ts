/** Ids in requests and answers, found in the bytes without parsing them. */
import { openOpaque } from '../../core/envelope.ts'
import type { UpstreamAnswer } from '../send.ts'

/** Kinds of things that a resource holds, as their ids begin. */
const KINDS =
  'resp|rs|msg|fc|fco|ctc|ctco|ws|ig|ci|file|assistant|batch|upload|vs|vsfb|ftjob|ft|ftckpt|cntr|cfile|conv|eval|evalrun|video|task|chatcmpl'
const ID = new RegExp(`^"((?:${KINDS})[-_][\\w-]{1,250})"`)
/** In an answer: what it gives, not each mention of it (every delta of a stream repeats its item's id). */
const GIVEN = new RegExp(
  `"(?:id|container_id|file_id|output_file_id|error_file_id|vector_store_id)"\\s*:\\s*"((?:${KINDS})[-_][\\w-]{1,250})"|"encrypted_content"\\s*:\\s*"(?:([^"\\\\]{96})|([^"\\\\]{1,95})")`,
  'g',
)
/** So much of an encrypted value tells it from all others: its random part stands in front. `GIVEN` has it, too. */
const OPAQUE_LENGTH = 96
/** A text between two reads: the longest id, or the beginning of an encrypted value. */
const CARRY = 512
/** Requests name a handful; a body that names more is looked at from its end, where the latest turns are. */
const MOST_NAMED = 200
const LOOK_BACK = 4 * 1024 * 1024
const NAMED = ['resp_', 'rs_', 'msg_', 'fc_', 'file-', 'file_', 'assistant-', 'batch_', 'vs_', 'cntr_', 'conv_']

/** One of these stands in every piece that gives something; `item_id`, which each delta of Responses repeats, is none. */
const GIVING = /"id"|encrypted_content|(?:file|container|store)_id"/

/** Under which name an encrypted value is remembered. */
export function opaqueId(value: string): string {
  return `enc:${value.slice(0, OPAQUE_LENGTH)}`
}

/** The ids that a request refers to, the latest last; of a very large body only its end is searched. */
export function namedIds(body: Buffer): string[] {
  const end = body.subarray(Math.max(0, body.length - LOOK_BACK))
  const found: { id: string; at: number }[] = []
  for (const kind of NAMED) {
    for (const at of lastPlaces(end, `"${kind}`, MOST_NAMED)) {
      const id = ID.exec(end.toString('latin1', at, at + 260))?.[1]
      if (id !== undefined) found.push({ id, at })
    }
  }
  const opaque = opaqueValues(end).map(opaqueId)
  return [...opaque, ...found.toSorted((a, b) => a.at - b.at).map(({ id }) => id)]
}

function opaqueValues(body: Buffer): string[] {
  const values: string[] = []
  for (const at of lastPlaces(body, '"encrypted_content"', 8)) {
    const value = /^"encrypted_content"\s*:\s*"([^"\\]{1,96})/.exec(body.toString('latin1', at, at + 160))?.[1]
    if (value !== undefined) values.unshift(value)
  }
  // Clients of another dialect carry it in an envelope of ours.
  for (const at of lastPlaces(body, 'lz1.o.', 1)) {
    const text = body.toString('latin1', at, Math.min(body.length, at + 256 * 1024))
    const opened = openOpaque(/^[\w.-]+/.exec(text)?.[0] ?? '')
    if (opened?.kind === 'encrypted') values.push(opened.value)
  }
  return values
}

/** Where a text stands, from the end, at most so often. */
function lastPlaces(body: Buffer, text: string, most: number): number[] {
  const places: number[] = []
  for (let at = body.lastIndexOf(text); at !== -1 && places.length < most;) {
    places.push(at)
    at = at === 0 ? -1 : body.lastIndexOf(text, at - 1)
  }
  return places
}

/** Finds the ids that an answer gives, piece by piece. */
export class GivenIds {
  readonly #seen: (ids: readonly string[]) => void
  #rest = ''

  /** @param seen takes the ids of each piece before the piece goes on */
  constructor(seen: (ids: readonly string[]) => void) {
    this.#seen = seen
  }

  push(chunk: Buffer): void {
    // Most events of a stream give none; then only what stands across the border of two reads is looked at.
    const all = chunk.toString('latin1')
    const isGiving = GIVING.test(all)
    if (isGiving || this.#rest !== '') {
      const text = this.#rest + (isGiving ? all : all.slice(0, CARRY))
      const ids = new Set<string>()
      for (const [, id, opaque, short] of text.matchAll(GIVEN)) ids.add(id ?? opaqueId(opaque ?? short!))
      if (ids.size > 0) this.#seen([...ids])
    }
    // Nothing goes on across the end of a line, where almost every read of a stream ends.
    const line = all.lastIndexOf('\n') + 1
    const end = chunk.toString('latin1', Math.max(line, chunk.length - CARRY))
    this.#rest = line > 0 ? end : (this.#rest + end).slice(-CARRY)
  }
}

/** The same answer, with someone who looks at its body before it goes on. */
export function watched(upstream: UpstreamAnswer, look: (chunk: Buffer) => void, end?: () => void): UpstreamAnswer {
  return {
    status: upstream.status,
    headers: upstream.headers,
    read: (reader) =>
      upstream.read({
        data(chunk) {
          look(chunk)
          reader.data(chunk)
        },
        end(framed) {
          end?.()
          reader.end(framed)
        },
        fail: (error) => reader.fail(error),
      }),
    pause: () => upstream.pause(),
    resume: () => upstream.resume(),
    abort: (reason) => upstream.abort(reason),
    release: () => upstream.release(),
    settle: (withinMs) => upstream.settle(withinMs),
  }
}
