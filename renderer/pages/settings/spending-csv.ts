import type { SumRow } from '../../../shared/spending.ts'

const NAMES = ['day', 'instance', 'deployment', 'model', 'client', 'key'] as const
const FIGURES = [
  ['requests', 'requests'],
  ['failures', 'failures'],
  ['input', 'input_tokens'],
  ['cached', 'cached_tokens'],
  ['cacheWrite', 'cache_write_tokens'],
  ['output', 'output_tokens'],
  ['reasoning', 'reasoning_tokens'],
  ['cost', 'cost_usd'],
  ['unpriced', 'unpriced_requests'],
] as const

/** The rows as RFC 4180 has them, with a head. Names come from callers: none of them begins a formula. */
export function spendingCsv(rows: readonly SumRow[]): string {
  const head = [...NAMES, ...FIGURES.map(([, title]) => title)].join(',')
  const lines = rows.map((row) =>
    [...NAMES.map((name) => cell(row[name] ?? '')), ...FIGURES.map(([figure]) => String(row.sums[figure]))].join(','),
  )
  return [head, ...lines, ''].join('\r\n')
}

function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
