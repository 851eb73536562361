import type { Failure } from '../../shared/exchange.ts'
import type { EncodedError } from '../core/dialects/dialect.ts'
import { LazuliError } from '../core/error.ts'
import type { DialectId, HubError } from '../core/hub.ts'
import { dialectOf } from '../core/dialects/registry.ts'

/** Anthropic's word for an HTTP status (dialects.md §10). */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** An error of our own in the hub's terms; the fix stands behind the message, because clients show nothing else. */
export function hubErrorOf(error: LazuliError): HubError {
  return {
    status: error.status,
    type: TYPES[error.status] ?? (error.status < 500 ? 'invalid_request_error' : 'api_error'),
    code: error.code,
    message: error.fix === undefined ? error.message : `${error.message} ${error.fix}`,
    ...(error.param === undefined ? {} : { param: error.param }),
  }
}

/** The error as an answer in a dialect's shape. */
export function encodeFailure(error: LazuliError, dialect: DialectId): EncodedError {
  return dialectOf(dialect).encodeError(hubErrorOf(error))
}

/** Whatever was thrown, as an error that may be shown: an unforeseen one tells nothing of its inside. */
export function asLazuliError(thrown: unknown): LazuliError {
  if (thrown instanceof LazuliError) return thrown
  return new LazuliError({
    code: 'proxy_internal_error',
    status: 500,
    message: 'Lazuli failed on this request.',
    fix: 'The log has the details.',
    cause: thrown,
  })
}

/** What is recorded of an upstream's own error. */
export function failureOf(error: HubError, fix: string | undefined): Failure {
  return {
    code: error.code ?? error.type,
    message: error.message,
    ...(fix === undefined ? {} : { fix }),
  }
}
