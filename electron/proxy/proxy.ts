/** The proxy: one HTTP server in front of all upstreams. Built by the engine, started and stopped by it. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { TestResult } from '../../shared/instance-view.ts'
import type { DialectId, Header } from '../../shared/exchange.ts'
import type { InstanceLive } from '../../shared/live.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import type { Log } from '../core/log.ts'
import { ItemMemory } from '../core/item-memory.ts'
import { ReasoningMemory } from '../core/reasoning-memory.ts'
import type { Tap } from '../core/tap.ts'
import type { TellTrouble } from '../core/trouble.ts'
import { Spending } from '../routing/spending.ts'
import { Statistics } from '../routing/statistics.ts'
import { createMemoryState } from '../routing/state.ts'
import { Strategies } from '../routing/strategies.ts'
import { createActiveProbes, everyMs } from './active-probes.ts'
import type { Traffic } from './attempts.ts'
import type { ClientAnswer } from './client-answer.ts'
import { createDecide } from './decide.ts'
import { createDiscovery } from './discovery.ts'
import type { FoundDeployment, Listing } from './discovery.ts'
import { Budgets } from '../routing/budgets.ts'
import { Health } from '../routing/health.ts'
import { Limits } from '../routing/limits.ts'
import { readLive } from '../routing/live.ts'
import type { Plan } from '../routing/plan.ts'
import { previewPlan } from '../routing/preview.ts'
import { createOwnership } from '../routing/ownership.ts'
import { openOwnershipFile } from './operations/ownership-file.ts'
import { createRealtime } from './realtime.ts'
import { Faults } from './faults/faults.ts'
import { FrontDesk, stoppingError } from './front-desk.ts'
import { stillOpens } from './named-keys.ts'
import { createListener } from './listener.ts'
import type { Listening } from './listener.ts'
import { systemResolver } from './client-endpoint.ts'
import type { ResolveHost } from './client-endpoint.ts'
import type { EnvironmentProxy } from './connection/environment-proxy.ts'
import { azureTokens } from './identity/azure-identity.ts'
import type { TokenSource } from './identity/token-source.ts'
import { createSpellings } from './other-spelling.ts'
import { createPins } from './pinned-target.ts'
import type { Pin, PinnedTarget } from './pinned-target.ts'
import { createSender } from './send.ts'
import type { ModelService } from './serve-model.ts'
import { createSignIn } from './sign-in.ts'
import { sleep } from './sleep.ts'
import { createTokenCounter } from './tokens/token-counter.ts'
import { createAddressing } from './upstreams/address.ts'
import { Recordings } from './upstreams/recording/recordings.ts'
import { testInstance } from './upstreams/test-instance.ts'

export interface ProxyOptions {
  /** The current snapshot; a request keeps the one that it began with. */
  configuration: () => Configuration
  /** Reads every source again: all of it becomes the current snapshot, or it rejects with a LazuliError and nothing does. */
  reload: () => Promise<Configuration>
  tap: Tap
  log: Log
  /** Hears what somebody should look after; by default nobody does. */
  trouble?: TellTrouble
  /** Hears of each request at the door, let in or refused with this code; must be quick. */
  arrived?: (request: IncomingMessage, refused: string | undefined) => void
  /** What the tap's listener has counted; `settled` resolves when all that has ended is in it. Without: zeros. */
  statistics?: { counted: Statistics; settled: () => Promise<void> }
  /** What may be spent, and what was; by default what the configuration allows, and nothing. */
  budgets?: Budgets
  /** Faults on purpose; none by default. */
  faults?: Faults
  /** The window for browsers (headless only): page, assets, console. The proxy guards it. */
  window?: {
    owns(path: string): boolean
    handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>
  }
  /** The recorded traffic for programs; none by default. Rejects with a LazuliError before anything is sent. */
  traffic?: (
    response: ServerResponse,
    asked: { id?: string; query: URLSearchParams; headers: readonly Header[] },
  ) => Promise<void>
  /** Opens the recorded traffic like the admin token does: known to who may read the data folder. */
  folderKey?: string
  /** The file of the thread that counts tokens, built or as source. */
  tokenWorker: URL
  /** Where instances of type simulator are reached. */
  simulator: () => { origin: string; key: string }
  /** Keeps which instance holds which file, response, batch …; without it they are forgotten at the end. */
  ownershipFile?: string
  /** Signs in where an instance says `auth: entra`; Microsoft's library by default. */
  tokens?: TokenSource
  /** The HTTP proxy that the environment names for an address; none by default. */
  proxyFor?: EnvironmentProxy
  /** The addresses of a host that a request names itself; the system's resolver by default. */
  resolveHost?: ResolveHost
  /** Milliseconds since the epoch; the system's clock by default. */
  now?: () => number
  /** An unguessable string, safe in a URL. */
  newSecret?: () => string
  /** Milliseconds of a clock that never goes back; the system's by default. */
  monotonic?: () => number
  /** 0 ≤ x < 1; for draws by weight and for the spread of retries. */
  random?: () => number
  /** The wait before a retry. */
  sleep?: Traffic['sleep']
  /** The pace of active probes; the system's clock by default. */
  every?: (ms: number, run: () => void) => () => void
}

