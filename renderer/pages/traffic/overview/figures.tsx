import type { ReactElement } from 'react'
import type { Cost, ExchangeDetail, ExchangeSummary, Usage } from '../../../../shared/exchange.ts'
import { clock, count, duration, money } from '../../../ui/format.ts'

/** The figures of an exchange: times, tokens, money. */
export function Figures({ detail }: { detail: ExchangeDetail }): ReactElement {
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
      {usage && (
        <div className="blockh">
          <UsageBars usage={usage} />
        </div>
      )}
      <div className="blockh">
        <dl className="kv">
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

interface Share {
  name: string
  tokens: number
  className: string
}

/** What the tokens were: input fresh, read from the cache, written to it; output text and reasoning. */
function UsageBars({ usage }: { usage: Usage }): ReactElement {
  const { input, cached = 0, cacheWrite = 0, output, reasoning = 0 } = usage
  return (
    <>
      {input !== undefined && (
        <UsageBar
          name="Input"
          total={input}
          shares={[
            { name: 'fresh', tokens: Math.max(0, input - cached - cacheWrite), className: 'tl-receive' },
            { name: 'cached', tokens: cached, className: 'us-cached' },
            { name: 'cache write', tokens: cacheWrite, className: 'us-write' },
          ]}
        />
      )}
      {output !== undefined && (
        <UsageBar
          name="Output"
          total={output}
          shares={[
            { name: 'answer', tokens: Math.max(0, output - reasoning), className: 'tl-receive' },
            { name: 'reasoning', tokens: reasoning, className: 'us-reasoning' },
          ]}
        />
      )}
    </>
  )
}

function UsageBar({ name, total, shares }: { name: string; total: number; shares: readonly Share[] }): ReactElement {
  const parts = shares.filter(({ tokens }) => tokens > 0)
  return (
    <div className="us">
      <div className="row">
        <span>{name}</span>
        <span className="grow" />
        <span className="num strong">{count(total)} tokens</span>
      </div>
      {parts.length > 0 && (
        <div className="tl" aria-hidden="true">
          {parts.map((part) => (
            <i key={part.name} className={part.className} style={{ flex: part.tokens }} />
          ))}
        </div>
      )}
      {parts.length > 1 && (
        <div className="leg">
          {parts.map((part) => (
            <div key={part.name} className="leg-row">
              <i className={part.className} aria-hidden="true" />
              <span>{part.name}</span>
              <span className="t2 num">{count(part.tokens)}</span>
            </div>
          ))}
        </div>
      )}
    </div>
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
