import { memo, type ReactElement, type ReactNode } from 'react'
import { clock, count, duration, money, plural } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import { COLUMNS } from './exchange-row.tsx'
import type { SessionGroup } from './session-groups.ts'

export interface SessionRowProps {
  group: SessionGroup
  open: boolean
  index: number
  /** Offset from the first row, in pixels. */
  top: number
  selected: boolean
  onToggle: (id: string) => void
}

/** The line above an agent's calls: how many, what they took, what they cost. */
export const SessionRow = memo(function SessionRow(props: SessionRowProps): ReactElement {
  const { group, open, index, top, selected, onToggle } = props
  const cells: Record<string, ReactNode> = {
    Time: <span className="mono t2">{clock(group.startedAt)}</span>,
    Client: <span className="strong">{group.client}</span>,
    'Model asked → deployment': (
      <button
        type="button"
        className="session-fold"
        tabIndex={-1}
        aria-expanded={open}
        title={group.id}
        onClick={(event) => {
          event.stopPropagation()
          onToggle(group.id)
        }}
      >
        <Icon name={open ? 'chev-d' : 'chev-r'} size={14} />
        <span className="strong">{plural(group.count, 'call')}</span>
        <span className="mono t3 cut">{group.id}</span>
      </button>
    ),
    Status: group.active > 0 ? <span className="st ta">{group.active} live</span> : '',
    Duration: duration(group.durationMs),
    'Tokens in / out': (
      <>
        {count(group.input)}
        <span className="t3"> / </span>
        {count(group.output)}
      </>
    ),
    Cost: costText(group),
    Flags:
      group.errors > 0 ? (
        <span className="badge err">
          <Icon name="error" />
          <span>{group.errors} failed</span>
        </span>
      ) : null,
  }
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid has the keys
    <div
      className="g-row session"
      role="row"
      id={`x-session ${group.id}`}
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onToggle(group.id)}
    >
      {COLUMNS.map((column, at) => (
        <span key={column.name} role="gridcell" aria-colindex={at + 1} className={column.className}>
          {cells[column.name]}
        </span>
      ))}
    </div>
  )
})

function costText({ cost, unpriced }: SessionGroup): ReactNode {
  if (cost > 0) return unpriced > 0 ? `${money(cost)} +` : money(cost)
  return unpriced > 0 ? <span className="t3">unpriced</span> : <span className="t3">—</span>
}
