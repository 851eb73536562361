/** From the figures of all rounds to what is printed and kept. */
import type { Figure, Scenario } from './scenarios.ts'
import { median } from './scenarios.ts'
import type { SubjectName } from './subjects.ts'

/** Figures of one round, by subject. */
export type Round = Partial<Record<SubjectName, Record<string, number>>>

export interface Row {
  scenario: string
  figure: string
  unit: string
  /** Medians over all rounds. */
  medians: Partial<Record<SubjectName, number>>
  /** What the goal is about, of each round. */
  judged: { measure: Figure['measure']; median: number; lowest: number; highest: number }
  goal?: number
  met?: boolean
}

export function rowsOf(scenario: Scenario, rounds: readonly Round[]): Row[] {
  return scenario.figures.map((figure) => {
    const { key, measure, goal } = figure
    const medians: Row['medians'] = {}
    for (const name of scenario.subjects) {
      const values = rounds.flatMap((round) => round[name]?.[key] ?? [])
      if (values.length > 0 && !(name === 'direct' && key !== 'p50' && key !== 'wait' && key !== 'p99')) {
        medians[name] = median(values)
      }
    }
    // Each round by itself: what disturbs one subject of a round mostly disturbs them all.
    const each = rounds.map((round) => judge(measure, round, key))
    const judged = { measure, median: median(each), lowest: Math.min(...each), highest: Math.max(...each) }
    const row: Row = { scenario: scenario.title, figure: figure.title, unit: figure.unit, medians, judged }
    return goal === undefined ? row : { ...row, goal, met: judged.median <= goal }
  })
}

function judge(measure: Figure['measure'], round: Round, key: string): number {
  const ours = round.lazuli?.[key] ?? Number.NaN
  switch (measure) {
    case 'times bare':
      return ours / (round.bare?.[key] ?? Number.NaN)
    case 'over direct':
      return ours - (round.direct?.[key] ?? Number.NaN)
    case 'as it is':
      return ours
  }
}

const COLUMNS: readonly SubjectName[] = ['direct', 'nginx', 'bare', 'lazuli']

/** As Markdown, which is readable in a terminal, too. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['', 'direct', 'nginx', 'bare', 'Lazuli', 'judged (lowest – highest)', 'goal', ''],
    ...rows.map((row) => [
      `${row.scenario}: ${row.figure}${row.unit === '' ? '' : `, ${row.unit}`}`,
      ...COLUMNS.map((name) => shown(row.medians[name])),
      judgedText(row),
      row.goal === undefined ? '' : `≤ ${row.goal}${row.judged.measure === 'times bare' ? '×' : ''}`,
      row.met === undefined ? '' : row.met ? 'met' : 'MISSED',
    ]),
  ]
  const widths = cells[0]!.map((_, column) => Math.max(3, ...cells.map((line) => line[column]!.length)))
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, at) => text.padEnd(widths[at]!)).join(' | ')} |`
  const [head, ...rest] = cells
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n')
}

function judgedText({ judged }: Row): string {
  const { measure, median: middle, lowest, highest } = judged
  const sign = measure === 'times bare' ? '×' : ''
  const plus = measure === 'over direct' ? '+' : ''
  return `${plus}${shown(middle)}${sign} (${shown(lowest)} – ${shown(highest)})`
}

function shown(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0
  return String(Number(value.toFixed(digits)))
}
