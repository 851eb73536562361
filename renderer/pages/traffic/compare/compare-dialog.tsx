import { useMemo, useState, type ReactElement } from 'react'
import type { LaneEvent } from '../../../../shared/exchange.ts'
import type { Console } from '../../../console.ts'
import { hrefOf } from '../../../route.ts'
import { useServices } from '../../../services.tsx'
import { Banner } from '../../../ui/banner.tsx'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { clock, count, plural } from '../../../ui/format.ts'
import { Segments } from '../../../ui/segments.tsx'
import { useAnswer } from '../../../ui/use-answer.ts'
import { compared, type Recorded, type Section } from './compared.ts'
import { marked, type Line } from './difference.ts'
import './compare.css'

/** So many lines of one section are drawn. */
const MOST_LINES = 500
/** Of a longer text its beginning is shown. */
const LONGEST_TEXT = 4000
const PAGE = 5000

/** Two exchanges beside each other, with what differs. */
export function CompareDialog(props: { before: string; after: string; onClose: () => void }): ReactElement {
  const { before, after, onClose } = props
  const { console } = useServices()
  const [show, setShow] = useState<'Changes' | 'All'>('Changes')
  const { value, failure } = useAnswer(
    (signal) => Promise.all([recorded(console, before, signal), recorded(console, after, signal)]),
    [console, before, after],
  )
  const sections = useMemo(() => value && compared(...value), [value])
  const changes = sections?.flatMap((one) =>
    one.figures ? [] : one.lines.filter(({ kind }) => kind !== 'same'),
  ).length
  return (
    <Dialog open large title="Compare" onClose={onClose}>
      <div className="dialog-body">
        {failure && <Banner kind="err" inset title={failure.message} text={failure.fix} />}
        <div className="row">
          <Segments label="Lines" options={['Changes', 'All']} value={show} onChange={setShow} />
          <span className="f12 t2" role="status">
            {changes === undefined ? '' : changes === 0 ? 'They say the same.' : plural(changes, 'difference')}
          </span>
          <span className="grow" />
          <span className="f12 t3">Ids, times and seals are left out.</span>
        </div>
        {value && sections && (
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
          <div className="cmp-scroll" tabIndex={0} role="region" aria-label="Differences">
            <table className="cmp-table">
              <thead>
                <tr>
                  <th scope="col">Where</th>
                  <Head one={value[0]} onOpen={onClose} />
                  <Head one={value[1]} onOpen={onClose} />
                </tr>
              </thead>
              {sections.map((section) => (
                <Lines key={section.title} section={section} all={show === 'All'} />
              ))}
            </table>
          </div>
        )}
      </div>
      <footer>
        <Button look="primary" onClick={onClose}>
          Close
        </Button>
      </footer>
    </Dialog>
  )
}

function Head({ one, onOpen }: { one: Recorded; onOpen: () => void }): ReactElement {
  const { summary } = one.detail
  return (
    <th scope="col">
      {summary.client}, <span className="mono">{summary.askedModel ?? summary.path}</span>{' '}
      <a className="mono" href={hrefOf('traffic', summary.id)} onClick={onOpen}>
        {clock(summary.startedAt)}
      </a>
    </th>
  )
}

function Lines({ section, all }: { section: Section; all: boolean }): ReactElement {
  const { title, lines, figures } = section
  const shown = all || figures ? lines : lines.filter(({ kind }) => kind !== 'same')
  return (
    <tbody>
      <tr className="cmp-section">
        <th scope="rowgroup" colSpan={3}>
          {title}
          {shown.length === 0 && <span className="t3"> the same</span>}
          {shown.length > MOST_LINES && (
            <span className="t3">
              {' '}
              the first {count(MOST_LINES)} of {count(shown.length)} lines
            </span>
          )}
        </th>
      </tr>
      {shown.slice(0, MOST_LINES).map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a path may stand twice: removed, and added elsewhere
        <tr key={index} className={`cmp-${line.kind}`}>
          <th scope="row" className="mono">
            {line.path}
            {line.kind !== 'same' && !figures && <span className="cmp-word">{line.kind}</span>}
          </th>
          <Sides line={line} />
        </tr>
      ))}
    </tbody>
  )
}

function Sides({ line }: { line: Line }): ReactElement {
  const { kind, before, after } = line
  if (kind !== 'changed' || before === undefined || after === undefined) {
    return (
      <>
        <td>{before === undefined ? <span className="t3">—</span> : cut(before)}</td>
        <td>{after === undefined ? <span className="t3">—</span> : cut(after)}</td>
      </>
    )
  }
  const { head, left, right, tail } = marked(before, after)
  // Of a long text what differs is shown with what stands around it.
  const from = head.length > LONGEST_TEXT / 4 ? `… ${head.slice(-LONGEST_TEXT / 4)}` : head
  const to = tail.length > LONGEST_TEXT / 4 ? `${tail.slice(0, LONGEST_TEXT / 4)} …` : tail
  return (
    <>
      <td>
        {from}
        <del>{cut(left)}</del>
        {to}
      </td>
      <td>
        {from}
        <ins>{cut(right)}</ins>
        {to}
      </td>
    </>
  )
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT
    ? text
    : `${text.slice(0, LONGEST_TEXT)} … ${count(text.length - LONGEST_TEXT)} more characters`
}

async function recorded(console: Console, id: string, signal: AbortSignal): Promise<Recorded> {
  const detail = await console.traffic.get({ id }, { signal })
  const events: LaneEvent[] = []
  let next: number | undefined = 0
  while (next !== undefined) {
    const page: Awaited<ReturnType<Console['traffic']['events']>> = await console.traffic.events(
      { id, lane: 'client', from: next, limit: PAGE },
      { signal },
    )
    events.push(...page.events)
    // One that still runs is compared as far as it has come.
    next = page.events.length === 0 ? undefined : page.next
  }
  return { detail, events }
}
