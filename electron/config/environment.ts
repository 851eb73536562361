import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { Config } from '../../shared/config.ts'
import { readAzureVariables } from './azure-variables.ts'
import { ConfigError } from './config-error.ts'
import { readInstanceVariables } from './instance-variables.ts'
import { coerce, leavesOf } from './schema-walk.ts'
import { firstSet, textOf, VariableSettings, type Environment } from './variable-settings.ts'

export type { Environment } from './variable-settings.ts'

/** The process's own variables over those of `.env` in `directory`; real variables win (contract 8). */
export function environmentOf(directory: string, env: Environment): Environment {
  let text: string
  try {
    text = readFileSync(join(directory, '.env'), 'utf8')
  } catch {
    return env
  }
  return { ...parseEnv(text.replace(/^\uFEFF/, '')), ...env }
}

export interface EnvironmentSource {
  value: Record<string, unknown>
  /** Mapping rules that stand in front of those of every source. */
  rules: readonly Record<string, unknown>[]
  /** Names of the variables that had a meaning. */
  used: readonly string[]
  /** What was read otherwise than it is written, and why. */
  notes: readonly string[]
  /** Name of the variable that set a path (`server.port`, `instances[0].api_key`). */
  variableOf(path: string): string
}

/**
 * Settings in the environment: `LAZULI_…` for every key of the schema, then the predecessors' names, each as it stands.
 *
 * @throws ConfigError for a variable that cannot be read at all; what it means is validated with all other settings
 */
export function readEnvironment(env: Environment): EnvironmentSource {
  const settings = new VariableSettings()
  readOwnVariables(env, settings)
  readListenAddress(env, settings)
  readCommonVariables(env, settings)
  readInstanceVariables(env, settings)
  readAzureVariables(env, settings)
  if (settings.mistakes.length > 0) throw new ConfigError(settings.mistakes)
  return {
    value: settings.value,
    rules: settings.rules,
    used: [...settings.used],
    notes: [...new Set(settings.notes)],
    variableOf: (path) => settings.variableOf(path),
  }
}

function readOwnVariables(env: Environment, settings: VariableSettings): void {
  for (const { path, schema } of leavesOf(Config)) {
    const name = `LAZULI_${path.join('_').toUpperCase()}`
    const text = env[name]
    if (text === undefined || text === '') continue
    const value = parseStructured(name, text, settings)
    if (value !== undefined) settings.set(path, coerce(schema, value), name)
  }
}

/** Lists of groups (`LAZULI_INSTANCES`, `LAZULI_MODELS`) are written as JSON. */
function parseStructured(name: string, text: string, settings: VariableSettings): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    settings.refuse(name, 'is not valid JSON')
    return undefined
  }
}

/** The Go proxy's address. */
function readListenAddress(env: Environment, settings: VariableSettings): void {
  const address = firstSet(env, 'AZURE_OPENAI_PROXY_ADDRESS')
  if (address === undefined) return
  const { host, port } = splitAddress(textOf(address)!)
  settings.set(['server', 'host'], host, address.variable)
  settings.set(['server', 'port'], port, address.variable)
}

/** `HOST:PORT`, `:PORT`, `PORT`, `[::1]:PORT`. What is not understood goes to the validation as it is. */
function splitAddress(address: string): { host: string; port: unknown } {
  const match = /^(?:(?:https?:\/\/)?(\[[^\]]+\]|[^:/]*):)?(\d+)\/?$/.exec(address)
  if (match === null) return { host: '127.0.0.1', port: address }
  // An empty host means "all interfaces" to the Go program that this variable comes from.
  const host = match[1] === undefined ? '127.0.0.1' : match[1] === '' ? '0.0.0.0' : match[1].replace(/^\[|\]$/g, '')
  return { host, port: Number(match[2]) }
}

/** Names without a prefix that a predecessor reads beside its own settings. */
function readCommonVariables(env: Environment, settings: VariableSettings): void {
  for (const [variable, path] of [
    ['LOG_LEVEL', ['logging', 'level']],
    ['FEISHU_WEBHOOK_URL', ['logging', 'feishu_webhook']],
    ['ADMIN_API_KEY', ['server', 'admin_token']],
  ] as const) {
    const found = firstSet(env, variable)
    if (found !== undefined) settings.set(path, found.value, variable)
  }
}
