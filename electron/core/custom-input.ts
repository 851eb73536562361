/**
 * Custom (free-text) tools where only JSON tools exist: the text travels as `{"input": "…"}`. `wrapCustomInput` makes
 * such arguments, `CustomInputReader` takes the text out of them while they stream in.
 */

/** Schema of the wrapped tool. */
export const customInputSchema = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
  required: ['input'],
  additionalProperties: false,
} as const

export function wrapCustomInput(text: string): Record<string, unknown> {
  return { input: text }
}

const opening = /^\s*\{\s*"input"\s*:\s*"/
/** Anything that may still become the opening. */
const openingPrefix = /^\s*(?:\{\s*(?:"(?:i(?:n(?:p(?:u(?:t(?:"\s*(?::\s*)?)?)?)?)?)?)?|\})?)?$/

const emptyObject = /^\s*(?:\{\s*\}\s*)?$/

/** Streams the text out of arguments that arrive in pieces. */
export class CustomInputReader {
  #state: 'opening' | 'text' | 'raw' | 'closed' = 'opening'
  #buffer = ''

  /** Text that this piece of the arguments completes. */
  push(piece: string): string {
    switch (this.#state) {
      case 'closed':
        return ''
      case 'raw':
        return piece
      case 'opening':
      case 'text':
    }
    this.#buffer += piece
    if (this.#state === 'opening') {
      const match = opening.exec(this.#buffer)
      if (!match) {
        if (openingPrefix.test(this.#buffer)) return ''
        this.#state = 'raw'
        return this.#drain()
      }
      this.#state = 'text'
      this.#buffer = this.#buffer.slice(match[0].length)
    }
    return this.#text()
  }

  /** What was held back when the arguments end in the middle. */
  end(): string {
    if (this.#state === 'text' || this.#state === 'closed' || emptyObject.test(this.#buffer)) return ''
    return this.#drain()
  }

  #drain(): string {
    const all = this.#buffer
    this.#buffer = ''
    return all
  }

  #text(): string {
    let index = 0
    while (index < this.#buffer.length) {
      const char = this.#buffer[index]
      if (char === '"') {
        this.#state = 'closed'
        break
      }
      const length = char === '\\' ? (this.#buffer[index + 1] === 'u' ? 6 : 2) : 1
      if (index + length > this.#buffer.length) break
      index += length
    }
    const complete = this.#buffer.slice(0, index)
    this.#buffer = this.#buffer.slice(index)
    return unescape(complete)
  }
}

/** The value of a JSON string's inside; models also write raw line ends, which JSON forbids. */
function unescape(inside: string): string {
  if (!inside.includes('\\')) return inside
  return inside.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (whole, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return escapes[escape] ?? whole
  })
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
