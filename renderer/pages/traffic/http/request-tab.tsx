import { useMemo, useState, type ReactElement } from 'react'
import type { ExchangeDetail } from '../../../../shared/exchange.ts'
import { CopyButton } from '../../../ui/copy.tsx'
import { bytes } from '../../../ui/format.ts'
import { Segments } from '../../../ui/segments.tsx'
import { ConversationView } from '../conversation/conversation-view.tsx'
import { readConversation } from '../conversation/read.ts'
import { BodyReader } from './body-reader.tsx'
import { Changes } from './changes.tsx'
import { HeaderList } from './header-list.tsx'
import { useAttempt } from './use-attempt.tsx'

const VIEWS = ['Conversation', 'JSON', 'Changes'] as const
const SIDES = ['From the client', 'To the upstream'] as const

/** What the client sent, what was sent on, and what differs. */
export function RequestTab({ detail }: { detail: ExchangeDetail }): ReactElement {
  const { summary } = detail
  const { attempt, picker } = useAttempt(detail.attempts)
  const [view, setView] = useState<(typeof VIEWS)[number]>('Conversation')
  const [side, setSide] = useState<(typeof SIDES)[number]>('From the client')
  const isUpstream = side === 'To the upstream'
  const sentOn = attempt?.requestBody ?? detail.requestBody
  const body = isUpstream ? sentOn : detail.requestBody
  const dialect = isUpstream ? summary.upstreamDialect : summary.clientDialect
  const conversation = useMemo(() => readConversation(dialect, body.text), [dialect, body.text])
  const name = isUpstream ? 'upstream request' : 'request'
  return (
    <div className="http">
      <div className="http-bar">
        <Segments label="View of the request" options={VIEWS} value={view} onChange={setView} />
        {view !== 'Changes' && <Segments label="Side of the request" options={SIDES} value={side} onChange={setSide} />}
        {(isUpstream || view === 'Changes') && picker}
        <span className="grow" />
        <span className="f11 t3 num">{bytes(body.bytes)}</span>
        {body.truncated && <span className="badge warn">clipped: more than is recorded</span>}
        {body.text !== '' && <CopyButton text={body.text} label={`Copy ${name} body`} words />}
      </div>
      <div className={view === 'Changes' ? 'http-main wide' : 'http-main'}>
        <section className="http-body" role="region" aria-label={`Body of the ${name}`}>
          {view === 'Changes' ? (
            attempt ? (
              <Changes client={detail.requestBody.text} upstream={sentOn.text} />
            ) : (
              <p className="hint http-none">Nothing was sent upstream.</p>
            )
          ) : isUpstream && !attempt ? (
            <p className="hint http-none">Nothing was sent upstream.</p>
          ) : body.text === '' ? (
            <p className="hint http-none">No body.</p>
          ) : view === 'Conversation' && conversation ? (
            <ConversationView conversation={conversation} />
          ) : (
            <BodyReader label={`Text of the ${name}`} text={body.text} />
          )}
        </section>
        {view !== 'Changes' &&
          (isUpstream && attempt ? (
            <HeaderList line={`${attempt.method} ${attempt.url}`} headers={attempt.requestHeaders} name={name} />
          ) : (
            <HeaderList line={`${summary.method} ${summary.path}`} headers={detail.requestHeaders} name={name} />
          ))}
      </div>
    </div>
  )
}
