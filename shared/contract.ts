/**
 * What the window may ask of the engine: one contract, served over a MessagePort in the app and over HTTP headless.
 * Errors arrive as oRPC errors whose `data` is a `Failure` (message and fix).
 */
import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { Budget, Config, Instance, OwnPrices, ProviderType, Rule, Source } from './config.ts'
import {
  CapturedBody,
  Decision,
  DialectId,
  ExchangeDetail,
  ExchangeSummary,
  Failure,
  Lane,
  LanePage,
  LaneEvent,
} from './exchange.ts'
import { FaultRule } from './faults.ts'
import { InstanceLive } from './live.ts'
import { BudgetsView, LocalKeyView, NewLocalKey, PricesView, Spent, SumRow, SumsQuestion } from './spending.ts'
import {
  DeploymentListing,
  ImportPreview,
  InstanceDraftInput,
  NameExplanation,
  PastedReading,
  RulesView,
} from './mapping.ts'
import { DeploymentFacts, ModelFact, ModelTakes, ProbeEvent, ProbeFeature, ServedDeployment } from './model-facts.ts'
import { ApiCall, Chat, ChatSummary, PlaygroundEvent, PlaygroundOptions, PlaygroundRequest } from './playground.ts'

import { ToolCheck, ToolId, ToolList, ToolModels, ToolOutcome, ToolPlan } from './tools.ts'

const base = oc.errors({ FAILED: { status: 400, data: Failure } })

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

/** An instance as the window shows it: no key, but whether there is one and where. */
export const InstanceView = z.object({
  instance: Instance.omit({ api_key: true, key_ref: true }),
  /** Where the instance was defined; only those from `settings` can be edited here. `default` is the built-in simulator. */
  source: Source,
  key: z.object({
    state: z.enum(['none', 'keychain', 'configured', 'entra', 'unreadable']),
    /** For `unreadable`: the reason and the way out. */
    problem: Failure.optional(),
  }),
  /** What was understood of the pasted address, e.g. `https://contoso.openai.azure.com · v1 · Claude under /anthropic`. */
  understood: z.string(),
})
export type InstanceView = z.infer<typeof InstanceView>

export const TestResult = z.object({
  ok: z.boolean(),
  /** What was asked, e.g. `GET https://…/openai/v1/models`. */
  request: z.string(),
  status: z.number().int().optional(),
  ms: z.number(),
  /** One sentence: what the answer means. */
  message: z.string(),
  fix: z.string().optional(),
})
export type TestResult = z.infer<typeof TestResult>

/** A model name that can be asked for, with what the deployment takes. */
export const ModelChoice = z.object({
  name: z.string(),
  instance: z.string(),
  deployment: z.string(),
  api: DialectId,
  takes: ModelTakes,
  /** What was found out by asking the deployment; already part of `takes`. */
  facts: z.array(ModelFact),
  outputCap: z.number().optional(),
  contextWindow: z.number().optional(),
  simulated: z.boolean(),
})
export type ModelChoice = z.infer<typeof ModelChoice>

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

/** Settings that the Settings page edits, each with its source. */
const setting = <T extends z.ZodType>(value: T) => z.object({ value, source: Source })
export const SettingsView = z.object({
  port: setting(z.number().int()),
  /** The port that is in use now; differs from `port` until a restart. */
  activePort: z.number().int(),
  auth: setting(z.enum(['token', 'open'])),
  hasToken: z.boolean(),
  tokenSource: Source,
  theme: setting(z.enum(['system', 'light', 'dark'])),
  keychain: z.object({ available: z.boolean(), problem: Failure.optional() }),
  settingsFile: z.string(),
  configFile: z.string().optional(),
})
export type SettingsView = z.infer<typeof SettingsView>

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
    clear: base.output(z.void()),
    setRecording: base.input(z.object({ on: z.boolean() })).output(z.void()),
  },
  models: {
    choices: base.output(z.array(ModelChoice)),
    resolve: base.input(z.object({ model: z.string(), dialect: DialectId })).output(Decision),
    /** Where a name leads for callers of each API, with all that could serve it and the names that are nearly the same. */
    explain: base.input(z.object({ model: z.string() })).output(NameExplanation),
    /** Every deployment that a name leads to or that its resource lists; the resources are asked, at most once a minute. */
    deployments: base.output(z.array(ServedDeployment)),
    /**
     * Finds out what a deployment takes by asking it, one small request each; what is found out is kept. The requests are
     * exchanges like all others and cost what they cost.
     */
    probe: base
      .input(
        z.object({
          instance: z.string(),
          deployment: z.string(),
          /** Absent: all. */
          features: z.array(ProbeFeature).optional(),
        }),
      )
      .output(eventIterator(ProbeEvent)),
    facts: base.output(z.array(DeploymentFacts)),
  },
  instances: {
    list: base.output(z.array(InstanceView)),
    /**
     * Adds (`previousName` absent) or changes. `apiKey`: a string replaces the key in the keychain, null removes it,
     * absent leaves it.
     */
    save: base.input(InstanceDraftInput).output(z.array(InstanceView)),
    remove: base.input(z.object({ name: z.string() })).output(z.array(InstanceView)),
    test: base.input(z.object({ name: z.string() })).output(TestResult),
    /** Tests what is being written, before it is saved. */
    testDraft: base.input(InstanceDraftInput).output(TestResult),
    /** The deployments that a resource lists, before or after it is saved. */
    discover: base.input(InstanceDraftInput).output(DeploymentListing),
    /** Understands whatever was pasted: an address, a request as code, JSON, variables. */
    read: base.input(z.object({ text: z.string().max(100_000) })).output(PastedReading),
    /** All that are switched on, now and then whenever something changed; at most two batches a second. */
    live: base.output(eventIterator(z.array(InstanceLive))),
    /** What would be understood of an address, before it is saved. */
    understand: base.input(z.object({ address: z.string() })).output(
      z.object({
        understood: z.string(),
        apiBase: z.string(),
        /** The kind of instance that fits the address. */
        providerType: ProviderType,
        apiVersion: z.string().optional(),
        deployment: z.string().optional(),
        nameHint: z.string(),
      }),
    ),
  },
  rules: {
    list: base.output(RulesView),
    save: base.input(z.object({ rules: z.array(Rule) })).output(RulesView),
    /** What would be taken of a predecessor's YAML, or of its variables; nothing is changed. */
    readImport: base.input(z.object({ text: z.string().max(1_000_000) })).output(ImportPreview),
    /** Takes these instances (by name, their keys into the keychain) and puts these rules, by their place in the preview, in front of the others. */
    import: base
      .input(
        z.object({
          text: z.string().max(1_000_000),
          instances: z.array(z.string()),
          rules: z.array(z.number().int().min(0)),
        }),
      )
      .output(z.object({ rules: RulesView, instances: z.array(InstanceView) })),
    /** Instances and mapping as YAML that `lazuli serve --config` loads; keys stand in it as variables. */
    export: base.output(z.object({ yaml: z.string(), variables: z.array(z.string()) })),
  },
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
  settings: {
    get: base.output(SettingsView),
    /** Port and auth take effect at the next start; theme at once. */
    save: base
      .input(
        z.object({
          port: Config.shape.server.unwrap().shape.port.unwrap().optional(),
          theme: z.enum(['system', 'light', 'dark']).optional(),
        }),
      )
      .output(SettingsView),
    revealToken: base.output(z.object({ token: z.string() })),
    /** Makes a new local key; the old one stops working at once. */
    renewToken: base.output(z.object({ token: z.string() })),
  },
}
export type Contract = typeof contract
