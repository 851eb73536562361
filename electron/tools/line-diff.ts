import type { DiffLine } from '../../shared/tools.ts'

/** Unchanged lines that are shown around a change. */
const CONTEXT = 3
/** A part with more pairs of lines than this is shown as taken out whole and put in whole. */
const MOST_PAIRS = 4_000_000

/** The difference of two texts, line by line. Equal texts have none. */
export function diffLines(before: string, after: string): DiffLine[] {
  if (before === after) return []
  const [old, now] = [linesOf(before), linesOf(after)]
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1
  let tail = 0
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  ) {
    tail += 1
  }
  const all: DiffLine[] = []
  const same = (from: number, to: number): void => {
    for (let at = from; at < to; at += 1) {
      all.push({ kind: 'same', before: at + 1, after: at + 1 + now.length - old.length, text: old[at]! })
    }
  }
  for (let at = 0; at < head; at += 1) all.push({ kind: 'same', before: at + 1, after: at + 1, text: old[at]! })
  all.push(...middle(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head))
  same(old.length - tail, old.length)
  return folded(all)
}

/** Lines without their ends; a file that ends in a line break has no empty last line. */
function linesOf(text: string): string[] {
  if (text === '') return []
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Longest common subsequence; removed lines stand before the added ones. */
function middle(old: readonly string[], now: readonly string[], offset: number): DiffLine[] {
  const width = now.length + 1
  if ((old.length + 1) * width > MOST_PAIRS) {
    return [
      ...old.map((text, at): DiffLine => ({ kind: 'removed', before: offset + at + 1, text })),
      ...now.map((text, at): DiffLine => ({ kind: 'added', after: offset + at + 1, text })),
    ]
  }
  const longest = new Uint32Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        old[i] === now[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
    }
  }
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: 'same', before: offset + i + 1, after: offset + j + 1, text: old[i]! })
      i += 1
      j += 1
    } else if (i < old.length && (j === now.length || longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) {
      lines.push({ kind: 'removed', before: offset + i + 1, text: old[i]! })
      i += 1
    } else {
      lines.push({ kind: 'added', after: offset + j + 1, text: now[j]! })
      j += 1
    }
  }
  return lines
}

/** Leaves out what is the same and not near a change. */
function folded(all: readonly DiffLine[]): DiffLine[] {
  const near = new Uint8Array(all.length)
  for (const [at, line] of all.entries()) {
    if (line.kind !== 'same') near.fill(1, Math.max(0, at - CONTEXT), at + CONTEXT + 1)
  }
  const lines: DiffLine[] = []
  for (const [at, line] of all.entries()) {
    const last = lines.at(-1)
    // One line takes no more room than the word that it is left out.
    const alone = near[at - 1] !== 0 && near[at + 1] !== 0
    if (near[at] === 1 || alone) lines.push(line)
    else if (last?.kind === 'gap') last.count += 1
    else lines.push({ kind: 'gap', count: 1 })
  }
  return lines
}
