/** Failures as OpenAI's two APIs write them, and OpenAI's, Azure's or a gateway's failures in neutral form. */
import type { EncodedError, UpstreamFailure } from '../dialects/dialect.ts'
import type { HubError } from '../hub.ts'
import { isFields, type Fields } from './fields.ts'

/** Type in the hub's vocabulary (Anthropic's) → type and code that OpenAI's clients know; no code = the upstream's. */
const wireTypes: Record<string, { type: string; code?: string; keeps?: readonly string[] }> = {
  invalid_request_error: { type: 'invalid_request_error' },
  authentication_error: { type: 'invalid_request_error', code: 'invalid_api_key' },
  billing_error: { type: 'insufficient_quota', code: 'insufficient_quota' },
  permission_error: { type: 'invalid_request_error', code: 'forbidden' },
  not_found_error: { type: 'invalid_request_error', code: 'model_not_found' },
  timeout_error: { type: 'server_error', code: 'timeout' },
  conflict_error: { type: 'conflict', code: 'conflict' },
  request_too_large: { type: 'invalid_request_error', code: 'request_too_large' },
  rate_limit_error: { type: 'rate_limit_error', code: 'rate_limit_exceeded', keeps: ['insufficient_quota'] },
  api_error: { type: 'server_error' },
  overloaded_error: { type: 'server_error', code: 'overloaded' },
}

/** Codes that say more than the table: our own, and refusals of what the upstream cannot carry. */
const ownCode = /^(?:proxy_|unsupported_)/

/** The error as an HTTP answer that OpenAI's clients understand; they do not know 529. */
export function encodeError(error: HubError): EncodedError {
  const headers: Record<string, string> = {}
  if (error.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.ceil(error.retryAfterMs / 1000))
    headers['retry-after-ms'] = String(error.retryAfterMs)
  }
  if (error.requestId !== undefined) headers['x-request-id'] = error.requestId
  return { status: error.status === 529 ? 503 : error.status, headers, body: errorBody(error) }
}

/** The body of an error answer; all four keys are always there. */
export function errorBody(error: HubError): { error: Fields } {
  const wire = wireTypes[error.type] ?? { type: error.status < 500 ? 'invalid_request_error' : 'server_error' }
  return {
    error: {
      message: error.message,
      type: wire.type,
      param: error.param ?? null,
      code: codeOf(error, wire),
      ...(error.inner === undefined ? {} : { innererror: error.inner }),
    },
  }
}

function codeOf(error: HubError, wire: { code?: string; keeps?: readonly string[] }): string | null {
  const { code } = error
  if (code !== undefined && (ownCode.test(code) || wire.keeps?.includes(code))) return code
  if (wire.code !== undefined) return wire.code
  if (error.status === 503) return 'service_unavailable'
  return code ?? null
}

/** Longest piece of a body without a structure that is shown. */
const shownText = 200

/** An upstream's failure, in whatever shape: OpenAI's, Azure's, a gateway's, or a page. */
export function decodeError(failure: UpstreamFailure): HubError {
  const raw = parse(failure.text)
  const error = describe(raw)
  const status = failure.status >= 400 ? failure.status : (error.status ?? 400)
  const requestId = headerOf(failure, 'x-request-id') ?? headerOf(failure, 'apim-request-id')
  const retryAfterMs = retryAfter(failure)
  return {
    status,
    type: typeOf(status, error.code, error.message),
    message: error.message ?? plainMessage(status, failure.text),
    ...(error.code === undefined ? {} : { code: error.code }),
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.inner === undefined ? {} : { inner: error.inner }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(requestId === undefined ? {} : { requestId }),
    raw: raw ?? failure.text,
  }
}

/** An `error` that came in place of an answer: in a stream, or in a body with status 200. */
export function decodeInlineError(value: unknown, fallbackStatus: number): HubError {
  const error = describe({ error: value })
  const status = error.status ?? statusOf(error.code, error.type) ?? fallbackStatus
  return {
    status,
    type: typeOf(status, error.code, error.message),
    message: error.message ?? 'The upstream reported an error without a message.',
    ...(error.code === undefined ? {} : { code: error.code }),
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(error.inner === undefined ? {} : { inner: error.inner }),
    raw: value,
  }
}

interface Described {
  message?: string
  code?: string
  type?: string
  param?: string
  status?: number
  inner?: unknown
}

function describe(raw: unknown): Described {
  if (!isFields(raw)) return {}
  const inside = raw['error']
  if (typeof inside === 'string') return { message: inside }
  // API Management answers `{statusCode, message}`, others `{message}` or `{detail}`.
  const error = isFields(inside) ? inside : raw
  const message = [error['message'], error['detail'], raw['message']].find((text) => typeof text === 'string')
  const status = [error['status'], error['statusCode'], error['code']].map(httpStatus).find((one) => one !== undefined)
  const inner: unknown = error['innererror'] ?? error['inner_error'] ?? undefined
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(codeText(error['code']) === undefined ? {} : { code: codeText(error['code']) as string }),
    ...(typeof error['type'] === 'string' ? { type: error['type'] } : {}),
    ...(typeof error['param'] === 'string' ? { param: error['param'] } : {}),
    ...(status === undefined ? {} : { status }),
    ...(inner === undefined ? {} : { inner }),
  }
}

function codeText(code: unknown): string | undefined {
  if (typeof code === 'number') return String(code)
  return typeof code === 'string' && code !== '' ? code : undefined
}

function httpStatus(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined
}

/** The hub's word for a status. */
function typeOf(status: number, code: string | undefined, message: string | undefined): string {
  switch (status) {
    case 401:
      return 'authentication_error'
    case 402:
      return 'billing_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 408:
    case 504:
      return 'timeout_error'
    case 409:
      return 'conflict_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    case 503:
      return /overloaded/i.test(`${code ?? ''} ${message ?? ''}`) ? 'overloaded_error' : 'api_error'
    case 529:
      return 'overloaded_error'
    default:
      return status < 500 ? 'invalid_request_error' : 'api_error'
  }
}

/** Status of an error that only names itself; the first that matches. */
function statusOf(code: string | undefined, type: string | undefined): number | undefined {
  const words = `${code ?? ''} ${type ?? ''}`
  return statusOfWords.find(([pattern]) => pattern.test(words))?.[1]
}

/** OpenAI's codes of errors and of failed responses, and what its type says where the code is no help. */
const statusOfWords: readonly (readonly [RegExp, number])[] = [
  [/rate_limit|too_many_requests|insufficient_quota/, 429],
  [/overloaded/, 529],
  [/invalid_api_key|authentication/, 401],
  [/permission|forbidden/, 403],
  [/model_not_found|DeploymentNotFound|not_found_error/, 404],
  [/timeout/, 504],
  [/server_error|internal_error/, 500],
  // A picture in the request is at fault: `invalid_image`, `image_too_large`, `failed_to_download_image`, …
  [/invalid_request|context_length|content_filter|invalid_prompt|image/, 400],
]

function plainMessage(status: number, text: string): string {
  const plain = text
    .replaceAll(/<(?:style|script)[\s\S]*?<\/(?:style|script)>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const shown = Array.from(plain).slice(0, shownText).join('')
  return shown === '' ? `The upstream answered ${status} without a body.` : `The upstream answered ${status}: ${shown}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function headerOf(failure: UpstreamFailure, name: string): string | undefined {
  const value = failure.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** Milliseconds; a date in `retry-after` is not read, there is no clock here. */
function retryAfter(failure: UpstreamFailure): number | undefined {
  const milliseconds = Number(headerOf(failure, 'retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds
  const seconds = Number(headerOf(failure, 'retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
}
