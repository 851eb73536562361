/** Puts what a running exchange has noted into the shapes that the window reads, credentials redacted by name. */
import type { OwnPrices } from '../../shared/config.ts'
import type { EndedCall } from '../core/ended-exchange.ts'
import type { Attempt, ExchangeFlag, ExchangeSummary, Header } from '../../shared/exchange.ts'
import { clientName, clientSession } from '../core/client-name.ts'
import type { HeldBody, LiveAttempt, LiveExchange } from './live-exchange.ts'
import type { BodyParts, BodyPiece, ExchangeRecord, RecordedDetail } from './protocol.ts'
import { smallestMoved } from './record-batch.ts'
import { credentialsIn, redactHeaders, redactUrl } from './redact.ts'

const longestPath = 8 * 1024
const longestModel = 512

/** Leaves members out that are undefined, as the shapes ask for. */
type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> }
function present<T extends object>(value: T): Partial<Present<T>> {
  const kept: Partial<T> = {}
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] !== undefined) kept[key] = value[key]
  return kept as Partial<Present<T>>
}

/** The row of an exchange as it stands. */
export function summarize(exchange: LiveExchange): ExchangeSummary {
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
    requestBytes: exchange.body.total,
    responseBytes: exchange.client.total,
    ...present({
      key: what.key,
      session: clientSession(start.headers),
      clientDialect: what.clientDialect,
      upstreamDialect: exchange.upstreamDialect,
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

function describeAttempt(attempt: LiveAttempt): Omit<Attempt, 'requestBody'> {
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
export function callsOf({ attempts, state }: LiveExchange): EndedCall[] {
  return attempts.map(({ start, status, failure }, index) => {
    const error = status !== undefined && status >= 400 ? (failure?.message ?? `HTTP ${status}`) : failure?.message
    // Who leaves breaks the running call off, which says nothing about the upstream.
    const isLeft = state === 'aborted' && index === attempts.length - 1 && (status ?? 200) < 400
    const { instance, deployment } = start
    return { instance, deployment, ...present({ status, error: isLeft ? undefined : error }) }
  })
}

/** Everything of an exchange but its row, its bodies and its lanes. */
export function describeExchange(exchange: LiveExchange): RecordedDetail {
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
export function secretsOf(exchange: LiveExchange, known: readonly string[]): string[] {
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

/**
 * A large piece in memory of its own, so that it can be moved to another thread without taking its neighbours along.
 * @param isOver has everything that was sent arrived? What a broken call leaves behind may still be read by the system
 */
function movable(piece: Uint8Array, isOver: boolean): Uint8Array {
  if (piece.length < smallestMoved || (isOver && piece.length === piece.buffer.byteLength)) return piece
  const copy = Buffer.allocUnsafeSlow(piece.length)
  copy.set(piece)
  return copy
}

/** Where in the client's body a piece of an attempt's lies, if it is the same memory. */
function rangeWithin(piece: Uint8Array, base: HeldBody): BodyPiece | undefined {
  let from = 0
  for (const whole of base.pieces) {
    const offset = piece.byteOffset - whole.byteOffset
    if (piece.buffer === whole.buffer && offset >= 0 && offset + piece.length <= whole.length) {
      return { from: from + offset, length: piece.length }
    }
    from += whole.length
  }
  return undefined
}

/** @param base the client's body, for an attempt's */
function bodyParts(body: HeldBody, { bodies, state }: LiveExchange, base?: HeldBody): BodyParts {
  const isOver = state === 'done'
  const pieces = bodies
    ? body.pieces.map((piece) => (base === undefined ? undefined : rangeWithin(piece, base)) ?? movable(piece, isOver))
    : []
  return { pieces, total: body.total, truncated: body.truncated }
}

function servedBy({ what, decision }: LiveExchange): ExchangeRecord['served'] {
  const baseModel = what.baseModel ?? decision?.target?.baseModel
  if (baseModel === undefined) return undefined
  return { baseModel, providerType: what.providerType ?? decision?.target?.providerType }
}

/**
 * The record of an ended exchange. Takes the lanes away from it: nothing can be read from them afterwards. An attempt's
 * body names the parts that it shares with the client's instead of repeating them.
 */
export function recordOf(
  exchange: LiveExchange,
  known: readonly string[],
  prices: OwnPrices | undefined,
): ExchangeRecord {
  const { upstream, client, body, bodies } = exchange
  return {
    summary: summarize(exchange),
    detail: describeExchange(exchange),
    secrets: secretsOf(exchange, known),
    ...present({ served: servedBy(exchange), prices }),
    bodies,
    request: bodyParts(body, exchange),
    attemptBodies: exchange.attempts.map((attempt) => bodyParts(attempt.body, exchange, body)),
    client: client.take(upstream),
    upstream: upstream.take(),
  }
}
