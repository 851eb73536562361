import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Config, KEYS_WITHOUT_EFFECT, type Instance, type LocalKey, type Source } from '../../shared/config.ts'
import { understandAddress } from '../core/azure-address.ts'
import { LazuliError } from '../core/error.ts'
import { ConfigError, keyOf, mistakesOf, type Mistake } from './config-error.ts'
import { environmentOf, readEnvironment, type Environment } from './environment.ts'
import { coerce, isRecord } from './schema-walk.ts'
import { oneFile, overlay, type YamlFiles } from './yaml-files.ts'
import { readYaml } from './yaml-source.ts'

export interface ConfigSources {
  /** The app's settings file, without its `app` key. */
  settings: { file: string; value: Record<string, unknown> }
  /** `--config FILE`; absent: `config/base.yaml` + `config/$ENVIRONMENT.yaml`, also under `app/config/`, where they exist. */
  configFile?: string | undefined
  /** Values of command-line flags, by path of the schema. */
  flags: Record<string, unknown>
  env: Environment
  /** The directory that the user stood in; relative files are read from here. */
  cwd: string
  /** Instances and rules of the other sources do not count: what the flags name serves alone. */
  onlyFlags?: boolean
}

export interface LoadedConfig {
  config: Config
  /** Source of each value by its path; instances by `instances.<name>`. */
  sources: Map<string, Source>
  files: string[]
  /** Variables that had a meaning, of the process and of `.env`. */
  variables: readonly string[]
  /** What was read otherwise than it is written, and why. */
  notes: readonly string[]
  /** Keys that a user has set and that nothing acts on yet. */
  withoutEffect: string[]
}

interface Layer {
  source: Source
  value: Record<string, unknown>
  place: (path: readonly PropertyKey[]) => Pick<Mistake, 'where' | 'line'>
}

/**
 * Reads all sources and puts them over one another: defaults < settings < YAML < environment < flags. Each source is
 * validated on its own first, so that a mistake names its own file and line.
 *
 * @throws ConfigError
 */
export function loadConfig(input: ConfigSources): LoadedConfig {
  const env = environmentOf(input.cwd, input.env)
  const files = configFiles(input, env)
  const environment = readEnvironment(env)
  const layers: Layer[] = [
    { source: 'settings', value: input.settings.value, place: () => ({ where: input.settings.file }) },
    ...yamlLayers(files, env),
    {
      source: 'environment',
      value: environment.value,
      place: (path) => ({ where: environment.variableOf(keyOf(path)) }),
    },
    { source: 'flag', value: input.flags, place: (path) => ({ where: `--${String(path.at(-1) ?? '')}` }) },
  ]
  if (input.onlyFlags === true) {
    for (const layer of layers) if (layer.source !== 'flag') layer.value = withoutServing(layer.value)
  }
  const mistakes: Mistake[] = []
  const emptied: Mistake[] = []
  for (const layer of layers) {
    if (namesNoInstance(layer)) emptied.push(noInstances(layer))
    const { place } = layer
    // A mistake is named where it is written.
    if (layer.value['port'] !== undefined)
      layer.place = (path) => place(keyOf(path) === 'server.port' ? ['port'] : path)
    layer.value = readable(layer.value)
    const checked = Config.safeParse(layer.value)
    if (checked.success) {
      mistakes.push(...checkInstances(checked.data.instances, layer, input.cwd))
      mistakes.push(...checkKeys(checked.data.server.keys, layer))
    } else mistakes.push(...mistakesOf(checked.error, layer.place))
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)

  const sources = new Map<string, Source>()
  const merged: Record<string, unknown> = {}
  for (const layer of layers) merge(merged, layer.value, layer.source, sources, [])
  if (environment.rules.length > 0 && input.onlyFlags !== true) {
    merged['models'] = [...environment.rules, ...((merged['models'] as unknown[] | undefined) ?? [])]
    sources.set('models', 'environment')
  }
  const config = Config.parse(merged)
  if (config.instances.length === 0 && emptied.length > 0) throw new ConfigError(emptied)
  refuseOneTokenForBoth(config, sources)
  return {
    config,
    sources,
    files,
    variables: environment.used,
    notes: environment.notes,
    withoutEffect: KEYS_WITHOUT_EFFECT.filter((key) => isSet(merged, key)),
  }
}

