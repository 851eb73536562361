/** A failure that the simulator answers with, before it is put into the shape of one of the two wires. */
export class SimulatedFailure extends Error {
  override readonly name = 'SimulatedFailure'
  readonly status: number
  /** OpenAI's error code, e.g. `unsupported_parameter`. */
  readonly code: string
  readonly param: string | null
  readonly inner: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    message: string,
    more: { param?: string; inner?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.param = more.param ?? null
    this.inner = more.inner
    this.headers = more.headers ?? {}
  }
}

/** Anthropic's error types by status. */
const MESSAGES_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** The error body as Azure OpenAI writes it. */
export function openAiError(failure: SimulatedFailure): unknown {
  return {
    error: {
      message: failure.message,
      type: failure.status === 400 ? 'invalid_request_error' : null,
      param: failure.param,
      code: failure.code,
      ...(failure.inner === undefined ? {} : { status: failure.status, innererror: failure.inner }),
    },
  }
}

/** The error body as Claude in Foundry writes it. */
export function messagesError(failure: SimulatedFailure, requestId: string): unknown {
  return {
    type: 'error',
    error: { type: MESSAGES_TYPES[failure.status] ?? 'api_error', message: failure.message },
    request_id: requestId,
  }
}
