import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Status } from '../shared/contract.ts'
import { createAlerts } from './alerts/alerts.ts'
import { createPostAlert } from './alerts/webhook.ts'
import { plain, testAlert, wordingOf } from './alerts/wording.ts'
import type { ChatDatabase } from './chats/chat-database.ts'
import type { ConsoleContext } from './console/context.ts'
import { serveTraffic } from './console/traffic-api.ts'
import { browserWindowOnDemand, windowPortsOnDemand } from './console/on-demand.ts'
import { Replays } from './console/replays.ts'
import type { ServeWindowPort } from './console/window-port.ts'
import { alertTargets } from './config/alert-targets.ts'
import { secretsInAddress, secretsOf } from './config/active-secrets.ts'
import { environmentOf } from './config/environment.ts'
import { environmentProxy } from './proxy/connection/environment-proxy.ts'
import { azureTokens } from './proxy/identity/azure-identity.ts'
import { ConfigurationService } from './config/configuration-service.ts'
import type { Configuration } from './config/configuration.ts'
import type { DataFolder } from './config/data-folder.ts'
import type { ConfigSources } from './config/load.ts'
import type { Secrets } from './config/secrets.ts'
import { readAppState, type SettingsStore } from './config/settings.ts'
import { clientName } from './core/client-name.ts'
import type { TellTrouble, Trouble } from './core/trouble.ts'
import { openJournal, type Journal } from './journal/journal.ts'
import type { Recorder } from './journal/whole-exchange.ts'
import { Redactor } from './journal/redact.ts'
import { openProgramLog } from './program-log.ts'
import { entryOf } from './core/accounting.ts'
import { Budgets } from './routing/budgets.ts'
import { Spending } from './routing/spending.ts'
import { Statistics } from './routing/statistics.ts'
import { Faults } from './proxy/faults/faults.ts'
import { createProxy } from './proxy/proxy.ts'
import { toolModels } from './tool-models.ts'
import { Arrivals } from './tools/arrivals.ts'
import type { LocalTools } from './tools/local-tools.ts'
import { thisMachine } from './tools/this-machine.ts'
import { startSimulator } from './proxy/upstreams/simulator/simulator.ts'

export interface EngineOptions {
  host: 'desktop' | 'headless'
  version: string
  folder: DataFolder
  settings: SettingsStore
  secrets: Secrets
  sources: Omit<ConfigSources, 'settings'>
  /** Files that stand beside the entry, built or as source. */
  paths: { journalWorker: URL; tokenWorker: URL; renderer: string }
  /** Writes down what is recorded, as it is recorded. */
  recorder?: Recorder
  /** Where log lines go; default stdout. */
  logTo?: { write(line: string): void }
}

/** @param words what happened, in a sentence without secrets */
export type TroubleListener = (trouble: Trouble, words: () => string) => void

export interface Engine {
  /** Address for local tools, e.g. `http://127.0.0.1:11437`. */
  readonly baseUrl: string
  /** What the window's router works on. */
  readonly console: ConsoleContext
  /** Gives the console to a window of the desktop, over its MessagePort. */
  readonly serveWindow: ServeWindowPort
  readonly configuration: ConfigurationService
  readonly journal: Journal
  status(): Status
  onStatus(listener: () => void): () => void
  /** Hears of everything that goes wrong, each time; see `core/trouble.ts`. */
  onTrouble(listener: TroubleListener): () => void
  /** One-time path that signs a browser in; needed while `auth` is `token`. */
  loginPath(): string
  /** Stops accepting, lets streams end for at most `graceMs`, then ends them with a valid error. Safe to call twice. */
  stop(graceMs: number): Promise<void>
}

/** For all of one post of an alert. */
const ALERT_TIMEOUT_MS = 5000
/** The end of the program waits so long for alerts on their way. */
const LAST_ALERTS_MS = 2000

