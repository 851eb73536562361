import type { IncomingMessage } from 'node:http'
import type { DialectId, Failure } from '../../shared/exchange.ts'
import type { Configuration } from '../config/configuration.ts'
import type { ExchangeTap } from '../core/tap.ts'
import type { ClientAnswer } from './client-answer.ts'

/** One client request on its way: what the steps of the pipeline share. */
export interface Exchange {
  request: IncomingMessage
  /** Without `?`. */
  query: string
  /** Of the path, until the body is read and says otherwise. */
  dialect: DialectId
  /** The one that was current when the request came; it keeps it. */
  configuration: Configuration
  tap: ExchangeTap
  answer: ClientAnswer
  /** The client waits for permission to send its body. */
  expectsContinue: boolean
  /** Calls upstream so far. */
  attempts: number
}

/** How an exchange ended. */
export interface ExchangeEnd {
  state: 'done' | 'failed' | 'aborted'
  failure?: Failure
}
