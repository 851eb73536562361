/**
 * What a dialect can do. Each of `chat/`, `responses/`, `messages/` implements it; `registry.ts` is the only place that
 * knows them all. Pure: no I/O, no clock, no randomness but what `AnswerContext` passes in.
 */
import type { ModelProfile } from '../models/profile.ts'
import type { SseEvent } from '../sse.ts'
import type { DialectId, HubError, HubEvent, HubRequest, Loss, Part } from '../hub.ts'

/** Where an encoded request will go. */
export interface Target {
  /** Goes into the body's `model`. */
  deployment: string
  profile: ModelProfile
  /** Ask the upstream to stream? False for a pseudo-stream. */
  stream: boolean
}

export interface EncodedRequest {
  body: Record<string, unknown>
  losses: Loss[]
  /** What the answer's decoder must undo. */
  undo: AnswerUndo
}

/** Changes made on the way in that must be taken back on the way out. */
export interface AnswerUndo {
  /** Name sent upstream → name the client knows, where they differ. */
  toolNames: ReadonlyMap<string, string>
  /** Names (as sent) of custom tools that were wrapped as `{input: string}` functions. */
  wrappedCustomTools: ReadonlySet<string>
  /** Tool (as sent) that was forced to get structured output; its arguments are the answer's text. */
  formatTool?: string
  /** Names (as sent) of flattened namespace tools → their namespace. */
  namespaces: ReadonlyMap<string, string>
}

/** What decoders and encoders of an answer may know of the exchange. */
export interface AnswerContext {
  request: HubRequest
  undo: AnswerUndo
  upstreamDialect: DialectId
  /** Milliseconds since the epoch. */
  now: () => number
  /** A fresh id with the given prefix, e.g. `newId('fc_')`. */
  newId: (prefix: string) => string
  /** Losses found while the answer goes through. */
  lose: (loss: Loss) => void
  /** Told of each item that is given to the client under an id by which a later request may refer to it. */
  issued?: (id: string, parts: Part[]) => void
}

/** Upstream events in, hub events out. Never throws on any input. */
export interface EventDecoder {
  push(event: SseEvent): HubEvent[]
  /** The upstream's body ended. Yields `error{code:'proxy_upstream_incomplete'}` if nothing had ended the answer. */
  end(): HubEvent[]
}

/** Hub events in, the client's stream out as text. Never throws on any sequence; keeps its dialect's order rules. */
export interface EventEncoder {
  /** Text of the client events (complete, each with its blank line) that this hub event causes; often ''. */
  push(event: HubEvent): string
}

/** An error answer in a dialect's own shape. */
export interface EncodedError {
  status: number
  headers: Record<string, string>
  body: unknown
}

/** An upstream's failure as it came. */
export interface UpstreamFailure {
  status: number
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Body text, cut at a bound. */
  text: string
}

export interface DecodedRequest {
  request: HubRequest
  losses: Loss[]
}

export interface Dialect {
  readonly id: DialectId
  /**
   * Client body → hub. Throws LazuliError (400, with the field's path) for what is missing or malformed.
   */
  decodeRequest(body: unknown): DecodedRequest
  /**
   * Hub → upstream body. Throws LazuliError (400, `code: 'unsupported_by_upstream'`, with the path in the client's
   * request) for what cannot be carried and matters (dialects.md §7, "refuse").
   */
  encodeRequest(request: HubRequest, target: Target): EncodedRequest
  /** Whole upstream answer (parsed JSON) → the same hub events that a stream of it would give. Never throws. */
  decodeAnswer(body: unknown, context: AnswerContext): HubEvent[]
  createEventDecoder(context: AnswerContext): EventDecoder
  createEventEncoder(context: AnswerContext): EventEncoder
  /** Folds a complete list of hub events into the client's non-streamed body. A list that ends in `error` is the caller's to handle. */
  encodeAnswer(events: readonly HubEvent[], context: AnswerContext): unknown
  /** A comment or event that keeps an idle connection alive, complete with its blank line. */
  readonly heartbeat: string
  encodeError(error: HubError): EncodedError
  /** The error as an event of a stream that has begun, complete. For a same-dialect stream that was cut. */
  encodeErrorEvent(error: HubError): string
  decodeError(failure: UpstreamFailure): HubError
}
