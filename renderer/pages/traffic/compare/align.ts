/** Which item of one list stands beside which of the other. */

export interface Pair {
  /** Index in the first list; absent: only the second has it. */
  before?: number
  after?: number
}

/** Longer lists are compared place by place. */
const LARGEST_TABLE = 1_000_000

/** Equal items stand beside each other; between them what is of the same sort, in its order. */
export function alignLists(before: readonly unknown[], after: readonly unknown[]): Pair[] {
  const pairs: Pair[] = []
  let [from, to] = [0, 0]
  for (const same of [...equalPairs(before, after), { before: before.length, after: after.length }]) {
    pairs.push(...alikePairs(before, after, [from, same.before], [to, same.after]))
    if (same.before < before.length) pairs.push(same)
    from = same.before + 1
    to = same.after + 1
  }
  return pairs
}

/** The longest run of equal items that have the same order in both. */
function equalPairs(before: readonly unknown[], after: readonly unknown[]): { before: number; after: number }[] {
  const [left, right] = [before.map(textOf), after.map(textOf)]
  let head = 0
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1
  const pairs = left.slice(0, head).map((_, index) => ({ before: index, after: index }))
  const [rows, columns] = [left.length - head, right.length - head]
  if (rows * columns > LARGEST_TABLE) return pairs
  const width = columns + 1
  // lengths[i * width + j]: how many are equal from i and j on.
  const lengths = new Uint32Array((rows + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = rows - 1; i >= 0; i -= 1) {
    for (let j = columns - 1; j >= 0; j -= 1) {
      const equal = left[head + i] === right[head + j]
      lengths[i * width + j] = equal ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  let [i, j] = [0, 0]
  while (i < rows && j < columns) {
    if (left[head + i] === right[head + j]) {
      pairs.push({ before: head + i, after: head + j })
      i += 1
      j += 1
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1
    else j += 1
  }
  return pairs
}

type Range = readonly [from: number, to: number]

/** Items between two equal ones: those of one sort are the same item that was changed. */
function alikePairs(before: readonly unknown[], after: readonly unknown[], left: Range, right: Range): Pair[] {
  const pairs: Pair[] = []
  let j = right[0]
  for (let i = left[0]; i < left[1]; i += 1) {
    const sort = sortOf(before[i])
    let found = j
    while (found < right[1] && sortOf(after[found]) !== sort) found += 1
    if (found === right[1]) {
      pairs.push({ before: i })
      continue
    }
    while (j < found) pairs.push({ after: j++ })
    pairs.push({ before: i, after: j++ })
  }
  while (j < right[1]) pairs.push({ after: j++ })
  return pairs
}

/** What a message, a part, an item or a tool is called by. */
function sortOf(item: unknown): string {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return typeof item
  const { role, type, kind, name, function: inner } = item as Record<string, unknown>
  const innerName = typeof inner === 'object' && inner !== null && 'name' in inner ? inner.name : undefined
  return JSON.stringify([role, type, kind, name ?? innerName])
}

const textOf = (item: unknown): string => JSON.stringify(item) ?? ''
