/** Exchanges as lines for a terminal. */
import type { ExchangeDetail, ExchangeSummary } from '../../shared/exchange.ts'

const columns: readonly { name: string; width: number; right?: true; of: (row: ExchangeSummary) => string }[] = [
  { name: 'TIME', width: 8, of: (row) => timeOf(row.startedAt) },
  { name: 'ID', width: 26, of: (row) => row.id },
  { name: 'CLIENT', width: 14, of: (row) => row.client },
  { name: 'MODEL', width: 20, of: (row) => row.askedModel ?? row.path },
  { name: 'SERVED BY', width: 22, of: ({ instance, deployment }) => [instance, deployment].filter(Boolean).join('/') },
  {
    name: 'STATUS',
    width: 7,
    right: true,
    of: (row) => (row.state === 'done' ? String(row.status ?? '') : `${row.status ?? ''} ${mark(row)}`.trim()),
  },
  { name: 'TTFT', width: 7, right: true, of: (row) => duration(row.ttftMs) },
  { name: 'TOOK', width: 7, right: true, of: (row) => duration(row.durationMs) },
  { name: 'IN', width: 8, right: true, of: (row) => count(row.usage?.input) },
  { name: 'OUT', width: 7, right: true, of: (row) => count(row.usage?.output) },
  { name: 'COST', width: 8, right: true, of: (row) => (row.cost === undefined ? '' : `$${row.cost.toFixed(4)}`) },
  { name: 'FLAGS', width: 0, of: (row) => [...row.flags, ...(row.findings ?? [])].join(' ') },
]

export const tableHead = (): string => line(columns.map(({ name }) => name))

export const tableLine = (row: ExchangeSummary): string => line(columns.map(({ of }) => of(row)))

/** What happened, in the order in which a person asks. */
export function detailText(detail: ExchangeDetail): string {
  const { summary, attempts, losses, findings = [], decision } = detail
  const { id, startedAt, client, method, path, status, state, askedModel, failure } = summary
  const sections: [string, string[]][] = [
    [
      `${id} · ${new Date(startedAt).toISOString()}`,
      [
        `${client}: ${method} ${path}`,
        ...(askedModel === undefined ? [] : [`model ${askedModel}`]),
        `${state}${status === undefined ? '' : ` with ${status}`}, first byte after ${duration(summary.ttftMs) || '–'}, all of it after ${duration(summary.durationMs) || '–'}`,
        ...(summary.usage === undefined
          ? []
          : [
              `${count(summary.usage.input) || '?'} tokens in, ${count(summary.usage.output) || '?'} out${summary.cost === undefined ? ', unpriced' : `, $${summary.cost.toFixed(6)}`}`,
            ]),
        ...(failure === undefined ? [] : [`${failure.code}: ${failure.message}`]),
      ],
    ],
    [
      'Findings',
      findings.map(({ title, explanation, fix }) => [title, explanation, fix].filter(Boolean).join('\n    ')),
    ],
    ['Decision', (decision?.steps ?? []).map(({ text, why }) => (why === undefined ? text : `${text} (${why})`))],
    [
      'Attempts',
      attempts.map(
        (attempt) =>
          `${attempt.method} ${attempt.url} · ${attempt.status ?? 'no answer'}${attempt.failure === undefined ? '' : ` · ${attempt.failure.message}`}`,
      ),
    ],
    ['Changed on the way', losses.map(({ path: at, kind, reason }) => `${at} ${kind}: ${reason}`)],
    ['Request', detail.requestBody.text === '' ? [] : [detail.requestBody.text]],
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `${title}\n${lines.map((one) => `  ${printable(one)}\n`).join('')}`)
    .join('\n')
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, index) => {
    const { width = 0, right } = columns[index] ?? {}
    const text = width > 0 && cell.length > width ? `${cell.slice(0, width - 1)}…` : cell
    return right === true ? text.padStart(width) : text.padEnd(width)
  })
  return `${printable(padded.join('  ').trimEnd())}\n`
}

/** Nothing that a client sent moves the cursor or turns the direction of the text. */
const printable = (text: string): string => text.replaceAll(/[^\P{C}\n\t]/gu, ' ')

function mark({ state }: ExchangeSummary): string {
  switch (state) {
    case 'active':
      return '…'
    case 'failed':
      return 'x'
    case 'aborted':
      return 'left'
    case 'done':
      return ''
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

function timeOf(startedAt: number): string {
  const date = new Date(startedAt)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function duration(ms: number | undefined): string {
  if (ms === undefined) return ''
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

const count = (value: number | undefined): string => value?.toLocaleString('en-US') ?? ''
