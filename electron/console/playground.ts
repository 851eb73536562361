import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'undici'
import type { Failure } from '../../shared/exchange.ts'
import type { ApiCall, PlaygroundEvent, PlaygroundRequest } from '../../shared/playground.ts'
import type { AnswerContext } from '../core/dialects/dialect.ts'
import { dialectOf } from '../core/dialects/registry.ts'
import { LazuliError } from '../core/error.ts'
import type { HubError } from '../core/hub.ts'
import { priced } from '../core/models/prices.ts'
import { os } from './context.ts'
import type { ConsoleContext } from './context.ts'
import { headersOf, loopbackOf } from './loopback.ts'
import { readAnswer } from './playground-answer.ts'
import { composeCall, type ComposedCall } from './playground-request.ts'
import { optionsOf, playgroundRoute, type PlaygroundRoute } from './playground-route.ts'

/** A request: what it asks, where it will go. */
interface Asked extends ComposedCall {
  model: string
  way: PlaygroundRoute
}

export const playground = {
  send: os.playground.send.handler(({ context, input, signal }) => converse(context, input, signal)),
  compose: os.playground.compose.handler(({ context, input }): ApiCall => compose(context, input).call),
  options: os.playground.options.handler(({ context, input }) =>
    optionsOf(input.model, context.configuration.current(), Date.now()),
  ),
}

function compose(context: ConsoleContext, input: PlaygroundRequest): Asked {
  const way = playgroundRoute(input.model, context.configuration.current())
  return { ...composeCall(input, input.dialect ?? way.dialect, way.profile), model: input.model, way }
}

/**
 * Sends a conversation through the proxy's own front door, so that each answer is an exchange like any other program's:
 * a real request over loopback, in the deployment's own API, with the local key.
 */
async function* converse(
  context: ConsoleContext,
  input: PlaygroundRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<PlaygroundEvent, void> {
  let asked: Asked
  try {
    asked = compose(context, input)
  } catch (error) {
    if (!(error instanceof LazuliError)) throw error
    yield { type: 'error', failure: error.toFailure() }
    return
  }
  const started = performance.now()
  const { call } = asked
  try {
    const { statusCode, headers, body } = await request(`http://${loopbackOf(context)}${call.path}`, {
      method: 'POST',
      headers: {
        ...headersOf(context, 'Lazuli-Playground'),
        ...(call.dialect === 'messages' ? { 'anthropic-version': '2023-06-01' } : {}),
      },
      body: JSON.stringify(call.body),
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(signal === undefined ? {} : { signal }),
    })
    const exchange = one(headers['x-lazuli-exchange'])
    if (exchange !== undefined) yield exchangeEvent(context, exchange, headers, asked)
    const failed = (error: HubError): Promise<PlaygroundEvent> => failedEvent(context, exchange, error)
    if (statusCode >= 400) {
      const text = await body.text()
      yield await failed(dialectOf(call.dialect).decodeError({ status: statusCode, headers, text }))
      return
    }
    yield* readAnswer(body, {
      decoder: dialectOf(call.dialect).createEventDecoder(answerContext(asked)),
      elapsed: () => performance.now() - started,
      losses: [...asked.losses.map(({ path }) => path), ...lossesIn(headers)],
      costOf: (usage, answered) =>
        priced(usage, { ...placeOf(headers, asked), answered }, Date.now(), pricesOf(context))?.total,
      failed,
    })
  } catch (cause) {
    if (signal?.aborted === true) return
    yield { type: 'error', failure: unreachable(cause) }
  }
}

function exchangeEvent(
  context: ConsoleContext,
  id: string,
  headers: IncomingHttpHeaders,
  asked: Asked,
): PlaygroundEvent {
  const [instance, deployment] = [one(headers['x-lazuli-instance']), one(headers['x-lazuli-deployment'])]
  const { rates } = optionsOf(asked.model, context.configuration.current(), Date.now())
  return {
    type: 'exchange',
    id,
    dialect: asked.call.dialect,
    ...(instance === undefined ? {} : { instance }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(rates === undefined ? {} : { rates }),
  }
}

/** The journal knows more of a failure than the client is told: what to do about it, apart from what happened. */
async function failedEvent(
  context: ConsoleContext,
  exchange: string | undefined,
  error: HubError,
): Promise<PlaygroundEvent> {
  const detail = exchange === undefined ? undefined : await context.traffic.get(exchange).catch(() => undefined)
  const failure = detail?.summary.failure ?? { code: error.code ?? error.type, message: error.message }
  const { retryAfterMs } = error
  return { type: 'error', failure, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

/** Who answered, which may be another instance than the first in line. */
function placeOf(
  headers: IncomingHttpHeaders,
  { way, model }: Asked,
): { baseModel: string; instance?: string | undefined; deployment?: string | undefined } {
  return {
    baseModel: way.route?.baseModel ?? model,
    instance: one(headers['x-lazuli-instance']) ?? way.route?.instance.name,
    deployment: one(headers['x-lazuli-deployment']) ?? way.route?.deployment,
  }
}

function pricesOf(context: ConsoleContext): ReturnType<ConsoleContext['configuration']['current']>['config']['prices'] {
  return context.configuration.current().config.prices
}

function lossesIn(headers: IncomingHttpHeaders): string[] {
  return [headers['x-lazuli-dropped'], headers['x-lazuli-degraded']].flatMap((value) =>
    typeof value === 'string' ? value.split(',').map((path) => path.trim()) : [],
  )
}

function one(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function answerContext({ request: hub, call, undo }: Asked): AnswerContext {
  return {
    request: hub,
    undo,
    upstreamDialect: call.dialect,
    now: Date.now,
    newId: (prefix) => prefix,
    lose: () => {},
  }
}

function unreachable(cause: unknown): Failure {
  return {
    code: 'playground_unreachable',
    message: `The answer broke off: ${cause instanceof Error ? cause.message : String(cause)}.`,
    fix: 'Open the exchange in Traffic to see what arrived, then send again.',
  }
}
