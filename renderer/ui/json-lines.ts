/**
 * JSON as coloured, indented lines. Works on the text itself, not on parsed values: long numbers, doubled keys and
 * escapes are shown exactly as they were on the wire.
 */

export type TokenKind = 'key' | 'string' | 'number' | 'word' | 'punctuation' | 'space'

export interface Token {
  kind: TokenKind
  text: string
}

export type Line = readonly Token[]

const TOKEN = /\s*(?:("(?:[^"\\\n\r]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([{}[\],:]))/y

/** The lines of a JSON text, or undefined if the text is not JSON. */
export function jsonLines(text: string): Line[] | undefined {
  const tokens = tokenise(text)
  if (tokens === undefined || tokens.length === 0) return undefined
  const lines: Token[][] = [[]]
  let depth = 0
  const put = (token: Token): void => void lines.at(-1)?.push(token)
  const newLine = (): void => void lines.push(depth > 0 ? [{ kind: 'space', text: '  '.repeat(depth) }] : [])

  tokens.forEach((token, index) => {
    const next = tokens[index + 1]
    switch (token.text) {
      case '{':
      case '[':
        put(token)
        if (next?.text === '}' || next?.text === ']') return
        depth += 1
        newLine()
        return
      case '}':
      case ']': {
        const before = tokens[index - 1]?.text
        if (before !== '{' && before !== '[') {
          depth -= 1
          newLine()
        }
        put(token)
        return
      }
      case ',':
        put(token)
        newLine()
        return
      case ':':
        put(token)
        put({ kind: 'space', text: ' ' })
        return
      default:
        put(next?.text === ':' && token.kind === 'string' ? { kind: 'key', text: token.text } : token)
    }
  })
  return lines
}

/** Undefined when something stands there that JSON does not have, or brackets do not match. */
function tokenise(text: string): Token[] | undefined {
  const end = text.trimEnd().length
  const tokens: Token[] = []
  const open: string[] = []
  TOKEN.lastIndex = 0
  let at = 0
  while (at < end) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) return undefined
    at = TOKEN.lastIndex
    const token = tokenOf(match)
    if (token.text === '{' || token.text === '[') open.push(token.text === '{' ? '}' : ']')
    if ((token.text === '}' || token.text === ']') && open.pop() !== token.text) return undefined
    tokens.push(token)
  }
  return open.length === 0 ? tokens : undefined
}

function tokenOf(match: RegExpExecArray): Token {
  const [, string, number, word, punctuation] = match
  if (string !== undefined) return { kind: 'string', text: string }
  if (number !== undefined) return { kind: 'number', text: number }
  if (word !== undefined) return { kind: 'word', text: word }
  return { kind: 'punctuation', text: punctuation ?? '' }
}

/** Plain text as lines without colour. */
export function plainLines(text: string): Line[] {
  return text.split(/\r\n|\n|\r/).map((line) => [{ kind: 'space', text: line }])
}