export interface Proxy {
  /** @throws LazuliError `port_in_use`, `cannot_listen`, with what to do */
  listen(): Promise<Listening>
  /**
   * Takes no more requests (503, `/healthz` too), waits for the running ones, tells those that are still running after
   * `graceMs` an error in their own dialect, and closes.
   */
  drain(graceMs: number): Promise<void>
  /** Closes at once. */
  close(): Promise<void>
  activeExchanges(): number
  /** A path that signs one browser in, once. */
  loginPath(): string
  /** Where a name leads now, with every step, the upstream's address and all that could serve it; no request is sent. */
  preview(model: string, dialect: DialectId): Promise<Plan>
  /** The deployments that a resource lists. Never rejects. */
  discover(instance: ConfiguredInstance): Promise<Listing>
  /** All deployments that the configured resources list, kept for a minute. Never rejects. */
  deployments(): Promise<FoundDeployment[]>
  /** Lets requests go to one deployment whatever the mapping says; see `pinned-target.ts`. */
  pin(target: PinnedTarget): Pin
  /** Tells whether an instance's address and key work. Never rejects. */
  testInstance(instance: ConfiguredInstance): Promise<TestResult>
  /** How the instances fare now. */
  live(): Promise<InstanceLive[]>
  /** To be called when the configuration has changed. */
  reconfigured(): void
}

/** After an error was told to a stream, its client has this long to read it. */
const LAST_WORDS_MS = 2000

