/**
 * What is known of one exchange: a client's request, the decision where to send it, the attempts upstream, and what
 * came back. The recorder writes these shapes, the window and the command line read them.
 * All `…Ms` fields are milliseconds relative to `startedAt` (monotonic clock) unless they say otherwise.
 */
import * as z from 'zod'

/** The three client APIs. */
export const DialectId = z.enum(['chat', 'responses', 'messages'])
export type DialectId = z.infer<typeof DialectId>

/**
 * Token counts. `input` includes `cached` and `cacheWrite`, whatever the dialect says; a missing count is unknown.
 * `cacheWrite1h` is the part of `cacheWrite` that is kept for an hour, where there is one.
 */
export const Usage = z.object({
  input: z.number().optional(),
  cached: z.number().optional(),
  cacheWrite: z.number().optional(),
  cacheWrite1h: z.number().optional(),
  output: z.number().optional(),
  reasoning: z.number().optional(),
})
export type Usage = z.infer<typeof Usage>

/** What an exchange cost, in USD, and by which price. */
export const Cost = z.object({
  total: z.number(),
  /** Of the input that is neither `cached` nor `cacheWrite`. */
  input: z.number(),
  cached: z.number(),
  cacheWrite: z.number(),
  output: z.number(),
  /** What a router costs on top of the model that it chose. */
  fee: z.number(),
  /** The name that was looked up in the price list, or the key of the user's own price. */
  model: z.string(),
  /** When the price was read, `YYYY-MM-DD`; absent for the user's own. */
  asOf: z.string().optional(),
  source: z.string(),
})
export type Cost = z.infer<typeof Cost>

/** One thing that could not be carried over unchanged between two dialects or to a model family. */
export const Loss = z.object({
  /** Path of the field in the client's own request or answer, e.g. `messages[2].name`. */
  path: z.string(),
  /** carried: other spelling, nothing lost. degraded: meaning kept in part. dropped: gone. */
  kind: z.enum(['carried', 'degraded', 'dropped']),
  /** One sentence: what happened and why. */
  reason: z.string(),
})
export type Loss = z.infer<typeof Loss>

/** One line of an explanation: a decision step, in the order in which it was taken. */
export const Step = z.object({
  verdict: z.enum(['ok', 'skip', 'warn', 'error']),
  text: z.string(),
  /** Why; a second line under `text`. */
  why: z.string().optional(),
})
export type Step = z.infer<typeof Step>

/** Where a model name leads, with every step that led there. */
export const Decision = z.object({
  askedModel: z.string(),
  steps: z.array(Step),
  /** Absent when nothing can serve the name; then the last step says why and what to do. */
  target: z
    .object({
      instance: z.string(),
      providerType: z.string(),
      deployment: z.string(),
      baseModel: z.string(),
      api: DialectId,
      /** The upstream URL, without any secret; filled in by the proxy, which knows how to build it. */
      url: z.string().optional(),
    })
    .optional(),
  /** Index into the configured mapping rules, when a rule decided. */
  rule: z.number().int().optional(),
})
export type Decision = z.infer<typeof Decision>

export const Header = z.tuple([z.string(), z.string()])
export type Header = z.infer<typeof Header>

/** A captured body. `text` is UTF-8 (lossy); `bytes` is its true size; `truncated` when the capture is shorter. */
export const CapturedBody = z.object({
  text: z.string(),
  bytes: z.number().int(),
  truncated: z.boolean(),
})
export type CapturedBody = z.infer<typeof CapturedBody>

export const Failure = z.object({
  /** Stable machine-readable code, e.g. `proxy_upstream_incomplete`. */
  code: z.string(),
  message: z.string(),
  fix: z.string().optional(),
})
export type Failure = z.infer<typeof Failure>

/** One call to an upstream. */
export const Attempt = z.object({
  instance: z.string(),
  deployment: z.string(),
  method: z.string(),
  url: z.string(),
  requestHeaders: z.array(Header),
  requestBody: CapturedBody.optional(),
  startMs: z.number(),
  headersMs: z.number().optional(),
  firstByteMs: z.number().optional(),
  endMs: z.number().optional(),
  status: z.number().int().optional(),
  responseHeaders: z.array(Header).optional(),
  /** Bytes received. */
  received: z.number().int(),
  failure: Failure.optional(),
})
export type Attempt = z.infer<typeof Attempt>

/** active: running. done: whole answer delivered. failed: an error was delivered. aborted: the client left. */
export const ExchangeState = z.enum(['active', 'done', 'failed', 'aborted'])
export type ExchangeState = z.infer<typeof ExchangeState>

/** What the eye should notice in the list. */
export const ExchangeFlag = z.enum(['retried', 'failed_over', 'lossy', 'filtered', 'truncated', 'faulted'])
export type ExchangeFlag = z.infer<typeof ExchangeFlag>

/** What a request brings along besides words. */
export const RequestPart = z.enum(['tools', 'images', 'files', 'schema', 'thinking'])
export type RequestPart = z.infer<typeof RequestPart>

