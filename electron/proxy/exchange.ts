import type { IncomingMessage } from 'node:http'
import type { DialectId, Failure, Loss } from '../../shared/exchange.ts'
import type { Configuration, NamedKey } from '../config/configuration.ts'
import type { Dialect } from '../core/dialects/dialect.ts'
import type { ExchangeTap } from '../core/tap.ts'
import type { Route } from '../routing/route.ts'
import type { Operation } from './operations/operation.ts'
import type { ClientAnswer } from './client-answer.ts'
import type { Credential } from './upstreams/call.ts'

/** One client request on its way: what the steps of the pipeline share. */
export interface Exchange {
  request: IncomingMessage
  /** Without `?`. */
  query: string
  /** Of the path, until the body is read and says otherwise. */
  dialect: DialectId
  /** The one that was current when the request came; it keeps it. Of a request that names its own resource: that alone. */
  configuration: Configuration
  tap: ExchangeTap
  answer: ClientAnswer
  /** The named local key that it came with; absent: the one token, or none. */
  key?: NamedKey
  /** The client waits for permission to send its body. */
  expectsContinue: boolean
  /** Calls upstream so far. */
  attempts: number
  /** The credential of the last call, whosever it is: an upstream may echo it. */
  credential?: Credential | undefined
  /** The body, where it was read already. */
  received?: Buffer
  /** How the client speaks, where that is not one of the three dialects as they are. */
  speaks?: Dialect
  /** The deployment that the path names (Azure's own paths); it counts for more than the body's model. */
  deployment?: string
  /** What is passed on, where this is not a conversation. */
  operation?: Operation
  /** As the client named it, once that is known. */
  model?: string
  route?: Route
  /** What was lost so far; see `lose`. */
  losses: Loss[]
  /** Path or code of what the request was refused for, before any call upstream. */
  refused?: string
}

/** How an exchange ended. */
export interface ExchangeEnd {
  state: 'done' | 'failed' | 'aborted'
  failure?: Failure
}