export function createProxy(options: ProxyOptions): Proxy {
  const now = options.now ?? Date.now
  const newSecret = options.newSecret ?? (() => randomBytes(32).toString('base64url'))
  const tokens = options.tokens ?? azureTokens()
  const sender = createSender(options.proxyFor)
  const newId = (prefix: string): string => prefix + randomBytes(12).toString('hex')
  const monotonic = options.monotonic ?? (() => performance.now())
  const recordings = new Recordings({
    instance: (name) => options.configuration().instances.find((one) => one.name === name),
    newKey: newSecret,
    log: options.log,
    monotonic,
    sleep: options.sleep ?? sleep,
    now,
    newId,
  })
  const addressing = createAddressing(options.simulator, tokens, recordings)
  const decide = createDecide(addressing)
  const signIn = createSignIn(now, newSecret)
  const random = options.random ?? Math.random
  const traffic: Traffic = {
    health: new Health(monotonic),
    budgets: options.budgets ?? noBudgets(options, now),
    limits: new Limits({ state: createMemoryState(monotonic), now: monotonic }),
    strategies: new Strategies({ random, now: monotonic }),
    monotonic,
    now,
    random,
    sleep: options.sleep ?? sleep,
    trouble: options.trouble ?? (() => {}),
  }
  const active = new Map<ClientAnswer, Promise<void>>()
  const service: ModelService = {
    tap: options.tap,
    log: options.log,
    active,
    tools: {
      sender,
      addressing,
      decide,
      tokens,
      spellings: createSpellings(),
      pins: createPins(newSecret),
      faults: options.faults ?? new Faults(random),
      resolveHost: options.resolveHost ?? systemResolver,
      proxyFor: options.proxyFor ?? (() => undefined),
      log: options.log,
      traffic,
      memory: new ReasoningMemory({ now: () => performance.now() }),
      items: new ItemMemory({ now: () => performance.now() }),
      ownership: createOwnership(
        options.ownershipFile === undefined ? undefined : openOwnershipFile(options.ownershipFile, options.log),
      ),
      now,
      newId,
    },
  }
  const { pins } = service.tools
  const counter = createTokenCounter({ workerUrl: options.tokenWorker })
  const realtime = createRealtime(options.tap, service.tools, (key) => stillOpens(key, options.configuration(), now()))
  const discovery = createDiscovery({ addressing, sender, now: () => performance.now() })
  const activeExchanges = (): number => active.size + realtime.open()
  const monitoring = (): Configuration['config']['monitoring'] => options.configuration().config.monitoring
  const statistics = {
    counted: new Statistics({ now: monotonic, monitoring }),
    settled: () => Promise.resolve(),
    ...options.statistics,
    traffic,
    inFlight: activeExchanges,
  }
  const desk = new FrontDesk(options, service, counter, discovery, realtime, statistics, {
    signIn,
    isWindowPath: (path) => options.window?.owns(path) ?? false,
    folderKey: options.folderKey,
    now,
  })
  const listener = createListener({
    request: (request, response, expectsContinue) => desk.receive(request, response, expectsContinue),
    upgrade: (request, socket, head) => desk.upgrade(request, socket, head),
  })
  const probes = createActiveProbes({
    configuration: options.configuration,
    test: (instance) => testInstance(instance, { addressing, sender, tokens, now: monotonic }),
    health: traffic.health,
    every: options.every ?? everyMs,
  })
  const close = async (): Promise<void> => {
    probes.close()
    const closed = listener.close()
    listener.destroyConnections()
    realtime.close()
    await closed
    await Promise.all([sender.close(), counter.close(), recordings.close()])
  }
  return {
    async listen() {
      if (hasRecordings(options.configuration())) await recordings.ready()
      const { host, port } = options.configuration().config.server
      probes.apply()
      return listener.listen(host, port)
    },
    async drain(graceMs) {
      desk.stopping = true
      probes.close()
      await emptied(() => [...active.values(), realtime.ended()], graceMs)
      for (const answer of active.keys()) answer.giveUp(stoppingError())
      realtime.close()
      await emptied(() => [...active.values()], LAST_WORDS_MS)
      await close()
    },
    close,
    activeExchanges,
    loginPath: () => signIn.issueLink(),
    preview: (model, dialect) => {
      const configuration = options.configuration()
      return previewPlan(decide(model, dialect, configuration), configuration.config.routing.strategy, traffic)
    },
    discover: (instance) => discovery.list(instance),
    deployments: () => discovery.deployments(options.configuration().instances, undefined),
    pin: (target) => pins.pin(target),
    reconfigured() {
      probes.apply()
      if (hasRecordings(options.configuration())) recordings.begin()
    },
    live: () => readLive(options.configuration(), { ...traffic, counted: statistics.counted }),
    testInstance: (instance) => testInstance(instance, { addressing, sender, tokens, now: () => performance.now() }),
  }
}

function hasRecordings({ instances }: Configuration): boolean {
  return instances.some(({ provider_type: provider }) => provider === 'recording')
}

function noBudgets({ configuration, trouble }: ProxyOptions, now: () => number): Budgets {
  return new Budgets({ spending: new Spending(now), configuration, now, trouble: trouble ?? (() => {}) })
}

/** Resolves when nothing runs any more, or after so long. */
async function emptied(running: () => Promise<void>[], withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), withinMs)
  })
  await Promise.race([late, Promise.all(running())])
  clearTimeout(timer)
}
