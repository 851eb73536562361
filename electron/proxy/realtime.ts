/**
 * WebSockets of the realtime API (`/v1/realtime?model=…`, `/openai/realtime?deployment=…`): guarded and addressed like
 * every other request; once the upstream has agreed, the two sockets are joined and every byte goes on as it came.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Failure, Header } from '../../shared/exchange.ts'
import type { Configuration, NamedKey } from '../config/configuration.ts'
import type { ExchangeTap, Tap } from '../core/tap.ts'
import { planFor } from '../routing/plan.ts'
import type { Plan } from '../routing/plan.ts'
import type { Route } from '../routing/route.ts'
import { askForUpgrade } from './ask-for-upgrade.ts'
import type { Upgraded } from './ask-for-upgrade.ts'
import { serveWithRetries } from './attempts.ts'
import { isLocalKey, ownKey } from './caller-keys.ts'
import type { CallerKey } from './caller-keys.ts'
import { configurationFor } from './client-endpoint.ts'
import { wayFor } from './connection/upgrade-way.ts'
import { withoutKeys } from './deliver-error.ts'
import { readPath } from './endpoints/read-path.ts'
import type { ExchangeEnd } from './exchange.ts'
import { asLazuliError } from './failures.ts'
import { mergeHeaders, requestHeaders, responseHeaders } from './headers.ts'
import { rawAnswer } from './listener.ts'
import { offeredOf } from './operations/offered.ts'
import { checkModel, checkOperation } from './named-keys.ts'
import type { Operation } from './operations/operation.ts'
import { placesFor, planForPlaces } from './operations/places.ts'
import type { PipelineTools } from './pipeline.ts'
import { clientGone } from './read-body.ts'
import type { RequestTarget } from './target.ts'
import { UpstreamFailure } from './upstream-failure.ts'
import type { Credential } from './upstreams/call.ts'
import { operationUrl, passedQuery } from './upstreams/operation-url.ts'
import { headOf, offer, pairsOf, redacted } from './websocket-headers.ts'

export interface Realtime {
  /** Answers the upgrade, one way or the other. Never rejects. */
  serve(incoming: Incoming): void
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

/** What is recorded of a session that was ended for its key. */
const KEY_GONE: Failure = {
  code: 'proxy_key_revoked',
  message: 'The local key of this session was revoked or has expired; the session was ended.',
  fix: 'Use another key; keys are made in Settings.',
}

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

