import { implement } from '@orpc/server'
import { contract, type AppInfo, type Status } from '../../shared/contract.ts'
import type { TestResult } from '../../shared/instance-view.ts'
import type { Decision, DialectId, ExchangeDetail, ExchangeSummary, Lane, LanePage } from '../../shared/exchange.ts'
import type { FeedBatch, FilterProblem, FollowBatch, SessionSummary, SuggestedField } from '../../shared/contract.ts'
import type { BundledExchange } from '../../shared/bundle.ts'
import type { ChatDatabase } from '../chats/chat-database.ts'
import type { InstanceLive } from '../../shared/live.ts'
import type { SumRow, SumsQuestion } from '../../shared/spending.ts'
import type { AlertTarget } from '../config/alert-targets.ts'
import type { ConfigurationService } from '../config/configuration-service.ts'
import type { ConfiguredInstance } from '../config/configuration.ts'
import type { Secrets } from '../config/secrets.ts'
import type { SettingsStore } from '../config/settings.ts'
import { LazuliError } from '../core/error.ts'
import type { Budgets } from '../routing/budgets.ts'
import type { Plan } from '../routing/plan.ts'
import type { Faults } from '../proxy/faults/faults.ts'
import type { Proxy } from '../proxy/proxy.ts'
import type { Arrivals } from '../tools/arrivals.ts'
import type { LocalTools } from '../tools/local-tools.ts'
import type { Replays } from './replays.ts'

export interface RowPage {
  rows: ExchangeSummary[]
  total: number
  capped: boolean
  problem?: FilterProblem
  unsearched?: number
}

/** What the traffic pages ask; the journal answers. */
export interface TrafficSource {
  /** Questions about rows, running and stored. */
  readonly rows: {
    list(question: { limit: number; before?: string | undefined; filter?: string | undefined }): Promise<RowPage>
    match(filter: string, ids: readonly string[]): Promise<string[]>
    suggest(field: SuggestedField, prefix: string): Promise<{ value: string; count: number }[]>
    sessions(limit: number, filter?: string): Promise<{ sessions: SessionSummary[]; problem?: FilterProblem }>
  }
  get(id: string): Promise<ExchangeDetail | undefined>
  /** Sums of every request, recorded or not. */
  sums(question: SumsQuestion): Promise<SumRow[]>
  events(page: { id: string; lane: Lane; from: number; limit: number }): Promise<LanePage>
  feed(signal?: AbortSignal): AsyncIterable<FeedBatch>
  follow(id: string, signal?: AbortSignal): AsyncIterable<FollowBatch>
  clear(): Promise<void>
  /** Stores exchanges out of a bundle; resolves to the ids under which they are. */
  import(exchanges: readonly BundledExchange[]): Promise<string[]>
  /** Known secrets in a text are masked; JSON stays valid. */
  redacted(text: string): string
  setRecording(on: boolean): void
}

export interface DesktopManners {
  startsAtLogin: () => boolean
  setStartAtLogin: (on: boolean) => void
  /** Shows a folder in the file manager. Rejects with the reason. */
  openFolder: (path: string) => Promise<void>
}

/** What the console works on; engine.ts puts it together. */
export interface ConsoleContext {
  info: Pick<AppInfo, 'version' | 'host' | 'platform' | 'dataDir'>
  /** Address for local tools, e.g. `http://127.0.0.1:11437`. */
  baseUrl: string
  port: number
  /** The address that is listened on. */
  host: string
  configuration: ConfigurationService
  settings: SettingsStore
  secrets: Secrets
  traffic: TrafficSource
  faults: Faults
  /** Opened when they are first asked for; rejects with a LazuliError `chats_newer`. */
  chats: () => Promise<ChatDatabase>
  /** The local tools, loaded when they are first asked for, and who of them knocks at the door. */
  tools: { local: () => Promise<LocalTools>; arrivals: Arrivals }
  status: () => Status
  onStatus: (listener: () => void) => () => void
  /** Where a model name leads now, URL included, and all that could serve it, in order. */
  preview: (model: string, dialect: DialectId) => Promise<Plan>
  explain: (model: string, dialect: DialectId) => Promise<Decision>
  testInstance: (instance: ConfiguredInstance) => Promise<TestResult>
  /** The deployments that a resource lists. */
  discover: Proxy['discover']
  /** All deployments that the configured resources list, kept for a minute. */
  deployments: Proxy['deployments']
  /** Lets requests go to one deployment, whatever the mapping says. */
  pin: Proxy['pin']
  /** What was sent once more and still runs. */
  replays: Replays
  /** Milliseconds since the epoch. */
  now: () => number
  /** How the instances fare now. */
  live: () => Promise<InstanceLive[]>
  newId: () => string
  /** An unguessable string, safe in a header and a URL. */
  newSecret: () => string
  /** What may be spent, and what was. */
  budgets: Budgets
  /** Posts a test to a webhook. Rejects with why it was not taken, without the address. */
  testWebhook: (target: AlertTarget) => Promise<void>
  /** The latest lines of the program's log. */
  logLines: () => readonly string[]
  /** What the desktop can do for the user; absent headless. */
  desktop?: DesktopManners
}

/**
 * The contract with its context. A LazuliError thrown by a handler reaches the window as `FAILED` with its sentence and
 * fix; anything else stays an internal error without details.
 */
export const os = implement(contract)
  .$context<ConsoleContext>()
  .use(async ({ next, errors }) => {
    try {
      return await next()
    } catch (cause) {
      if (!(cause instanceof LazuliError)) throw cause
      throw errors.FAILED({ message: cause.message, data: cause.toFailure(), cause })
    }
  })
