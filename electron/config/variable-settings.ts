import { keyOf, type Mistake } from './config-error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A value and the variable that it came from. */
export interface FromVariable {
  value: unknown
  variable: string
}

/**
 * Settings as they are collected from variables, each with the variable that set it. The first one that sets a path
 * keeps it, so that names are read in the order of their rank.
 */
export class VariableSettings {
  readonly value: Record<string, unknown> = {}
  /** Mapping rules that stand in front of those of every source. */
  readonly rules: Record<string, unknown>[] = []
  readonly mistakes: Mistake[] = []
  /** What was read otherwise than it is written, and why. */
  readonly notes: string[] = []
  /** Names of the variables that had a meaning. */
  readonly used = new Set<string>()
  readonly #variables = new Map<string, string>()

  set(path: readonly string[], value: unknown, variable: string): void {
    const key = keyOf(path)
    if (this.#variables.has(key)) return
    let at = this.value
    for (const part of path.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>
    at[path.at(-1)!] = value
    this.#variables.set(key, variable)
    this.used.add(variable)
  }

  /** Adds a mapping rule behind those that were added before. */
  addRule(rule: Record<string, unknown>, variable: string): void {
    this.rules.push(rule)
    this.used.add(variable)
  }

  /** Adds an instance, unless one of its name is there already. Fields without a value are left out. */
  addInstance(name: string, fields: Readonly<Record<string, FromVariable | undefined>>): void {
    const list = (this.value['instances'] ??= []) as unknown[]
    if (!Array.isArray(list) || list.some((each) => nameOf(each) === name.toLowerCase())) return
    const instance: Record<string, unknown> = { name }
    for (const [key, field] of Object.entries(fields)) {
      if (field === undefined) continue
      instance[key] = field.value
      this.#variables.set(`instances[${list.length}].${key}`, field.variable)
      this.used.add(field.variable)
    }
    list.push(instance)
  }

  refuse(variable: string, message: string): void {
    this.mistakes.push({ where: variable, key: '', message })
  }

  /** The variable behind a path (`instances[0].api_key`), or behind the nearest thing around it. */
  variableOf(path: string): string {
    for (let at = path; at !== ''; at = at.replace(/(?:^|\.|(?=\[))[^.[]*\]?$/, '')) {
      const variable = this.#variables.get(at)
      if (variable !== undefined) return variable
    }
    return [...this.#variables].find(([key]) => path.startsWith(key) || key.startsWith(path))?.[1] ?? 'the environment'
  }
}

/** The first of these variables that has a value; an empty one counts as not set. */
export function firstSet(env: Environment, ...names: readonly string[]): FromVariable | undefined {
  for (const variable of names) {
    const value = env[variable]?.trim()
    if (value !== undefined && value !== '') return { value, variable }
  }
  return undefined
}

export function textOf(found: FromVariable | undefined): string | undefined {
  return typeof found?.value === 'string' ? found.value : undefined
}

function nameOf(instance: unknown): string | undefined {
  const name: unknown = (instance as { name?: unknown } | null)?.name
  return typeof name === 'string' ? name.trim().toLowerCase() : undefined
}
