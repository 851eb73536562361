/**
 * What the proxy tells about the traffic. The proxy only calls; the journal listens (engine.ts joins them). A tap must
 * never throw, block or change a byte: what it does with a chunk happens off the hot path.
 */
import type { Decision, DialectId, Failure, Header, Loss, Usage } from '../../shared/exchange.ts'

export interface ExchangeStart {
  method: string
  /** Path and query as received. */
  path: string
  /** Headers as received, in order. The listener redacts them before storing. */
  headers: readonly Header[]
}

export interface AttemptStart {
  instance: string
  deployment: string
  method: string
  url: string
  headers: readonly Header[]
  /**
   * The body as a list of pieces; not copied by the caller, so it must not be changed later. After the exchange has ended
   * as `done` they belong to the tap, which may move large ones away: nobody may look at them any more.
   */
  body: readonly Uint8Array[]
}

/** One call upstream. */
export interface AttemptTap {
  head(status: number, headers: readonly Header[]): void
  bytes(chunk: Uint8Array): void
  end(failure?: Failure): void
}

/** One exchange, from the client's request head to its last byte. */
export interface ExchangeTap {
  /** Sent to the client as `x-lazuli-exchange`. */
  readonly id: string
  requestBody(pieces: readonly Uint8Array[]): void
  /** What the request is, as soon as it is known. */
  describe(what: {
    clientDialect?: DialectId
    upstreamDialect?: DialectId
    askedModel?: string
    stream?: boolean
    instance?: string
    deployment?: string
    /** Where no decision names them in its target. */
    baseModel?: string
    providerType?: string
    /** Name of the local key that the request came with. */
    key?: string
    /** What a rule of faults does to it, e.g. `stalls for 5 s before event 3`. */
    fault?: string
  }): void
  decided(decision: Decision): void
  lost(losses: readonly Loss[]): void
  attempt(start: AttemptStart): AttemptTap
  clientHead(status: number, headers: readonly Header[]): void
  /**
   * Bytes written to the client; whole events, where they were translated. `causes` = half-open range of the upstream's
   * events (reads, where it is not a stream) that came since the last and up to the one that caused these. Numbers count
   * every block of lines of the last attempt's answer, comments too.
   */
  clientBytes(chunk: Uint8Array, causes?: readonly [from: number, to: number]): void
  /** Real usage where the proxy learnt it on the way (translated answers). Relayed answers are read by the listener, later. */
  usage(usage: Usage): void
  end(state: 'done' | 'failed' | 'aborted', failure?: Failure): void
}

export interface Tap {
  begin(start: ExchangeStart): ExchangeTap
}
