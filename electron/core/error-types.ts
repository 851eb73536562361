/** Anthropic's words for HTTP statuses (dialects.md §10), which are the neutral ones, too. */
const types: Readonly<Record<number, string>> = {
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

/** The type of an error of which only the status is known. */
export function errorTypeOf(status: number): string {
  return types[status] ?? (status >= 400 && status < 500 ? 'invalid_request_error' : 'api_error')
}
