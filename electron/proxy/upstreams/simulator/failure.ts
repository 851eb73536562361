import { errorTypeOf } from '../../../core/error-types.ts'

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
    error: { type: errorTypeOf(failure.status), message: failure.message },
    request_id: requestId,
  }
}
