/** A proxy with budgets that are fed from the journal's sums, and upstreams whose answers cost a dollar each. */
import { onTestFinished } from 'vitest'
import type { Configuration } from '../../electron/config/configuration.ts'
import { entryOf } from '../../electron/core/accounting.ts'
import type { Trouble } from '../../electron/core/trouble.ts'
import { type Journal, openJournal } from '../../electron/journal/journal.ts'
import { createProxy } from '../../electron/proxy/proxy.ts'
import { Budgets } from '../../electron/routing/budgets.ts'
import { Spending } from '../../electron/routing/spending.ts'
import type { ConfigInput } from '../../shared/config.ts'
import { configurationOf, type TestInstance } from './harness.ts'
import { type Script, type ScriptedUpstream, startUpstream } from './scripted-upstream.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

export interface Stage {
  origin: string
  upstreams: ScriptedUpstream[]
  journal: Journal
  budgets: Budgets
  troubles: Trouble[]
  /** Milliseconds since the epoch, as the budgets see it. */
  clock: { now: number }
  /** What is in force; a test may put another one in its place. */
  configuration: Configuration
  /** Puts another configuration in place, as a reload does. */
  configure(config: ConfigInput): void
  /** All that has ended is counted. */
  settled(): Promise<void>
}

export interface Setup {
  config?: ConfigInput
  token?: string
  folder?: string
  window?: boolean
  instance?: Partial<TestInstance>
}

/** A million tokens of input for a dollar; the answers of `answers` have one million each. */
const PRICES = { a1: { input: 1, output: 0 }, b1: { input: 1, output: 0 } }

/** Instances a and b: the model `gpt` is deployed there as a1 and b1, `small` as a-small on a alone. */
export async function startStage(scripts: readonly [Script, Script], setup: Setup = {}): Promise<Stage> {
  const upstreams = await Promise.all(scripts.map(startUpstream))
  const instances: TestInstance[] = upstreams.map(({ origin }, index) => ({
    name: 'ab'[index]!,
    base: origin,
    deployments: index === 0 ? { gpt: 'a1', small: 'a-small' } : { gpt: 'b1' },
    models: index === 0 ? ['gpt', 'small', 'claude-sonnet-4-5', 'text-embedding-3-small'] : ['gpt'],
    ...setup.instance,
  }))
  const configured = (config: ConfigInput = {}): Configuration =>
    configurationOf({
      instances,
      config: { prices: PRICES, ...config },
      ...(setup.token === undefined ? {} : { token: setup.token }),
    })
  const clock = { now: new Date(2026, 10, 21, 12).getTime() }
  const troubles: Trouble[] = []
  const state = { configuration: configured(setup.config) }
  const now = (): number => clock.now
  const budgets = new Budgets({
    spending: new Spending(now),
    configuration: () => state.configuration,
    now,
    trouble: (trouble) => troubles.push(trouble),
  })
  const journal = await openJournal({
    directory: setup.folder,
    workerUrl: new URL('../../electron/journal/worker.ts', import.meta.url),
    limits: { keepDays: 1, maxBytes: 8 * 1024 * 1024, bodies: true },
    secrets: () => [],
    prices: () => state.configuration.config.prices,
    clock: { wall: now, monotonic: () => performance.now() },
    log: quiet,
    onEnded: (exchange) => {
      const entry = entryOf(exchange.summary, exchange.providerType)
      if (entry !== undefined) budgets.ended(entry)
    },
  })
  await budgets.load((question) => journal.sums(question), quiet)
  const proxy = createProxy({
    configuration: () => state.configuration,
    reload: () => Promise.resolve(state.configuration),
    tap: journal,
    log: quiet,
    trouble: (trouble) => troubles.push(trouble),
    budgets,
    tokenWorker: new URL('../../electron/proxy/tokens/worker.ts', import.meta.url),
    simulator: () => ({ origin: 'http://127.0.0.1:1', key: 'none' }),
    sleep: () => Promise.resolve(),
    now,
    ...(setup.window === true
      ? {
          window: {
            owns: (path: string) => path === '/' || path.startsWith('/console'),
            handle: (_request, response) => {
              response.end('window')
            },
          },
        }
      : {}),
  })
  onTestFinished(async () => {
    await proxy.close()
    await journal.close()
    await Promise.all(upstreams.map((upstream) => upstream.close()))
  })
  const { port } = await proxy.listen()
  return {
    origin: `http://127.0.0.1:${port}`,
    upstreams,
    journal,
    budgets,
    troubles,
    clock,
    get configuration() {
      return state.configuration
    },
    configure(config) {
      state.configuration = configured(config)
    },
    settled: () => journal.flush(),
  }
}
