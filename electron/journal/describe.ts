/**
 * Puts what was noted of an exchange into the shapes that the window reads, credentials redacted by name. Of what has
 * ended, the recorder's thread does it: on the way of the requests it would cost as much as sending one.
 */
import type { EndedCall } from '../core/ended-exchange.ts'
import type { AttemptStart, ExchangeStart, ExchangeTap } from '../core/tap.ts'
import type {
  Attempt,
  Decision,
  ExchangeFlag,
  ExchangeState,
  ExchangeSummary,
  Failure,
  Header,
  Loss,
  Usage,
} from '../../shared/exchange.ts'
import { clientName, clientSession } from '../core/client-name.ts'
import type { ExchangeRecord, HandedRecord, RecordedDetail } from './protocol.ts'
import { credentialsIn, redactHeaders, redactUrl } from './redact.ts'

const longestPath = 8 * 1024
const longestModel = 512

/** What is noted of a call upstream, but its bytes. */
export interface AttemptFacts {
  readonly start: Omit<AttemptStart, 'body'>
  readonly startMs: number
  headersMs?: number
  firstByteMs?: number
  endMs?: number
  status?: number
  responseHeaders?: readonly Header[]
  received: number
  failure?: Failure
}

/** What is noted of an exchange, but its bytes: plain data, nothing redacted. */
export interface ExchangeFacts {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly start: ExchangeStart
  readonly state: ExchangeState
  readonly what: Parameters<ExchangeTap['describe']>[0]
  readonly decision?: Decision | undefined
  readonly losses: readonly Loss[]
  readonly attempts: readonly AttemptFacts[]
  readonly status?: number | undefined
  readonly responseHeaders: readonly Header[]
  readonly ttftMs?: number | undefined
  readonly durationMs?: number | undefined
  readonly tokens?: Usage | undefined
  readonly failure?: Failure | undefined
  readonly requestBytes: number
  readonly responseBytes: number
}

/** Leaves members out that are undefined, as the shapes ask for. */
type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> }
export function present<T extends object>(value: T): Partial<Present<T>> {
  const kept: Partial<T> = {}
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] !== undefined) kept[key] = value[key]
  return kept as Partial<Present<T>>
}

/** The row of an exchange as it stands. */
export function summarize(exchange: ExchangeFacts): ExchangeSummary {
  const { start, what, decision } = exchange
  const flags: ExchangeFlag[] = []
  if (exchange.attempts.length > 1) flags.push('retried')
  const [first] = exchange.attempts
  if (exchange.attempts.some(({ start: { instance } }) => instance !== first?.start.instance)) flags.push('failed_over')
  if (exchange.losses.some((loss) => loss.kind !== 'carried')) flags.push('lossy')
  if (what.fault !== undefined) flags.push('faulted')
  return {
    id: exchange.id,
    startedAt: exchange.startedAt,
    state: exchange.state,
    client: clientName(start.headers),
    method: start.method,
    path: redactUrl(start.path.slice(0, longestPath)),
    stream: what.stream ?? false,
    attempts: exchange.attempts.length,
    losses: exchange.losses.length,
    flags,
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    ...present({
      key: what.key,
      session: clientSession(start.headers),
      clientDialect: what.clientDialect,
      upstreamDialect: what.upstreamDialect ?? decision?.target?.api,
      askedModel: (what.askedModel ?? decision?.askedModel)?.slice(0, longestModel),
      instance: what.instance ?? exchange.attempts.at(-1)?.start.instance ?? decision?.target?.instance,
      deployment: what.deployment ?? exchange.attempts.at(-1)?.start.deployment ?? decision?.target?.deployment,
      status: exchange.status,
      ttftMs: exchange.ttftMs,
      durationMs: exchange.durationMs,
      usage: exchange.tokens,
      failure: exchange.failure,
    }),
  }
}

function describeAttempt(attempt: AttemptFacts): Omit<Attempt, 'requestBody'> {
  return {
    instance: attempt.start.instance,
    deployment: attempt.start.deployment,
    method: attempt.start.method,
    url: redactUrl(attempt.start.url),
    requestHeaders: redactHeaders(attempt.start.headers),
    startMs: attempt.startMs,
    received: attempt.received,
    ...present({
      headersMs: attempt.headersMs,
      firstByteMs: attempt.firstByteMs,
      endMs: attempt.endMs,
      status: attempt.status,
      responseHeaders: attempt.responseHeaders === undefined ? undefined : redactHeaders(attempt.responseHeaders),
      failure: attempt.failure,
    }),
  }
}

/** The calls upstream, as they are counted. */
export function callsOf({ attempts, state }: ExchangeFacts): EndedCall[] {
  return attempts.map(({ start, status, failure }, index) => {
    const error = status !== undefined && status >= 400 ? (failure?.message ?? `HTTP ${status}`) : failure?.message
    // Who leaves breaks the running call off, which says nothing about the upstream.
    const isLeft = state === 'aborted' && index === attempts.length - 1 && (status ?? 200) < 400
    const { instance, deployment } = start
    return { instance, deployment, ...present({ status, error: isLeft ? undefined : error }) }
  })
}

/** Everything of an exchange but its row, its bodies and its lanes. */
export function describeExchange(exchange: ExchangeFacts): RecordedDetail {
  const target = exchange.decision?.target
  const decision =
    target?.url === undefined
      ? exchange.decision
      : { ...exchange.decision!, target: { ...target, url: redactUrl(target.url) } }
  return {
    requestHeaders: redactHeaders(exchange.start.headers),
    losses: [...exchange.losses],
    attempts: exchange.attempts.map(describeAttempt),
    responseHeaders: redactHeaders(exchange.responseHeaders),
    ...(decision === undefined ? {} : { decision }),
    ...(exchange.what.fault === undefined ? {} : { fault: exchange.what.fault }),
  }
}

/** Known secrets, and the credentials that this exchange itself carried. */
export function secretsOf(exchange: ExchangeFacts, known: readonly string[]): string[] {
  const secrets = new Set(known)
  for (const secret of credentialsIn(exchange.start.headers, exchange.start.path)) secrets.add(secret)
  for (const { start } of exchange.attempts) {
    for (const secret of credentialsIn(start.headers, start.url)) secrets.add(secret)
  }
  return [...secrets]
}

/** The `content-type` of a list of headers. */
export const contentType = (headers: readonly Header[] | undefined): string | undefined =>
  headers?.find(([name]) => name.toLowerCase() === 'content-type')?.[1]

/** What the thread was handed, put into the shapes that it stores. */
export function describeRecord({ facts, known, ...parts }: HandedRecord): ExchangeRecord {
  return {
    ...parts,
    summary: summarize(facts),
    detail: describeExchange(facts),
    secrets: secretsOf(facts, known),
  }
}
