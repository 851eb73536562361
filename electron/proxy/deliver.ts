/** What becomes of an upstream's answer: relayed, translated, or told as an error. */
import type { Header } from '../../shared/exchange.ts'
import type { Dialect } from '../core/dialects/dialect.ts'
import { LazuliError } from '../core/error.ts'
import type { Part } from '../core/hub.ts'
import type { Route } from '../routing/route.ts'
import { deliverError, deliverHubError, readFailed } from './deliver-error.ts'
import type { FailedAnswer } from './deliver-error.ts'
import { STREAM_HEADERS } from './early-head.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'
import { responseHeaders } from './headers.ts'
import type { Outgoing } from './outgoing.ts'
import type { PipelineTools } from './pipeline.ts'
import { memoryScope } from './reasoning-scope.ts'
import { lose } from './request-log.ts'
import { OpeningError, relayStream, relayWhole } from './relay.ts'
import type { Outcome } from './relay.ts'
import type { UpstreamAnswer } from './send.ts'
import { USUAL_SLICES } from './slices.ts'
import { AnswerError, transcodeStream, transcodeWhole } from './transcode.ts'
import type { TranscodeOptions } from './transcode.ts'
import { redirectError } from './upstream-errors.ts'
import { UpstreamFailure } from './upstream-failure.ts'

/** A connection whose answer is complete may be used again if it ends within this time. */
const SETTLE_MS = 1000

/** The two ends of one exchange. */
export interface Ends {
  /** Spoken by the client. */
  client: Dialect
  /** Spoken by the upstream. */
  upstream: Dialect
  route: Route
}

/**
 * Brings the answer to the client; resolves when the client has been told everything.
 * @throws UpstreamFailure for an error of the upstream's that the client was not told yet; LazuliError for one of ours
 */
export async function deliver(
  exchange: Exchange,
  ends: Ends,
  outgoing: Outgoing,
  upstream: UpstreamAnswer,
  tools: PipelineTools,
): Promise<ExchangeEnd> {
  try {
    refuseOddAnswer(upstream, ends.route)
    if (upstream.status >= 400) throw failedWith(exchange, ends, await readFailed(upstream))
    const { failure } = await deliverAnswer(exchange, ends, outgoing, upstream, tools)
    await upstream.settle(failure === undefined ? SETTLE_MS : 0)
    return failure === undefined ? { state: 'done' } : { state: 'failed', failure }
  } catch (error) {
    upstream.release()
    if (error instanceof OpeningError) {
      throw failedWith(exchange, ends, { ...error.asAnswer, headers: upstream.headers })
    }
    if (error instanceof AnswerError) {
      const { error: hub } = error
      throw new UpstreamFailure(
        { status: hub.status, text: `${hub.code ?? ''} ${hub.message}`, headers: upstream.headers },
        (headers) => Promise.resolve(deliverHubError(exchange, ends, hub, headers)),
      )
    }
    throw error
  }
}

function failedWith(exchange: Exchange, ends: Ends, failed: FailedAnswer): UpstreamFailure {
  return new UpstreamFailure(failed, (headers) => deliverError(exchange, ends, { ...failed, headers }))
}

function deliverAnswer(
  exchange: Exchange,
  ends: Ends,
  outgoing: Outgoing,
  upstream: UpstreamAnswer,
  tools: PipelineTools,
): Promise<Outcome> {
  const { client } = ends
  const { answer } = exchange
  const type = contentType(upstream)
  const streamed = /^text\/event-stream\b/i.test(type)
  const wanted = outgoing.wantsStream
  const passed = responseHeaders(upstream.headers, client.id)
  if (client === ends.upstream && streamed === wanted) {
    return streamed
      ? relayStream(upstream, answer, {
          dialect: client,
          headers: [...passed, ...STREAM_HEADERS],
          takeUsageOut: outgoing.usageAsked,
        })
      : relayWhole(upstream, answer, [...passed, ['content-type', type]])
  }
  const headers: Header[] = wanted ? [...passed, ...STREAM_HEADERS] : [...passed, ['content-type', 'application/json']]
  const options = translation(exchange, ends, outgoing, headers, tools)
  if (client.id === 'chat' && ends.upstream.id === 'messages') {
    const done =
      streamed && wanted ? 'Using new Anthropic streaming converter' : 'Converted Anthropic response to OpenAI format'
    tools.log.debug({ exchange: exchange.tap.id }, done)
  }
  return streamed && wanted
    ? transcodeStream(upstream, answer, options)
    : transcodeWhole(upstream, answer, options, { streamed, wanted })
}

function translation(
  exchange: Exchange,
  ends: Ends,
  outgoing: Outgoing,
  headers: readonly Header[],
  tools: PipelineTools,
): TranscodeOptions {
  const { client, upstream } = ends
  const { request, undo } = outgoing.translation()
  return {
    client,
    upstream,
    headers,
    context: {
      request,
      undo,
      upstreamDialect: upstream.id,
      now: tools.now,
      newId: tools.newId,
      lose: (loss) => lose(exchange, [loss]),
      // What the upstream's own API says is stored there, if it shall be.
      ...(client.id === 'responses' && upstream !== client
        ? { issued: (id: string, parts: Part[]) => tools.items.keep(memoryScope(exchange), id, parts) }
        : {}),
    },
    usage: (usage) => exchange.tap.usage(usage),
    slices: ends.route.instance.pseudo_sse_chunks ?? USUAL_SLICES,
    complete:
      client.id === 'chat' && upstream !== client
        ? (events) => tools.memory.remember(memoryScope(exchange), request.model, events)
        : undefined,
  }
}

function contentType(upstream: UpstreamAnswer): string {
  const type = upstream.headers['content-type']
  return typeof type === 'string' ? type : 'application/json'
}

/** Answers that no model gives: a redirect, compressed bytes that nobody asked for, a web page. */
function refuseOddAnswer(upstream: UpstreamAnswer, route: Route): void {
  const { status, headers } = upstream
  if (status >= 300 && status < 400) throw redirectError(status, route.instance.name)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity' && encoding !== '') {
    throw new LazuliError({
      code: 'proxy_upstream_encoding',
      status: 502,
      message: `The upstream sent a compressed answer (${String(encoding).slice(0, 60)}) although it was asked not to.`,
      fix: 'Switch compression off on the gateway in front of the model.',
    })
  }
  if (status < 400 && /^text\/html\b/i.test(contentType(upstream))) {
    throw new LazuliError({
      code: 'proxy_upstream_invalid',
      status: 502,
      message: 'The upstream sent a web page instead of an answer.',
      fix: 'Check that the instance’s address leads to the model’s API, and that no sign-in page is in between.',
    })
  }
}
