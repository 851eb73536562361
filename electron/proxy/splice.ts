import type { Member } from './json-scan.ts'

/** A change to the members of a JSON object. Every member is changed by at most one edit. */
export type Edit =
  /** Another value, as JSON text. */
  | { type: 'value'; member: Member; json: string }
  | { type: 'key'; member: Member; key: string }
  | { type: 'remove'; member: Member }
  /** A new member right behind this one. */
  | { type: 'insert'; after: Member; key: string; json: string }

interface Cut {
  start: number
  end: number
  text: string
}

/**
 * The body with its edits, as a list of pieces: what is not edited stays the caller's own bytes and is not copied.
 * @param members all members of the object, in order, as scanned
 */
export function splice(body: Buffer, members: readonly Member[], edits: readonly Edit[]): Buffer[] {
  if (edits.length === 0) return [body]
  const removed = new Set(edits.flatMap((edit) => (edit.type === 'remove' ? [edit.member] : [])))
  const cuts = [...removals(members, removed), ...edits.flatMap(cutOf)].toSorted((a, b) => a.start - b.start)
  const pieces: Buffer[] = []
  let at = 0
  for (const cut of cuts) {
    if (cut.start > at) pieces.push(body.subarray(at, cut.start))
    if (cut.text !== '') pieces.push(Buffer.from(cut.text))
    at = Math.max(at, cut.end)
  }
  if (at < body.length) pieces.push(body.subarray(at))
  return pieces
}

function cutOf(edit: Edit): Cut[] {
  switch (edit.type) {
    case 'value':
      return [{ start: edit.member.valueStart, end: edit.member.valueEnd, text: edit.json }]
    case 'key':
      return [{ start: edit.member.keyStart, end: edit.member.keyEnd, text: JSON.stringify(edit.key) }]
    case 'insert':
      return [
        { start: edit.after.valueEnd, end: edit.after.valueEnd, text: `,${JSON.stringify(edit.key)}:${edit.json}` },
      ]
    case 'remove':
      return []
  }
}

/** Each removed member goes with one comma: the one behind it, or the one before a run at the end. */
function removals(members: readonly Member[], removed: ReadonlySet<Member>): Cut[] {
  const lastKept = members.findLastIndex((member) => !removed.has(member))
  const cuts: Cut[] = []
  members.forEach((member, index) => {
    const next = members[index + 1]
    if (removed.has(member) && index < lastKept && next !== undefined) {
      cuts.push({ start: member.keyStart, end: next.keyStart, text: '' })
    }
  })
  const last = members.at(-1)
  if (last !== undefined && removed.has(last)) {
    const start = lastKept === -1 ? members[0]!.keyStart : members[lastKept]!.valueEnd
    cuts.push({ start, end: last.valueEnd, text: '' })
  }
  return cuts
}
