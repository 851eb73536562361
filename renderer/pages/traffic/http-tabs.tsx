import { useMemo, useState, type ReactElement } from 'react'
import type { Attempt, CapturedBody, ExchangeDetail, Header } from '../../../shared/exchange.ts'
import { CodeView } from '../../ui/code-view.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { bytes } from '../../ui/format.ts'
import { Select } from '../../ui/select.tsx'
import { bodyOf, isEventStream } from './wire-text.ts'
import type { Followed } from './followed-exchange.ts'

/** What the client sent, and what was sent on. */
export function RequestTab({ detail }: { detail: ExchangeDetail }): ReactElement {
  const { attempt, picker } = useAttempt(detail.attempts)
  return (
    <div className="http">
      <Message
        title="From the client"
        line={`${detail.summary.method} ${detail.summary.path}`}
        headers={detail.requestHeaders}
        body={detail.requestBody}
        name="request"
      />
      {attempt ? (
        <Message
          title="To the upstream"
          line={`${attempt.method} ${attempt.url}`}
          headers={attempt.requestHeaders}
          body={attempt.requestBody ?? detail.requestBody}
          name="upstream request"
          extra={picker}
        />
      ) : (
        <Missing title="To the upstream" text="Nothing was sent upstream." />
      )}
    </div>
  )
}

/** What the client got, and what the upstream had sent. */
export function ResponseTab({ detail, followed }: { detail: ExchangeDetail; followed: Followed }): ReactElement {
  const { attempt, picker, last } = useAttempt(detail.attempts)
  const client = useMemo(
    () => bodyOf(followed.client, detail.responseHeaders),
    [followed.client, detail.responseHeaders],
  )
  const upstream = useMemo(
    () => (last ? bodyOf(followed.upstream, attempt?.responseHeaders ?? []) : undefined),
    [followed.upstream, attempt, last],
  )
  const { status } = detail.summary
  return (
    <div className="http">
      <Message
        title="To the client"
        line={status === undefined ? 'no status yet' : `HTTP ${status}`}
        headers={detail.responseHeaders}
        body={client}
        name="response"
        plain={isEventStream(detail.responseHeaders)}
      />
      {attempt ? (
        <Message
          title="From the upstream"
          line={attempt.status === undefined ? (attempt.failure?.message ?? 'no status yet') : `HTTP ${attempt.status}`}
          headers={attempt.responseHeaders ?? []}
          body={upstream}
          name="upstream response"
          plain={isEventStream(attempt.responseHeaders ?? [])}
          extra={picker}
        />
      ) : (
        <Missing title="From the upstream" text="No upstream was asked." />
      )}
    </div>
  )
}

/** One of the attempts; the last until another is picked. */
function useAttempt(attempts: readonly Attempt[]): {
  attempt: Attempt | undefined
  last: boolean
  picker: ReactElement | null
} {
  const [picked, setPicked] = useState<number>()
  const index = picked ?? attempts.length - 1
  const picker =
    attempts.length < 2 ? null : (
      <div className="attempt-pick">
        <Select
          label="Attempt"
          value={String(index)}
          options={attempts.map((attempt, at) => ({ value: String(at), label: `${at + 1}: ${attempt.instance}` }))}
          onChange={(value) => setPicked(Number(value))}
        />
      </div>
    )
  return { attempt: attempts[index], last: index === attempts.length - 1, picker }
}

interface MessageProps {
  title: string
  line: string
  headers: readonly Header[]
  body: CapturedBody | undefined
  /** For accessible names, e.g. `upstream request`. */
  name: string
  plain?: boolean
  extra?: ReactElement | null
}

/** Headers as a table, then the body. */
function Message({ title, line, headers, body, name, plain = false, extra }: MessageProps): ReactElement {
  return (
    <section className="http-side" aria-label={title}>
      <div className="sec-h">
        <h2 className="h3">{title}</h2>
        <span className="mono f11 t2 cut" title={line}>
          {line}
        </span>
        <span className="grow" />
        {extra}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key */}
      <div className="http-headers" tabIndex={0} role="region" aria-label={`Headers of the ${name}`}>
        {headers.length === 0 ? (
          <p className="hint">No headers yet.</p>
        ) : (
          <table>
            <thead className="sr">
              <tr>
                <th>Header</th>
                <th>Value</th>
              </tr>
            </thead>
            <tbody>
              {headers.map(([header, value], index) => (
                // oxlint-disable-next-line react/no-array-index-key -- headers may be repeated; their order is fixed
                <tr key={index}>
                  <th scope="row">{header}</th>
                  <td>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <div className="http-body-h">
        <span className="h3">Body</span>
        <span className="f11 t3">{body ? bytes(body.bytes) : 'not recorded for this attempt'}</span>
        {body?.truncated === true && <span className="badge warn">clipped: more than is recorded</span>}
        <span className="grow" />
        {body && body.text !== '' && <CopyButton text={body.text} label={`Copy ${name} body`} words />}
      </div>
      {body && body.text !== '' ? (
        <CodeView label={`Body of the ${name}`} text={body.text} as={plain ? 'text' : 'json'} />
      ) : (
        <p className="hint http-none">{body ? 'No body.' : 'Only the last attempt’s answer is kept.'}</p>
      )}
    </section>
  )
}

function Missing({ title, text }: { title: string; text: string }): ReactElement {
  return (
    <section className="http-side" aria-label={title}>
      <div className="sec-h">
        <h2 className="h3">{title}</h2>
      </div>
      <p className="hint http-none">{text}</p>
    </section>
  )
}
