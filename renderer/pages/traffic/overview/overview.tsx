import type { ReactElement } from 'react'
import type { Attempt, Cost, ExchangeDetail, ExchangeSummary, Loss } from '../../../../shared/exchange.ts'
import { Banner } from '../../../ui/banner.tsx'
import { dialectName } from '../../../ui/dialects.ts'
import { bytes, clock, count, duration, money } from '../../../ui/format.ts'
import { Icon } from '../../../ui/icons.tsx'
import { Prose } from '../../../ui/prose.tsx'
import { Steps } from '../../../ui/steps.tsx'

/** Why the exchange went where it went, what was changed on the way, and its figures. */
export function Overview({ detail }: { detail: ExchangeDetail }): ReactElement {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by key
    <div className="ov" tabIndex={0} role="region" aria-label="Overview of the exchange">
      <Why detail={detail} />
      <Changes detail={detail} />
      <Figures detail={detail} />
    </div>
  )
}

function Why({ detail }: { detail: ExchangeDetail }): ReactElement {
  const { decision, attempts, summary } = detail
  const target = decision?.target
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
            <AttemptLine key={index} attempt={attempt} />
          ))}
        </div>
      )}
    </section>
  )
}

function AttemptLine({ attempt }: { attempt: Attempt }): ReactElement {
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
      <span className="w mono">
        {attempt.method} {attempt.url}
      </span>
      <span className="w">{attemptTimes(attempt)}</span>
      {attempt.failure && (
        <span className="w warn">
          {attempt.failure.message} {attempt.failure.fix}
        </span>
      )}
    </div>
  )
}

function attemptTimes({ startMs, headersMs, firstByteMs, received }: Attempt): string {
  const parts = [`sent at ${duration(startMs)}`]
  if (headersMs !== undefined) parts.push(`headers after ${duration(headersMs - startMs)}`)
  if (firstByteMs !== undefined) parts.push(`first byte after ${duration(firstByteMs - startMs)}`)
  parts.push(`${bytes(received)} received`)
  return parts.join(', ')
}

const LOSS_LOOKS: Record<Loss['kind'], string> = { dropped: ' err', degraded: ' warn', carried: '' }
const LOSS_ORDER: readonly Loss['kind'][] = ['dropped', 'degraded', 'carried']

function Changes({ detail }: { detail: ExchangeDetail }): ReactElement {
  const { clientDialect, upstreamDialect } = detail.summary
  const translated = clientDialect !== undefined && upstreamDialect !== undefined && clientDialect !== upstreamDialect
  const losses = LOSS_ORDER.flatMap((kind) => detail.losses.filter((loss) => loss.kind === kind))
  const lost = losses.filter((loss) => loss.kind !== 'carried').length
  return (
    <section>
      <h2>What was changed on the way</h2>
      <p className="hint">
        {translated
          ? `${dialectName(clientDialect)} → ${dialectName(upstreamDialect)}. ${lost === 0 ? 'Nothing was lost.' : `${lost} of ${losses.length} not carried in full.`}`
          : upstreamDialect === undefined
            ? 'Nothing was sent upstream.'
            : losses.length > 0
              ? 'Same API on both sides; the request was fitted to the model.'
              : 'Same API on both sides: the bytes of the answer went through untouched.'}
      </p>
      {losses.map((loss) => (
        <div className="loss" key={`${loss.kind} ${loss.path} ${loss.reason}`}>
          <span className={`badge${LOSS_LOOKS[loss.kind]}`}>{loss.kind}</span>
          <span className="mono path">{loss.path}</span>
          <span className="w">
            <Prose text={loss.reason} />
          </span>
        </div>
      ))}
    </section>
  )
}

