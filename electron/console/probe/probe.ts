/** Finds out what a deployment takes: one small request after the other, each through the proxy's own front door. */
import { request } from 'undici'
import { ProbeFeature, type ModelFact, type ProbeEvent } from '../../../shared/model-facts.ts'
import type { Failure } from '../../../shared/exchange.ts'
import type { AnswerContext, EncodedRequest } from '../../core/dialects/dialect.ts'
import { dialectOf } from '../../core/dialects/registry.ts'
import { LazuliError } from '../../core/error.ts'
import type { DialectId, HubError, HubEvent } from '../../core/hub.ts'
import { SseReader } from '../../core/sse.ts'
import { PIN_HEADER, pinnedConfiguration, type Pin } from '../../proxy/pinned-target.ts'
import type { PinnedTarget } from '../../proxy/pinned-target.ts'
import { resolve } from '../../routing/resolve.ts'
import type { Route } from '../../routing/route.ts'
import type { ConsoleContext } from '../context.ts'
import { headersOf, loopbackOf } from '../loopback.ts'
import { keepFact } from './kept-facts.ts'
import { judgeAnswer, judgeError, type Judgement } from './judge.ts'
import { questionOf, type Question } from './questions.ts'

const PATHS: Readonly<Record<DialectId, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
}
const MAX_ANSWER = 1024 * 1024
const WITHIN_MS = 120_000

type Asking = Extract<Question, { ask: true }>

/** What came back: a judgement, or why there is none. */
type Outcome = { exchange?: string } & ({ judgement: Judgement } | { failure: Failure })

/**
 * Asks for each feature in turn and keeps what is found out.
 * @throws LazuliError 404 for an instance that is not there or switched off
 */
export async function* probe(
  context: ConsoleContext,
  target: PinnedTarget,
  features: readonly ProbeFeature[] = ProbeFeature.options,
  signal?: AbortSignal,
): AsyncGenerator<ProbeEvent, void> {
  const route = routeTo(context, target)
  const pin = context.pin(target)
  const isStopped = (): boolean => signal?.aborted === true
  try {
    for (const feature of features) {
      if (isStopped()) return
      yield { type: 'asking', feature }
      const outcome = await outcomeOf(context, { feature, route, pin }, signal)
      if (isStopped()) return
      const exchange = outcome.exchange === undefined ? {} : { exchange: outcome.exchange }
      if ('failure' in outcome) {
        yield { type: 'unsettled', feature, failure: outcome.failure, ...exchange }
        continue
      }
      const fact: ModelFact = { feature, ...outcome.judgement, at: context.now() }
      keepFact(context.settings, target, fact)
      yield { type: 'fact', fact, ...exchange }
    }
  } finally {
    pin.release()
  }
}

/** @throws LazuliError for what cannot be reached */
export function routeTo(context: Pick<ConsoleContext, 'configuration'>, target: PinnedTarget): Route {
  const { route, error } = resolve('probe', 'chat', pinnedConfiguration(target, context.configuration.current()))
  if (route !== undefined) return route
  throw error ?? new LazuliError({ code: 'instance_not_found', status: 404, message: 'There is no such instance.' })
}

interface Step {
  feature: ProbeFeature
  route: Route
  pin: Pin
}

function outcomeOf(context: ConsoleContext, step: Step, signal: AbortSignal | undefined): Promise<Outcome> {
  const { feature, route } = step
  if (feature === 'count_tokens') return countTokens(context, step, signal)
  const question = questionOf(feature, route.api, route.profile)
  if (!question.ask) return Promise.resolve({ judgement: { verdict: 'unsupported', reason: question.reason } })
  return ask(context, step, feature, question, signal)
}

