import { useState, type ReactElement } from 'react'
import { count } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import { LongText } from '../conversation/long-text.tsx'

/** So many members of one object or list are shown at first. */
const SHOWN_MEMBERS = 100
const OPEN_DEPTH = 4

/** A JSON value whose objects and lists fold. */
export function JsonTree({ label, value }: { label: string; value: unknown }): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="tree code s" role="region" aria-label={label} tabIndex={0}>
      <Node value={value} depth={0} />
    </div>
  )
}

function Node({ name, value, depth }: { name?: string; value: unknown; depth: number }): ReactElement {
  const [open, setOpen] = useState(depth < OPEN_DEPTH)
  const [shown, setShown] = useState(SHOWN_MEMBERS)
  if (typeof value !== 'object' || value === null) {
    return (
      <div className="tree-leaf">
        <Name name={name} />
        <Leaf value={value} />
      </div>
    )
  }
  const members = Object.entries(value)
  const [begin, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (members.length === 0) {
    return (
      <div className="tree-leaf">
        <Name name={name} />
        <span className="c-p">
          {begin}
          {end}
        </span>
      </div>
    )
  }
  return (
    <div className="tree-node">
      <button type="button" className="tree-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chev-d' : 'chev-r'} size={12} />
        <Name name={name} />
        <span className="c-p">{open ? begin : `${begin} ${count(members.length)} ${end}`}</span>
      </button>
      {open && (
        <>
          <div className="tree-in">
            {members.slice(0, shown).map(([member, inner]) => (
              <Node key={member} name={member} value={inner} depth={depth + 1} />
            ))}
            {members.length > shown && (
              <button type="button" className="more-text" onClick={() => setShown(shown * 10)}>
                {count(members.length - shown)} more
              </button>
            )}
          </div>
          <span className="c-p tree-end">{end}</span>
        </>
      )}
    </div>
  )
}

function Name({ name }: { name: string | undefined }): ReactElement | null {
  if (name === undefined) return null
  return (
    <>
      <span className="c-k">{name}</span>
      <span className="c-p">: </span>
    </>
  )
}

function Leaf({ value }: { value: unknown }): ReactElement {
  switch (typeof value) {
    case 'string':
      return <LongText text={JSON.stringify(value)} className="c-s" />
    case 'number':
      return <span className="c-n">{String(value)}</span>
    default:
      return <span className="c-w">{String(value)}</span>
  }
}