/** @param opens does a named key still open the door? Asked with whatever comes, so that a revoked one ends its sessions */
export function createRealtime(tap: Tap, tools: PipelineTools, opens: (key: NamedKey) => boolean): Realtime {
  const sessions = new Map<Session, Promise<void>>()
  return {
    serve(incoming) {
      const session = new Session(tap, tools, incoming, opens)
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
  /** The named local key that it came with. */
  key?: NamedKey
}

/** One client, from its upgrade to the end of both sockets. */
class Session {
  readonly #tools: PipelineTools
  readonly #incoming: Incoming
  readonly #tap: ExchangeTap
  readonly #opens: (key: NamedKey) => boolean
  /** Aborted with a LazuliError when the client left, or the session is ended. */
  readonly #left = new AbortController()
  /** Headers of ours; a later one of the same name wins. */
  readonly #own = new Map<string, string>()
  #attempts = 0
  #credential: Credential | undefined
  #upgraded: Upgraded | undefined

  constructor(tap: Tap, tools: PipelineTools, incoming: Incoming, opens: (key: NamedKey) => boolean) {
    this.#tools = tools
    this.#opens = opens
    this.#incoming = incoming
    const { request } = incoming
    this.#tap = tap.begin({ method: 'GET', path: redacted(request.url ?? '/'), headers: pairsOf(request.rawHeaders) })
    if (incoming.key !== undefined) this.#tap.describe({ key: incoming.key.name })
    this.#own.set('x-lazuli-exchange', this.#tap.id)
  }

  close(): void {
    this.#left.abort(clientGone())
    this.#upgraded?.socket.destroy()
    this.#incoming.socket.destroy()
  }

  async run(): Promise<void> {
    const { socket } = this.#incoming
    socket.on('error', () => {})
    const onClose = (): void => this.#left.abort(clientGone())
    socket.once('close', onClose)
    try {
      const { configuration, request } = this.#incoming
      this.#incoming.configuration = await configurationFor(request.headers, configuration, this.#tools.resolveHost)
      await this.#connect()
      socket.off('close', onClose)
      if (this.#upgraded === undefined) return
      const head = headOf(this.#upgraded.answer, [...this.#own])
      this.#tap.clientHead(101, head)
      await this.#join(this.#upgraded, head)
    } catch (thrown) {
      const error = asLazuliError(thrown)
      const message = error.fix === undefined ? error.message : `${error.message} ${error.fix}`
      const own: Header[] = [...this.#own]
      this.#tap.clientHead(error.status, own)
      this.#tap.end(socket.destroyed ? 'aborted' : 'failed', error.toFailure())
      const body = JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: error.code } })
      socket.end(rawAnswer(error.status, body, own), () => socket.destroy())
    }
  }

  /** Until an upstream has agreed: as many calls as it takes. Without one, the client was told why. */
  async #connect(): Promise<void> {
    const plan = this.#plan()
    this.#tap.decided(plan.decision)
    const { configuration, key } = this.#incoming
    const attempts = (): number => this.#attempts
    await serveWithRetries(
      {
        configuration,
        key,
        tap: this.#tap,
        answer: { signal: this.#left.signal, headSent: false, announce: (headers) => this.#announce(headers) },
        get attempts() {
          return attempts()
        },
      },
      {
        plan,
        // What a session will use is not known; it counts as one request.
        ...(plan.candidates[0]?.route.deployment === '' ? {} : { estimate: () => ({ input: 0, output: 0 }) }),
        once: false,
        call: (route) => this.#ask(route),
      },
      this.#tools.traffic,
    )
  }

  #announce(headers: readonly Header[]): void {
    for (const [name, value] of headers) this.#own.set(name, value)
  }

  #plan(): Plan {
    const { target, configuration, key } = this.#incoming
    const { traffic, decide, ownership } = this.#tools
    const query = new URLSearchParams(target.query)
    const model = readPath(target.path).deployment ?? query.get('model') ?? query.get('deployment')
    this.#tap.describe({ stream: true, ...(model === null ? {} : { askedModel: model }) })
    if (model === null) {
      checkOperation(key, OPERATION)
      const { instances, steps } = placesFor(OPERATION, [], configuration, ownership)
      return planForPlaces(instances, { askedModel: '', steps }, traffic)
    }
    checkModel(key, model)
    const resolution = decide(model, 'chat', configuration)
    if (resolution.route === undefined) {
      this.#tap.decided(resolution.decision)
      throw resolution.error ?? new Error('nowhere')
    }
    const offered = offeredOf(OPERATION, resolution, (candidate) => ({
      ...candidate,
      url: addressOf(candidate.route, this.#tools, '').href,
      steps: candidate.steps.filter(({ text }) => !text.startsWith('Upstream API')),
    }))
    return planFor(offered, configuration.config.routing.strategy, traffic)
  }

  /** One call. @throws UpstreamFailure for an answer that is no WebSocket */
  async #ask(route: Route): Promise<ExchangeEnd> {
    const { instance, deployment } = route
    const { request, target, configuration } = this.#incoming
    const { tokens, addressing, proxyFor } = this.#tools
    this.#tap.describe({ instance: instance.name, ...(deployment === '' ? {} : { deployment }) })
    const url = addressOf(route, this.#tools, target.query)
    const key = ownKey(request.headers, configuration) ?? keyInQuery(target.query, configuration)
    const identified = await addressing.address({ instance, deployment: 'realtime', api: 'chat' }, key)
    this.#credential = identified.credential
    const headers = mergeHeaders(identified.headers, [
      ...requestHeaders(request.headers, instance.provider_type, 'chat'),
      ...offer(request),
    ])
    this.#attempts++
    this.#announce([
      ['x-lazuli-instance', instance.name.replace(/[^\x20-\x7e]/g, '?')],
      ['x-lazuli-attempts', String(this.#attempts)],
    ])
    const shown = url.href.replace(/^http/, 'ws')
    const attempt = this.#tap.attempt({
      instance: instance.name,
      deployment,
      method: 'GET',
      url: shown,
      headers,
      body: [],
    })
    const way = wayFor(url, instance.reach, proxyFor)
    const { timeouts } = configuration.config
    const answer = await askForUpgrade({ url, headers, way, timeouts }, this.#left.signal, attempt)
    if ('answer' in answer) {
      this.#upgraded = answer
      return { state: 'done' }
    }
    const status = answer.statusCode ?? 502
    const { credential } = identified
    if (status === 401 && credential?.isToken === true) tokens.refused(credential.key)
    const text = await textOf(answer)
    throw new UpstreamFailure({ status, text, headers: answer.headers }, (told) =>
      Promise.resolve(this.#refuse(status, text, told)),
    )
  }

  /** The upstream answered with something else than a WebSocket: its words reach the client. */
  #refuse(received: number, text: string, headers: IncomingHttpHeaders): ExchangeEnd {
    const { socket, request, configuration } = this.#incoming
    const stored = configuration.instances.flatMap(({ credential }) =>
      credential.type === 'key' ? [credential.key] : [],
    )
    const key = ownKey(request.headers, configuration)
    if (this.#credential !== undefined) stored.push(this.#credential.key)
    const clean = withoutKeys(text, key === undefined ? stored : [...stored, key.value])
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
    const failure = { code: 'upstream_error', message: `The upstream answered ${received} to the WebSocket.` }
    const own: Header[] = [...this.#own]
    this.#tap.clientHead(status, own)
    this.#tap.end('failed', failure)
    socket.end(rawAnswer(status, body, [...responseHeaders(headers, 'chat'), ...own]), () => socket.destroy())
    return { state: 'failed', failure }
  }

  #mayGoOn(): boolean {
    const { key } = this.#incoming
    return key === undefined || this.#opens(key)
  }

  /** Joins the two sockets: each reads no faster than the other takes. */
  #join({ socket: upstream, head }: Upgraded, answerHead: readonly Header[]): Promise<void> {
    const { socket: client, head: early } = this.#incoming
    if (this.#left.signal.aborted || client.destroyed) upstream.destroy()
    client.write(
      `HTTP/1.1 101 Switching Protocols\r\n${answerHead.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    )
    if (head.length > 0) client.write(head)
    if (early.length > 0) upstream.write(early)
    quick(client)
    quick(upstream)
    return new Promise((resolve) => {
      let left = 2
      let failure: Failure | undefined
      const follow = (one: Duplex, other: Duplex): void => {
        // Before the pipe, so that nothing more goes through.
        one.on('data', () => {
          if (failure !== undefined || this.#mayGoOn()) return
          failure = KEY_GONE
          client.destroy()
          upstream.destroy()
        })
        one.pipe(other)
        one.on('error', () => {})
        one.once('close', () => {
          // A side that ended in order has its last bytes on the way to the other; one that broke has not.
          if (one.readableEnded) setTimeout(() => other.destroy(), LAST_BYTES_MS).unref()
          else other.destroy()
          if (--left > 0) return
          this.#tap.end(failure === undefined ? 'done' : 'failed', failure)
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
function keyInQuery(query: string, configuration: Configuration): CallerKey | undefined {
  const parameters = new URLSearchParams(query)
  const value = parameters.get('api-key') ?? /^Bearer (.+)$/i.exec(parameters.get('Authorization') ?? '')?.[1]
  return value === undefined || value === '' || isLocalKey(value, configuration)
    ? undefined
    : { header: 'api-key', value }
}

/** An error, as far as it is read. */
async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  answer.setEncoding('utf8')
  answer.on('error', () => {})
  try {
    for await (const piece of answer as AsyncIterable<string>) {
      text += piece
      if (text.length > MAX_ERROR) break
    }
  } catch {
    // An error that breaks off is an error all the same.
  }
  answer.destroy()
  return text
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
