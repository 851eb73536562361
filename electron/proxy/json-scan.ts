/**
 * Finds the members of a JSON object in its bytes without parsing it: what routing needs of a request (`model`,
 * `stream`) can be read and replaced in place, and everything else goes on as it came. A search for `"model"` would be
 * fooled by a prompt that contains it; this scanner follows the grammar and knows its depth.
 *
 * Strings are skipped with `indexOf`, so a body that is mostly text costs next to nothing. What is inside strings
 * (escapes, control characters, UTF-8) is not checked.
 */
import { LazuliError } from '../core/error.ts'

/** One member of the outermost object; offsets into the scanned bytes, ends exclusive. */
export interface Member {
  /** Decoded, so that `"\u006dodel"` is `model`. */
  key: string
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
}

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Deeper nesting than any real request has; parsers further on may recurse. */
const MAX_DEPTH = 512
const MAX_MEMBERS = 1000
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const LITERALS = new Set(['true', 'false', 'null'])

/**
 * The members of the outermost object, in order; a key that stands twice is there twice.
 * @throws LazuliError `proxy_invalid_json` (400) with line and column for what is not one JSON object
 */
export function scanMembers(body: Buffer): Member[] {
  const members: Member[] = []
  let at = skipSpace(body, 0)
  if (body[at] !== OPEN_BRACE) throw malformed(body, at, 'a JSON object')
  at = skipSpace(body, at + 1)
  if (body[at] === CLOSE_BRACE) at++
  else {
    for (;;) {
      const keyStart = at
      const keyEnd = skipString(body, at)
      const valueStart = skipColon(body, keyEnd)
      const valueEnd = skipValue(body, valueStart)
      if (members.length === MAX_MEMBERS) throw tooComplex(`more than ${MAX_MEMBERS} fields`)
      members.push({ key: keyOf(body, keyStart, keyEnd), keyStart, keyEnd, valueStart, valueEnd })
      at = skipSpace(body, valueEnd)
      if (body[at] === CLOSE_BRACE) {
        at++
        break
      }
      if (body[at] !== COMMA) throw malformed(body, at, '"," or "}"')
      at = skipSpace(body, at + 1)
    }
  }
  at = skipSpace(body, at)
  if (at < body.length) throw malformed(body, at, 'the end of the body')
  return members
}

/** Index after the value that starts at `at`. Iterative: the depth of a body never costs stack. */
function skipValue(body: Buffer, at: number): number {
  const closers: number[] = []
  for (;;) {
    const byte = body[at]
    if (byte === QUOTE) at = skipString(body, at)
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      const closer = byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET
      at = skipSpace(body, at + 1)
      if (body[at] === closer) at++
      else {
        if (closers.length === MAX_DEPTH) throw tooComplex(`nested deeper than ${MAX_DEPTH} levels`)
        closers.push(closer)
        if (closer === CLOSE_BRACE) at = skipColon(body, skipString(body, at))
        continue
      }
    } else at = skipScalar(body, at)
    at = closeContainers(body, at, closers)
    if (closers.length === 0) return at
  }
}

/** After a value: closes what ends here and moves on to the next value, if there is one. */
function closeContainers(body: Buffer, at: number, closers: number[]): number {
  while (closers.length > 0) {
    const closer = closers.at(-1)
    at = skipSpace(body, at)
    if (body[at] === closer) {
      closers.pop()
      at++
    } else if (body[at] === COMMA) {
      at = skipSpace(body, at + 1)
      return closer === CLOSE_BRACE ? skipColon(body, skipString(body, at)) : at
    } else throw malformed(body, at, closer === CLOSE_BRACE ? '"," or "}"' : '"," or "]"')
  }
  return at
}

function skipSpace(body: Buffer, at: number): number {
  for (;;) {
    const byte = body[at]
    if (byte === undefined || byte > SPACE) return at
    if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
    at++
  }
}

/** Index after the closing quote. */
function skipString(body: Buffer, start: number): number {
  if (body[start] !== QUOTE) throw malformed(body, start, 'a string in double quotes')
  let end = start
  for (;;) {
    end = body.indexOf(QUOTE, end + 1)
    if (end === -1) throw malformed(body, body.length, 'the closing quote of a string')
    let before = end - 1
    while (body[before] === BACKSLASH) before--
    if ((end - before) % 2 === 1) return end + 1
  }
}

/** Index of the value behind the colon. */
function skipColon(body: Buffer, at: number): number {
  at = skipSpace(body, at)
  if (body[at] !== COLON) throw malformed(body, at, '":"')
  return skipSpace(body, at + 1)
}

function skipScalar(body: Buffer, start: number): number {
  let end = start
  // Letters, digits, sign, point: whatever a number or a literal is made of.
  for (let byte = body[end]; byte !== undefined && isScalarByte(byte); byte = body[end]) end++
  const text = body.toString('latin1', start, Math.min(end, start + 400))
  if (!LITERALS.has(text) && !NUMBER.test(text)) throw malformed(body, start, 'a value')
  return end
}

function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e
  )
}

function keyOf(body: Buffer, start: number, end: number): string {
  const text = body.toString('utf8', start + 1, end - 1)
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    throw malformed(body, start, 'a valid field name')
  }
}

function malformed(body: Buffer, at: number, expected: string): LazuliError {
  const before = body.toString('utf8', 0, at)
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  const found = at >= body.length ? 'the body ends' : `there is ${JSON.stringify(firstCharacter(body, at))}`
  return new LazuliError({
    code: 'proxy_invalid_json',
    status: 400,
    message: `The request body is not valid JSON: at line ${line}, column ${column} (byte ${at}) ${found} where ${expected} was expected.`,
    fix: 'Send one JSON object, encoded as UTF-8.',
  })
}

function firstCharacter(body: Buffer, at: number): string {
  return Array.from(body.toString('utf8', at, at + 4))[0] ?? ''
}

function tooComplex(what: string): LazuliError {
  return new LazuliError({
    code: 'proxy_invalid_json',
    status: 400,
    message: `The request body is ${what}.`,
    fix: 'Send a flatter request.',
  })
}
