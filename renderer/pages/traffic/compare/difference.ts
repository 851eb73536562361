import { alignLists } from './align.ts'

/** One line of a comparison. */
export interface Line {
  /** As in `messages[2].content`; where an item has moved, `messages[2→3]`. */
  path: string
  kind: 'same' | 'changed' | 'added' | 'removed'
  /** As text: strings as they are, all else as JSON. Absent on the side that has nothing. */
  before?: string
  after?: string
}

/** Everything of two values side by side, in the order of the second; what only the first has stands where it was. */
export function linesOf(before: unknown, after: unknown, path = ''): Line[] {
  if (Array.isArray(before) && Array.isArray(after) && before.length + after.length > 0) {
    return alignLists(before, after).flatMap((pair) => {
      const place = `${path}[${placeOf(pair)}]`
      if (pair.after === undefined) return [removed(place, before[pair.before ?? 0])]
      if (pair.before === undefined) return [added(place, after[pair.after])]
      return linesOf(before[pair.before], after[pair.after], place)
    })
  }
  if (isObject(before) && isObject(after) && Object.keys(before).length + Object.keys(after).length > 0) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
      const place = path === '' ? key : `${path}.${key}`
      if (!(key in after)) return [removed(place, before[key])]
      if (!(key in before)) return [added(place, after[key])]
      return linesOf(before[key], after[key], place)
    })
  }
  const [left, right] = [written(before), written(after)]
  return [{ path, kind: left === right ? 'same' : 'changed', before: left, after: right }]
}

function placeOf({ before, after }: { before?: number; after?: number }): string {
  return before === undefined || after === undefined || before === after
    ? String(before ?? after)
    : `${before}→${after}`
}

const removed = (path: string, value: unknown): Line => ({ path, kind: 'removed', before: written(value) })
const added = (path: string, value: unknown): Line => ({ path, kind: 'added', after: written(value) })

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
}

/** Two texts cut into what they share at both ends and what differs between. */
export function marked(before: string, after: string): { head: string; left: string; right: string; tail: string } {
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  // Never between the halves of one character.
  if (/[\uD800-\uDBFF]/.test(before[head - 1] ?? '')) head -= 1
  if (tail > 0 && /[\uDC00-\uDFFF]/.test(before[before.length - tail] ?? '')) tail -= 1
  return {
    head: before.slice(0, head),
    left: before.slice(head, before.length - tail),
    right: after.slice(head, after.length - tail),
    tail: before.slice(before.length - tail),
  }
}
