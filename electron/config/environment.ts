import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Config } from '../../shared/config.ts'
import { coerce, leavesOf } from './schema-walk.ts'
import { ConfigError } from './config-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The process's own variables over those of `.env` in `directory`; real variables win (contract 8). */
export function environmentOf(directory: string, env: Environment): Environment {
  let text: string
  try {
    text = readFileSync(join(directory, '.env'), 'utf8')
  } catch {
    return env
  }
  return { ...parseEnv(text), ...env }
}

export interface EnvironmentSource {
  value: Record<string, unknown>
  /** Name of the variable that set a path (`server.port`, `instances[0].api_key`). */
  variableOf(path: string): string
}

/** Settings in the environment: `LAZULI_…` for every key of the schema, and the predecessors' names for one resource. */
export function readEnvironment(env: Environment): EnvironmentSource {
  const value: Record<string, unknown> = {}
  const variables = new Map<string, string>()

  for (const { path, schema } of leavesOf(Config)) {
    const name = `LAZULI_${path.join('_').toUpperCase()}`
    const text = env[name]
    if (text === undefined || text === '') continue
    put(value, path, coerce(schema, parseStructured(name, text)))
    variables.set(path.join('.'), name)
  }

  const address = env['AZURE_OPENAI_PROXY_ADDRESS']
  if (address) {
    const { host, port } = splitAddress(address)
    for (const [key, part] of [
      ['host', host],
      ['port', port],
    ] as const) {
      if (variables.has(`server.${key}`)) continue
      put(value, ['server', key], part)
      variables.set(`server.${key}`, 'AZURE_OPENAI_PROXY_ADDRESS')
    }
  }

  const single = readSingleInstance(env)
  if (single !== undefined && value['instances'] === undefined) {
    value['instances'] = [single.instance]
    for (const [key, name] of single.variables) variables.set(`instances[0].${key}`, name)
  }
  return { value, variableOf: (path) => variables.get(path) ?? nearest(variables, path) }
}

/** Lists of groups (`LAZULI_INSTANCES`, `LAZULI_MODELS`) are written as JSON. */
function parseStructured(name: string, text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigError([{ where: name, key: '', message: 'is not valid JSON' }])
  }
}

/** `HOST:PORT`, `:PORT`, `PORT`, `[::1]:PORT`. What is not understood goes to the validation as it is. */
function splitAddress(address: string): { host: string; port: unknown } {
  const match = /^(?:(?:https?:\/\/)?(\[[^\]]+\]|[^:/]*):)?(\d+)\/?$/.exec(address.trim())
  if (match === null) return { host: '127.0.0.1', port: address }
  // An empty host means "all interfaces" to the Go program that this variable comes from.
  const host = match[1] === undefined ? '127.0.0.1' : match[1] === '' ? '0.0.0.0' : match[1].replace(/^\[|\]$/g, '')
  return { host, port: Number(match[2]) }
}

/** First name that is set wins: TensorWall's and Azure's own names, then those of the Go proxy and its Claude edition. */
const SINGLE_INSTANCE: Readonly<Record<'api_base' | 'api_key' | 'api_version', readonly string[]>> = {
  api_base: ['AZURE_OPENAI_ENDPOINT'],
  api_key: ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_KEY', 'AZURE_OPENAI_TOKEN'],
  api_version: ['AZURE_OPENAI_API_VERSION', 'AZURE_OPENAI_APIVERSION'],
}

function readSingleInstance(
  env: Environment,
): { instance: Record<string, unknown>; variables: [string, string][] } | undefined {
  const instance: Record<string, unknown> = { name: 'azure', provider_type: 'azure' }
  const variables: [string, string][] = []
  for (const [key, names] of Object.entries(SINGLE_INSTANCE)) {
    const name = names.find((each) => env[each])
    if (name === undefined) continue
    instance[key] = env[name]
    variables.push([key, name])
  }
  return instance['api_base'] === undefined ? undefined : { instance, variables }
}

function put(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = root
  for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>
  at[path.at(-1)!] = value
}

function nearest(variables: ReadonlyMap<string, string>, path: string): string {
  const known = [...variables].find(([key]) => path.startsWith(key))
  return known?.[1] ?? 'the environment'
}
