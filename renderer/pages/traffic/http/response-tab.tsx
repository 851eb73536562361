import { useMemo, useState, type ReactElement } from 'react'
import type { ExchangeDetail, Header } from '../../../../shared/exchange.ts'
import { CodeView } from '../../../ui/code-view.tsx'
import { CopyButton } from '../../../ui/copy.tsx'
import { bytes, count } from '../../../ui/format.ts'
import { Segments } from '../../../ui/segments.tsx'
import { BlockView } from '../conversation/block-view.tsx'
import type { Followed } from '../followed-exchange.ts'
import type { Answer } from '../rebuild/answer.ts'
import { useRebuilt } from '../rebuild/use-rebuilt.ts'
import { bodyOf, isEventStream } from '../wire-text.ts'
import { BodyReader } from './body-reader.tsx'
import { HeaderList } from './header-list.tsx'
import { useAttempt } from './use-attempt.tsx'

const VIEWS = ['Message', 'Body'] as const
const NO_HEADERS: readonly Header[] = []
const SIDES = ['To the client', 'From the upstream'] as const

/** What the client got, and what the upstream had sent: put together, or as it came. */
export function ResponseTab({ detail, followed }: { detail: ExchangeDetail; followed: Followed }): ReactElement {
  const { summary } = detail
  const { attempt, picker, last } = useAttempt(detail.attempts)
  const [view, setView] = useState<(typeof VIEWS)[number]>('Message')
  const [side, setSide] = useState<(typeof SIDES)[number]>('To the client')
  const isUpstream = side === 'From the upstream'
  const headers = isUpstream ? (attempt?.responseHeaders ?? NO_HEADERS) : detail.responseHeaders
  const events = isUpstream ? followed.upstream : followed.client
  const answer = useRebuilt({
    dialect: isUpstream ? summary.upstreamDialect : summary.clientDialect,
    events,
    headers,
    complete: followed.complete,
  })
  const body = useMemo(() => bodyOf(events, headers), [events, headers])
  const name = isUpstream ? 'upstream response' : 'response'
  const status = isUpstream ? attempt?.status : summary.status
  const missing = isUpstream && (!attempt || !last)
  return (
    <div className="http">
      <div className="http-bar">
        <Segments label="View of the response" options={VIEWS} value={view} onChange={setView} />
        <Segments label="Side of the response" options={SIDES} value={side} onChange={setSide} />
        {isUpstream && picker}
        <span className="grow" />
        <span className="f11 t3 num">{missing ? '' : bytes(body.bytes)}</span>
        {!missing && body.text !== '' && <CopyButton text={body.text} label={`Copy ${name} body`} words />}
      </div>
      <div className="http-main">
        <section className="http-body" role="region" aria-label={`Body of the ${name}`}>
          {missing ? (
            <p className="hint http-none">
              {attempt ? 'Only the last attempt’s answer is kept.' : 'No upstream was asked.'}
            </p>
          ) : body.text === '' ? (
            <p className="hint http-none">{followed.complete ? 'No body.' : 'Nothing yet.'}</p>
          ) : view === 'Message' && answer ? (
            <AnswerView answer={answer} />
          ) : isEventStream(headers) ? (
            <CodeView label={`Text of the ${name}`} text={body.text} as="text" />
          ) : (
            <BodyReader label={`Text of the ${name}`} text={body.text} />
          )}
        </section>
        <HeaderList
          line={lineOf(status, missing ? undefined : attempt?.failure?.message)}
          headers={headers}
          name={name}
        />
      </div>
    </div>
  )
}

function lineOf(status: number | undefined, failure: string | undefined): string {
  return status === undefined ? (failure ?? 'no status yet') : `HTTP ${status}`
}

/** The answer as the client put it together. */
function AnswerView({ answer }: { answer: Answer }): ReactElement {
  const facts = [
    answer.id,
    answer.model,
    answer.finish === undefined ? undefined : `ended: ${answer.finish}`,
    answer.usage?.output === undefined ? undefined : `${count(answer.usage.output)} tokens`,
  ].filter((fact) => fact !== undefined)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="conv" tabIndex={0} role="group" aria-label="Answer">
      {facts.length > 0 && <p className="f11 t3 mono answer-facts">{facts.join(' · ')}</p>}
      {answer.error !== undefined && <p className="err">{answer.error}</p>}
      {answer.parts.map((part) => (
        <BlockView key={part.key} block={part.block} open={part.open} />
      ))}
      {answer.parts.length === 0 && answer.error === undefined && <p className="hint">The answer has no content.</p>}
    </div>
  )
}
