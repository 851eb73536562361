/** How a text fits what was typed: a better fit has a higher score. `hits`: places in the text that were matched. */
export interface Fit {
  score: number
  hits: readonly number[]
}

const AT_START = 12
const AT_WORD = 8
const IN_A_ROW = 5
/** A text in which the letters lie far apart fits, but comes last. */
const PER_GAP = -1
/** A word begins behind these. */
const WORD_END = /[\s/_:.-]/g

/**
 * Matches each word of `typed`, its letters in their order; undefined when one does not fit. Letters in a row and the
 * begin of a word count most, so that "cl tr" finds "Clear traffic" before anything that merely has these letters.
 */
export function fuzzy(typed: string, text: string): Fit | undefined {
  const lower = text.toLowerCase()
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = words.map((word) => wholeFit(word, lower) ?? scatteredFit(word, lower))
  if (!fits.every((fit) => fit !== undefined)) return undefined
  return { score: fits.reduce((sum, { score }) => sum + score, 0), hits: fits.flatMap(({ hits }) => hits) }
}

function scatteredFit(letters: string, text: string): Fit | undefined {
  const hits: number[] = []
  let score = 0
  let at = 0
  for (const letter of letters) {
    const next = bestPlace(text, letter, at)
    if (next === undefined) return undefined
    score += bonus(text, next) + (next === at && hits.length > 0 ? IN_A_ROW : PER_GAP)
    hits.push(next)
    at = next + 1
  }
  return { score, hits }
}

/** The letters stand there as they were typed. */
function wholeFit(typed: string, text: string): Fit | undefined {
  const starts = [0, ...Array.from(text.matchAll(WORD_END), ({ index }) => index + 1)]
  const at = starts.find((start) => text.startsWith(typed, start)) ?? text.indexOf(typed)
  if (at < 0) return undefined
  const hits = Array.from({ length: typed.length }, (_, index) => at + index)
  return { score: bonus(text, at) + typed.length * (IN_A_ROW + AT_WORD), hits }
}

/** The begin of a word, if the letter begins one further on, else the next place. */
function bestPlace(text: string, letter: string, from: number): number | undefined {
  const next = text.indexOf(letter, from)
  if (next < 0) return undefined
  if (next === from) return next
  for (let at = next; at >= 0; at = text.indexOf(letter, at + 1)) {
    if (bonus(text, at) > 0) return at
  }
  return next
}

function bonus(text: string, at: number): number {
  if (at === 0) return AT_START
  return (text[at - 1] ?? '').search(WORD_END) === 0 ? AT_WORD : 0
}
