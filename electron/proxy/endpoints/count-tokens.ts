/**
 * `POST /v1/messages/count_tokens`: where Anthropic's API is behind the model, it counts; else the count is an estimate
 * made here. Neither is an exchange: Claude Code asks two dozen times in a row, and no model is called.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Header } from '../../../shared/exchange.ts'
import type { Configuration, NamedKey } from '../../config/configuration.ts'
import { dialectOf } from '../../core/dialects/registry.ts'
import { LazuliError } from '../../core/error.ts'
import type { AttemptTap } from '../../core/tap.ts'
import type { Route } from '../../routing/route.ts'
import { readAsked } from '../asked.ts'
import type { Asked } from '../asked.ts'
import { callerKeys, ownKey } from '../caller-keys.ts'
import { configurationFor } from '../client-endpoint.ts'
import type { ResolveHost } from '../client-endpoint.ts'
import type { Decide } from '../decide.ts'
import { withoutKeys } from '../deliver-error.ts'
import { mergeHeaders, requestHeaders, responseHeaders } from '../headers.ts'
import type { Pins } from '../pinned-target.ts'
import { checkModel } from '../named-keys.ts'
import { clientGone, readBody } from '../read-body.ts'
import { replyJson } from '../reply.ts'
import type { Sender, UpstreamAnswer } from '../send.ts'
import { splice } from '../splice.ts'
import type { TokenCounter } from '../tokens/token-counter.ts'
import { readAll } from '../transcode.ts'
import type { Addressing } from '../upstreams/address.ts'

export interface CountTools {
  sender: Sender
  addressing: Addressing
  decide: Decide
  counter: TokenCounter
  pins: Pins
  resolveHost: ResolveHost
}

export interface CountRequest {
  request: IncomingMessage
  response: ServerResponse
  query: string
  configuration: Configuration
  headers: readonly Header[]
  expectsContinue: boolean
  /** The named local key that it came with. */
  key?: NamedKey
}

const UNHEARD: AttemptTap = { head() {}, bytes() {}, end() {} }
/** A count is small work; a tool that waits for it should not wait as long as for a model. Seconds. */
const FIRST_BYTE = 30
const MAX_ANSWER = 1024 * 1024
/** What an upstream answers that does not count. */
const NOT_SERVED = new Set([404, 405, 501])

/** @throws LazuliError, to be told in the shape of Messages */
export async function countTokens(incoming: CountRequest, tools: CountTools): Promise<void> {
  const { request, response, headers, expectsContinue } = incoming
  const pinned = tools.pins.configurationFor(request.headers, incoming.configuration)
  const configuration = await configurationFor(request.headers, pinned, tools.resolveHost)
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(clientGone())
  })
  const body = await readBody(request, configuration.config.server.max_body, gone.signal, () => {
    if (expectsContinue) response.writeContinue()
  })
  const asked = readAsked(body)
  checkModel(incoming.key, asked.model)
  const { route, error } = tools.decide(asked.model, 'messages', configuration)
  if (route === undefined) {
    throw error ?? new LazuliError({ code: 'proxy_no_route', status: 500, message: 'The model leads nowhere.' })
  }
  if (route.api === 'messages') {
    const answer = await ask({ ...incoming, configuration }, asked, route, gone.signal, tools)
    if (!NOT_SERVED.has(answer.status)) {
      await passOn(incoming, route, answer)
      return
    }
    answer.release()
  }
  const tokens = await tools.counter.count(asked.body)
  replyJson(response, 200, { input_tokens: tokens }, [...headers, ['x-lazuli-estimate', 'true']])
}

async function ask(
  { request, query, configuration }: CountRequest,
  asked: Asked,
  { instance, deployment, api }: Route,
  signal: AbortSignal,
  { sender, addressing }: CountTools,
): Promise<UpstreamAnswer> {
  const key = ownKey(request.headers, configuration)
  const { url, headers: own } = await addressing.address({ instance, deployment, api }, key)
  url.pathname += '/count_tokens'
  if (/(^|&)beta=true(&|$)/.test(query)) url.searchParams.set('beta', 'true')
  const named =
    deployment === asked.model
      ? []
      : [{ type: 'value' as const, member: asked.modelMember, json: JSON.stringify(deployment) }]
  const headers = mergeHeaders(own, [
    ...requestHeaders(request.headers, instance.provider_type, api),
    ['content-type', 'application/json'],
    ['accept', 'application/json'],
    ['accept-encoding', 'identity'],
  ])
  const { timeouts } = configuration.config
  return sender.send(
    { method: 'POST', url, headers, body: splice(asked.body, asked.members, named), reach: instance.reach },
    { ...timeouts, first_byte: Math.min(timeouts.first_byte, FIRST_BYTE) },
    signal,
    UNHEARD,
  )
}

/** The upstream's count, or its error in its own words. */
async function passOn(
  { request, response, headers }: CountRequest,
  route: Route,
  answer: UpstreamAnswer,
): Promise<void> {
  const text = (await readAll(answer, MAX_ANSWER)).toString('utf8')
  const passed = [...headers, ...responseHeaders(answer.headers, 'messages')]
  const { credential } = route.instance
  const keys = callerKeys(request.headers).map(({ value }) => value)
  const clean = withoutKeys(text, credential.type === 'key' ? [credential.key, ...keys] : keys)
  const body = parsed(clean)
  if (answer.status === 200 && body !== undefined) {
    replyJson(response, 200, body, passed)
    return
  }
  const failure = { status: answer.status < 400 ? 502 : answer.status, headers: answer.headers, text: clean }
  const messages = dialectOf('messages')
  const encoded = messages.encodeError(messages.decodeError(failure))
  const told = answer.status >= 400 ? body : undefined
  replyJson(response, encoded.status, told ?? encoded.body, [
    ...passed.filter(([name]) => !(name in encoded.headers)),
    ...Object.entries(encoded.headers),
  ])
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
