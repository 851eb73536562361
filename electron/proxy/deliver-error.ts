/** An upstream's failure, told to the client in its own dialect and with the upstream's own words. */
import type { HubError } from '../core/hub.ts'
import { callerKeys } from './caller-keys.ts'
import type { Ends } from './deliver.ts'
import type { Exchange, ExchangeEnd } from './exchange.ts'
import { failureOf } from './failures.ts'
import { responseHeaders } from './headers.ts'
import { scopeOf } from './identity/scope.ts'
import type { UpstreamAnswer } from './send.ts'
import { readAll } from './transcode.ts'
import { adviceFor } from './upstreams/error-advice.ts'

/** Error bodies are short; what is longer is no API's error. */
const MAX_ERROR_BODY = 1024 * 1024

/** A failure whose body was read already. */
export interface FailedAnswer {
  status: number
  text: string
  headers: UpstreamAnswer['headers']
}

/** Reads the body of an error answer. */
export async function readFailed(upstream: UpstreamAnswer): Promise<FailedAnswer> {
  const { status, headers } = upstream
  return { status, headers, text: (await readAll(upstream, MAX_ERROR_BODY)).toString('utf8') }
}

/**
 * Tells an error answer. In the same dialect a JSON body goes on as it is, with its status; everything else is put into
 * the client's own shape.
 */
export async function deliverError(
  exchange: Exchange,
  ends: Ends,
  failed: UpstreamAnswer | FailedAnswer,
): Promise<ExchangeEnd> {
  const { status, headers } = failed
  const received = 'text' in failed ? failed.text : (await readAll(failed, MAX_ERROR_BODY)).toString('utf8')
  const text = withoutKeys(received, keysOf(exchange, ends))
  const hub = ends.upstream.decodeError({ status, headers, text })
  if (ends.client !== ends.upstream || exchange.answer.headSent || !isJsonObject(text)) {
    return deliverHubError(exchange, ends, hub, headers, text)
  }
  const body = Buffer.from(text)
  exchange.answer.head(status, [
    ...responseHeaders(headers, ends.client.id),
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ])
  exchange.answer.write(body)
  exchange.answer.end()
  return { state: 'failed', failure: failureOf(hub, adviceFor(status, text, scopeUsed(exchange, ends))?.fix) }
}

/** Tells a failure that is known in the hub's terms only; in a stream that was begun, as its last event. */
export function deliverHubError(
  exchange: Exchange,
  ends: Ends,
  error: HubError,
  headers: UpstreamAnswer['headers'],
  text = error.message,
): ExchangeEnd {
  if (exchange.answer.headSent) {
    exchange.answer.write(Buffer.from(withoutKeys(ends.client.encodeErrorEvent(error), keysOf(exchange, ends))))
    exchange.answer.end()
    return { state: 'failed', failure: failureOf(error, adviceFor(error.status, text, scopeUsed(exchange, ends))?.fix) }
  }
  const encoded = ends.client.encodeError(error)
  const body = Buffer.from(withoutKeys(JSON.stringify(encoded.body), keysOf(exchange, ends)))
  exchange.answer.head(encoded.status, [
    ...responseHeaders(headers, ends.client.id),
    ...Object.entries(encoded.headers),
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ])
  exchange.answer.write(body)
  exchange.answer.end()
  return { state: 'failed', failure: failureOf(error, adviceFor(error.status, text, scopeUsed(exchange, ends))?.fix) }
}

/** What the token of the call was asked for; undefined where a key went. */
function scopeUsed({ credential }: Exchange, { route }: Ends): string | undefined {
  return credential?.isToken === true ? scopeOf(route.instance, route.api) : undefined
}

/** Every key that an upstream could have echoed: the stored one, the one that went out, and those that the caller sent. */
function keysOf(exchange: Exchange, ends: Ends): string[] {
  const { credential } = ends.route.instance
  const sent = callerKeys(exchange.request.headers).map(({ value }) => value)
  if (exchange.credential !== undefined) sent.push(exchange.credential.key)
  return credential.type === 'key' ? [credential.key, ...sent] : sent
}

/** A text of an upstream's in which no key stands that it may have echoed. */
export function withoutKeys(text: string, keys: readonly string[]): string {
  // A very short key is a placeholder, and would tear words apart.
  return keys.filter((key) => key.length >= 8).reduce((clean, key) => clean.replaceAll(key, '[key]'), text)
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
