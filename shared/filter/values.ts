/** Values as people write them: numbers with units, days and times. */
import type { Unit } from './fields.ts'
import type { Comparison } from './filter.ts'

const units: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  plain: {},
  time: { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 },
  count: { k: 1e3, m: 1e6 },
  money: { $: 1, usd: 1, c: 0.01 },
  bytes: { b: 1, k: 1e3, kb: 1e3, kib: 1024, m: 1e6, mb: 1e6, mib: 1024 ** 2, g: 1e9, gb: 1e9, gib: 1024 ** 3 },
}

/** What a number of this kind may look like, for an error. */
export const unitExamples: Readonly<Record<Unit, string>> = {
  plain: '400',
  time: '500ms, 2s, 1.5m or 1h',
  count: '800, 10k or 1.5M',
  money: '0.10 or $2',
  bytes: '500, 20kB or 1MB',
}

/** Splits `>=400` into what is compared and how; without a sign, equality. */
export function splitComparison(text: string): { comparison: Comparison; rest: string } {
  const sign = /^(?:>=|<=|>|<|=|≥|≤)/.exec(text)?.[0] ?? ''
  const rest = text.slice(sign.length).trim()
  switch (sign) {
    case '>=':
    case '≥':
      return { comparison: '>=', rest }
    case '<=':
    case '≤':
      return { comparison: '<=', rest }
    case '>':
    case '<':
      return { comparison: sign, rest }
    default:
      return { comparison: '=', rest }
  }
}

/** A number in the unit's base (milliseconds, tokens, USD, bytes); undefined when it is none. */
export function readNumber(text: string, unit: Unit): number | undefined {
  const match = /^(\$?)(\d+(?:[_,]\d{3})*(?:\.\d+)?|\.\d+)\s*([a-z$]*)$/i.exec(text)
  if (match === null) return undefined
  const [, dollar, digits = '', suffix = ''] = match
  if (dollar !== '' && unit !== 'money') return undefined
  const factor = suffix === '' ? 1 : units[unit][suffix.toLowerCase()]
  const value = Number(digits.replaceAll(/[_,]/g, ''))
  return factor === undefined || !Number.isFinite(value) ? undefined : value * factor
}

/** `2026-11-20`, `2026-11-20T14:30[:15]`, in local time unless it says `Z` or an offset; milliseconds since the epoch. */
export function readMoment(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?(Z|[+-]\d\d:\d\d)?)?$/i.exec(text)
  if (match === null) return undefined
  const [, year = '', month = '', day = '', hour, minute, second, zone] = match
  // Without a time it would be read as UTC.
  const at = Date.parse(`${year}-${month}-${day}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${zone ?? ''}`)
  // 31 February would quietly become a day of March.
  const isDay = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day)
  return Number.isNaN(at) || !isDay ? undefined : at
}
