import { useState, type ReactElement } from 'react'
import type { AnswerTurn } from '../../../shared/playground.ts'
import { duration, plural } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { isRunning } from './turn-tree.ts'

const THOUGHT_SHOWN = 60

/** The thoughts before an answer: one closed line with their time; open, all of them. */
export function Thinking({ turn }: { turn: AnswerTurn }): ReactElement {
  const [open, setOpen] = useState(false)
  const running = isRunning(turn) && turn.thoughtMs === undefined
  const tokens = turn.figures?.usage?.reasoning
  const start = turn.reasoning
    .slice(0, THOUGHT_SHOWN * 2)
    .replace(/\s+/g, ' ')
    .replaceAll('**', '')
    .trim()
  const title = running
    ? 'Thinking'
    : turn.thoughtMs === undefined
      ? 'Thought'
      : `Thought for ${duration(turn.thoughtMs)}`
  return (
    <>
      <button type="button" className="think" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chev-d' : 'chev-r'} size={14} />
        {running && <span className="dot live" />}
        <span>{title}</span>
        <span className="t3">
          {tokens !== undefined && tokens > 0 ? `${plural(tokens, 'token')}, ` : ''}“{start.slice(0, THOUGHT_SHOWN)}…”
        </span>
      </button>
      {open && <div className="thought">{turn.reasoning}</div>}
    </>
  )
}
