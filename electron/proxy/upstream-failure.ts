import type { FailedAnswer } from './deliver-error.ts'
import type { ExchangeEnd } from './exchange.ts'
import type { UpstreamAnswer } from './send.ts'

/** An upstream's own error, before the client was told of it: another call may still take its place. */
export class UpstreamFailure extends Error {
  readonly answer: FailedAnswer
  /** Tells the client, with these headers of the upstream's. */
  readonly tell: (headers: UpstreamAnswer['headers']) => Promise<ExchangeEnd>

  constructor(answer: FailedAnswer, tell: (headers: UpstreamAnswer['headers']) => Promise<ExchangeEnd>) {
    super(`the upstream answered ${answer.status}`)
    this.answer = answer
    this.tell = tell
  }
}
