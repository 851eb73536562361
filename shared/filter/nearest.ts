/** The choice that was probably meant; undefined when none is near. */
export function nearest(typed: string, choices: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(typed.length / 3))
  let best: { choice: string; edits: number } | undefined
  for (const choice of choices) {
    const edits = choice.startsWith(typed) && typed.length > 1 ? 0 : editsBetween(typed, choice)
    if (edits <= allowed && (best === undefined || edits < best.edits)) best = { choice, edits }
  }
  return best?.choice
}

/** Letters to put in, take out, change or swap with their neighbour. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 4) return Infinity
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= a.length; row++) {
    const above = rows[row - 1]!
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let edits = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) edits = Math.min(edits, rows[row - 2]![column - 2]! + 1)
      current.push(edits)
    }
    rows.push(current)
  }
  return rows[a.length]![b.length]!
}
