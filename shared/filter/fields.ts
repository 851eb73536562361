/** What can be written before a colon, and on its own: for the parser, the sentence and the suggestions. */
import { DialectId, ExchangeFlag, ExchangeState, FindingKind, RequestPart } from '../exchange.ts'
import type { Having, NumberField, TextField } from './filter.ts'

export type FieldKind =
  | { type: 'text'; field: TextField }
  | { type: 'number'; field: NumberField; unit: Unit }
  | { type: 'began'; side: 'before' | 'after' }
  | { type: 'age' }
  | { type: 'choice'; of: 'state' | 'dialect' | 'upstream' | 'finding' | 'has'; values: readonly string[] }

export type Unit = 'plain' | 'time' | 'count' | 'money' | 'bytes'

export interface Field {
  name: string
  kind: FieldKind
  /** For the list of suggestions. */
  help: string
  /** As it is written. */
  example: string
}

const text = (field: TextField, help: string, example: string): Field => ({
  name: field,
  kind: { type: 'text', field },
  help,
  example: `${field}:${example}`,
})

const number = (field: NumberField, unit: Unit, help: string, example: string): Field => ({
  name: field,
  kind: { type: 'number', field, unit },
  help,
  example: `${field}:${example}`,
})

const choice = (
  name: 'state' | 'dialect' | 'upstream' | 'finding' | 'has',
  values: readonly string[],
  help: string,
): Field => ({ name, kind: { type: 'choice', of: name, values }, help, example: `${name}:${values[0] ?? ''}` })

export const havings: readonly Having[] = [
  ...RequestPart.options,
  'session',
  'usage',
  'cost',
  'losses',
  'findings',
  'failure',
]

export const fields: readonly Field[] = [
  text('model', 'the model that was asked for', 'gpt-5*'),
  text('client', 'the calling program', '"Claude Code"'),
  number('status', 'plain', 'HTTP status to the client', '>=400'),
  number('ttft', 'time', 'time to the first byte', '>2s'),
  number('duration', 'time', 'time to the last byte', '>30s'),
  number('tokens', 'count', 'tokens in and out', '>10k'),
  number('cost', 'money', 'cost in USD', '>0.10'),
  text('instance', 'the instance that served', 'east'),
  text('deployment', 'the deployment that served', 'gpt-5-prod'),
  text('session', 'the session of an agent', 'abc*'),
  text('key', 'the local key that was used', 'work'),
  text('path', 'the path that was called', '/v1/messages'),
  text('method', 'the HTTP method', 'POST'),
  text('id', 'the id of the exchange', '01*'),
  text('code', 'the code of the failure', 'proxy_*'),
  choice('state', ExchangeState.options, 'how far it is'),
  choice('dialect', DialectId.options, 'the API that the client speaks'),
  choice('upstream', DialectId.options, 'the API that the upstream speaks'),
  choice('finding', [...FindingKind.options, '*'], 'what was found in it'),
  choice('has', havings, 'what it has'),
  number('size', 'bytes', 'bytes of request and answer', '>1MB'),
  number('attempts', 'plain', 'calls upstream', '>1'),
  { name: 'after', kind: { type: 'began', side: 'after' }, help: 'began then or later', example: 'after:2026-11-20' },
  {
    name: 'before',
    kind: { type: 'began', side: 'before' },
    help: 'began earlier',
    example: 'before:2026-11-20T14:30',
  },
  { name: 'age', kind: { type: 'age' }, help: 'how long ago it began', example: 'age:<1h' },
]

export const fieldNamed = (name: string): Field | undefined => {
  const lower = name.toLowerCase()
  return fields.find((field) => field.name === lower)
}

/** Words with a meaning of their own; in quotes they are looked for. */
export const keywords: Readonly<Record<string, string>> = {
  lossy: 'something was lost in translation',
  retried: 'called upstream more than once',
  failed_over: 'served by another instance than the first',
  filtered: 'a content filter stopped it',
  truncated: 'the answer was cut off',
  faulted: 'a fault was injected',
  stream: 'answered as a stream',
  error: 'failed, or status 400 and above',
}

export const flagNamed = (word: string): ExchangeFlag | undefined => ExchangeFlag.options.find((flag) => flag === word)