/** Values as a source wrote them, in the spelling of the schema; nothing is validated. */
export function readable(value: Record<string, unknown>): Record<string, unknown> {
  return coerce(Config, spellingsOf(withoutNulls(value))) as Record<string, unknown>
}

/** A file of an environment lies over the common one; both are one source. */
function yamlLayers(paths: readonly string[], env: Environment): Layer[] {
  const [base, override] = paths.map((file) => readYaml(file, readText(file), env))
  if (base === undefined) return []
  const files: YamlFiles = override === undefined ? oneFile(base) : overlay(base, override)
  return [{ source: 'file', ...files }]
}

/** Without what says who serves. */
function withoutServing({
  instances: _instances,
  models: _models,
  ...rest
}: Record<string, unknown>): Record<string, unknown> {
  return rest
}

/** A list of instances that is there and empty is a mistake: nobody means to serve nothing. */
function namesNoInstance({ source, value }: Layer): boolean {
  if (source !== 'file' || !('instances' in value)) return false
  const { instances } = value
  return instances === null || (Array.isArray(instances) && instances.length === 0)
}

function noInstances(layer: Layer): Mistake {
  return { ...layer.place(['instances']), key: 'instances', message: 'has no instances: name at least one' }
}

/** `key:` without a value means that the key is not set; a proxy without an address is none. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
      if (each === null || (key === 'proxy_url' && each === '')) return []
      if (isRecord(each)) return [[key, withoutNulls(each)]]
      return [[key, Array.isArray(each) ? each.map((item) => (isRecord(item) ? withoutNulls(item) : item)) : each]]
    }),
  )
}

/** Who may call is not who may change the program (R6). */
function refuseOneTokenForBoth(config: Config, sources: ReadonlyMap<string, Source>): void {
  const { token, admin_token: admin, keys } = config.server
  const where = `The ${sources.get('server.admin_token') ?? 'configuration'}`
  const mistakes: Mistake[] = []
  if (admin !== undefined && admin === token)
    mistakes.push({ where, key: 'server.admin_token', message: 'must be another one than server.token' })
  for (const { name, key } of keys) {
    if (key === undefined || (key !== token && key !== admin)) continue
    mistakes.push({ where, key: 'server.keys', message: `the key ${name} must be another one than the tokens` })
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
}

/** Other spellings of the same key: the Python proxy's top-level `port`. Its `name` and `version` mean nothing to us. */
function spellingsOf(value: Record<string, unknown>): Record<string, unknown> {
  if (value['port'] === undefined) return value
  const { port, ...rest } = value
  const server = isRecord(rest['server']) ? rest['server'] : {}
  return { ...rest, server: { port, ...server } }
}

function configFiles(input: ConfigSources, env: Environment): string[] {
  if (input.configFile !== undefined) {
    const file = resolve(input.cwd, input.configFile)
    if (!existsSync(file)) throw new ConfigError([{ where: file, key: '', message: 'does not exist' }])
    return [file]
  }
  const folder = ['config', join('app', 'config')]
    .map((name) => resolve(input.cwd, name))
    .find((path) => existsSync(join(path, 'base.yaml')))
  if (folder === undefined) return []
  const override = join(folder, `${env['ENVIRONMENT'] || 'development'}.yaml`)
  return [join(folder, 'base.yaml'), ...(existsSync(override) ? [override] : [])]
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError([
      { where: file, key: '', message: `cannot be read (${cause instanceof Error ? cause.message : String(cause)})` },
    ])
  }
}