async function ask(
  context: ConsoleContext,
  { route, pin }: Step,
  feature: Exclude<ProbeFeature, 'count_tokens'>,
  question: Asking,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const dialect = dialectOf(route.api)
  let encoded: EncodedRequest
  try {
    const { profile, stream } = question
    encoded = dialect.encodeRequest(question.request, { deployment: route.deployment, profile, stream })
  } catch (error) {
    if (!(error instanceof LazuliError)) throw error
    return { judgement: { verdict: 'unsupported', reason: error.message } }
  }
  const answered = await post(context, PATHS[route.api], encoded.body, pin, signal)
  if ('failure' in answered) return answered
  const { status, headers, text, exchange } = answered
  if (status >= 400) {
    const error = dialect.decodeError({ status, headers, text })
    const judgement = judgeError(error)
    return { ...exchange, ...(judgement === undefined ? { failure: failureOf(error) } : { judgement }) }
  }
  const events = question.stream ? streamed(text, question, encoded, context) : whole(text, question, encoded, context)
  const failed = events.find((event) => event.type === 'error')
  if (failed !== undefined) return { ...exchange, failure: failureOf(failed.error) }
  const deltas = question.stream ? events.filter((event) => event.type === 'delta').length : 0
  const dropped = listOf(headers['x-lazuli-dropped'])
  const judgement = judgeAnswer(feature, { events, deltas, dropped })
  if (judgement !== undefined) return { ...exchange, judgement }
  const message = 'The answer was cut off before it said anything about this.'
  return { ...exchange, failure: { code: 'probe_unclear', message, fix: 'Ask again.' } }
}

/** Anthropic's API counts; for all others the count is an estimate that is made here. */
async function countTokens(
  context: ConsoleContext,
  { route, pin }: Step,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  if (route.api !== 'messages') {
    const reason = 'Its API has no counter; the count is an estimate that is made here.'
    return { judgement: { verdict: 'unsupported', reason } }
  }
  const body = { model: route.deployment, messages: [{ role: 'user', content: 'How many tokens is this?' }] }
  const answered = await post(context, '/v1/messages/count_tokens', body, pin, signal)
  if ('failure' in answered) return answered
  const { status, headers, text } = answered
  if (status >= 400) {
    const error = dialectOf('messages').decodeError({ status, headers, text })
    const judgement = judgeError(error)
    return judgement === undefined ? { failure: failureOf(error) } : { judgement }
  }
  if (headers['x-lazuli-estimate'] !== undefined) {
    return { judgement: { verdict: 'unsupported', reason: 'It does not count; the count is an estimate.' } }
  }
  const { input_tokens: counted } = parsed(text) as { input_tokens?: unknown }
  return { judgement: { verdict: 'works', reason: `It counted ${Number(counted)} tokens.` } }
}

interface Answered {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  text: string
  exchange: { exchange?: string }
}

async function post(
  context: ConsoleContext,
  path: string,
  body: Record<string, unknown>,
  pin: Pin,
  signal: AbortSignal | undefined,
): Promise<Answered | { failure: Failure }> {
  const timeout = AbortSignal.timeout(WITHIN_MS)
  try {
    const answer = await request(`http://${loopbackOf(context)}${path}`, {
      method: 'POST',
      headers: { ...headersOf(context, 'Lazuli-Probe'), [PIN_HEADER]: pin.secret, 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(body),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    const id = answer.headers['x-lazuli-exchange']
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of answer.body as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > MAX_ANSWER) throw new Error('the answer is longer than a probe reads')
      pieces.push(piece)
    }
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: Buffer.concat(pieces).toString('utf8'),
      exchange: typeof id === 'string' ? { exchange: id } : {},
    }
  } catch (cause) {
    const reason = timeout.aborted ? `no answer within ${WITHIN_MS / 1000} s` : messageOf(cause)
    return { failure: { code: 'probe_unreachable', message: `The probe broke off: ${reason}.`, fix: 'Ask again.' } }
  }
}

function streamed(text: string, question: Asking, { undo }: EncodedRequest, context: ConsoleContext): HubEvent[] {
  const decoder = dialectOf(question.request.dialect).createEventDecoder(answerContext(question, undo, context))
  const reader = new SseReader()
  const events = [...reader.push(Buffer.from(text)), ...reader.end()].flatMap((event) => decoder.push(event))
  return [...events, ...decoder.end()]
}

function whole(text: string, question: Asking, { undo }: EncodedRequest, context: ConsoleContext): HubEvent[] {
  return dialectOf(question.request.dialect).decodeAnswer(parsed(text), answerContext(question, undo, context))
}

function answerContext(
  { request: asked }: Asking,
  undo: EncodedRequest['undo'],
  context: ConsoleContext,
): AnswerContext {
  return {
    request: asked,
    undo,
    upstreamDialect: asked.dialect,
    now: context.now,
    newId: (prefix) => prefix + context.newId(),
    lose: () => {},
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function listOf(header: string | string[] | undefined): string[] {
  return (header === undefined ? '' : String(header))
    .split(',')
    .flatMap((path) => (path.trim() === '' ? [] : [path.trim()]))
}

function failureOf({ code, type, message }: HubError): Failure {
  return { code: code ?? type, message }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
