/**
 * Reads a filter such as `model:gpt-5* status:>=400 not client:opencode "bare words"`. Terms beside each other must all
 * hold; `or` binds weaker, parentheses group, `not` and `-` turn around what follows.
 */
import type { FilterProblem } from '../contract.ts'
import { DialectId, ExchangeState, FindingKind } from '../exchange.ts'
import { nearestNames } from '../nearest-names.ts'
import { type Field, fieldNamed, fields, flagNamed, havings } from './fields.ts'
import type { Filter } from './filter.ts'
import { type Token, tokenize } from './tokens.ts'
import { readMoment, readNumber, splitComparison, unitExamples } from './values.ts'
import { wordsOf } from './words.ts'

/** `filter` is absent for an empty text, which matches everything, and where there is a problem. */
export interface ParsedFilter {
  filter?: Filter
  /** The first that was met. */
  problem?: FilterProblem
}

/** SQLite bounds the depth of an expression; nobody types more. */
const deepest = 40
const mostTerms = 100

class Misread extends Error {
  readonly problem: FilterProblem
  constructor(problem: FilterProblem) {
    super(problem.message)
    this.problem = problem
  }
}

function misread(message: string, from: number, to: number, suggestion?: string): Misread {
  return new Misread({ message, from, to, ...(suggestion === undefined ? {} : { suggestion }) })
}

/** Never throws. */
export function parseFilter(text: string): ParsedFilter {
  try {
    const filter = new Parser(text).parse()
    return filter === undefined ? {} : { filter }
  } catch (error) {
    if (!(error instanceof Misread)) throw error
    return { problem: error.problem }
  }
}

type Word = Extract<Token, { type: 'word' }>

