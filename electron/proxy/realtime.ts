/**
 * WebSockets of the realtime API (`/v1/realtime?model=…`, `/openai/realtime?deployment=…`): guarded and addressed like
 * every other request; once the upstream has agreed, the two sockets are joined and every byte goes on as it came.
 */
import { request as requestHttp } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Header } from '../../shared/exchange.ts'
import type { Configuration } from '../config/configuration.ts'
import { LazuliError } from '../core/error.ts'
import type { AttemptTap, ExchangeTap, Tap } from '../core/tap.ts'
import { ownKey } from './caller-keys.ts'
import type { CallerKey } from './caller-keys.ts'
import { withoutKeys } from './deliver-error.ts'
import type { Route } from '../routing/route.ts'
import { configurationFor } from './client-endpoint.ts'
import { wayFor } from './connection/upgrade-way.ts'
import { readPath } from './endpoints/read-path.ts'
import { asLazuliError } from './failures.ts'
import { mergeHeaders, requestHeaders, responseHeaders } from './headers.ts'
import { rawAnswer } from './listener.ts'
import type { Operation } from './operations/operation.ts'
import { placesFor } from './operations/places.ts'
import type { PipelineTools } from './pipeline.ts'
import type { RequestTarget } from './target.ts'
import { tellRefusal } from './tell-refusal.ts'
import { connectionError, timeoutError } from './upstream-errors.ts'
import { headOf, offer, pairsOf, redacted } from './websocket-headers.ts'
import type { Credential } from './upstreams/call.ts'
import { operationUrl, passedQuery } from './upstreams/operation-url.ts'

export interface Realtime {
  /** Answers the upgrade, one way or the other. Never rejects. */
  serve(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    target: RequestTarget,
    configuration: Configuration,
  ): void
  /** Sessions that are open now. */
  open(): number
  /** Resolves when none is open any more. */
  ended(): Promise<void>
  /** Ends all of them. */
  close(): void
}

/** The first preview of the dated versions that knows the API; the others are asked in v1. */
const FIRST_DATED = '2024-10-01-preview'
/** An error answer is no longer than this. */
const MAX_ERROR = 64 * 1024
/** How long the second side may take to take its last bytes once the first is gone. */
const LAST_BYTES_MS = 5000

const OPERATION: Operation = {
  name: 'GET /realtime',
  method: 'GET',
  path: '/realtime',
  ids: [],
  model: 'none',
  body: 'none',
  effect: 'compute',
  classic: 'resource',
  preview: false,
  anthropic: false,
  notOnAzure: false,
}

export function isRealtime(path: string): boolean {
  return readPath(path).path === '/realtime'
}

export function createRealtime(tap: Tap, tools: PipelineTools): Realtime {
  const sessions = new Map<Session, Promise<void>>()
  return {
    serve(request, socket, head, target, configuration) {
      const session = new Session(tap, tools, { request, socket, head, target, configuration })
      const done = session.run().finally(() => sessions.delete(session))
      sessions.set(session, done)
    },
    open: () => sessions.size,
    ended: async () => {
      await Promise.all(sessions.values())
    },
    close() {
      for (const session of sessions.keys()) session.close()
    },
  }
}

interface Incoming {
  request: IncomingMessage
  socket: Duplex
  head: Buffer
  target: RequestTarget
  configuration: Configuration
}

interface Upgraded {
  answer: IncomingMessage
  socket: Duplex
  head: Buffer
}

/** One client, from its upgrade to the end of both sockets. */
class Session {
  readonly #tools: PipelineTools
  readonly #incoming: Incoming
  readonly #tap: ExchangeTap
  #attempts = 0
  #credential: Credential | undefined
  #asked: ClientRequest | undefined
  #upstream: Duplex | undefined
  #closed = false

  constructor(tap: Tap, tools: PipelineTools, incoming: Incoming) {
    this.#tools = tools
    this.#incoming = incoming
    const { request } = incoming
    this.#tap = tap.begin({ method: 'GET', path: redacted(request.url ?? '/'), headers: pairsOf(request.rawHeaders) })
  }

  close(): void {
    this.#closed = true
    this.#asked?.destroy()
    this.#upstream?.destroy()
    this.#incoming.socket.destroy()
  }

