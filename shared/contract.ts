/**
 * What the window may ask of the engine: one contract, served over a MessagePort in the app and over HTTP headless.
 * Errors arrive as oRPC errors whose `data` is a `Failure` (message and fix).
 */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './contract-base.ts'
import { instanceProcedures, modelProcedures, ruleProcedures } from './models-contract.ts'
import { Budget, Instance, OwnPrices } from './config.ts'
import { CapturedBody, ExchangeDetail, ExchangeSummary, Failure, Lane, LanePage, LaneEvent } from './exchange.ts'
import { ChosenIds, ExportedFile, ExportFormat, fileBounds, ServedMock } from './exchange-files.ts'
import { FaultRule } from './faults.ts'
import { ResendRequest, Resent } from './resend.ts'
import { settingsProcedures } from './settings.ts'
import { BudgetsView, LocalKeyView, NewLocalKey, PricesView, Spent, SumRow, SumsQuestion } from './spending.ts'
import { ApiCall, Chat, ChatSummary, PlaygroundEvent, PlaygroundOptions, PlaygroundRequest } from './playground.ts'

import { ToolCheck, ToolId, ToolList, ToolModels, ToolOutcome, ToolPlan } from './tools.ts'

export const AppInfo = z.object({
  version: z.string(),
  host: z.enum(['desktop', 'headless']),
  platform: z.string(),
  /** Address that local tools use, without `/v1`, e.g. `http://127.0.0.1:11437`. */
  baseUrl: z.string(),
  auth: z.enum(['token', 'open']),
  dataDir: z.string(),
  /** First run: nothing is configured and the user has not chosen the simulator yet. */
  firstRun: z.boolean(),
})
export type AppInfo = z.infer<typeof AppInfo>

export const Status = z.object({
  state: z.enum(['running', 'stopping']),
  baseUrl: z.string(),
  /** Model requests that began in the last 60 s. */
  requestsPerMinute: z.number().int(),
  active: z.number().int(),
  recording: z.boolean(),
  /** Since midnight. */
  costToday: Spent,
  /** Something that the user should know now, e.g. that the store is read-only. */
  problem: Failure.optional(),
})
export type Status = z.infer<typeof Status>

export const FeedBatch = z.discriminatedUnion('type', [
  /** New or changed rows, oldest first. At most one batch per 16 ms. */
  z.object({ type: z.literal('rows'), rows: z.array(ExchangeSummary) }),
  z.object({ type: z.literal('cleared') }),
])
export type FeedBatch = z.infer<typeof FeedBatch>

/** What a window shows all the time, in one stream: a browser has six connections for all its tabs. */
export const AppEvent = z.discriminatedUnion('type', [
  /** First, and whenever it differs. */
  z.object({ type: z.literal('status'), status: Status }),
  ...FeedBatch.options,
])
export type AppEvent = z.infer<typeof AppEvent>

/** A detail without the bodies that were sent before: an absent body is the same as in the batch before. */
export const FollowedDetail = ExchangeDetail.extend({ requestBody: CapturedBody.optional() })
export type FollowedDetail = z.infer<typeof FollowedDetail>

/** A running exchange: what was added since the last batch. `mergeDetail` (shared/followed.ts) puts details together. */
export const FollowBatch = z.object({
  /** Present in the first batch, then when something besides the lanes has changed. */
  detail: FollowedDetail.optional(),
  /** An event of index 0 after others: a further attempt began the lane anew. */
  upstream: z.array(LaneEvent),
  client: z.array(LaneEvent),
  /** True in the last batch. */
  complete: z.boolean(),
})
export type FollowBatch = z.infer<typeof FollowBatch>

/** A part of a filter that is not understood. */
export const FilterProblem = z.object({
  message: z.string(),
  /** Half-open range in the filter's text. */
  from: z.number().int(),
  to: z.number().int(),
  /** What may have been meant: text to put in place of the range. */
  suggestion: z.string().optional(),
})
export type FilterProblem = z.infer<typeof FilterProblem>

export const SavedFilter = z.object({ name: z.string().trim().min(1).max(80), filter: z.string().min(1).max(2000) })
export type SavedFilter = z.infer<typeof SavedFilter>

