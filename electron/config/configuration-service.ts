import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { Instance, Source } from '../../shared/config.ts'
import { LazuliError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import type { Configuration, ConfiguredInstance, Credential, Reach } from './configuration.ts'
import { loadConfig, type ConfigSources, type LoadedConfig } from './load.ts'
import { withKeptWebhooks } from './kept-webhooks.ts'
import { ConfigError, type Mistake } from './config-error.ts'
import { placesOf, RecordedFiles } from './recorded.ts'
import { namedKeysOf } from './named-keys.ts'
import type { Secrets } from './secrets.ts'
import type { SettingsStore } from './settings.ts'

export interface ConfigurationOptions {
  host: 'desktop' | 'headless'
  settings: SettingsStore
  secrets: Secrets
  sources: Omit<ConfigSources, 'settings'>
  log: Log
  /** A fresh local key. */
  newToken: () => string
}

/** Keychain entry of the desktop's local key. */
export const LOCAL_KEY = 'local-key'

/** The built-in instance that serves when nothing else is configured. */
const SIMULATOR: Instance = {
  name: 'simulator',
  provider_type: 'simulator',
  api_version: 'v1',
  priority: 100,
  weight: 100,
  enabled: true,
  model_deployments: {},
  base_models: {},
}

/**
 * Holds the one active configuration. A change is loaded and validated as a whole before it becomes active; a bad one
 * leaves the old one as it is.
 */
export class ConfigurationService {
  readonly #options: ConfigurationOptions
  readonly #listeners = new Set<(configuration: Configuration) => void>()
  #current: Configuration | undefined
  #read: Omit<LoadedConfig, 'config' | 'sources'> = { files: [], variables: [], notes: [], withoutEffect: [] }
  readonly #recordings = new RecordedFiles()
  #localKey: string | undefined
  #listening: string | undefined
  #localKeyProblem: LazuliError | undefined
  /** Changes run one after another, so that none is lost. */
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(options: ConfigurationOptions) {
    this.#options = options
  }

  /** @throws ConfigError, LazuliError `unsafe_bind` */
  static async open(options: ConfigurationOptions): Promise<ConfigurationService> {
    const service = new ConfigurationService(options)
    if (options.host === 'desktop') await service.#openLocalKey()
    service.#current = await service.#load(options.settings.read())
    return service
  }

  /** The address that is listened on from now on, whatever later configurations say of the next start. */
  listensOn(host: string): void {
    this.#listening = host
  }

  current(): Configuration {
    return this.#current!
  }

  /** YAML files that were read, in order. */
  get files(): readonly string[] {
    return this.#read.files
  }

  /** Where the sources are read from. */
  get origin(): Pick<ConfigSources, 'cwd' | 'env'> {
    return this.#options.sources
  }

  /** What was read of all the sources, and what of it does not do what it seems to. */
  get reading(): Omit<LoadedConfig, 'config' | 'sources'> {
    return this.#read
  }

  /** Why the desktop's local key will not survive a restart, if so. */
  get localKeyProblem(): LazuliError | undefined {
    return this.#localKeyProblem
  }

  onChange(listener: (configuration: Configuration) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Reads every source again: all of it becomes active, or nothing.
   * @throws ConfigError with file and line, LazuliError; the active configuration stays as it is
   */
  reload(): Promise<Configuration> {
    return this.#enqueue(async () => {
      const next = await this.#load(this.#options.settings.read())
      refuseToServeNothing(this.current(), next)
      return this.#activate(next)
    })
  }

  /** Changes the settings file; what the change gives is validated with all other sources before it is written. */
  changeSettings(change: (settings: Record<string, unknown>) => Record<string, unknown>): Promise<Configuration> {
    return this.#enqueue(async () => {
      const next = change(structuredClone(this.#options.settings.read()))
      const configuration = await this.#load(next)
      // What the program remembers for itself may have been written while the change was being checked.
      const { app } = this.#options.settings.read()
      this.#options.settings.write(app === undefined ? next : { ...next, app })
      return this.#activate(configuration)
    })
  }

  /** An instance that is not part of the configuration (yet), ready to be called. */
  async prepared(instance: Instance): Promise<ConfiguredInstance> {
    return {
      ...instance,
      source: 'settings',
      credential: await this.#credentialOf(instance),
      ...reachOf(instance, this.#options.sources.cwd),
      ...this.#recordedBy(instance, this.files),
    }
  }

  /** Replaces the generated local key. @throws LazuliError when another source sets the token */
  renewLocalKey(): Promise<string> {
    return this.#enqueue(async () => {
      const source = this.current().sources.get('server.token')
      if (source !== undefined && source !== 'settings')
        throw new LazuliError({
          code: 'setting_fixed',
          status: 409,
          message: `The local key is set by the ${source === 'file' ? 'configuration file' : source}.`,
          fix: 'Change it there.',
        })
      const token = this.#options.newToken()
      await this.#options.secrets.set(LOCAL_KEY, token)
      this.#localKey = token
      this.#localKeyProblem = undefined
      this.#activate(await this.#load(this.#options.settings.read()))
      return token
    })
  }

  async #openLocalKey(): Promise<void> {
    const { secrets, newToken, log } = this.#options
    try {
      this.#localKey = await secrets.get(LOCAL_KEY)
      if (this.#localKey !== undefined) return
      this.#localKey = newToken()
      await secrets.set(LOCAL_KEY, this.#localKey)
    } catch (cause) {
      // Without a keychain the key lives as long as the process: it is never written to a plain file.
      this.#localKey ??= newToken()
      this.#localKeyProblem = cause instanceof LazuliError ? cause : undefined
      log.warn(
        { reason: cause instanceof Error ? cause.message : String(cause) },
        'The local key cannot be kept: it will change at the next start',
      )
    }
  }

  async #load(settings: Record<string, unknown>): Promise<Configuration> {
    const { app: _app, ...value } = settings
    const {
      config: written,
      sources,
      ...read
    } = loadConfig({
      ...this.#options.sources,
      settings: { file: this.#options.settings.path, value },
    })
    const config = await withKeptWebhooks(written, this.#options.secrets, this.#options.log)
    if (read.withoutEffect.length > 0)
      this.#options.log.warn(
        { keys: read.withoutEffect },
        'These keys are understood but have no effect in this version',
      )
    for (const note of read.notes) this.#options.log.warn({}, note)
    const instances = await this.#withCredentials(config.instances, sources, read.files)
    refuseUnreadableRecordings(instances)
    const keys = namedKeysOf(config.server.keys, sources)
    // The window's own calls need a key where named ones are all that is configured.
    if (keys.length > 0 && config.server.auth === 'token') this.#localKey ??= this.#options.newToken()
    const token = config.server.token ?? this.#localKey
    const auth = config.server.auth ?? (this.#options.host === 'desktop' || token !== undefined ? 'token' : 'open')
    if (auth === 'token' && token === undefined)
      throw new LazuliError({
        code: 'token_missing',
        status: 400,
        message: 'server.auth is "token", but no token is set.',
        fix: 'Set one with --token or LAZULI_SERVER_TOKEN.',
      })
    refuseUnsafeBind(config.server.host, auth, instances)
    // Who may call changes at once, the address at the next start only.
    if (this.#listening !== undefined) refuseUnsafeBind(this.#listening, auth, instances)
    this.#read = read
    return { version: (this.#current?.version ?? 0) + 1, config, instances, auth, token, keys, sources }
  }

  async #withCredentials(
    configured: readonly Instance[],
    sources: ReadonlyMap<string, Source>,
    files: readonly string[],
  ): Promise<ConfiguredInstance[]> {
    if (configured.length === 0) return [{ ...SIMULATOR, source: 'default', credential: { type: 'passthrough' } }]
    return Promise.all(
      configured.map(async (instance) => ({
        ...instance,
        source: sources.get(`instances.${instance.name.toLowerCase()}`) ?? 'default',
        credential: await this.#credentialOf(instance),
        ...reachOf(instance, this.#options.sources.cwd),
        ...this.#recordedBy(instance, files),
      })),
    )
  }

  async #credentialOf(instance: Instance): Promise<Credential> {
    if (instance.auth === 'passthrough') return { type: 'passthrough' }
    if (instance.auth === 'entra') return this.#identityOf(instance)
    if (instance.api_key !== undefined) return { type: 'key', key: instance.api_key, from: 'configured' }
    if (instance.key_ref === undefined) {
      return instance.entra === undefined ? { type: 'passthrough' } : this.#identityOf(instance)
    }
    try {
      const key = await this.#options.secrets.get(instance.key_ref)
      if (key !== undefined) return { type: 'key', key, from: 'keychain' }
      return unreadable(
        `The keychain has no key for the instance ${instance.name}.`,
        'Enter the key again in Models → Edit.',
      )
    } catch (cause) {
      if (cause instanceof LazuliError) return { type: 'unreadable', error: cause }
      throw cause
    }
  }

  #recordedBy(
    { provider_type: provider, recording }: Instance,
    files: readonly string[],
  ): Pick<ConfiguredInstance, 'recorded'> {
    if (provider !== 'recording' || recording === undefined) return {}
    return { recorded: this.#recordings.read(recording, placesOf(this.#options.sources.cwd, files)) }
  }

  /** A browser can only be opened where somebody sits in front of it. */
  #identityOf({ name, entra }: Instance): Credential {
    if (entra?.credential !== 'interactive' || this.#options.host === 'desktop') return { type: 'entra' }
    return {
      type: 'unreadable',
      error: new LazuliError({
        code: 'entra_needs_desktop',
        status: 503,
        message: `The instance ${name} signs in through a browser, and there is no desktop here.`,
        fix: 'Use entra.credential: cli (after az login), managed_identity, workload or secret.',
      }),
    }
  }

  #activate(configuration: Configuration): Configuration {
    this.#current = configuration
    for (const listener of this.#listeners) listener(configuration)
    return configuration
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }
}

/** What is special about the way to an instance; the certificate was checked when the configuration was loaded. */
function reachOf({ proxy_url: proxyUrl, ca_file: file }: Instance, cwd: string): { reach?: Reach } {
  if (proxyUrl === undefined && file === undefined) return {}
  return {
    reach: {
      ...(proxyUrl === undefined ? {} : { proxyUrl }),
      ...(file === undefined ? {} : { ca: readFileSync(resolve(cwd, file), 'utf8') }),
    },
  }
}

/** A window still opens when a bundle of its own is gone; whoever names one in a file or a flag wants it or nothing. */
function refuseUnreadableRecordings(instances: readonly ConfiguredInstance[]): void {
  const mistakes = instances.flatMap(({ source, recorded }): Mistake[] => {
    if (source === 'settings' || recorded === undefined || !('problem' in recorded)) return []
    const { path, line, reason } = recorded
    return [{ where: path, key: '', message: reason, ...(line === undefined ? {} : { line }) }]
  })
  if (mistakes.length > 0) throw new ConfigError(mistakes)
}

/** A file that lost its instances is a broken file: nobody who has configured some wants the simulator in their place. */
function refuseToServeNothing(active: Configuration, next: Configuration): void {
  const configured = ({ instances }: Configuration): boolean => instances.some(({ source }) => source !== 'default')
  if (!configured(active) || configured(next)) return
  throw new LazuliError({
    code: 'config_invalid',
    status: 400,
    message: 'No source names an instance any more, so the configuration was not changed.',
    fix: 'Name at least one under "instances:", or start again to serve the simulator.',
  })
}

function unreadable(message: string, fix: string): Credential {
  return { type: 'unreadable', error: new LazuliError({ code: 'key_missing', status: 503, message, fix }) }
}

/**
 * Beyond loopback anybody in the network can call: refused without a token, unless every caller must bring a key of
 * their own (passthrough), R1 and contract 2.
 */
function refuseUnsafeBind(host: string, auth: 'token' | 'open', instances: readonly ConfiguredInstance[]): void {
  if (auth === 'token' || isLoopback(host)) return
  const enabled = instances.filter((instance) => instance.enabled)
  const passthroughOnly =
    enabled.length > 0 &&
    enabled.every(
      ({ provider_type: provider, credential }) =>
        provider !== 'simulator' && provider !== 'recording' && credential.type === 'passthrough',
    )
  if (passthroughOnly) return
  throw new LazuliError({
    code: 'unsafe_bind',
    status: 400,
    message: `Lazuli will not listen on ${host} without a local token: everyone who can reach this machine could use the models behind it.`,
    fix: 'Set a token (--token or LAZULI_SERVER_TOKEN), or listen on 127.0.0.1.',
  })
}

/** Is this bind address only reachable from this machine? */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (bare === 'localhost' || bare === '::1') return true
  return isIP(bare) === 4 && bare.startsWith('127.')
}
