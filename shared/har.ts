/**
 * Exchanges as HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/): one entry for each request of a client
 * and one for each call upstream.
 */
import type { BundledExchange, BundledLane } from './bundle.ts'
import type { Attempt, CapturedBody, Header } from './exchange.ts'
import { laneText } from './lane-text.ts'

interface NameValue {
  name: string
  value: string
}

interface HarTimings {
  blocked: -1
  dns: -1
  connect: -1
  ssl: -1
  send: number
  wait: number
  receive: number
}

/** Times of one call, in milliseconds from the exchange's start. */
interface Moments {
  start: number
  /** The answer's head, or its first byte. */
  answered: number | undefined
  end: number | undefined
}

interface Message {
  comment: string
  method: string
  url: string
  requestHeaders: readonly Header[]
  requestBody: CapturedBody | undefined
  status: number | undefined
  responseHeaders: readonly Header[]
  /** Undefined: it was not kept. */
  answer: BundledLane | undefined
  received: number
}

/** @param baseUrl where the clients' requests went, e.g. `http://127.0.0.1:11437` */
export function harOf(exchanges: readonly BundledExchange[], baseUrl: string, version: string): unknown {
  return {
    log: {
      version: '1.2',
      creator: { name: 'Lazuli', version },
      pages: [],
      entries: exchanges.flatMap((exchange) => [
        clientEntry(exchange, baseUrl),
        ...exchange.detail.attempts.map((attempt, at) => attemptEntry(exchange, attempt, at)),
      ]),
    },
  }
}

function clientEntry({ detail, client }: BundledExchange, baseUrl: string): unknown {
  const { summary } = detail
  const asked = summary.askedModel === undefined ? '' : `, asks for ${summary.askedModel}`
  const ended = summary.state === 'done' ? '' : `, ${summary.state}`
  return entry(
    summary.startedAt,
    { start: 0, answered: summary.ttftMs, end: summary.durationMs },
    {
      comment: `${summary.id}: ${summary.client}${asked}${ended}`,
      method: summary.method,
      url: baseUrl + summary.path,
      requestHeaders: detail.requestHeaders,
      requestBody: detail.requestBody,
      status: summary.status,
      responseHeaders: detail.responseHeaders,
      answer: client,
      received: summary.responseBytes ?? 0,
    },
  )
}

function attemptEntry({ detail, upstream }: BundledExchange, attempt: Attempt, at: number): unknown {
  const { summary, attempts } = detail
  const { instance, deployment, failure } = attempt
  const place = deployment === '' ? instance : `${instance}, ${deployment}`
  const failed = failure === undefined ? '' : `: ${failure.message}`
  return entry(
    summary.startedAt,
    { start: attempt.startMs, answered: attempt.headersMs ?? attempt.firstByteMs, end: attempt.endMs },
    {
      comment: `${summary.id}: attempt ${at + 1} of ${attempts.length} at ${place}${failed}`,
      method: attempt.method,
      url: attempt.url,
      requestHeaders: attempt.requestHeaders,
      requestBody: attempt.requestBody,
      status: attempt.status,
      responseHeaders: attempt.responseHeaders ?? [],
      answer: at === attempts.length - 1 ? upstream : undefined,
      received: attempt.received,
    },
  )
}

function entry(startedAt: number, moments: Moments, message: Message): unknown {
  const timings = timingsOf(moments)
  const { requestBody, responseHeaders, answer } = message
  const posted = requestBody === undefined || requestBody.bytes === 0 ? undefined : requestBody
  return {
    startedDateTime: new Date(startedAt + moments.start).toISOString(),
    time: timings.send + timings.wait + timings.receive,
    request: {
      method: message.method,
      url: message.url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: named(message.requestHeaders),
      queryString: queryOf(message.url),
      ...(posted === undefined
        ? {}
        : {
            postData: {
              mimeType: valueOf(message.requestHeaders, 'content-type') ?? 'application/json',
              text: posted.text,
              ...(posted.truncated ? { comment: 'Cut short: it was longer than the recorder keeps.' } : {}),
            },
          }),
      headersSize: -1,
      bodySize: requestBody?.bytes ?? 0,
    },
    response: {
      // Zero and an empty text are what browsers write for a call that had no answer.
      status: message.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: named(responseHeaders),
      content: contentOf(answer, responseHeaders, message.received),
      redirectURL: valueOf(responseHeaders, 'location') ?? '',
      headersSize: -1,
      bodySize: message.received,
    },
    cache: {},
    timings,
    comment: message.comment,
  }
}

function contentOf(lane: BundledLane | undefined, headers: readonly Header[], received: number): unknown {
  const mimeType = valueOf(headers, 'content-type') ?? 'x-unknown'
  if (lane === undefined)
    return { size: received, mimeType, comment: 'The answer of an attempt that failed is not kept.' }
  const text = laneText(lane, headers)
  const size = lane.truncated ? received : new TextEncoder().encode(text).length
  return { size, mimeType, text, ...(lane.truncated ? { comment: 'Cut short: it was longer than is kept.' } : {}) }
}

function timingsOf({ start, answered, end }: Moments): HarTimings {
  const last = Math.max(end ?? answered ?? start, start)
  const first = Math.min(Math.max(answered ?? last, start), last)
  return { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: first - start, receive: last - first }
}

function queryOf(url: string): NameValue[] {
  const at = url.indexOf('?')
  return at === -1 ? [] : [...new URLSearchParams(url.slice(at + 1))].map(([name, value]) => ({ name, value }))
}

const named = (headers: readonly Header[]): NameValue[] => headers.map(([name, value]) => ({ name, value }))

function valueOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1]
}
