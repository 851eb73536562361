/** The tokens of texts, in a time that grows with their length alone. */

/** Encodings merge pairs within a run of letters or of spaces; the time for that grows with the run's square. */
const LONGEST_RUN = 128
const LONG_RUN = new RegExp(`\\S{${LONGEST_RUN}}|\\s{${LONGEST_RUN}}`, 'g')
/** Handed to the tokenizer at once. */
const PIECE = 16 * 1024

/**
 * @param count the tokenizer
 * @param limit code units that are counted; what is beyond is taken to be like what was counted
 */
export function countTexts(texts: readonly string[], count: (text: string) => number, limit: number): number {
  const total = texts.reduce((sum, text) => sum + text.length, 0)
  let left = limit
  let tokens = 0
  for (const text of texts) {
    if (left <= 0) break
    const taken = text.length <= left ? text : text.slice(0, left)
    left -= taken.length
    for (const piece of piecesOf(taken)) tokens += count(piece)
  }
  return total <= limit ? tokens : Math.ceil((tokens / limit) * total)
}

/** Short pieces; a run that is too long is cut, which makes a token more of each cut at most. */
function* piecesOf(text: string): Generator<string> {
  let start = 0
  let mark = 0
  for (const { index } of text.matchAll(LONG_RUN)) {
    if (index > start) yield* slices(text.slice(start, index))
    mark = index + LONGEST_RUN
    yield text.slice(index, mark)
    start = mark
  }
  if (start < text.length) yield* slices(text.slice(start))
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const end = text.length - at <= PIECE ? text.length : text.lastIndexOf(' ', at + PIECE)
    const stop = end > at ? end : at + PIECE
    yield text.slice(at, stop)
    at = stop
  }
}