class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  #terms = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = tokenize(text)
  }

  parse(): Filter | undefined {
    if (this.#tokens.length === 0) return undefined
    const filter = this.#or()
    const rest = this.#tokens[this.#at]
    if (rest !== undefined) throw misread('This closes a parenthesis that was not opened.', rest.from, rest.to)
    return filter
  }

  #or(): Filter {
    const parts = [this.#and()]
    while (this.#isWord('or')) {
      this.#at++
      parts.push(this.#and())
    }
    return joined('or', parts)
  }

  #and(): Filter {
    const parts = [this.#unary()]
    for (;;) {
      if (this.#isWord('and')) this.#at++
      else if (this.#at === this.#tokens.length || this.#isWord('or') || this.#peek()?.type === 'close') break
      parts.push(this.#unary())
    }
    return joined('and', parts)
  }

  #unary(): Filter {
    const token = this.#peek()
    if (token === undefined) throw this.#missing()
    if (token.type !== 'minus' && !this.#isWord('not')) return this.#primary(token)
    this.#at++
    return this.#deeper(token, () => ({ type: 'not', part: this.#unary() }))
  }

  #primary(token: Token): Filter {
    this.#at++
    if (token.type === 'open') {
      const inner = this.#deeper(token, () => this.#or())
      if (this.#peek()?.type !== 'close') {
        throw misread('This parenthesis is not closed.', token.from, token.to)
      }
      this.#at++
      return inner
    }
    if (token.type !== 'word') throw misread('Something to look for is missing here.', token.from, token.to)
    if (['or', 'and'].includes(token.value.toLowerCase()) && !token.quoted && token.field === undefined) {
      throw misread(`Something to look for must stand before “${token.value}”.`, token.from, token.to, '')
    }
    if (++this.#terms > mostTerms) {
      throw misread(`A filter has at most ${mostTerms} terms.`, token.from, this.#text.length)
    }
    if (token.unclosed !== undefined) {
      const typed = this.#text.slice(token.from, token.to)
      throw misread(
        'This quote is not closed.',
        token.unclosed,
        token.to,
        `${typed.slice(token.unclosed - token.from)}"`,
      )
    }
    return token.field === undefined ? this.#bare(token) : this.#term(token, token.field)
  }

  #bare(token: Word): Filter {
    const keyword = token.quoted ? undefined : token.value.toLowerCase().replaceAll('-', '_')
    if (keyword === 'stream' || keyword === 'error') return { type: keyword }
    const flag = keyword === undefined ? undefined : flagNamed(keyword)
    if (flag !== undefined) return { type: 'flag', flag }
    const words = wordsOf(token.value)
    if (words.length === 0) throw misread('There is no letter or digit to look for in this.', token.from, token.to)
    return { type: 'words', words, prefix: !token.quoted }
  }

  #term(token: Word, name: string): Filter {
    const field = fieldNamed(name)
    if (field === undefined) throw this.#unknownField(token, name)
    const { value, valueFrom } = token
    if (value.trim() === '') {
      throw misread(`${field.name}: wants a value, for example ${field.example}.`, token.from, token.to, field.example)
    }
    const wrong = (message: string, suggestion?: string): Misread => misread(message, valueFrom, token.to, suggestion)
    switch (field.kind.type) {
      case 'text':
        return { type: 'text', field: field.kind.field, pattern: value }
      case 'number':
        return readNumberTerm(field.kind, value, wrong)
      case 'began': {
        const at = readMoment(value)
        if (at === undefined) throw wrong('Write a day as 2026-11-20, or a time as 2026-11-20T14:30.')
        return { type: 'began', side: field.kind.side, at }
      }
      case 'age': {
        const { comparison, rest } = splitComparison(value)
        const ms = readNumber(rest, 'time')
        if (ms === undefined) throw wrong('Write a time with its unit, for example <1h or >30m.')
        return { type: 'age', comparison, ms }
      }
      case 'choice':
        return readChoice(field, value, wrong)
    }
  }

  #unknownField(token: Word, name: string): Misread {
    const known = fields.map((field) => field.name)
    const meant = nearest(name.toLowerCase(), known)
    const typed = this.#text.slice(token.from, token.to)
    return meant === undefined
      ? misread(
          `There is no field “${name}”. Put it in quotes to look for it as it is.`,
          token.from,
          token.to,
          token.quoted ? undefined : `"${typed}"`,
        )
      : misread(`There is no field “${name}”; “${meant}” is one.`, token.from, token.from + name.length, meant)
  }

  #deeper(token: Token, read: () => Filter): Filter {
    if (++this.#depth > deepest) throw misread('This is nested too deeply.', token.from, token.to)
    const inner = read()
    this.#depth--
    return inner
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #isWord(word: string): boolean {
    const token = this.#peek()
    return token?.type === 'word' && !token.quoted && token.field === undefined && token.value.toLowerCase() === word
  }

  #missing(): Misread {
    const last = this.#tokens.at(-1)
    return misread('Something to look for must follow here.', last?.from ?? 0, this.#text.length)
  }
}

/** A choice that begins so, or is nearly so; the first letter is seldom the wrong one. */
function nearest(typed: string, choices: readonly string[]): string | undefined {
  const near = nearestNames(typed, choices)
  return (
    choices.find((choice) => typed.length > 1 && choice.startsWith(typed)) ??
    near.find((choice) => choice[0] === typed[0]) ??
    near[0]
  )
}

/** Nested `and` in `and`, or `or` in `or`, is one. */
function joined(type: 'and' | 'or', parts: readonly Filter[]): Filter {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  return { type, parts: parts.flatMap((part) => (part.type === type ? part.parts : [part])) }
}

function readNumberTerm(
  kind: Extract<Field['kind'], { type: 'number' }>,
  value: string,
  wrong: (message: string) => Misread,
): Filter {
  const { comparison, rest } = splitComparison(value)
  const hundred = /^([1-5])(?:xx|\*+)$/i.exec(rest)?.[1]
  if (kind.field === 'status' && comparison === '=' && hundred !== undefined) {
    return { type: 'status-class', hundred: Number(hundred) }
  }
  const number = readNumber(rest, kind.unit)
  if (number === undefined) throw wrong(`“${value}” is no number for ${kind.field}: write ${unitExamples[kind.unit]}.`)
  return { type: 'number', field: kind.field, comparison, value: number }
}

function readChoice(field: Field, value: string, wrong: (message: string, suggestion?: string) => Misread): Filter {
  const { kind } = field
  const lower = value.toLowerCase()
  const unknown = (values: readonly string[]): Misread =>
    wrong(`${field.name}: is one of ${values.join(', ')}.`, nearest(lower, values))
  if (kind.type !== 'choice') throw unknown([])
  const spelled = lower.replaceAll('_', '-')
  switch (kind.of) {
    case 'state': {
      const state = ExchangeState.options.find((option) => option === lower)
      if (state === undefined) throw unknown(kind.values)
      return { type: 'state', state }
    }
    case 'dialect':
    case 'upstream': {
      const dialect = DialectId.options.find((option) => option === lower)
      if (dialect === undefined) throw unknown(kind.values)
      return { type: 'dialect', side: kind.of === 'dialect' ? 'client' : 'upstream', dialect }
    }
    case 'finding': {
      const found = lower === '*' ? '*' : FindingKind.options.find((option) => option === spelled)
      if (found === undefined) throw unknown(kind.values)
      return { type: 'finding', kind: found }
    }
    case 'has': {
      const what = havings.find((option) => option === lower)
      if (what === undefined) throw unknown(kind.values)
      return { type: 'has', what }
    }
  }
}
