import type * as z from 'zod'
import { LazuliError } from '../core/error.ts'

/** One mistake, with the place where a user can correct it. */
export interface Mistake {
  /** File, variable or flag that holds the value. */
  where: string
  line?: number
  /** Path of the key, e.g. `instances[0].api_base`. */
  key: string
  message: string
}

/** A configuration that cannot be used; `mistakes` has each with its place. */
export class ConfigError extends LazuliError {
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    const lines = mistakes.map(describe)
    super({
      code: 'config_invalid',
      status: 400,
      message:
        lines.length === 1 ? lines[0]! : `The configuration has ${lines.length} mistakes:\n  ${lines.join('\n  ')}`,
      fix: 'Correct the named places and start or reload again.',
    })
    this.mistakes = mistakes
  }
}

function describe(mistake: Mistake): string {
  const place = mistake.line === undefined ? mistake.where : `${mistake.where}, line ${mistake.line}`
  return `${place}: ${mistake.key === '' ? '' : `${mistake.key}: `}${mistake.message}`
}

/** `instances[0].api_base` from a path of keys and indexes. */
export function keyOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? String(part) : `.${String(part)}`))
    .join('')
}

/** Zod's issues as sentences that never repeat a value: it might be a secret. */
export function mistakesOf(
  error: z.ZodError,
  place: (path: readonly PropertyKey[]) => Pick<Mistake, 'where' | 'line'>,
): Mistake[] {
  return error.issues.flatMap((issue): Mistake[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        ...place([...issue.path, key]),
        key: keyOf([...issue.path, key]),
        message: 'is not a known key; check its spelling',
      }))
    return [{ ...place(issue.path), key: keyOf(issue.path), message: sentenceOf(issue) }]
  })
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? `is missing (${article(issue.expected)} expected)`
        : `must be ${article(issue.expected)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    case 'too_small':
      if (issue.origin !== 'string') return `must be at least ${issue.minimum}`
      return Number(issue.minimum) <= 1 ? 'must not be empty' : `must have at least ${issue.minimum} characters`
    default:
      return issue.message
  }
}

function article(type: string): string {
  const word =
    type === 'object' || type === 'record'
      ? 'group of keys'
      : type === 'array'
        ? 'list'
        : type === 'int'
          ? 'whole number'
          : type
  return `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`
}
