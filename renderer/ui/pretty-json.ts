/**
 * JSON as indented text. Works on the text itself: long numbers, doubled keys and escapes stay as they were on the
 * wire, and a text that was cut short is indented as far as it goes.
 */

export interface PrettyJson {
  text: string
  /** How many strings were shortened. */
  shortened: number
}

const STEP = '  '

/**
 * @param longest strings of more characters are shortened, with the number that is left out in their place
 * @returns undefined when the text does not begin like an object or a list
 */
export function prettyJson(text: string, longest = Infinity): PrettyJson | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  const out: string[] = []
  let depth = 0
  let shortened = 0
  let at = 0
  const newLine = (): void => void out.push('\n', STEP.repeat(depth))
  while (at < text.length) {
    const char = text[at] as string
    switch (char) {
      case '"': {
        const end = endOfString(text, at)
        const length = end - at
        if (length > longest) {
          shortened += 1
          out.push(text.slice(at, at + longest), `… ${length - longest} more characters"`)
        } else out.push(text.slice(at, end))
        at = end
        continue
      }
      case '{':
      case '[': {
        const close = nextOther(text, at + 1)
        if (text[close] === '}' || text[close] === ']') {
          out.push(char, text[close])
          at = close + 1
          continue
        }
        depth += 1
        out.push(char)
        newLine()
        break
      }
      case '}':
      case ']':
        depth = Math.max(0, depth - 1)
        newLine()
        out.push(char)
        break
      case ',':
        out.push(char)
        newLine()
        break
      case ':':
        out.push(': ')
        break
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        break
      default:
        out.push(char)
    }
    at += 1
  }
  return { text: out.join(''), shortened }
}

/** The offset after the closing quote, or the end of a text that was cut. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let slashes = 0
    while (text[quote - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

function nextOther(text: string, start: number): number {
  let at = start
  while (/\s/.test(text[at] ?? '')) at += 1
  return at
}
