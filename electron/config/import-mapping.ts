/**
 * Takes instances and mapping rules out of a text that a predecessor reads: the Python proxy's YAML, or variables of any of
 * them. The readers are those of the program's own start; what else the text sets is left, and said.
 */
import { parseEnv } from 'node:util'
import { Instance, Rule } from '../../shared/config.ts'
import { understandAddress } from '../core/azure-address.ts'
import { LazuliError } from '../core/error.ts'
import { mistakesOf } from './config-error.ts'
import { readEnvironment } from './environment.ts'
import { readable } from './load.ts'
import { isRecord } from './schema-walk.ts'
import { maskedAddress } from './shown-configuration.ts'
import type { Environment } from './variable-settings.ts'
import { readYaml } from './yaml-source.ts'

export interface ImportedInstance {
  /** With its key, where the text holds it. */
  instance: Instance
  key: 'none' | 'given' | 'missing'
}

export interface ImportedMapping {
  kind: 'yaml' | 'environment'
  instances: ImportedInstance[]
  rules: Rule[]
  /** What was left or read otherwise; no values, they might be secrets. */
  warnings: string[]
}

/** Stands for a variable that is not set; it can stand in no text of YAML. */
const UNSET = '\u0001'
const SOURCE = 'The text'
/** A line that sets a variable, as in `.env`. */
const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_.-]*\s*=/

/**
 * @param env where `${NAME}` of YAML is looked up; one that is not set there leaves its key out, with a warning
 * @throws ConfigError for a text that is no YAML, or whose variables contradict one another
 */
export function readImport(text: string, env: Environment): ImportedMapping {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  const isEnvironment = lines.length > 0 && lines.every((line) => ASSIGNMENT.test(line))
  const warnings: string[] = []
  const { value, rules } = isEnvironment ? fromVariables(text, warnings) : fromYaml(text, env)
  const { instances, models, ...rest } = readable(value)
  const others = Object.keys(rest).filter((key) => key !== 'name' && key !== 'version')
  if (others.length > 0) warnings.push(`Not taken: ${others.join(', ')}. They are settings of the whole program.`)
  return {
    kind: isEnvironment ? 'environment' : 'yaml',
    instances: listOf(instances).flatMap((each, at) => instanceOf(each, at, warnings)),
    rules: [...rules, ...listOf(models)].flatMap((each, at) => ruleOf(each, at, warnings)),
    warnings,
  }
}

type Read = { value: Record<string, unknown>; rules: readonly unknown[] }

function fromVariables(text: string, warnings: string[]): Read {
  const { value, rules, notes, used } = readEnvironment(parseEnv(text.replace(/^\uFEFF/, '')))
  warnings.push(...notes)
  if (used.length === 0) warnings.push('None of these variables is known.')
  return { value, rules }
}

function fromYaml(text: string, env: Environment): Read {
  const names = [...text.matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name = '']) => name)
  const placeholders = Object.fromEntries(names.map((name) => [name, `${UNSET}${name}${UNSET}`]))
  return { value: readYaml(SOURCE, text, { ...placeholders, ...set(env) }).value, rules: [] }
}

/** A variable that is there and empty is not set, for a reader who looks for a key. */
function set(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
}

function instanceOf(value: unknown, at: number, warnings: string[]): ImportedInstance[] {
  if (!isRecord(value)) {
    warnings.push(`Instance ${at + 1} is left: it is no group of keys.`)
    return []
  }
  const name = typeof value['name'] === 'string' ? value['name'] : `Instance ${at + 1}`
  const unset: string[] = []
  const given = withoutUnset(value, unset)
  const wantsKey = 'api_key' in value && unset.some((path) => path.startsWith('api_key '))
  for (const path of unset) warnings.push(`${name}: ${path} is not set here.`)
  const { known, unknown } = parted(given)
  if (unknown.length > 0) warnings.push(`${name}: ${unknown.join(', ')} has no meaning here and is left.`)
  const parsed = Instance.safeParse(withoutHidden(known, name, warnings))
  if (!parsed.success) {
    const [first] = mistakesOf(parsed.error, () => ({ where: SOURCE }))
    warnings.push(`${name} is left: ${first?.key === '' ? '' : `${first?.key} `}${first?.message ?? 'is not valid'}.`)
    return []
  }
  const problem = problemOf(parsed.data)
  if (problem !== undefined) {
    warnings.push(`${name} is left: ${problem}`)
    return []
  }
  if (!wantsKey) return [{ instance: parsed.data, key: parsed.data.api_key === undefined ? 'none' : 'given' }]
  // Without its key it would let every caller's own through, which nobody asked for.
  warnings.push(`${name} is taken switched off: enter its key, then switch it on.`)
  const { auth: _auth, ...open } = parsed.data
  return [{ instance: { ...open, enabled: false }, key: 'missing' }]
}

/** Values of variables that are not set are left out; `left` tells which. */
function withoutUnset(value: Record<string, unknown>, left: string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]): [string, unknown][] => {
      const name = textsIn(each).flatMap((text) => text.split(UNSET).slice(1, 2))[0]
      if (name === undefined) return [[key, each]]
      left.push(`${key} is \${${name}}, which`)
      return []
    }),
  )
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : []
}

function parted(value: Record<string, unknown>): { known: Record<string, unknown>; unknown: string[] } {
  const keys = Object.keys(value)
  return {
    known: Object.fromEntries(Object.entries(value).filter(([key]) => key in Instance.shape)),
    unknown: keys.filter((key) => !(key in Instance.shape)),
  }
}

/** Secrets that only YAML and the environment may hold: the settings file is a plain one. */
function withoutHidden(value: Record<string, unknown>, name: string, warnings: string[]): Record<string, unknown> {
  const { proxy_url: proxy, entra, key_ref: _ref, ...rest } = value
  const kept: Record<string, unknown> = rest
  if (typeof proxy === 'string' && maskedAddress(proxy) !== proxy) {
    warnings.push(`${name}: proxy_url is left, for the settings file would hold its password in clear.`)
  } else if (proxy !== undefined) kept['proxy_url'] = proxy
  if (isRecord(entra) && entra['client_secret'] !== undefined) {
    const { client_secret: _secret, ...identity } = entra
    warnings.push(`${name}: the client_secret is left, for the settings file would hold it in clear.`)
    kept['entra'] = { ...identity, credential: 'default' }
  } else if (entra !== undefined) kept['entra'] = entra
  return kept
}

function problemOf({ api_base: base, provider_type: provider }: Instance): string | undefined {
  if (base === undefined) {
    return ['simulator', 'openai', 'anthropic', 'recording'].includes(provider) ? undefined : 'it has no api_base.'
  }
  try {
    understandAddress(base)
    return undefined
  } catch (error) {
    if (error instanceof LazuliError) return error.message
    throw error
  }
}

function ruleOf(value: unknown, at: number, warnings: string[]): Rule[] {
  const parsed = Rule.safeParse(value)
  if (parsed.success) return [parsed.data]
  const [first] = mistakesOf(parsed.error, () => ({ where: SOURCE }))
  warnings.push(`Rule ${at + 1} is left: ${first?.key ?? ''} ${first?.message ?? 'is not valid'}.`)
  return []
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}
