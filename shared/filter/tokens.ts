/** Cuts a filter into its parts. Never fails: a quote that is not closed is told by its token. */

export type Token =
  | { type: 'open' | 'close' | 'minus'; from: number; to: number }
  | {
      type: 'word'
      from: number
      to: number
      /** Before the first colon that stands outside of quotes, as typed. */
      field?: string
      /** Without quotes. */
      value: string
      /** Where the value begins in the text, quotes included. */
      valueFrom: number
      /** Was any of the value in quotes? */
      quoted: boolean
      /** Where a quote was opened that is not closed. */
      unclosed?: number
    }

const isSpace = (char: string): boolean => /\s/.test(char)

export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    if (isSpace(char)) at++
    else if (char === '(' || char === ')') {
      tokens.push({ type: char === '(' ? 'open' : 'close', from: at, to: at + 1 })
      at++
    } else if (char === '-' && at + 1 < text.length && !isSpace(text[at + 1]!)) {
      tokens.push({ type: 'minus', from: at, to: at + 1 })
      at++
    } else {
      const word = readWord(text, at)
      tokens.push(word)
      at = word.to
    }
  }
  return tokens
}

function readWord(text: string, from: number): Token {
  let at = from
  let field: string | undefined
  let value = ''
  let valueFrom = from
  let quoted = false
  while (at < text.length) {
    const char = text[at]!
    if (isSpace(char) || char === '(' || char === ')') break
    if (char === '"') {
      quoted = true
      const end = closing(text, at)
      value += text.slice(at + 1, end ?? text.length).replaceAll(/\\(["\\])/g, '$1')
      const base = { type: 'word' as const, from, value, valueFrom, quoted, ...(field === undefined ? {} : { field }) }
      if (end === undefined) return { ...base, to: text.length, unclosed: at }
      at = end + 1
    } else if (char === ':' && field === undefined && !quoted && /^\w+$/.test(value)) {
      field = value
      value = ''
      at++
      valueFrom = at
    } else {
      value += char
      at++
    }
  }
  return { type: 'word', from, to: at, value, valueFrom, quoted, ...(field === undefined ? {} : { field }) }
}

/** The quote that ends the one at `open`; a backslash takes the next character as it is. */
function closing(text: string, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return undefined
}
