import type { Failure } from '../../shared/exchange.ts'
import type { EncodedError } from '../core/dialects/dialect.ts'
import { LazuliError } from '../core/error.ts'
import { errorTypeOf } from '../core/error-types.ts'
import type { DialectId, HubError } from '../core/hub.ts'
import { dialectOf } from '../core/dialects/registry.ts'

/** An error of our own in the hub's terms; the fix stands behind the message, because clients show nothing else. */
export function hubErrorOf(error: LazuliError): HubError {
  return {
    status: error.status,
    type: errorTypeOf(error.status),
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
