import { memo, type CSSProperties, type ReactElement, type ReactNode } from 'react'
import type { ExchangeSummary } from '../../../../shared/exchange.ts'
import { dialectPair } from '../../../ui/dialects.ts'
import { clock, count, duration, money } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Flags } from './flags.tsx'

export interface Column {
  name: string
  shown: boolean
  className?: string
  title?: string
}

export const COLUMNS: readonly Column[] = [
  { name: 'Time', shown: true },
  { name: 'Client', shown: true, className: 'col-client' },
  { name: 'Model asked → deployment', shown: true },
  {
    name: 'API',
    shown: true,
    className: 'col-api',
    title: 'Client API → upstream API. C Chat, R Responses, M Messages',
  },
  { name: 'Status', shown: true },
  { name: 'TTFT', shown: true, className: 'num col-ttft', title: 'Time to the first byte of the answer' },
  { name: 'Duration', shown: true, className: 'num' },
  { name: 'Time bar', shown: false, className: 'col-bar' },
  { name: 'Tokens in / out', shown: true, className: 'num col-tokens' },
  {
    name: 'Cost',
    shown: true,
    className: 'num col-cost',
    title: 'At list prices, or at your own (prices in the configuration)',
  },
  { name: 'Flags', shown: true, className: 'col-flags' },
]

export interface ExchangeRowProps {
  row: ExchangeSummary
  index: number
  /** Offset from the first row, in pixels. */
  top: number
  selected: boolean
  /** Chosen beside others. */
  picked: boolean
  /** Milliseconds since the epoch, for a row that still runs. */
  now: number
  replace: boolean
  /** It stands under its session's line. */
  inSession: boolean
  onOpen: (id: string, replace: boolean) => void
  /** `range`: with all from where the choice began. */
  onPick: (id: string, range: boolean) => void
}

/** One exchange in one line. */
export const ExchangeRow = memo(function ExchangeRow(props: ExchangeRowProps): ReactElement {
  const { row, index, top, selected, picked, now, replace, inSession, onOpen, onPick } = props
  const elapsed = row.durationMs ?? (row.state === 'active' ? Math.max(0, now - row.startedAt) : undefined)
  const cells: ReactNode[] = [
    <span key="time" className="mono t2">
      {clock(row.startedAt)}
    </span>,
    <span key="client" className="med">
      {row.client}
    </span>,
    <Model key="model" row={row} />,
    <span key="api" className="mono t3">
      {dialectPair(row.clientDialect, row.upstreamDialect)}
    </span>,
    <Status key="status" row={row} />,
    row.ttftMs === undefined ? <Nothing key="ttft" /> : duration(row.ttftMs),
    elapsed === undefined ? <Nothing key="duration" /> : duration(elapsed),
    <Bar key="bar" row={row} elapsed={elapsed ?? 0} />,
    <Tokens key="tokens" row={row} />,
    <Cost key="cost" row={row} />,
    <Flags key="flags" row={row} />,
  ]
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid has the keys
    <div
      className={`g-row${inSession ? ' in-session' : ''}${picked ? ' picked' : ''}`}
      role="row"
      id={`x-${row.id}`}
      aria-rowindex={index + 2}
      aria-selected={selected || picked}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return onOpen(row.id, replace)
        // A range of rows is no range of text.
        getSelection()?.removeAllRanges()
        onPick(row.id, event.shiftKey)
      }}
    >
      {cells.map((cell, column) => (
        <span
          key={COLUMNS[column]?.name}
          role="gridcell"
          aria-colindex={column + 1}
          className={COLUMNS[column]?.className}
        >
          {cell}
        </span>
      ))}
    </div>
  )
})

function Nothing(): ReactElement {
  return <span className="t3">—</span>
}

function Model({ row }: { row: ExchangeSummary }): ReactElement {
  if (row.askedModel === undefined) {
    return (
      <span className="mono t2" title={`${row.method} ${row.path}`}>
        {row.method} {row.path}
      </span>
    )
  }
  const title =
    row.instance === undefined ? row.askedModel : `${row.askedModel} → ${row.deployment ?? ''} on ${row.instance}`
  return (
    <span title={title}>
      <span className="mono">{row.askedModel}</span>
      {row.deployment === undefined
        ? row.state !== 'active' && (
            <>
              <span className="t3 ar">→</span>
              <span className="err">not routed</span>
            </>
          )
        : row.deployment !== row.askedModel && (
            <>
              <span className="t3 ar">→</span>
              <span className="mono t2">{row.deployment}</span>
            </>
          )}
    </span>
  )
}

function Status({ row }: { row: ExchangeSummary }): ReactElement {
  if (row.state === 'active') {
    return (
      <span className="st ta">
        <span className="dot live" />
        live
      </span>
    )
  }
  if (row.state === 'aborted') {
    return (
      <span className="st t3" title="The client left before the answer was complete">
        <Icon name="x" size={14} />
        left
      </span>
    )
  }
  const status = row.status === undefined ? 'failed' : String(row.status)
  if (row.state === 'done' && (row.status ?? 0) < 400) return <span className="st t2">{status}</span>
  const warn = row.status === 429
  return (
    <span className={warn ? 'st warn' : 'st err'} title={row.failure?.message}>
      <Icon name={warn ? 'warn' : 'error'} size={14} />
      {/* A 200 that failed was cut: the status alone would hide it. */}
      {row.state === 'failed' && (row.status ?? 500) < 400 ? `${status} cut` : status}
    </span>
  )
}

/** Lengths in milliseconds; the list has the scale, which changes with what is in view: no row is drawn anew for it. */
function Bar({ row, elapsed }: { row: ExchangeSummary; elapsed: number }): ReactElement {
  const wait = Math.min(row.ttftMs ?? elapsed, elapsed)
  return (
    <span className="wf" aria-hidden="true">
      <i className="a" style={lasting(wait)} />
      <i className={row.state === 'failed' ? 'b x' : 'b'} style={lasting(elapsed - wait)} />
    </span>
  )
}

function lasting(ms: number): CSSProperties {
  return { '--ms': ms.toFixed(1) } as CSSProperties
}

function Tokens({ row }: { row: ExchangeSummary }): ReactElement {
  if (row.usage?.input === undefined && row.usage?.output === undefined) return <Nothing />
  return (
    <>
      {row.usage.input === undefined ? '—' : count(row.usage.input)}
      <span className="t3"> / </span>
      {row.usage.output === undefined ? '—' : count(row.usage.output)}
    </>
  )
}

/** Whether an exchange has a cost shows when it has ended. */
function Cost({ row }: { row: ExchangeSummary }): ReactElement {
  if (row.cost !== undefined) return <>{money(row.cost)}</>
  if (row.state === 'active' || row.usage?.output === undefined) return <Nothing />
  return <span className="t3">unpriced</span>
}
