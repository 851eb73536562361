/** Two exchanges side by side: requests, answers, usage and times. */
import type { ExchangeDetail, LaneEvent } from '../../../../shared/exchange.ts'
import { duration, money } from '../../../ui/format.ts'
import { parseObject } from '../read-json.ts'
import type { Answer } from '../rebuild/answer.ts'
import { Rebuilder, wholeAnswer } from '../rebuild/rebuilder.ts'
import { bodyOf, isEventStream } from '../wire-text.ts'
import { linesOf, type Line } from './difference.ts'
import { normalised } from './normalise.ts'

export interface Recorded {
  detail: ExchangeDetail
  /** What the client got. */
  events: readonly LaneEvent[]
}

export interface Section {
  title: 'Request' | 'Answer' | 'Usage' | 'Way and times'
  lines: Line[]
  /** Such lines differ in any two exchanges; they do not count as changes. */
  figures: boolean
}

export function compared(before: Recorded, after: Recorded): Section[] {
  const section = (title: Section['title'], of: (one: Recorded) => unknown, figures = false): Section => ({
    title,
    lines: linesOf(of(before), of(after)),
    figures,
  })
  return [
    section('Request', requestOf),
    section('Answer', answerOf),
    section('Usage', usageOf),
    section('Way and times', timesOf, true),
  ]
}

function requestOf({ detail: { summary, requestBody } }: Recorded): unknown {
  const body = parseObject(requestBody.text)
  return { path: summary.path, body: body === undefined ? requestBody.text : normalised(body) }
}

function answerOf({ detail, events }: Recorded): unknown {
  const { summary, responseHeaders } = detail
  const failure = summary.failure === undefined ? {} : { failure: summary.failure.message }
  const outcome = { status: summary.status ?? 'none', state: summary.state, ...failure }
  const text = bodyOf(events, responseHeaders).text
  const answer = rebuilt({ detail, events }, text)
  if (answer === undefined) return { ...outcome, body: normalised(parseObject(text)) ?? text }
  const { parts, finish, model, error } = answer
  return {
    ...outcome,
    ...(model === undefined ? {} : { model }),
    ...(finish === undefined ? {} : { finish }),
    ...(error === undefined ? {} : { error }),
    parts: parts.map(({ block }) => normalised(block)),
  }
}

function rebuilt({ detail, events }: Recorded, text: string): Answer | undefined {
  const { clientDialect } = detail.summary
  if (clientDialect === undefined || (detail.summary.status ?? 500) >= 400) return undefined
  return isEventStream(detail.responseHeaders)
    ? new Rebuilder(clientDialect).at(events, events.length)
    : wholeAnswer(clientDialect, text)
}

function usageOf({ detail: { summary } }: Recorded): unknown {
  return { ...summary.usage, ...(summary.cost === undefined ? {} : { cost: money(summary.cost) }) }
}

function timesOf({ detail: { summary } }: Recorded): unknown {
  const time = (ms: number | undefined): string => (ms === undefined ? '—' : duration(ms))
  return {
    client: summary.client,
    served: summary.instance === undefined ? '—' : `${summary.instance} / ${summary.deployment ?? ''}`,
    APIs: `${summary.clientDialect ?? '—'} → ${summary.upstreamDialect ?? '—'}`,
    attempts: summary.attempts,
    TTFT: time(summary.ttftMs),
    duration: time(summary.durationMs),
  }
}
