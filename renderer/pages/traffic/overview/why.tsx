import type { ReactElement } from 'react'
import type { Attempt, ExchangeDetail } from '../../../../shared/exchange.ts'
import { Banner } from '../../../ui/banner.tsx'
import { bytes, duration } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Steps } from '../../../ui/steps.tsx'
import { quotaFacts, quotaText, retryAfter } from './quota-facts.ts'

/** Why it went where it went, and each call that was made. */
export function Why({ detail }: { detail: ExchangeDetail }): ReactElement {
  const { decision, attempts, summary } = detail
  const target = decision?.target
  const endMs = Math.max(summary.durationMs ?? 0, ...attempts.map((attempt) => attempt.endMs ?? attempt.startMs))
  return (
    <section>
      {summary.failure && (
        <div className="ov-failure">
          <Banner kind="err" title={summary.failure.message} text={summary.failure.fix} inset />
        </div>
      )}
      <h2>
        {target ? (
          <>
            Why it went to {target.deployment} on {target.instance}
          </>
        ) : decision ? (
          'Why it went nowhere'
        ) : (
          'No model was asked for'
        )}
      </h2>
      {decision ? <Steps steps={decision.steps} /> : <p className="hint">{`${summary.method} ${summary.path}`}</p>}
      {attempts.length > 0 && (
        <div className="blockh">
          <h2>{attempts.length === 1 ? 'Attempt' : 'Attempts'}</h2>
          {attempts.map((attempt, index) => (
            // oxlint-disable-next-line react/no-array-index-key -- attempts are numbered
            <AttemptLine key={index} attempt={attempt} endMs={endMs} />
          ))}
        </div>
      )}
    </section>
  )
}

function AttemptLine({ attempt, endMs }: { attempt: Attempt; endMs: number }): ReactElement {
  const running = attempt.endMs === undefined && attempt.failure === undefined
  const bad = attempt.failure !== undefined || (attempt.status ?? 0) >= 400
  const icon = running ? 'pending' : bad ? 'warn' : 'ok'
  const result = [
    attempt.status === undefined ? (running ? 'waiting' : 'no answer') : String(attempt.status),
    ...(attempt.endMs === undefined ? [] : [duration(attempt.endMs - attempt.startMs)]),
  ].join(' · ')
  return (
    <div className="att">
      <Icon name={icon} size={14} className={running ? 't3' : bad ? 'warn' : 'ok'} />
      <span>
        <span className="mono">{attempt.instance}</span> <span className="t3">{attempt.deployment}</span>
      </span>
      <span className={bad ? 'warn' : undefined}>{result}</span>
      {endMs > 0 && <AttemptBar attempt={attempt} endMs={endMs} bad={bad} />}
      {attempt.failure && (
        <span className="w warn">
          {attempt.failure.message} {attempt.failure.fix}
        </span>
      )}
      <span className="w">{attemptTimes(attempt)}</span>
      <QuotaLeft attempt={attempt} />
      <span className="w mono">
        {attempt.method} {attempt.url}
      </span>
    </div>
  )
}

/** When it ran within the exchange: waiting, then receiving. */
function AttemptBar({ attempt, endMs, bad }: { attempt: Attempt; endMs: number; bad: boolean }): ReactElement {
  const share = (ms: number): string => `${((ms / endMs) * 100).toFixed(2)}%`
  const end = attempt.endMs ?? endMs
  const first = attempt.firstByteMs ?? end
  return (
    <span className="att-bar" aria-hidden="true">
      <i
        className={bad ? 'tl-failed' : 'tl-wait'}
        style={{ left: share(attempt.startMs), width: share(first - attempt.startMs) }}
      />
      <i className={bad ? 'tl-failed' : 'tl-receive'} style={{ left: share(first), width: share(end - first) }} />
    </span>
  )
}

function QuotaLeft({ attempt }: { attempt: Attempt }): ReactElement | null {
  const headers = attempt.responseHeaders ?? []
  const facts = quotaFacts(headers)
  const wait = retryAfter(headers)
  if (facts.length === 0 && wait === undefined) return null
  return (
    <dl className="w quota">
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt>{fact.name} left this minute</dt>
          <dd className={fact.remaining === 0 ? 'warn' : 't1'}>
            {quotaText(fact)}
            {fact.reset !== undefined && <span className="t3">{`, full again in ${fact.reset}`}</span>}
          </dd>
        </div>
      ))}
      {wait !== undefined && (
        <div>
          <dt>asked to wait</dt>
          <dd className="warn">{wait}</dd>
        </div>
      )}
    </dl>
  )
}

function attemptTimes({ startMs, headersMs, firstByteMs, received }: Attempt): string {
  const parts = [`sent at ${duration(startMs)}`]
  if (headersMs !== undefined) parts.push(`headers after ${duration(headersMs - startMs)}`)
  if (firstByteMs !== undefined) parts.push(`first byte after ${duration(firstByteMs - startMs)}`)
  parts.push(`${bytes(received)} received`)
  return parts.join(', ')
}
