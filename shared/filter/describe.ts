/** A filter as a sentence, so that who types it sees what it will match. */
import type { Comparison, Filter, Having, NumberField, TextField } from './filter.ts'
import type { FindingKind } from '../exchange.ts'

const subjects: Readonly<Record<TextField, string>> = {
  model: 'the model asked for',
  client: 'the client',
  key: 'the local key',
  instance: 'the instance',
  deployment: 'the deployment',
  session: 'the session',
  id: 'the id',
  path: 'the path',
  method: 'the method',
  code: 'the failure’s code',
}

const measures: Readonly<Record<NumberField, string>> = {
  status: 'the status',
  ttft: 'the time to the first byte',
  duration: 'the duration',
  tokens: 'the number of tokens',
  cost: 'the cost',
  size: 'the size',
  attempts: 'the number of attempts',
}

const relations: Readonly<Record<Comparison, string>> = {
  '=': 'is',
  '>': 'is over',
  '>=': 'is at least',
  '<': 'is under',
  '<=': 'is at most',
}

const havings: Readonly<Record<Having, string>> = {
  tools: 'the request has tools',
  images: 'the request has images',
  files: 'the request has files',
  schema: 'the request asks for a JSON schema',
  thinking: 'the request asks for thinking',
  session: 'it belongs to a session',
  usage: 'its tokens are known',
  cost: 'its cost is known',
  losses: 'something was changed in translation',
  findings: 'something was found in it',
  failure: 'it has a failure',
}

const findings: Readonly<Record<FindingKind, string>> = {
  'retry-storm': 'it is part of a retry storm',
  'cache-break': 'it broke the prompt cache',
  'max-tokens': 'the answer ended at the token limit',
  'content-filter': 'a content filter stepped in',
  'client-left': 'the client left early',
  stall: 'the stream stalled',
  'truncated-stream': 'the stream ended without its end',
}

/** One sentence, e.g. `Exchanges where the model asked for begins with “gpt-5” and the status is at least 400.` */
export function describeFilter(filter: Filter | undefined): string {
  return filter === undefined ? 'All exchanges.' : `Exchanges where ${clause(filter, false)}.`
}

/** @param inside is it part of a larger clause, so that `or` wants brackets? */
function clause(filter: Filter, inside: boolean): string {
  switch (filter.type) {
    case 'and':
      return filter.parts.map((part) => clause(part, true)).join(' and ')
    case 'or': {
      const either = filter.parts.map((part) => clause(part, true)).join(', or ')
      return inside ? `(${either})` : either
    }
    case 'not':
      return `it is not so that ${clause(filter.part, true)}`
    case 'text':
      return `${subjects[filter.field]} ${patternText(filter.pattern)}`
    case 'number':
      return `${measures[filter.field]} ${relations[filter.comparison]} ${amount(filter.field, filter.value)}`
    case 'status-class':
      return `the status is ${filter.hundred}xx`
    case 'began':
      return `it began ${filter.side} ${momentText(filter.at)}`
    case 'age':
      return `it began ${filter.comparison.startsWith('>') ? 'more' : 'less'} than ${duration(filter.ms)} ago`
    case 'state':
      return { active: 'it is running', done: 'it is done', failed: 'it failed', aborted: 'the client left it' }[
        filter.state
      ]
    case 'dialect':
      return `the ${filter.side} speaks ${{ chat: 'Chat', responses: 'Responses', messages: 'Messages' }[filter.dialect]}`
    case 'flag':
      return {
        retried: 'it was retried',
        failed_over: 'another instance took over',
        lossy: 'something was lost in translation',
        filtered: 'a content filter stopped it',
        truncated: 'the answer was cut off',
        faulted: 'a fault was injected',
      }[filter.flag]
    case 'stream':
      return 'the answer was streamed'
    case 'error':
      return 'it failed or has a status of 400 or more'
    case 'finding':
      return filter.kind === '*' ? 'something was found in it' : findings[filter.kind]
    case 'has':
      return havings[filter.what]
    case 'words':
      return `its text has “${filter.words.join(' ')}${filter.prefix ? '…' : ''}”`
  }
}

function patternText(pattern: string): string {
  const inner = pattern.replace(/^\*+/, '').replace(/\*+$/, '')
  if (inner === '') return 'is known'
  if (!pattern.includes('*')) return `is “${pattern}”`
  if (inner.includes('*')) return `looks like “${pattern}”`
  if (pattern.startsWith('*') && pattern.endsWith('*')) return `contains “${inner}”`
  return pattern.endsWith('*') ? `begins with “${inner}”` : `ends with “${inner}”`
}

function amount(field: NumberField, value: number): string {
  switch (field) {
    case 'ttft':
    case 'duration':
      return duration(value)
    case 'cost':
      return `$${value}`
    case 'size':
      return value >= 1e6 ? `${value / 1e6} MB` : value >= 1e3 ? `${value / 1e3} kB` : `${value} bytes`
    case 'status':
    case 'tokens':
    case 'attempts':
      return value.toLocaleString('en-US')
  }
}

function duration(ms: number): string {
  if (ms >= 86_400_000) return `${round(ms / 86_400_000)} d`
  if (ms >= 3_600_000) return `${round(ms / 3_600_000)} h`
  if (ms >= 60_000) return `${round(ms / 60_000)} min`
  return ms >= 1000 ? `${round(ms / 1000)} s` : `${round(ms)} ms`
}

const round = (value: number): number => Math.round(value * 100) / 100

/** `2026-11-20` for a midnight, else with its time; local. */
function momentText(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  return time === '00:00' && date.getSeconds() === 0 ? day : `${day} ${time}`
}
