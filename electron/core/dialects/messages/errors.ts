/** Failures in Anthropic's form, and Anthropic's (or its gateway's) failures in neutral form. */
import { errorTypeOf } from '../../error-types.ts'
import type { HubError } from '../../hub.ts'
import { formatEvent } from '../../sse.ts'
import type { EncodedError, UpstreamFailure } from '../dialect.ts'
import { type Fields, isFields } from './fields.ts'

const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  timeout_error: 408,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
}

/** Longest piece of a body that is not JSON to show. */
const shownText = 200

/** The error as an HTTP answer of the Messages API. */
export function encodeError(error: HubError): EncodedError {
  const headers: Record<string, string> = {}
  if (error.requestId !== undefined) headers['request-id'] = error.requestId
  if (error.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.ceil(error.retryAfterMs / 1000))
    headers['retry-after-ms'] = String(Math.ceil(error.retryAfterMs))
  }
  // A spend limit does not pass by waiting, and the SDKs would retry the 429.
  if (error.code === 'enforced_spend_limit_reached') headers['x-should-retry'] = 'false'
  const filtered = filteredCategories(error.inner)
  if (filtered.length > 0) headers['x-lazuli-content-filter'] = filtered.join(',')
  return { status: error.status, headers, body: errorBody(error) }
}

/** The error as an event of a stream that has begun. */
export function encodeErrorEvent(error: HubError): string {
  return formatEvent('error', JSON.stringify(errorBody(error)))
}

function errorBody(error: HubError): Fields {
  const type = Object.hasOwn(statusOfType, error.type) ? error.type : errorTypeOf(error.status)
  // Upstreams' messages are passed word for word; our own name the field as Anthropic's do.
  const isOwn = error.raw === undefined && error.param !== undefined && !error.message.startsWith(error.param)
  const message = isOwn ? `${error.param}: ${error.message}` : error.message
  const details =
    error.code === 'thread_unsupported_request' && error.raw === undefined
      ? { details: { error_code: error.code, unsupported: ['thread'] } }
      : {}
  return {
    type: 'error',
    error: { type, message, ...details },
    ...(error.requestId === undefined ? {} : { request_id: error.requestId }),
  }
}

/** Names of the categories that Azure's content filter objected to. */
function filteredCategories(inner: unknown): string[] {
  if (!isFields(inner)) return []
  const results = inner['content_filter_result'] ?? inner['content_filter_results']
  if (!isFields(results)) return []
  return Object.entries(results)
    .filter(([, verdict]) => isFields(verdict) && verdict['filtered'] === true)
    .map(([category]) => category.replace(/[^A-Za-z0-9_-]/g, ''))
}

/** An upstream's failed answer: Anthropic's own shape, Azure's, a gateway's, or no JSON at all. */
export function decodeError(failure: UpstreamFailure): HubError {
  const header = (name: string): string | undefined => {
    const value = failure.headers[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  let body: unknown
  try {
    body = JSON.parse(failure.text)
  } catch {
    body = undefined
  }
  const error = isFields(body)
    ? errorFromBody(body, failure.status)
    : {
        status: failure.status,
        type: errorTypeOf(failure.status),
        message: plainMessage(failure),
        raw: failure.text,
      }
  const retryAfterMs = retryAfter(header)
  const requestId = error.requestId ?? header('request-id') ?? header('x-request-id') ?? header('apim-request-id')
  return {
    ...error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(requestId === undefined ? {} : { requestId }),
  }
}

/** @param status the HTTP status; undefined for an error in the middle of a stream, whose type then tells it */
export function errorFromBody(body: Fields, status: number | undefined): HubError {
  const inner = isFields(body['error']) ? body['error'] : body
  const given =
    typeof inner['type'] === 'string' && Object.hasOwn(statusOfType, inner['type']) ? inner['type'] : undefined
  const message = firstText(inner['message'], body['message'], body['error'])
  const code = firstText(inner['code'], isFields(inner['details']) ? inner['details']['error_code'] : undefined)
  const overloaded = status === 503 && /overloaded/i.test(message ?? '')
  const type = given ?? (overloaded ? 'overloaded_error' : errorTypeOf(status ?? 500))
  const azure = inner['innererror'] ?? inner['inner_error']
  return {
    status: status ?? statusOfType[type] ?? 500,
    type,
    message: message ?? `The upstream failed with status ${status ?? 'unknown'} and gave no reason.`,
    ...(code === undefined ? {} : { code }),
    ...(typeof inner['param'] === 'string' ? { param: inner['param'] } : {}),
    ...(azure === undefined ? {} : { inner: azure }),
    ...(typeof body['request_id'] === 'string' ? { requestId: body['request_id'] } : {}),
    raw: body,
  }
}

function firstText(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '')
}

function plainMessage(failure: UpstreamFailure): string {
  const text = failure.text
    .replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const start = `The upstream answered with status ${failure.status}`
  return text === '' ? `${start} and an empty body.` : `${start}: ${text.slice(0, shownText)}`
}

/** Milliseconds to wait; a date is measured against the answer's own `date`. */
function retryAfter(header: (name: string) => string | undefined): number | undefined {
  const exact = Number(header('retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(exact) && exact >= 0) return exact
  const after = header('retry-after')
  if (after === undefined) return undefined
  const seconds = Number(after)
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined
  const wait = Date.parse(after) - Date.parse(header('date') ?? '')
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined
}