  async run(): Promise<void> {
    const { socket } = this.#incoming
    socket.on('error', () => {})
    const own: Header[] = [['x-lazuli-exchange', this.#tap.id]]
    try {
      const { configuration, request } = this.#incoming
      this.#incoming.configuration = await configurationFor(request.headers, configuration, this.#tools.resolveHost)
      const route = this.#route()
      own.push(['x-lazuli-instance', route.instance.name])
      const upgraded = await this.#upgrade(route)
      own.push(['x-lazuli-attempts', String(this.#attempts)])
      if (!('answer' in upgraded)) {
        tellRefusal(this.#tools.traffic.trouble, route, upgraded.statusCode ?? 0)
        await this.#refuse(upgraded, own)
        return
      }
      const head = headOf(upgraded.answer, own)
      this.#tap.clientHead(101, head)
      await this.#join(upgraded, head)
    } catch (thrown) {
      const error = asLazuliError(thrown)
      const message = error.fix === undefined ? error.message : `${error.message} ${error.fix}`
      this.#tap.clientHead(error.status, own)
      this.#tap.end(socket.destroyed ? 'aborted' : 'failed', error.toFailure())
      const body = JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: error.code } })
      socket.end(rawAnswer(error.status, body, own), () => socket.destroy())
    }
  }

  #route(): Route {
    const { target, configuration } = this.#incoming
    const query = new URLSearchParams(target.query)
    const model = readPath(target.path).deployment ?? query.get('model') ?? query.get('deployment')
    this.#tap.describe({ stream: true, ...(model === null ? {} : { askedModel: model }) })
    if (model === null) {
      const { instances, steps } = placesFor(OPERATION, [], configuration, this.#tools.ownership)
      this.#tap.decided({ askedModel: '', steps })
      const resolved = this.#tools.decide('realtime', 'chat', configuration)
      if (resolved.route === undefined) throw resolved.error ?? new Error('nowhere')
      return { ...resolved.route, instance: instances[0]!, deployment: '' }
    }
    const { route, decision, error } = this.#tools.decide(model, 'chat', configuration)
    this.#tap.decided({ askedModel: decision.askedModel, steps: decision.steps })
    if (route === undefined) throw error ?? new Error('nowhere')
    this.#tap.describe({ instance: route.instance.name, deployment: route.deployment })
    return route
  }

  async #upgrade({ instance, deployment }: Route): Promise<Upgraded | IncomingMessage> {
    const { request, socket, target, configuration } = this.#incoming
    const url = addressOf({ instance, deployment }, this.#tools, target.query)
    const key = ownKey(request.headers, configuration.token) ?? keyInQuery(target.query, configuration)
    const identified = await this.#tools.addressing.address({ instance, deployment: 'realtime', api: 'chat' }, key)
    const own = identified.headers
    this.#credential = identified.credential
    const headers = mergeHeaders(own, [
      ...requestHeaders(request.headers, instance.provider_type, 'chat'),
      ...offer(request),
    ])
    this.#attempts++
    const attempt = this.#tap.attempt({
      instance: instance.name,
      deployment,
      method: 'GET',
      url: url.href.replace(/^http/, 'ws'),
      headers,
      body: [],
    })
    const { connect, first_byte: firstByte } = configuration.config.timeouts
    const { proxy, ...way } = wayFor(url, instance.reach, this.#tools.proxyFor)
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp
      const asked = send(url, { method: 'GET', headers: headers.flat(), ...way })
      this.#asked = asked
      const fail = (error: LazuliError): void => {
        settle()
        asked.destroy()
        attempt.end(error.toFailure())
        reject(error)
      }
      let timer = setTimeout(() => fail(timeoutError('connect', connect, url.host)), connect * 1000)
      const onLeft = (): void =>
        fail(new LazuliError({ code: 'proxy_client_gone', status: 499, message: 'The client left.' }))
      const settle = (): void => {
        clearTimeout(timer)
        socket.off('close', onLeft)
      }
      socket.once('close', onLeft)
      asked.once('socket', (used) => {
        const connected = (): void => {
          clearTimeout(timer)
          timer = setTimeout(() => fail(timeoutError('first_byte', firstByte, url.host)), firstByte * 1000)
        }
        // A tunnel is handed over when it is open.
        if (way.createConnection !== undefined) connected()
        else used.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected)
      })
      asked.on('error', (cause) => fail(connectionError(cause, url, false, proxy)))
      asked.once('upgrade', (answer, upstream, head) => {
        settle()
        told(attempt, answer)
        resolve({ answer, socket: upstream, head })
      })
      asked.once('response', (answer) => {
        settle()
        told(attempt, answer)
        attempt.end()
        resolve(answer)
      })
      asked.end()
    })
  }

  /** The upstream answered with something else than a WebSocket: its words reach the client. */
  async #refuse(answer: IncomingMessage, own: Header[]): Promise<void> {
    const { socket, request, configuration } = this.#incoming
    let text = ''
    answer.setEncoding('utf8')
    answer.on('error', () => {})
    for await (const piece of answer as AsyncIterable<string>) {
      text += piece
      if (text.length > MAX_ERROR) break
    }
    answer.destroy()
    const stored = configuration.instances.flatMap(({ credential }) =>
      credential.type === 'key' ? [credential.key] : [],
    )
    const key = ownKey(request.headers, configuration.token)
    if (this.#credential !== undefined) stored.push(this.#credential.key)
    const clean = withoutKeys(text, key === undefined ? stored : [...stored, key.value])
    const received = answer.statusCode ?? 502
    const status = received >= 400 ? received : 502
    const body = isObject(clean)
      ? clean
      : JSON.stringify({
          error: {
            message: `The upstream refused the WebSocket (${received}).`,
            type: 'api_error',
            param: null,
            code: 'proxy_no_websocket',
          },
        })
    this.#tap.clientHead(status, own)
    this.#tap.end('failed', { code: 'upstream_error', message: `The upstream answered ${received} to the WebSocket.` })
    socket.end(rawAnswer(status, body, [...responseHeaders(answer.headers, 'chat'), ...own]), () => socket.destroy())
  }

  /** Joins the two sockets: each reads no faster than the other takes. */
  #join({ socket: upstream, head }: Upgraded, answerHead: readonly Header[]): Promise<void> {
    const { socket: client, head: early } = this.#incoming
    this.#upstream = upstream
    if (this.#closed) upstream.destroy()
    client.write(
      `HTTP/1.1 101 Switching Protocols\r\n${answerHead.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    )
    if (head.length > 0) client.write(head)
    if (early.length > 0) upstream.write(early)
    quick(client)
    quick(upstream)
    return new Promise((resolve) => {
      let left = 2
      const follow = (one: Duplex, other: Duplex): void => {
        one.pipe(other)
        one.on('error', () => {})
        one.once('close', () => {
          // A side that ended in order has its last bytes on the way to the other; one that broke has not.
          if (one.readableEnded) setTimeout(() => other.destroy(), LAST_BYTES_MS).unref()
          else other.destroy()
          if (--left > 0) return
          this.#tap.end('done')
          resolve()
        })
      }
      follow(client, upstream)
      follow(upstream, client)
    })
  }
}

function addressOf(
  { instance, deployment }: Pick<Route, 'instance' | 'deployment'>,
  tools: PipelineTools,
  query: string,
): URL {
  const azure = instance.provider_type === 'azure' || instance.provider_type === 'simulator'
  const version = instance.api_version
  const dated = azure && /^\d.*-preview$/.test(version) && version >= FIRST_DATED
  const operation: Operation = { ...OPERATION, classic: dated ? 'resource' : 'v1' }
  const passed = passedQuery(query, ['model', 'deployment'])
  if (deployment !== '') passed.append(dated ? 'deployment' : 'model', deployment)
  return operationUrl(operation, instance, tools.addressing.locate(instance), deployment, passed)
}

/** Browsers can set no headers on a WebSocket; Azure's own clients put the key into the query then. It goes on as a header. */
function keyInQuery(query: string, { token }: Configuration): CallerKey | undefined {
  const parameters = new URLSearchParams(query)
  const value = parameters.get('api-key') ?? /^Bearer (.+)$/i.exec(parameters.get('Authorization') ?? '')?.[1]
  return value === undefined || value === '' || value === token ? undefined : { header: 'api-key', value }
}

function told(attempt: AttemptTap, answer: IncomingMessage): void {
  attempt.head(answer.statusCode ?? 0, pairsOf(answer.rawHeaders))
}

function quick(socket: Duplex): void {
  const tcp = socket as Duplex & {
    setNoDelay?: (on: boolean) => void
    setKeepAlive?: (on: boolean, ms: number) => void
    setTimeout?: (ms: number) => void
  }
  tcp.setTimeout?.(0)
  tcp.setNoDelay?.(true)
  tcp.setKeepAlive?.(true, 30_000)
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