/** What the schema alone cannot say. */
function checkInstances(instances: readonly Instance[], layer: Layer, cwd: string): Mistake[] {
  const seen = new Set<string>()
  return instances.flatMap((instance, at): Mistake[] => {
    const found: Mistake[] = []
    const say = (key: string, message: string): void => {
      const path = ['instances', at, key]
      found.push({ ...layer.place(path), key: keyOf(path), message })
    }
    const name = instance.name.toLowerCase()
    if (seen.has(name)) say('name', 'is used by another instance already')
    seen.add(name)
    if (
      instance.provider_type !== 'simulator' &&
      instance.provider_type !== 'openai' &&
      instance.provider_type !== 'anthropic' &&
      instance.provider_type !== 'recording' &&
      instance.api_base === undefined
    )
      say('api_base', 'is missing (the address of the resource)')
    if (instance.provider_type === 'recording' && instance.recording === undefined)
      say('recording', 'is missing (the path of a bundle)')
    const problem = instance.api_base === undefined ? undefined : problemOfAddress(instance.api_base)
    if (problem !== undefined) say('api_base', problem)
    if (instance.auth === 'key' && instance.api_key === undefined && instance.key_ref === undefined)
      say('auth', 'is "key", but there is no api_key')
    const { entra } = instance
    if (entra?.credential === 'secret') {
      for (const key of ['tenant_id', 'client_id', 'client_secret'] as const) {
        if (entra[key] === undefined) say('entra', `wants the ${key} of the app registration for credential: secret`)
      }
    }
    const untrusted = instance.ca_file === undefined ? undefined : problemOfAuthority(resolve(cwd, instance.ca_file))
    if (untrusted !== undefined) say('ca_file', untrusted)
    return found
  })
}

/** Two keys of one name could not be told apart in what they spent. */
function checkKeys(keys: readonly LocalKey[], layer: Layer): Mistake[] {
  const seen = new Set<string>()
  return keys.flatMap(({ name }, at): Mistake[] => {
    const isTaken = seen.has(name.toLowerCase())
    seen.add(name.toLowerCase())
    const path = ['server', 'keys', at, 'name']
    return isTaken ? [{ ...layer.place(path), key: keyOf(path), message: 'is used by another key already' }] : []
  })
}

/** Why a file cannot be trusted as a certificate authority's. */
function problemOfAuthority(file: string): string | undefined {
  try {
    void new X509Certificate(readFileSync(file))
    return undefined
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return 'does not exist'
    return code === 'EACCES' || code === 'EISDIR' ? `cannot be read (${code})` : 'has no certificate in PEM form'
  }
}

/** Why an address cannot be called, though it is one; the address itself is not repeated. */
function problemOfAddress(address: string): string | undefined {
  try {
    understandAddress(address)
    return undefined
  } catch (error) {
    if (!(error instanceof LazuliError)) throw error
    return `cannot be called: ${error.message}`
  }
}

/** Groups are merged key by key; instances and local keys by name, a later one replaces an earlier one; every other value is replaced. */
function merge(
  into: Record<string, unknown>,
  from: Record<string, unknown>,
  source: Source,
  sources: Map<string, Source>,
  path: readonly string[],
): void {
  for (const [key, value] of Object.entries(from)) {
    const here = [...path, key]
    const named = here.join('.')
    if ((named === 'instances' || named === 'server.keys') && Array.isArray(value)) {
      into[key] = mergeByName(named, (into[key] as unknown[] | undefined) ?? [], value, source, sources)
    } else if (isRecord(value) && path.length === 0) {
      const group = (into[key] ??= {}) as Record<string, unknown>
      merge(group, value, source, sources, here)
    } else if (value !== undefined) {
      into[key] = value
      sources.set(here.join('.'), source)
    }
  }
}

function mergeByName(
  list: 'instances' | 'server.keys',
  before: readonly unknown[],
  after: readonly unknown[],
  source: Source,
  sources: Map<string, Source>,
): unknown[] {
  const byName = new Map<string, unknown>()
  for (const one of before) byName.set(nameOf(one), one)
  for (const one of after) {
    byName.set(nameOf(one), one)
    sources.set(`${list}.${nameOf(one)}`, source)
  }
  return [...byName.values()]
}

function nameOf(one: unknown): string {
  return isRecord(one) && typeof one['name'] === 'string' ? one['name'].trim().toLowerCase() : ''
}

function isSet(value: Record<string, unknown>, key: string): boolean {
  const [list, field] = key.split('[].')
  if (field !== undefined) {
    const items = value[list!]
    return Array.isArray(items) && items.some((item) => isRecord(item) && item[field] !== undefined)
  }
  let at: unknown = value
  for (const part of key.split('.')) at = isRecord(at) ? at[part] : undefined
  return at !== undefined
}