function Figures({ detail }: { detail: ExchangeDetail }): ReactElement {
  const { summary, cost } = detail
  const { usage } = summary
  return (
    <section>
      <div className="big">
        <div>
          <b>{summary.ttftMs === undefined ? '—' : duration(summary.ttftMs)}</b>
          <span>TTFT</span>
        </div>
        <div>
          <b>{summary.durationMs === undefined ? '—' : duration(summary.durationMs)}</b>
          <span>duration</span>
        </div>
        <div>
          <b>{paid(summary)}</b>
          <span>cost</span>
        </div>
      </div>
      <TimeLine detail={detail} />
      <div className="blockh">
        <dl className="kv">
          <dt>Input</dt>
          <dd>
            <Tokens value={usage?.input} part={usage?.cached} word="cached" />
          </dd>
          <dt>Output</dt>
          <dd>
            <Tokens value={usage?.output} part={usage?.reasoning} word="reasoning" />
          </dd>
          {cost !== undefined && <Price cost={cost} />}
          <dt>Client</dt>
          <dd>{summary.client}</dd>
          <dt>Request</dt>
          <dd className="mono">
            {summary.method} {summary.path}
          </dd>
          <dt>Streamed</dt>
          <dd>{summary.stream ? 'yes' : 'no'}</dd>
          {summary.session !== undefined && (
            <>
              <dt>Session</dt>
              <dd className="mono">{summary.session}</dd>
            </>
          )}
          <dt>Began</dt>
          <dd>{clock(summary.startedAt)}</dd>
          <dt>Exchange</dt>
          <dd className="mono">{summary.id}</dd>
        </dl>
      </div>
    </section>
  )
}

function Tokens({
  value,
  part,
  word,
}: {
  value: number | undefined
  part: number | undefined
  word: string
}): ReactElement {
  if (value === undefined) return <span className="t3">—</span>
  return (
    <>
      {count(value)} {part !== undefined && part > 0 && <span className="t3">{`(${count(part)} ${word})`}</span>}
    </>
  )
}

function paid({ cost, state, usage }: ExchangeSummary): string {
  if (cost !== undefined) return money(cost)
  return state === 'active' || usage?.output === undefined ? '—' : 'unpriced'
}

/** What the parts cost, and by which price. */
function Price({ cost }: { cost: Cost }): ReactElement {
  const parts = [
    ['input', cost.input],
    ['cached', cost.cached],
    ['cache write', cost.cacheWrite],
    ['output', cost.output],
    ['router', cost.fee],
  ] as const
  const paidParts = parts.filter(([, usd]) => usd > 0)
  return (
    <>
      <dt>Cost</dt>
      <dd>
        {(paidParts.length > 0 ? paidParts : parts.slice(0, 1)).map(([name, usd], index, all) => (
          <span key={name} className="part">
            {`${name} ${money(usd)}${index < all.length - 1 ? ', ' : ''}`}
          </span>
        ))}
      </dd>
      <dt>Price</dt>
      <dd title={cost.source}>{`${cost.model} ${cost.asOf === undefined ? 'as configured' : `as of ${cost.asOf}`}`}</dd>
    </>
  )
}

interface Span {
  name: string
  ms: number
  className: string
}

/** Where the time went, from the attempts: waiting, receiving, and what failed before. */
function TimeLine({ detail }: { detail: ExchangeDetail }): ReactElement | null {
  const spans = spansOf(detail)
  const total = spans.reduce((sum, span) => sum + span.ms, 0)
  if (total <= 0) return null
  return (
    <>
      <div className="tl" aria-hidden="true">
        {spans.map((span) => (
          <i key={span.name} className={span.className} style={{ flex: Math.max(span.ms / total, 0.005) }} />
        ))}
      </div>
      <div className="leg">
        {spans.map((span) => (
          <div key={span.name} className="leg-row">
            <i className={span.className} aria-hidden="true" />
            <span>{span.name}</span>
            <span className="t2">{duration(span.ms)}</span>
          </div>
        ))}
      </div>
    </>
  )
}

function spansOf({ attempts, summary }: ExchangeDetail): Span[] {
  const spans: Span[] = []
  let at = 0
  attempts.forEach((attempt, index) => {
    const last = index === attempts.length - 1
    const end = attempt.endMs ?? summary.durationMs ?? attempt.firstByteMs ?? attempt.startMs
    const before = attempt.startMs - at
    if (before >= 1)
      spans.push({
        name: index === 0 ? 'reading the request' : `pause before ${index + 1}`,
        ms: before,
        className: 'tl-own',
      })
    if (!last) {
      spans.push({ name: `attempt ${index + 1}, failed`, ms: end - attempt.startMs, className: 'tl-failed' })
    } else {
      const first = attempt.firstByteMs ?? end
      spans.push({ name: 'waiting for the first byte', ms: first - attempt.startMs, className: 'tl-wait' })
      if (end > first) spans.push({ name: 'receiving', ms: end - first, className: 'tl-receive' })
    }
    at = end
  })
  const rest = (summary.durationMs ?? at) - at
  if (rest >= 1) spans.push({ name: 'delivering the rest', ms: rest, className: 'tl-own' })
  return spans
}
