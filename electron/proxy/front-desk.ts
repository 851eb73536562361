/** The front desk: takes each request, asks the guard, and sends it to the right room. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Header } from '../../shared/exchange.ts'
import type { Configuration } from '../config/configuration.ts'
import { LazuliError } from '../core/error.ts'
import { ownKey } from './caller-keys.ts'
import { discardRest } from './discard-rest.ts'
import { configurationDocument, reloadDocument } from './endpoints/configuration.ts'
import type { Discovery, FoundDeployment } from './discovery.ts'
import { countTokens } from './endpoints/count-tokens.ts'
import { capabilities, deploymentDetail, deploymentList, modelDetail, modelList } from './endpoints/models.ts'
import type { ModelFacts } from './endpoints/models.ts'
import { dialectOfPath, findEndpoint, shownRoutes } from './endpoints/table.ts'
import { readPath } from './endpoints/read-path.ts'
import type { Endpoint } from './endpoints/table.ts'
import { serveStatistics } from './endpoints/statistics.ts'
import type { StatisticsSource } from './endpoints/statistics.ts'
import { voiceList } from './endpoints/voices.ts'
import { asLazuliError } from './failures.ts'
import { guard } from './guard.ts'
import type { GuardOptions, Verdict } from './guard.ts'
import { rawError } from './listener.ts'
import type { ProxyOptions } from './proxy.ts'
import { isRealtime } from './realtime.ts'
import type { Realtime } from './realtime.ts'
import { replyEmpty, replyError, replyJson, replyText } from './reply.ts'
import { serveModel } from './serve-model.ts'
import type { ModelService } from './serve-model.ts'
import type { RequestTarget } from './target.ts'
import type { TokenCounter } from './tokens/token-counter.ts'

/** Of Prometheus' text format. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export class FrontDesk {
  /** True: no more requests are taken. */
  stopping = false
  readonly #options: ProxyOptions
  readonly #service: ModelService
  readonly #counter: TokenCounter
  readonly #discovery: Discovery
  readonly #realtime: Realtime
  readonly #guard: GuardOptions
  readonly #since: number
  readonly #statistics: StatisticsSource

  constructor(
    options: ProxyOptions,
    service: ModelService,
    counter: TokenCounter,
    discovery: Discovery,
    realtime: Realtime,
    statistics: StatisticsSource,
    guardOptions: GuardOptions,
  ) {
    this.#options = options
    this.#service = service
    this.#counter = counter
    this.#discovery = discovery
    this.#realtime = realtime
    this.#statistics = statistics
    this.#guard = guardOptions
    this.#since = service.tools.now()
  }

  receive(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const configuration = this.#options.configuration()
    const verdict = guard(request, configuration, this.#guard)
    const anthropicVersion = headerText(request.headers['anthropic-version'])
    this.#options.arrived?.(request, verdict.type === 'refuse' ? verdict.error.code : undefined)
    switch (verdict.type) {
      case 'preflight':
        replyEmpty(response, 204, verdict.headers)
        break
      case 'signed-in':
        replyEmpty(response, 303, [
          ['set-cookie', verdict.cookie],
          ['location', '/'],
          ['cache-control', 'no-store'],
          ['referrer-policy', 'no-referrer'],
        ])
        break
      case 'refuse': {
        const headers: Header[] =
          verdict.error.status === 401 ? [...verdict.headers, ['www-authenticate', 'Bearer']] : verdict.headers
        replyError(response, verdict.error, dialectOfPath(verdict.target?.path ?? '', anthropicVersion), headers)
        discardRest(request)
        break
      }
      case 'pass':
        void this.#serve(request, response, verdict, configuration, expectsContinue)
    }
  }

  /** @returns the whole answer, unless the socket was taken over */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): string | undefined {
    const configuration = this.#options.configuration()
    const verdict = guard(request, configuration, this.#guard)
    if (verdict.type === 'refuse') return rawError(verdict.error.status, verdict.error.code, verdict.error.message)
    if (this.stopping) return rawError(503, 'proxy_stopping', 'Lazuli is stopping.')
    if (verdict.type === 'pass' && isRealtime(verdict.target.path)) {
      const { target, key } = verdict
      this.#realtime.serve({ request, socket, head, target, configuration, ...(key === undefined ? {} : { key }) })
      return undefined
    }
    const isResponses = verdict.type === 'pass' && readPath(verdict.target.path).path === '/responses'
    return isResponses
      ? rawError(426, 'proxy_no_websocket', 'Responses are not served over WebSockets here; use POST.')
      : rawError(404, 'proxy_no_websocket', 'Nothing here speaks WebSocket.')
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    { target, headers, key }: Extract<Verdict, { type: 'pass' }>,
    configuration: Configuration,
    expectsContinue: boolean,
  ): Promise<void> {
    const caller = key === undefined ? {} : { key }
    const dialect = dialectOfPath(target.path, headerText(request.headers['anthropic-version']))
    try {
      if (this.#stopsHere(target)) throw stoppingError()
      if (this.#guard.isWindowPath(target.path)) {
        await this.#options.window?.handle(request, response)
        return
      }
      const endpoint = endpointOf(request, response, target, headers)
      if (endpoint === undefined) return
      if (endpoint.type === 'model') {
        await serveModel(this.#service, {
          request,
          response,
          dialect: endpoint.dialect,
          query: target.query,
          configuration,
          headers,
          expectsContinue,
          ...caller,
          ...(endpoint.deployment === undefined ? {} : { deployment: endpoint.deployment }),
        })
      } else if (endpoint.type === 'operation') {
        const { operation, deployment } = endpoint
        await serveModel(this.#service, {
          request,
          response,
          dialect: operation.anthropic ? 'messages' : dialect,
          query: target.query,
          configuration,
          headers,
          expectsContinue,
          operation,
          ...caller,
          ...(deployment === undefined ? {} : { deployment }),
        })
      } else if (endpoint.type === 'count-tokens') {
        const { query } = target
        const incoming = { request, response, query, configuration, headers, expectsContinue, ...caller }
        await countTokens(incoming, { ...this.#service.tools, counter: this.#counter })
      } else if (endpoint.type === 'traffic') {
        const { id } = endpoint
        const query = new URLSearchParams(target.query)
        await this.#options.traffic?.(response, { query, headers, ...(id === undefined ? {} : { id }) })
        if (!response.headersSent) throw unknownPath(request.method ?? 'GET', target.path)
      } else if (endpoint.type === 'configuration-reload') {
        const document = await reloadDocument(this.#options.reload, this.#service.tools.now)
        replyJson(response, 200, document, headers)
      } else if (endpoint.type === 'statistics') {
        const page = await serveStatistics(endpoint.page, target.query, configuration, this.#statistics)
        if (typeof page === 'string') replyText(response, METRICS_TYPE, page, headers)
        else replyJson(response, 200, page, headers)
      } else {
        const found = await this.#found(endpoint, request, configuration)
        const facts = { configuration, found, since: this.#since, ...caller }
        replyJson(response, 200, this.#document(endpoint, facts), headers)
      }
    } catch (thrown) {
      const error = asLazuliError(thrown)
      if (error.code === 'proxy_internal_error') {
        this.#options.log.error({ stack: thrown instanceof Error ? thrown.stack : String(thrown) }, 'request failed')
      }
      if (response.headersSent) response.destroy()
      else replyError(response, error, dialect, headers)
      discardRest(request)
    }
  }

  #stopsHere(target: RequestTarget): boolean {
    // The window goes on: it shows that the program is about to end.
    return this.stopping && !this.#guard.isWindowPath(target.path)
  }

  /** What the resources have, for the documents that tell it. */
  async #found(endpoint: Endpoint, request: IncomingMessage, configuration: Configuration): Promise<FoundDeployment[]> {
    if (!/^(?:models|model-detail|capabilities|deployments|deployment-detail)$/.test(endpoint.type)) return []
    return this.#discovery.deployments(configuration.instances, ownKey(request.headers, configuration))
  }

  #document(
    endpoint: Exclude<
      Endpoint,
      { type: 'model' | 'operation' | 'count-tokens' | 'configuration-reload' | 'statistics' | 'traffic' }
    >,
    facts: ModelFacts,
  ): unknown {
    switch (endpoint.type) {
      case 'models':
        return modelList(facts)
      case 'model-detail':
        return modelDetail(facts, endpoint.id)
      case 'capabilities':
        return capabilities(facts, endpoint.id)
      case 'deployments':
        return deploymentList(facts)
      case 'deployment-detail':
        return deploymentDetail(facts, endpoint.id)
      case 'voices':
        return voiceList()
      case 'configuration':
        return configurationDocument(facts.configuration, this.#service.tools.now())
      case 'health':
        return { status: 'healthy' }
      case 'hello':
        return { status: 'ok' }
    }
  }
}

/** The endpoint of a request; undefined when it was answered here: HEAD and OPTIONS are answered on any path. */
function endpointOf(
  request: IncomingMessage,
  response: ServerResponse,
  target: RequestTarget,
  headers: readonly Header[],
): Endpoint | undefined {
  const method = request.method ?? 'GET'
  if (method === 'HEAD') {
    replyEmpty(response, 200, headers)
    return undefined
  }
  const found = findEndpoint(method, target.path, headerText(request.headers['anthropic-version']))
  if (found.type === 'found') return found.endpoint
  const allowed = found.type === 'wrong-method' ? found.allowed : ['GET', 'POST']
  const allow: Header = ['allow', [...allowed, 'HEAD', 'OPTIONS'].join(', ')]
  if (method === 'OPTIONS') {
    replyEmpty(response, 204, [...headers, allow])
    return undefined
  }
  if (found.type === 'retired' && method !== 'OPTIONS') throw found.error
  if (found.type === 'unknown' || found.type === 'retired') throw unknownPath(method, target.path)
  const error = new LazuliError({
    code: 'proxy_method_not_allowed',
    status: 405,
    message: `${method} is not served on this path.`,
    fix: `Use ${found.allowed.join(' or ')}.`,
  })
  const dialect = dialectOfPath(target.path, headerText(request.headers['anthropic-version']))
  replyError(response, error, dialect, [...headers, allow])
  discardRest(request)
  return undefined
}

function unknownPath(method: string, path: string): LazuliError {
  return new LazuliError({
    code: 'proxy_unknown_path',
    status: 404,
    message: `${method} ${path.slice(0, 200)} is not served here.`,
    fix: `Routes: ${shownRoutes()}.`,
  })
}

export function stoppingError(): LazuliError {
  return new LazuliError({
    code: 'proxy_stopping',
    status: 503,
    message: 'Lazuli is stopping.',
    fix: 'Send the request again once it runs again.',
    retryable: true,
  })
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
