import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react'
import type { Rule } from '../../../shared/config.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { dialectName } from '../../ui/dialects.ts'
import { Icon } from '../../ui/icons.tsx'
import { MoreMenu } from '../../ui/menu.tsx'
import type { RuleFix, RuleProblem } from './rule-problems.ts'

export interface RuleRowProps {
  rule: Rule
  index: number
  count: number
  /** The resolver took it. */
  selected: boolean
  editable: boolean
  problems: readonly RuleProblem[]
  /** A rule that is dragged would come before this one, or after it. */
  drop: 'before' | 'after' | undefined
  dragged: boolean
  onMove: (to: number) => void
  /** The pointer is over a row while this one is dragged; undefined ends it without a move. */
  onDrag: (over: number | undefined, dropped: boolean) => void
  onEdit: () => void
  onDuplicate: () => void
  onRemove: () => void
  onFix: (fix: RuleFix) => void
}

/** A rule of the mapping. Alt with an arrow key moves it from anywhere in it; the grip also with an arrow alone. */
export function RuleRow(props: RuleRowProps): ReactElement {
  const { rule, index, count, selected, editable, problems, drop, dragged, onMove, onEdit } = props
  const row = useRef<HTMLDivElement>(null)
  const number = index + 1

  const moveBy = (by: -1 | 1): void => {
    const to = index + by
    if (to < 0 || to >= count) return
    // The focus goes along with the rule, on the same button.
    const buttons = [...(row.current?.querySelectorAll('button') ?? [])]
    const which = buttons.indexOf(document.activeElement as HTMLButtonElement)
    rowsOf(row.current)[to]?.querySelectorAll('button')[Math.max(0, which)]?.focus()
    onMove(to)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const onGrip = event.target instanceof HTMLElement && event.target.closest('.grip') !== null
    if (!editable || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') || !(event.altKey || onGrip)) return
    event.preventDefault()
    moveBy(event.key === 'ArrowUp' ? -1 : 1)
  }

  return (
    <div
      ref={row}
      className={['g-row', selected && 'on', drop && `drop-${drop}`, dragged && 'dragged'].filter(Boolean).join(' ')}
      role="row"
      aria-current={selected ? true : undefined}
      onKeyDown={onKeyDown}
      onDoubleClick={editable ? onEdit : undefined}
    >
      <span role="cell" className="grip-cell">
        {editable && <Grip {...props} row={row} />}
      </span>
      <span role="cell" className="num t3">
        {number}
      </span>
      <span role="cell" className="mono cut" title={rule.model}>
        {rule.model}
      </span>
      <span role="cell" className="cut" title={rule.instances.join(' then ')}>
        {rule.instances.length === 0 ? <span className="t3">any</span> : <Ordered names={rule.instances} />}
      </span>
      <span role="cell" className="mono t2 cut" title={rule.base_model && `base model ${rule.base_model}`}>
        {rule.deployment ?? <span className="t3">same as model</span>}
        {rule.base_model !== undefined && <span className="t3"> ({rule.base_model})</span>}
      </span>
      <span role="cell">{rule.api === 'auto' ? 'auto' : dialectName(rule.api)}</span>
      <span role="cell" className="rule-acts">
        {editable && (
          <>
            <IconButton icon="edit" label={`Edit rule ${number}`} look="ghost" size="sm" onClick={onEdit} />
            <MoreMenu
              label={`More for rule ${number}`}
              entries={[
                { label: 'Duplicate', icon: 'copy', onSelect: props.onDuplicate },
                { label: 'Remove', icon: 'clear', onSelect: props.onRemove },
              ]}
            />
          </>
        )}
      </span>
      {problems.length > 0 && (
        <span role="cell" className="msg2">
          {problems.map((problem) => (
            <Problem key={problem.message} problem={problem} onFix={editable ? props.onFix : undefined} />
          ))}
        </span>
      )}
    </div>
  )
}

/** Drags with a pointer, moves with the arrow keys. */
function Grip({ index, count, row, onDrag }: RuleRowProps & { row: { current: HTMLDivElement | null } }): ReactElement {
  const overAt = (y: number): number => {
    const rows = rowsOf(row.current)
    const found = rows.findIndex((one) => y < one.getBoundingClientRect().bottom)
    return found === -1 ? count - 1 : found
  }
  const holds = (event: PointerEvent): boolean => event.currentTarget.hasPointerCapture(event.pointerId)
  return (
    <button
      type="button"
      className="grip"
      aria-label={`Reorder rule ${index + 1}`}
      aria-description={`Place ${index + 1} of ${count}. Arrow up and down move it.`}
      title="Drag, or press ↑ ↓"
      onPointerDown={(event) => {
        if (event.button !== 0) return
        event.currentTarget.setPointerCapture(event.pointerId)
        onDrag(index, false)
      }}
      onPointerMove={(event) => {
        if (holds(event)) onDrag(overAt(event.clientY), false)
      }}
      onPointerUp={(event) => {
        if (holds(event)) onDrag(overAt(event.clientY), true)
      }}
      onPointerCancel={() => onDrag(undefined, true)}
    >
      <Icon name="grip" size={14} />
    </button>
  )
}

export function Problem({
  problem,
  onFix,
}: {
  problem: RuleProblem
  onFix: ((fix: RuleFix) => void) | undefined
}): ReactElement {
  const { fix } = problem
  return (
    <span className="rule-problem">
      <span className="st warn wrap">
        <Icon name="warn" size={14} />
        {problem.message}
      </span>
      {fix !== undefined && onFix !== undefined && (
        <Button size="sm" onClick={() => onFix(fix)}>
          {fix.label}
        </Button>
      )}
    </span>
  )
}

function rowsOf(row: HTMLElement | null): HTMLElement[] {
  return [...(row?.parentElement?.querySelectorAll<HTMLElement>('.g-row:not(.edit-new)') ?? [])]
}

function Ordered({ names }: { names: readonly string[] }): ReactElement {
  return (
    <>
      {names.map((name, index) => (
        <span key={name}>
          {index > 0 && <span className="t3"> then </span>}
          {name}
        </span>
      ))}
    </>
  )
}
