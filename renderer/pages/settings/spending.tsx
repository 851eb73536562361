import { useState, type ReactElement } from 'react'
import type { Failure } from '../../../shared/exchange.ts'
import type { SumBy, SumRow, Sums } from '../../../shared/spending.ts'
import { failureOf } from '../../console.ts'
import { useServices } from '../../services.tsx'
import { Button } from '../../ui/button.tsx'
import { count, dollars, plural } from '../../ui/format.ts'
import { Segments } from '../../ui/segments.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { Failed } from './failed.tsx'
import { SpendingChart } from './spending-chart.tsx'
import { spendingCsv } from './spending-csv.ts'
import { daysUpTo, dimensionsOf, nameOf, SHOWN_DAYS, type Split, SPLITS } from './spending-days.ts'
import './money.css'

const ALL: readonly SumBy[] = ['day', 'instance', 'deployment', 'model', 'client', 'key']
/** Rows of the table; the file has all of them. */
const SHOWN_ROWS = 100

/** What was used in the last 30 days, recorded or not, and what it cost. */
export function Spending(): ReactElement {
  const { console } = useServices()
  const [split, setSplit] = useState<Split>('Day')
  const [failure, setFailure] = useState<Failure>()
  /** Days of the engine's calendar, which alone knows which day it is there. */
  const range = async (by: readonly SumBy[]): Promise<{ days: string[]; rows: SumRow[] }> => {
    const { today } = await console.accounting.sums({ from: '1970-01-01', to: '1970-01-01', by: [] })
    const days = daysUpTo(today, SHOWN_DAYS)
    const { rows } = await console.accounting.sums({ from: days[0]!, to: today, by: [...by] })
    return { days, rows }
  }
  const byDay = useAnswer(() => range(['day']), [console])
  const table = useAnswer(async () => ({ split, ...(await range(dimensionsOf(split))) }), [console, split])
  const total = totalOf(byDay.value?.rows ?? [])
  const isEmpty = byDay.value?.rows.length === 0

  const download = (): void => {
    range(ALL).then(
      ({ days, rows }) => {
        const oldestFirst = rows.toSorted((a, b) => (a.day ?? '').localeCompare(b.day ?? ''))
        return save(`lazuli-spending-${days.at(-1)}.csv`, spendingCsv(oldestFirst))
      },
      (error: unknown) => setFailure(failureOf(error)),
    )
  }

  return (
    <section aria-labelledby="h-spending" id="spending">
      <div className="sec-h">
        <h2 id="h-spending">Spending</h2>
        <span className="grow" />
        <Button icon="arrow-d" size="sm" disabled={byDay.value === undefined || isEmpty} onClick={download}>
          Download CSV
        </Button>
      </div>
      <p className="hint sec-hint">
        The last 30 days, by list price or your own. Every request counts, recorded or not; sums are kept for 400 days,
        also when the traffic is cleared.
      </p>
      <Failed failure={failure ?? byDay.failure ?? table.failure} />
      {isEmpty && <p className="t2 none-yet">Nothing was asked for yet.</p>}
      {byDay.value !== undefined && !isEmpty && (
        <>
          <p className="spending-total">
            <b>{dollars(total.cost)}</b>
            <span className="t2">
              {plural(total.requests, 'request')}
              {total.unpriced > 0 && `, ${count(total.unpriced)} of them without a known price`}
            </span>
          </p>
          <SpendingChart days={byDay.value.days} rows={byDay.value.rows} />
          <Segments label="Split by" options={SPLITS} value={split} onChange={setSplit} />
          {table.value !== undefined && <SumsTable split={table.value.split} rows={table.value.rows} />}
        </>
      )}
    </section>
  )
}

function SumsTable({ split, rows }: { split: Split; rows: readonly SumRow[] }): ReactElement {
  const sorted = split === 'Day' ? rows.toSorted((a, b) => (b.day ?? '').localeCompare(a.day ?? '')) : rows
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key */}
      <div className="money-scroll" role="group" aria-label="Spending, list" tabIndex={0}>
        <table className="money-table">
          <thead>
            <tr>
              <th scope="col">{split}</th>
              <th scope="col" className="num">
                Requests
              </th>
              <th scope="col" className="num">
                Failed
              </th>
              <th scope="col" className="num">
                Tokens in
              </th>
              <th scope="col" className="num">
                Cached
              </th>
              <th scope="col" className="num">
                Tokens out
              </th>
              <th scope="col" className="num">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, SHOWN_ROWS).map((row) => (
              <SumsRow key={nameOf(row, split)} name={nameOf(row, split)} sums={row.sums} />
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > SHOWN_ROWS && (
        <p className="hint">
          The dearest {SHOWN_ROWS} of {count(sorted.length)}; the CSV has all.
        </p>
      )}
    </>
  )
}

function SumsRow({ name, sums }: { name: string; sums: Sums }): ReactElement {
  return (
    <tr>
      <th scope="row" className="mono">
        {name}
      </th>
      <td className="num">{count(sums.requests)}</td>
      <td className="num">{sums.failures === 0 ? <span className="t3">0</span> : count(sums.failures)}</td>
      <td className="num">{count(sums.input)}</td>
      <td className="num">{count(sums.cached)}</td>
      <td className="num">{count(sums.output)}</td>
      <td className="num">{costWords(sums)}</td>
    </tr>
  )
}

/** Unknown is "unpriced", never nothing. */
function costWords({ cost, unpriced, requests }: Sums): ReactElement | string {
  if (unpriced === 0) return dollars(cost)
  if (unpriced === requests) return 'unpriced'
  return (
    <>
      {dollars(cost)}
      <span className="t3 sub-line">{count(unpriced)} unpriced</span>
    </>
  )
}

function totalOf(rows: readonly SumRow[]): { cost: number; requests: number; unpriced: number } {
  const total = { cost: 0, requests: 0, unpriced: 0 }
  for (const { sums } of rows) {
    total.cost += sums.cost
    total.requests += sums.requests
    total.unpriced += sums.unpriced
  }
  return total
}

/** Gives a file to the browser, which keeps it where downloads go. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