/**
 * Builds everything and starts serving. What was opened is closed again when a later step fails.
 *
 * @throws LazuliError, e.g. `config_invalid`, `unsafe_bind`, `port_in_use`
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const closing: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  try {
    return await build(options, closing, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function build(
  options: EngineOptions,
  closing: (() => Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<Engine> {
  const { host, version, folder, settings, secrets } = options
  let tellError = (_message: string): void => {}
  const programLog = openProgramLog(options.logTo, (message) => tellError(message))
  closing.push(() => programLog.close())
  const { log } = programLog
  const configuration = await ConfigurationService.open({
    host,
    settings,
    secrets,
    sources: options.sources,
    log,
    newToken: () => `lz-${randomBytes(24).toString('base64url')}`,
  })
  const apply = ({ config }: Configuration): void => {
    programLog.apply(config.logging, options.sources.cwd)
    journal?.setLimits(limitsOf(config))
  }
  let journal: Journal | undefined
  apply(configuration.current())
  configuration.onChange(apply)
  if (!folder.writable) log.warn({ folder: folder.path }, 'The data folder is read-only: traffic is shown but not kept')

  const environment = environmentOf(options.sources.cwd, options.sources.env)
  const proxySecrets = ['http_proxy', 'https_proxy']
    .flatMap((name) => [environment[name], environment[name.toUpperCase()]])
    .flatMap((address) => (address === undefined ? [] : secretsInAddress(address)))
  const tokens = azureTokens()
  const configuredSecrets = onceFor(
    () => configuration.current(),
    (current) => [...secretsOf(current), ...proxySecrets],
  )
  const secretsNow = (): string[] => [...configuredSecrets(), ...tokens.known()]
  const proxyFor = environmentProxy(environment)

  const post = createPostAlert(ALERT_TIMEOUT_MS, proxyFor)
  const clean = (text: string): string => new Redactor(secretsNow()).text(text)
  const alerts = createAlerts({
    targets: () => alertTargets(configuration.current().config),
    post,
    clean,
    log,
    monotonic: () => performance.now(),
    now: Date.now,
  })
  closing.push(() => alerts.close(LAST_ALERTS_MS))
  const troubleListeners = new Set<TroubleListener>()
  const tell: TellTrouble = (trouble) => {
    alerts.tell(trouble)
    for (const listener of troubleListeners) listener(trouble, () => plain(clean(wordingOf(trouble))))
  }
  tellError = (message) => tell({ kind: 'error', message })

  const budgets = new Budgets({
    spending: new Spending(Date.now),
    configuration: () => configuration.current(),
    now: Date.now,
    trouble: tell,
  })
  const counted = new Statistics({
    now: () => performance.now(),
    monitoring: () => configuration.current().config.monitoring,
  })
  journal = await openJournal({
    directory: folder.writable ? folder.path : undefined,
    workerUrl: options.paths.journalWorker,
    limits: limitsOf(configuration.current().config),
    secrets: secretsNow,
    prices: () => configuration.current().config.prices,
    onEnded: (exchange) => {
      counted.ended(exchange)
      if (journal !== undefined) options.recorder?.ended(exchange.summary.id, journal)
      const entry = entryOf(exchange.summary, exchange.providerType)
      if (entry !== undefined) budgets.ended(entry)
    },
    log,
  })
  const traffic = journal
  closing.push(() => traffic.close())
  const { recorder } = options
  if (recorder !== undefined) closing.push(() => recorder.finish(traffic))
  const spentBefore = budgets.load(({ from, to, by }) => traffic.sums({ from, to, by }), log)

  let chats: Promise<ChatDatabase> | undefined
  const openedChats = async (): Promise<ChatDatabase> => {
    const { openChats } = await import('./chats/open-chats.ts')
    return openChats({ folder: folder.writable ? folder.path : undefined, clean, log })
  }
  closing.push(async () => (await chats?.catch(() => undefined))?.close())

  const simulator = await startSimulator({ log })
  closing.push(() => simulator.close())

  const arrivals = new Arrivals()
  let localTools: Promise<LocalTools> | undefined
  const loadedTools = async (): Promise<LocalTools> => {
    const { LocalTools } = await import('./tools/local-tools.ts')
    return new LocalTools({
      machine: thisMachine(options.sources.env, process.platform),
      folder: folder.writable ? folder.path : undefined,
      connection: () => {
        const { auth, token } = configuration.current()
        return { baseUrl: consoleContext.baseUrl, key: auth === 'token' ? token : undefined }
      },
      models: async () => toolModels(configuration.current(), await proxy.deployments()),
      now: Date.now,
    })
  }

  let stopping = false
  const status = (): Status => {
    const problem = traffic.problem() ?? configuration.localKeyProblem?.toFailure()
    return {
      state: stopping ? 'stopping' : 'running',
      baseUrl: consoleContext.baseUrl,
      ...traffic.stats(),
      recording: traffic.recording,
      costToday: budgets.spending.spent({}, 'day'),
      ...(problem === undefined ? {} : { problem }),
    }
  }
  const faults = new Faults(Math.random, readAppState(settings).faults)
  const consoleContext: ConsoleContext = {
    info: { version, host, platform: process.platform, dataDir: folder.path },
    baseUrl: '',
    port: 0,
    host: '',
    configuration,
    settings,
    secrets,
    traffic,
    faults,
    chats: () => (chats ??= openedChats()),
    tools: { local: () => (localTools ??= loadedTools()), arrivals },
    status,
    onStatus: (listener) => traffic.onChange(listener),
    preview: (model, dialect) => proxy.preview(model, dialect),
    explain: async (model, dialect) => (await proxy.preview(model, dialect)).decision,
    testInstance: (instance) => proxy.testInstance(instance),
    discover: (instance) => proxy.discover(instance),
    deployments: () => proxy.deployments(),
    pin: (target) => proxy.pin(target),
    replays: new Replays(),
    now: Date.now,
    live: () => proxy.live(),
    newId: randomUUID,
    newSecret: () => randomBytes(32).toString('base64url'),
    budgets,
    testWebhook: (target) => post(target, testAlert(Date.now())),
    logLines: () => programLog.recent(),
  }
  const folderKey = randomBytes(24).toString('base64url')
  const proxy = createProxy({
    configuration: () => configuration.current(),
    reload: () => configuration.reload(),
    tap: traffic,
    log,
    statistics: { counted, settled: () => traffic.flush() },
    tokenWorker: options.paths.tokenWorker,
    simulator: () => simulator,
    tokens,
    proxyFor,
    faults,
    trouble: tell,
    arrived: ({ method = '', url = '', rawHeaders }, refused) => {
      if (!arrivals.watched) return
      const client = clientName(pairs(rawHeaders))
      arrivals.tell({ client, method, path: url.split('?')[0] ?? '', refused })
    },
    budgets,
    ...(folder.writable ? { ownershipFile: join(folder.path, 'owners.jsonl') } : {}),
    // The desktop shows its own window; a second one at the port would only be a second way in.
    traffic: (response, asked) => serveTraffic(traffic, response, asked),
    folderKey,
    ...(host === 'headless' ? { window: browserWindowOnDemand(options.paths.renderer, consoleContext, log) } : {}),
  })
  closing.push(() => proxy.close())
  configuration.onChange(() => proxy.reconfigured())
  // Nothing goes past a limit of which it is not known how much is used up; without one nobody waits for the recorder.
  if (budgets.areSet) await spentBefore
  const address = await proxy.listen()
  configuration.listensOn(address.host)
  consoleContext.port = address.port
  consoleContext.host = address.host
  consoleContext.baseUrl = `http://${urlHost(address.host)}:${address.port}`
  if (folder.writable) folder.announce(consoleContext.baseUrl, folderKey)

  let stopped: Promise<void> | undefined
  return {
    baseUrl: consoleContext.baseUrl,
    console: consoleContext,
    serveWindow: windowPortsOnDemand(consoleContext),
    configuration,
    journal: traffic,
    status,
    onStatus: (listener) => traffic.onChange(listener),
    onTrouble: (listener) => {
      troubleListeners.add(listener)
      return () => troubleListeners.delete(listener)
    },
    loginPath: () => proxy.loginPath(),
    stop(graceMs) {
      stopped ??= (async () => {
        stopping = true
        await proxy.drain(graceMs)
        await closeAll()
      })()
      return stopped
    },
  }
}

function limitsOf(config: Configuration['config']): { keepDays: number; maxBytes: number; bodies: boolean } {
  return { keepDays: config.journal.keep_days, maxBytes: config.journal.max_bytes, bodies: config.journal.bodies }
}

/** Name and value side by side, as Node keeps them. */
function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []))
}

/** The address as tools on this machine reach it: "all interfaces" is no address to connect to. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** Makes a value anew only when what it is made of is another object: each request asks. */
function onceFor<Source extends object, Value>(source: () => Source, make: (of: Source) => Value): () => Value {
  let last: { of: Source; value: Value } | undefined
  return () => {
    const of = source()
    if (last?.of !== of) last = { of, value: make(of) }
    return last.value
  }
}
