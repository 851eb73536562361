/** Patterns of model names, as rules of the mapping write them. */

/** `*` stands for any number of characters; case is ignored. Linear in time, whatever the pattern. */
export function matchesPattern(pattern: string, name: string): boolean {
  const pieces = pattern.toLowerCase().split('*')
  const text = name.toLowerCase()
  const first = pieces[0]!
  if (pieces.length === 1) return first === text
  const last = pieces.at(-1)!
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}

/** Every name that `narrow` matches is matched by `wide`, too. */
export function coversPattern(wide: string, narrow: string): boolean {
  // A character that stands in no pattern can only be matched by a star, so a star of `narrow` must lie within one.
  return matchesPattern(wide, narrow.replaceAll('*', '\u0001'))
}
