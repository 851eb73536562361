import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DialectId, Header } from '../../shared/exchange.ts'
import type { Configuration, NamedKey } from '../config/configuration.ts'
import { dialectOf } from '../core/dialects/registry.ts'
import type { Log } from '../core/log.ts'
import type { Tap } from '../core/tap.ts'
import { ClientAnswer } from './client-answer.ts'
import { configurationFor } from './client-endpoint.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'
import { asLazuliError, encodeFailure, hubErrorOf } from './failures.ts'
import type { OperationTools } from './operations/call-operation.ts'
import type { Operation } from './operations/operation.ts'
import { runOperation } from './operations/run-operation.ts'
import { discardRest } from './discard-rest.ts'
import { runPipeline } from './pipeline.ts'
import { logRequest } from './request-log.ts'

export interface ModelRequest {
  request: IncomingMessage
  response: ServerResponse
  dialect: DialectId
  query: string
  configuration: Configuration
  /** For a listed web origin. */
  headers: readonly Header[]
  expectsContinue: boolean
  key?: NamedKey
  /** The deployment that the path names. */
  deployment?: string
  /** An operation that is passed on, in place of a conversation. */
  operation?: Operation
}

/** What the running exchanges have in common. */
export interface ModelService {
  tap: Tap
  log: Log
  tools: OperationTools
  /** Those that run now, and when they will have ended; a stop gives up what does not end in time. */
  active: Map<ClientAnswer, Promise<void>>
}

/** Runs one exchange and sees to it that it ends, once, with an answer, whatever happens. Never rejects. */
export async function serveModel(service: ModelService, incoming: ModelRequest): Promise<void> {
  const exchange = begin(service, incoming)
  const done = run(exchange, service)
  service.active.set(exchange.answer, done)
  await done
  service.active.delete(exchange.answer)
}

function begin(service: ModelService, incoming: ModelRequest): Exchange {
  const { request, response, dialect } = incoming
  const tap = service.tap.begin({
    method: request.method ?? 'POST',
    path: request.url ?? '/',
    headers: pairsOf(request.rawHeaders),
  })
  const answer = new ClientAnswer(response, tap, [...incoming.headers, ['x-lazuli-exchange', tap.id]])
  const exchange: Exchange = { ...incoming, tap, answer, attempts: 0, losses: [] }
  answer.announce([['x-lazuli-attempts', '0']])
  if (incoming.key !== undefined) tap.describe({ key: incoming.key.name })
  if (incoming.operation === undefined) tap.describe({ clientDialect: dialect })
  return exchange
}

async function run(exchange: Exchange, service: ModelService): Promise<void> {
  const { answer, tap } = exchange
  const started = service.tools.now()
  let end: ExchangeEnd
  try {
    const { tools } = service
    const { headers } = exchange.request
    exchange.configuration = tools.pins.configurationFor(headers, exchange.configuration)
    if (headers['x-azure-endpoint'] !== undefined) {
      exchange.configuration = await configurationFor(headers, exchange.configuration, tools.resolveHost)
    }
    const { operation, deployment } = exchange
    end =
      operation === undefined
        ? await runPipeline(exchange, service.tools)
        : await runOperation(exchange, { operation, deployment }, service.tools)
  } catch (thrown) {
    end = refuse(exchange, thrown, service.log)
  }
  // Many clients close the connection themselves as soon as they have read the end marker.
  const delivered = (await answer.delivered()) || answer.broken || (end.state === 'done' && answer.tookAll)
  if (!delivered) end = { state: 'aborted' }
  tap.end(end.state, end.failure)
  logRequest(service.log, exchange, end, service.tools.now() - started)
}

/** The answer to a request that failed before its answer was begun, or after a stream was begun for want of one. */
function refuse(exchange: Exchange, thrown: unknown, log: Log): ExchangeEnd {
  const { answer, tap } = exchange
  const error = asLazuliError(thrown)
  if (error.code === 'proxy_internal_error') {
    log.error({ exchange: tap.id, stack: thrown instanceof Error ? thrown.stack : String(thrown) }, 'request failed')
  }
  if (error.code === 'proxy_client_gone') return { state: 'aborted' }
  if (exchange.attempts === 0) exchange.refused = error.param ?? error.code
  if (answer.headSent) {
    if (answer.isStream) {
      answer.write(Buffer.from(dialectOf(exchange.dialect).encodeErrorEvent(hubErrorOf(error))))
      answer.end()
    } else answer.break()
    return { state: 'failed', failure: error.toFailure() }
  }
  const { status, headers, body } = encodeFailure(error, exchange.dialect)
  const bytes = Buffer.from(JSON.stringify(body))
  answer.head(status, [
    ...Object.entries(headers),
    ['content-type', 'application/json'],
    ['content-length', String(bytes.length)],
  ])
  answer.write(bytes)
  answer.end()
  discardRest(exchange.request)
  return { state: 'failed', failure: error.toFailure() }
}

function pairsOf(raw: readonly string[]): Header[] {
  const pairs: Header[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) pairs.push([raw[index]!.toLowerCase(), raw[index + 1]!])
  return pairs
}
