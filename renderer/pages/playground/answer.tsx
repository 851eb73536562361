import { lazy, memo, Suspense, useEffect, useState, type ReactElement } from 'react'
import type { AnswerTurn, ToolResult } from '../../../shared/playground.ts'
import { hrefOf } from '../../route.ts'
import { Banner } from '../../ui/banner.tsx'
import { IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Icon } from '../../ui/icons.tsx'
import { AnswerFigures } from './answer-figures.tsx'
import { BranchSwitch, type Place } from './branch-switch.tsx'
import { samePlace } from './question.tsx'
import { StructuredAnswer } from './structured-answer.tsx'
import { Thinking } from './thinking.tsx'
import { ToolCalls } from './tool-calls.tsx'
import { TryAgain } from './try-again.tsx'
import { isRunning } from './turn-tree.ts'
import { useChatStore } from './use-chat.ts'

const Markdown = lazy(() => import('./markdown.tsx'))

export interface AnswerProps {
  turn: AnswerTurn
  lane: string
  place: Place
  results: readonly ToolResult[] | undefined
  /** It ends the column. */
  last: boolean
}

/** One answer: thoughts, words, calls, what went wrong, and what it took. */
export const Answer = memo(
  function Answer({ turn, lane, place, results, last }: AnswerProps): ReactElement {
    const running = isRunning(turn)
    const { text, refusal } = turn
    return (
      <article className="pg-turn" aria-label={turn.model} aria-busy={running}>
        <div className="who">
          {turn.model} <span className="m">{turn.servedBy}</span>
          {!running && <Actions turn={turn} lane={lane} place={place} last={last} />}
        </div>
        {turn.reasoning !== '' && <Thinking turn={turn} />}
        {turn.state === 'waiting' && <Waiting />}
        {text !== '' &&
          (turn.schema !== undefined ? (
            <StructuredAnswer text={text} schema={turn.schema} complete={turn.state === 'done'} />
          ) : (
            <Suspense fallback={<div className="txt plain">{text}</div>}>
              <Markdown text={text} streaming={running} />
            </Suspense>
          ))}
        {refusal !== '' && <Banner kind="warn" title="The model refused." text={refusal} inset />}
        {turn.calls.length > 0 && <ToolCalls turn={turn} lane={lane} results={results} last={last} />}
        {turn.state === 'stopped' && (
          <p className="st f12 t3">
            <Icon name="stop" size={14} />
            Stopped by you{text === '' ? ' before the first word' : ''}
          </p>
        )}
        {turn.failure && (
          <Banner kind="err" title={turn.failure.message} text={turn.failure.fix} inset>
            {last && <TryAgain turn={turn} lane={lane} />}
            {turn.exchange !== undefined && (
              <a className="f12" href={hrefOf('traffic', turn.exchange)}>
                Exchange
              </a>
            )}
          </Banner>
        )}
        <AnswerFigures turn={turn} />
      </article>
    )
  },
  (before, after) =>
    before.turn === after.turn &&
    before.lane === after.lane &&
    before.results === after.results &&
    before.last === after.last &&
    samePlace(before.place, after.place),
)

type ActionsProps = Omit<AnswerProps, 'results'>

function Actions({ turn, lane, place, last }: ActionsProps): ReactElement {
  const chat = useChatStore()
  const { getState } = chat
  return (
    <span className="acts">
      <BranchSwitch place={place} what="answer" onSwitch={(id) => getState().switchTo(lane, id)} />
      <IconButton
        icon="replay"
        label="Regenerate"
        look="ghost"
        size="sm"
        onClick={() => getState().regenerate(lane, turn)}
      />
      {!last && (
        <IconButton
          icon="branch"
          label="Branch from here"
          look="ghost"
          size="sm"
          onClick={() => getState().branchFrom(lane, turn.id)}
        />
      )}
      <IconButton
        icon="code"
        label="Code and raw exchange"
        look="ghost"
        size="sm"
        onClick={() => getState().inspect({ lane, turn: turn.id })}
      />
      {turn.text !== '' && <CopyButton text={turn.text} label="Copy answer" />}
    </span>
  )
}

/** Elapsed time until something arrives; it is information, so it counts. */
function Waiting(): ReactElement {
  const [since] = useState(() => performance.now())
  const [ms, setMs] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setMs(performance.now() - since), 100)
    return () => clearInterval(timer)
  }, [since])
  return (
    <p className="st f12 t3">
      <span className="dot live" />
      Waiting for the first byte{ms >= 1000 ? `, ${(ms / 1000).toFixed(1)} s` : ''}
    </p>
  )
}
