/**
 * Words as the full text search knows them: runs of letters and digits, without case and accents; each character of a
 * script that is written without spaces is a word of its own. SQLite's `unicode61` sees the same in `segmented` text.
 */

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
const eachUnspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu
const word = /[\p{L}\p{N}\p{Co}]+/gu

/** The text with spaces around each character that is a word of its own. */
export const segmented = (text: string): string => (unspaced.test(text) ? text.replaceAll(eachUnspaced, ' $& ') : text)

export function wordsOf(text: string): string[] {
  const plain = segmented(text)
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
  return plain.match(word) ?? []
}

/**
 * Do these words stand in the text one after the other?
 *
 * @param prefix may the last one go on?
 */
export function hasWords(text: readonly string[], sought: readonly string[], prefix: boolean): boolean {
  const last = sought.length - 1
  return text.some((_, start) =>
    sought.every((wanted, index) => {
      const found = text[start + index]
      return prefix && index === last ? found?.startsWith(wanted) === true : found === wanted
    }),
  )
}
