import { useLayoutEffect, useMemo, useRef, type ReactElement, type ReactNode } from 'react'
import type { AnswerTurn, ChatLane, ChatTurn, ToolResult } from '../../../shared/playground.ts'
import { plural } from '../../ui/format.ts'
import { Answer } from './answer.tsx'
import type { Place } from './branch-switch.tsx'
import { Question } from './question.tsx'
import { siblingsOf, pathTo, type Turns } from './turn-tree.ts'
import { useSession } from './use-chat.ts'

/** So close to the end counts as "at the end". */
const END_PX = 48

export interface ConversationProps {
  lane: ChatLane
  /** What stands there before the first message. */
  empty: ReactNode
}

/** One column's turns. It follows a growing answer only while its end is in view. */
export function Conversation({ lane, empty }: ConversationProps): ReactElement {
  const turns = useSession((session) => session.turns)
  const lanes = useSession((session) => session.head.lanes)
  const shown = useMemo(() => entriesOf(turns, lane, lanes), [turns, lane, lanes])
  const log = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const last = shown.at(-1)?.turn
  const answers = shown.filter(({ turn }) => turn.role === 'assistant').length

  // What was asked for just now is always shown.
  useLayoutEffect(() => {
    atEnd.current = true
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- runs for each new answer
  }, [answers, last?.id])
  useLayoutEffect(() => {
    const element = log.current
    if (element && atEnd.current) element.scrollTop = element.scrollHeight
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- runs for whatever makes the log longer
  }, [shown])

  return (
    <>
      <div
        className={shown.length === 0 ? 'pg-log none' : 'pg-log'}
        role="log"
        aria-label="Conversation"
        // Tokens are not read out one by one; the line below says when an answer is there.
        aria-live="off"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
        tabIndex={0}
        ref={log}
        onScroll={() => {
          const element = log.current
          if (element) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX
        }}
      >
        {shown.length === 0 ? (
          empty
        ) : (
          <div>
            {shown.map(({ turn, place, results }) =>
              turn.role === 'user' ? (
                <Question key={turn.id} turn={turn} lane={lane.id} place={place} />
              ) : turn.role === 'assistant' ? (
                <Answer key={turn.id} turn={turn} lane={lane.id} place={place} results={results} last={turn === last} />
              ) : null,
            )}
          </div>
        )}
      </div>
      <p className="sr" role="status">
        {last?.role === 'assistant' ? announcement(last) : ''}
      </p>
    </>
  )
}

interface Entry {
  turn: ChatTurn
  place: Place
  /** What this answer's calls were answered with. */
  results: readonly ToolResult[] | undefined
}

/** The turns of the column, each with its place; what other columns show just now is no other branch. */
function entriesOf(turns: Turns, lane: ChatLane, lanes: readonly ChatLane[]): Entry[] {
  const path = pathTo(turns, lane.leaf)
  const elsewhere = new Set(
    lanes.filter((other) => other.id !== lane.id).flatMap((other) => pathTo(turns, other.leaf).map((turn) => turn.id)),
  )
  return path.map((turn, index) => {
    const row = siblingsOf(turns, turn).filter((other) => other.id === turn.id || !elsewhere.has(other.id))
    const at = row.indexOf(turn)
    const following = path[index + 1]
    return {
      turn,
      place: { number: at + 1, count: row.length, previous: row[at - 1]?.id, next: row[at + 1]?.id },
      results: following?.role === 'tool' ? following.results : undefined,
    }
  })
}

function announcement(turn: AnswerTurn): string {
  switch (turn.state) {
    case 'waiting':
    case 'streaming':
      return ''
    case 'done':
      if (turn.calls.length > 0) return `The model calls ${turn.calls.map((call) => call.name).join(', ')}.`
      return turn.figures?.usage?.output === undefined
        ? 'The answer is complete.'
        : `The answer is complete, ${plural(turn.figures.usage.output, 'token')}.`
    case 'stopped':
      return 'The answer was stopped.'
    case 'failed':
      return 'The answer failed.'
  }
}
