/** What could be typed next at the caret of a filter. */
import type { SuggestedField } from '../contract.ts'
import { fieldNamed, fields, keywords } from './fields.ts'
import { type Token, tokenize } from './tokens.ts'

export interface Suggestion {
  /** Text for the range [from, to) of the filter. */
  text: string
  from: number
  to: number
  /** What it means, in a few words. */
  help: string
}

export interface Suggestions {
  items: Suggestion[]
  /** Values that only the store knows: ask `traffic.suggest`, then `valueSuggestions`. */
  wanted?: { field: SuggestedField; prefix: string; from: number; to: number }
}

/** @param caret offset in the text */
export function suggestFilter(text: string, caret: number): Suggestions {
  const token = tokenize(text).find((one) => one.type === 'word' && one.from < caret && caret <= one.to)
  if (token?.type !== 'word') return { items: beginnings('', caret, caret) }
  if (token.field === undefined || caret < token.valueFrom) {
    const end = token.field === undefined ? token.to : token.valueFrom
    return { items: beginnings(text.slice(token.from, caret), token.from, end) }
  }
  return valuesOf(token, token.field, text.slice(token.valueFrom, caret))
}

/** Values from the store as suggestions. */
export function valueSuggestions(
  wanted: NonNullable<Suggestions['wanted']>,
  values: readonly { value: string; count: number }[],
): Suggestion[] {
  const { from, to } = wanted
  return values.map(({ value, count }) => ({
    text: quoted(value),
    from,
    to,
    help: count === 1 ? '1 exchange' : `${count} exchanges`,
  }))
}

/** In quotes where the filter would read it otherwise. */
export function quoted(value: string): string {
  return /^[^\s()"\\:-][^\s()"\\]*$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

function beginnings(typed: string, from: number, to: number): Suggestion[] {
  const lower = typed.toLowerCase()
  const names = fields.map(({ name, help }) => ({ text: `${name}:`, from, to, help }))
  const words = Object.entries(keywords).map(([word, help]) => ({ text: word, from, to, help }))
  const operators = [
    { text: 'not ', from, to, help: 'turns around what follows' },
    { text: 'or ', from, to, help: 'one or the other' },
  ]
  return [...names, ...words, ...(lower === '' ? [] : operators)].filter(
    ({ text }) => text.startsWith(lower) && text !== lower,
  )
}

const stored: readonly SuggestedField[] = ['client', 'model', 'instance', 'deployment', 'session']

/** Beginnings of a value that are worth a click. */
const samples: Readonly<Record<string, readonly string[]>> = {
  status: ['>=400', '429', '5xx', '200'],
  ttft: ['>1s', '>2s', '>5s'],
  duration: ['>10s', '>1m'],
  tokens: ['>10k', '>100k'],
  cost: ['>0.01', '>0.1', '>1'],
  size: ['>100kB', '>1MB'],
  attempts: ['>1'],
  age: ['<15m', '<1h', '<1d'],
}

function valuesOf(token: Extract<Token, { type: 'word' }>, name: string, typed: string): Suggestions {
  const field = fieldNamed(name)
  const { valueFrom: from, to } = token
  if (field === undefined) return { items: [] }
  const known = stored.find((one) => one === field.name)
  if (known !== undefined) {
    return { items: [], wanted: { field: known, prefix: typed.replaceAll('"', '').replace(/\*$/, ''), from, to } }
  }
  const values = field.kind.type === 'choice' ? field.kind.values : (samples[field.name] ?? [])
  const lower = typed.toLowerCase()
  return {
    items: values
      .filter((value) => value.startsWith(lower) && value !== lower)
      .map((value) => ({ text: value, from, to, help: field.help })),
  }
}
