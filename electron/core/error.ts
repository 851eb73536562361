import type { Failure } from '../../shared/exchange.ts'

/** What went wrong, in the terms of the HTTP answer that a client should see. */
export interface LazuliErrorInit {
  /** Stable, machine-readable; starts with `proxy_` where Lazuli itself (not an upstream) refuses or fails. */
  code: string
  /** HTTP status for the client. */
  status: number
  /** One sentence for the user: what happened and why. Never a secret, never a prompt. */
  message: string
  /** What to do about it. */
  fix?: string
  /** Path of the offending field in the client's request. */
  param?: string
  /** May the same request succeed when it is sent again? */
  retryable?: boolean
  cause?: unknown
}

/**
 * The one error class. It is turned into a dialect's own shape only in that dialect's `errors.ts`.
 */
export class LazuliError extends Error {
  override readonly name = 'LazuliError'
  readonly code: string
  readonly status: number
  readonly fix: string | undefined
  readonly param: string | undefined
  readonly retryable: boolean

  constructor(init: LazuliErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.code = init.code
    this.status = init.status
    this.fix = init.fix
    this.param = init.param
    this.retryable = init.retryable ?? false
  }

  /** The part that may be stored and shown. */
  toFailure(): Failure {
    return { code: this.code, message: this.message, ...(this.fix === undefined ? {} : { fix: this.fix }) }
  }
}
