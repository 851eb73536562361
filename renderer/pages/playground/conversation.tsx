import {
  lazy,
  memo,
  Suspense,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react'
import { hrefOf } from '../../route.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { count, duration, plural, shortClock } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import type { AnswerTurn, Turn, UserTurn } from './chat-store.ts'

const Markdown = lazy(() => import('./markdown.tsx'))

/** So close to the end counts as "at the end". */
const END_PX = 48
const THOUGHT_SHOWN = 60

export interface ConversationProps {
  turns: readonly Turn[]
  onRegenerate: () => void
  /** What stands there before the first message. */
  empty: ReactNode
}

/** The turns. It follows a growing answer only while its end is in view. */
export function Conversation({ turns, onRegenerate, empty }: ConversationProps): ReactElement {
  const log = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const last = turns.at(-1)
  const questions = turns.filter((turn) => turn.role === 'user').length

  // A new question is always shown.
  useLayoutEffect(() => {
    atEnd.current = true
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- runs for each new question
  }, [questions])
  useLayoutEffect(() => {
    const element = log.current
    if (element && atEnd.current) element.scrollTop = element.scrollHeight
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- runs for whatever makes the log longer
  }, [turns])

  return (
    <>
      <div
        className={turns.length === 0 ? 'log none' : 'log'}
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
        {turns.length === 0 ? (
          empty
        ) : (
          <div>
            {turns.map((turn) =>
              turn.role === 'user' ? (
                <Question key={turn.id} turn={turn} />
              ) : (
                <Answer key={turn.id} turn={turn} last={turn === last} onRegenerate={onRegenerate} />
              ),
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

function announcement(turn: AnswerTurn): string {
  switch (turn.state) {
    case 'waiting':
    case 'streaming':
      return ''
    case 'done':
      return turn.figures?.usage?.output === undefined
        ? 'The answer is complete.'
        : `The answer is complete, ${plural(turn.figures.usage.output, 'token')}.`
    case 'stopped':
      return 'The answer was stopped.'
    case 'failed':
      return 'The answer failed.'
  }
}

const Question = memo(function Question({ turn }: { turn: UserTurn }): ReactElement {
  return (
    <article className="turn user" aria-label="You">
      <div className="who">
        You <span className="m">{shortClock(turn.at)}</span>
      </div>
      <div className="txt plain">{turn.text}</div>
    </article>
  )
})

const Answer = memo(function Answer({
  turn,
  last,
  onRegenerate,
}: {
  turn: AnswerTurn
  last: boolean
  onRegenerate: () => void
}): ReactElement {
  const running = turn.state === 'waiting' || turn.state === 'streaming'
  return (
    <article className="turn" aria-label={turn.model} aria-busy={running}>
      <div className="who">
        {turn.model} <span className="m">{turn.servedBy}</span>
        {!running && (
          <span className="acts">
            {last && turn.state !== 'failed' && (
              <IconButton icon="replay" label="Regenerate" look="ghost" size="sm" onClick={onRegenerate} />
            )}
            {turn.text !== '' && <CopyButton text={turn.text} label="Copy answer" />}
          </span>
        )}
      </div>
      {turn.reasoning !== '' && <Thinking turn={turn} running={running && turn.text === ''} />}
      {turn.text === '' && turn.reasoning === '' && running && <Waiting />}
      {turn.text !== '' && (
        <Suspense fallback={<div className="txt plain">{turn.text}</div>}>
          <Markdown text={turn.text} streaming={running} />
        </Suspense>
      )}
      {turn.state === 'stopped' && (
        <p className="st f12 t3">
          <Icon name="stop" size={14} />
          Stopped by you{turn.text === '' ? ' before the first word' : ''}
        </p>
      )}
      {turn.failure && (
        <Banner kind="err" title={turn.failure.message} text={turn.failure.fix} inset>
          {last && (
            <Button size="sm" icon="replay" onClick={onRegenerate}>
              Regenerate
            </Button>
          )}
          {turn.exchange !== undefined && (
            <a className="f12" href={hrefOf('traffic', turn.exchange)}>
              Exchange
            </a>
          )}
        </Banner>
      )}
      {!running && turn.failure === undefined && <Figures turn={turn} />}
    </article>
  )
})

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

function Thinking({ turn, running }: { turn: AnswerTurn; running: boolean }): ReactElement {
  const [open, setOpen] = useState(false)
  const tokens = turn.figures?.usage?.reasoning
  const start = turn.reasoning.replace(/\s+/g, ' ').replaceAll('**', '').trim().slice(0, THOUGHT_SHOWN)
  const title = running
    ? 'Thinking'
    : turn.thoughtMs === undefined
      ? 'Thought'
      : `Thought for ${duration(turn.thoughtMs)}`
  return (
    <>
      <button type="button" className="think" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chev-d' : 'chev-r'} />
        {running && <span className="dot live" />}
        <span>{title}</span>
        <span className="t3">
          {tokens !== undefined && tokens > 0 ? `${plural(tokens, 'token')}, ` : ''}“{start}…”
        </span>
      </button>
      {open && <div className="thought">{turn.reasoning}</div>}
    </>
  )
}

function Figures({ turn }: { turn: AnswerTurn }): ReactElement | null {
  const { figures, exchange } = turn
  if (!figures && exchange === undefined) return null
  const usage = figures?.usage
  const speed =
    figures && usage?.output !== undefined
      ? tokensPerSecond(usage.output, figures.durationMs - figures.ttftMs)
      : undefined
  return (
    <div className="metrics">
      {figures && (
        <>
          <span>
            TTFT <b>{duration(figures.ttftMs)}</b>
          </span>
          <span>
            total <b>{duration(figures.durationMs)}</b>
          </span>
          {speed !== undefined && <b>{speed} tokens/s</b>}
          {usage?.input !== undefined && (
            <span>
              in <b>{count(usage.input)}</b>
            </span>
          )}
          {usage?.output !== undefined && (
            <span>
              out <b>{count(usage.output)}</b>
            </span>
          )}
          <FinishNote finish={figures.finish} />
          {figures.losses.length > 0 && (
            <span className="badge warn" title={figures.losses.join('\n')}>
              <Icon name="lossy" />
              lossy {figures.losses.length}
            </span>
          )}
        </>
      )}
      {exchange !== undefined && (
        <a className="lk" href={hrefOf('traffic', exchange)}>
          Exchange
        </a>
      )}
    </div>
  )
}

/** An answer that did not end by itself says why. */
function FinishNote({ finish }: { finish: string }): ReactElement | null {
  if (/length|max_tokens/.test(finish)) return <span className="badge warn">cut at the token limit</span>
  if (/filter|refusal/.test(finish)) return <span className="badge err">{finish.replaceAll('_', ' ')}</span>
  return null
}

function tokensPerSecond(tokens: number, ms: number): number | undefined {
  return ms < 50 ? undefined : Math.round(tokens / (ms / 1000))
}