/** The calls of an agent that share a session header. */
export const SessionSummary = z.object({
  id: z.string(),
  client: z.string(),
  /** Exchanges, and those of them that run, or that failed or were left by the client. */
  count: z.number().int(),
  active: z.number().int(),
  errors: z.number().int(),
  /** Begin of the first and the last exchange, milliseconds since the epoch. */
  first: z.number(),
  last: z.number(),
  /** Tokens; `input` includes `cached`. */
  input: z.number(),
  cached: z.number(),
  output: z.number(),
  /** USD of what has a price; `unpriced` exchanges with a usage have none. */
  cost: z.number(),
  unpriced: z.number().int(),
  models: z.array(z.string()),
})
export type SessionSummary = z.infer<typeof SessionSummary>

/** Fields of the filter whose values are read from the store. */
export const SuggestedField = z.enum(['client', 'model', 'instance', 'deployment', 'session'])
export type SuggestedField = z.infer<typeof SuggestedField>

const FilterText = z.string().max(2000)

export const contract = {
  app: {
    info: base.output(AppInfo),
    /** Status and changed rows together. */
    events: base.output(eventIterator(AppEvent)),
    /** Ends the first-run page by choosing the simulator. */
    useSimulator: base.output(z.void()),
  },
  traffic: {
    /**
     * Newest first. `before` = id of the oldest row that is known. A filter that is not understood matches nothing and
     * comes back with its problem.
     */
    list: base
      .input(
        z.object({
          limit: z.number().int().min(1).max(1000),
          before: z.string().optional(),
          filter: FilterText.optional(),
        }),
      )
      .output(
        z.object({
          rows: z.array(ExchangeSummary),
          /** All that match, whatever `before` says. */
          total: z.number().int(),
          /** True when counting was stopped at `total`: there may be more. */
          capped: z.boolean(),
          problem: FilterProblem.optional(),
          /** The filter has words, and so many exchanges are not searchable yet; they will be in a moment. */
          unsearched: z.number().int().optional(),
        }),
      ),
    /** Which of these the filter matches: for live rows, where the filter has words that only the store can look for. */
    match: base
      .input(z.object({ filter: FilterText, ids: z.array(z.string()).max(1000) }))
      .output(z.object({ ids: z.array(z.string()) })),
    /** Values that begin with the prefix (case ignored), the most frequent first. */
    suggest: base
      .input(z.object({ field: SuggestedField, prefix: z.string().max(200) }))
      .output(z.object({ values: z.array(z.object({ value: z.string(), count: z.number().int() })) })),
    filters: {
      list: base.output(z.array(SavedFilter)),
      /** Adds it, or replaces the one of the same name. */
      save: base.input(SavedFilter).output(z.array(SavedFilter)),
      remove: base.input(z.object({ name: z.string() })).output(z.array(SavedFilter)),
    },
    /** The latest first. The filter selects exchanges, and sessions are made of those. */
    sessions: base
      .input(z.object({ limit: z.number().int().min(1).max(500), filter: FilterText.optional() }))
      .output(z.object({ sessions: z.array(SessionSummary), problem: FilterProblem.optional() })),
    feed: base.output(eventIterator(FeedBatch)),
    get: base.input(z.object({ id: z.string() })).output(ExchangeDetail),
    events: base
      .input(
        z.object({
          id: z.string(),
          lane: Lane,
          from: z.number().int().min(0),
          limit: z.number().int().min(1).max(5000),
        }),
      )
      .output(LanePage),
    /** Everything of one exchange so far, then what is added while it runs; ends when it ends. */
    follow: base.input(z.object({ id: z.string() })).output(eventIterator(FollowBatch)),
    faults: {
      list: base.output(z.array(FaultRule)),
      /** Replaces all of them, at once. Those with `keep` are there after a restart, too. */
      save: base.input(z.object({ rules: z.array(FaultRule).max(100) })).output(z.array(FaultRule)),
    },
    /** Known secrets are masked in it, as they are in the store. `lane` is for `sse`; absent: upstream. */
    export: base.input(z.object({ ids: ChosenIds, format: ExportFormat, lane: Lane.optional() })).output(ExportedFile),
    /** Takes the exchanges of a bundle in, all or none; they get other ids where theirs are taken. */
    import: base
      .input(z.object({ text: z.string().max(fileBounds.text) }))
      .output(z.object({ ids: z.array(z.string()), renamed: z.number().int() })),
    /** Writes a bundle into the data folder and adds an instance that answers from it, under the recorded names. */
    serveAsMock: base
      .input(z.object({ ids: ChosenIds, ...Instance.pick({ name: true, match: true, speed: true }).shape }))
      .output(ServedMock),
    /** Sends a recorded request once more, through the front door. Answers as soon as the new exchange has begun. */
    resend: base.input(ResendRequest).output(Resent),
    /** Hangs up on an exchange that `resend` began and that still runs. */
    stopReplay: base.input(z.object({ id: z.string() })).output(z.object({ stopped: z.boolean() })),
    clear: base.output(z.void()),
    setRecording: base.input(z.object({ on: z.boolean() })).output(z.void()),
  },
  models: modelProcedures,
  instances: instanceProcedures,
  rules: ruleProcedures,
  accounting: {
    /** What was spent since midnight. */
    today: base.output(Spent),
    /** Sums of every model request, recorded or not, the dearest first; kept for 400 days. */
    sums: base.input(SumsQuestion).output(z.object({ rows: z.array(SumRow), today: z.iso.date() })),
  },
  budgets: {
    list: base.output(BudgetsView),
    save: base.input(z.object({ budgets: z.array(Budget) })).output(BudgetsView),
  },
  keys: {
    list: base.output(z.object({ keys: z.array(LocalKeyView), auth: z.enum(['token', 'open']) })),
    /** The key is told this once: only its digest is kept. */
    create: base.input(NewLocalKey).output(z.object({ key: z.string(), keys: z.array(LocalKeyView) })),
    /** It stops working at once. */
    revoke: base.input(z.object({ name: z.string() })).output(z.object({ keys: z.array(LocalKeyView) })),
  },
  prices: {
    list: base.output(PricesView),
    save: base.input(z.object({ prices: OwnPrices })).output(PricesView),
  },
  playground: {
    send: base.input(PlaygroundRequest).output(eventIterator(PlaygroundEvent)),
    options: base.input(z.object({ model: z.string() })).output(PlaygroundOptions),
    /** The request as it would go out, for code to copy; nothing is sent. */
    compose: base.input(PlaygroundRequest).output(ApiCall),
  },
  chats: {
    /** Newest first. `search`: words in the title or in a turn, case ignored. */
    list: base.input(z.object({ search: z.string().optional() })).output(z.array(ChatSummary)),
    get: base.input(z.object({ id: z.string() })).output(Chat),
    /** Keeps the head and adds or replaces these turns; others stay as they are. */
    save: base.input(Chat).output(ChatSummary),
    rename: base.input(z.object({ id: z.string(), title: z.string().min(1) })).output(ChatSummary),
    duplicate: base.input(z.object({ id: z.string() })).output(ChatSummary),
    /** Hidden at once, gone for good after a while; `restore` brings it back until then. */
    remove: base.input(z.object({ id: z.string() })).output(z.void()),
    restore: base.input(z.object({ id: z.string() })).output(ChatSummary),
  },
  tools: {
    list: base.output(ToolList),
    /** What connecting a tool would change; nothing is written. Keys are hidden unless `reveal`. */
    plan: base
      .input(z.object({ tool: ToolId, models: ToolModels.optional(), reveal: z.boolean().optional() }))
      .output(ToolPlan),
    /** Writes what the plan of this fingerprint shows, after a copy of each file. */
    apply: base.input(z.object({ tool: ToolId, models: ToolModels, fingerprint: z.string() })).output(ToolOutcome),
    undo: base.input(z.object({ tool: ToolId })).output(ToolOutcome),
    /** Watches the tool's real request, tick by tick; `run` starts the tool with one question. */
    verify: base.input(z.object({ tool: ToolId, run: z.boolean() })).output(eventIterator(ToolCheck)),
  },
  settings: settingsProcedures,
}
export type Contract = typeof contract