/** What the journal finds in an exchange that deserves an explanation; the filter's `finding:` names them so. */
export const FindingKind = z.enum([
  /** The same body again and again in a short time. */
  'retry-storm',
  /** This turn's prefix differs from the one before in the same session, so the provider's cache does not hold. */
  'cache-break',
  /** The answer ended at the limit of output tokens. */
  'max-tokens',
  'content-filter',
  /** The client closed the connection before it had the whole answer. */
  'client-left',
  /** The upstream was silent for long in the middle of a stream. */
  'stall',
  /** The upstream's stream ended without its end. */
  'truncated-stream',
])
export type FindingKind = z.infer<typeof FindingKind>

export const Finding = z.object({
  kind: FindingKind,
  severity: z.enum(['info', 'warn', 'error']),
  /** A few words, for the badge. */
  title: z.string(),
  /** Sentences: what was seen, and what it means. */
  explanation: z.string(),
  /** What can be done about it. */
  fix: z.string().optional(),
  /** Where in the client's request, e.g. `messages[3].content`. */
  path: z.string().optional(),
  /** The upstream event after which it happened. */
  event: z.number().int().optional(),
  /** Ids of other exchanges that belong to it, oldest first; they may be gone. */
  related: z.array(z.string()),
})
export type Finding = z.infer<typeof Finding>

/** One row of the traffic list. */
export const ExchangeSummary = z.object({
  id: z.string(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  state: ExchangeState,
  /** The calling program as a person would name it: `Claude Code`, `curl`, `Playground`. */
  client: z.string(),
  /** Name of the local key that it came with; absent: the one token, or none. */
  key: z.string().optional(),
  /** Groups an agent's calls, from the session header that the tool sends. */
  session: z.string().optional(),
  method: z.string(),
  /** Path with its query, secrets redacted. */
  path: z.string(),
  clientDialect: DialectId.optional(),
  upstreamDialect: DialectId.optional(),
  askedModel: z.string().optional(),
  instance: z.string().optional(),
  deployment: z.string().optional(),
  stream: z.boolean(),
  status: z.number().int().optional(),
  /** First byte of the answer's body to the client. */
  ttftMs: z.number().optional(),
  durationMs: z.number().optional(),
  usage: Usage.optional(),
  /** USD; known when the exchange has ended. Absent beside a usage: unpriced. */
  cost: z.number().optional(),
  attempts: z.number().int(),
  losses: z.number().int(),
  flags: z.array(ExchangeFlag),
  /** Bytes of the client's body and of the answer's, so far. */
  requestBytes: z.number().int().optional(),
  responseBytes: z.number().int().optional(),
  /** Known when the exchange has ended; absent: none. */
  parts: z.array(RequestPart).optional(),
  /** Known when the exchange has ended; absent: none. */
  findings: z.array(FindingKind).optional(),
  failure: Failure.optional(),
  /** Came from a bundle: it did not happen here. */
  imported: z.literal(true).optional(),
})
export type ExchangeSummary = z.infer<typeof ExchangeSummary>

/** Everything but the bytes of the two lanes, which are read on their own. */
export const ExchangeDetail = z.object({
  summary: ExchangeSummary,
  requestHeaders: z.array(Header),
  requestBody: CapturedBody,
  decision: Decision.optional(),
  /** What a rule of faults did to it, e.g. `stalls for 5 s before event 3`. */
  fault: z.string().optional(),
  losses: z.array(Loss),
  /** How `summary.cost` came about. */
  cost: Cost.optional(),
  attempts: z.array(Attempt),
  responseHeaders: z.array(Header),
  /** `summary.findings`, explained. */
  findings: z.array(Finding).optional(),
})
export type ExchangeDetail = z.infer<typeof ExchangeDetail>

/** upstream: what the last attempt sent us. client: what we sent to the client. */
export const Lane = z.enum(['upstream', 'client'])
export type Lane = z.infer<typeof Lane>

/** One event of a stream, or one read of a body that is not an event stream. */
export const LaneEvent = z.object({
  /** Position in its lane, from 0. */
  index: z.number().int(),
  /** When its last byte arrived or was written. */
  atMs: z.number(),
  /** Value of the `event:` line, or the `type` in the data, if any. */
  name: z.string().optional(),
  /** Raw bytes of the event as UTF-8 text, without the blank line that ends it. */
  raw: z.string(),
  /** In the client's lane, where the answer was translated: half-open range of the upstream events that caused this one. */
  causes: z.tuple([z.number().int(), z.number().int()]).optional(),
})
export type LaneEvent = z.infer<typeof LaneEvent>

export const LanePage = z.object({
  events: z.array(LaneEvent),
  /** Index to ask for next; absent when the lane is complete. */
  next: z.number().int().optional(),
  /** True when the lane was longer than the recorder keeps. */
  truncated: z.boolean(),
})
export type LanePage = z.infer<typeof LanePage>
