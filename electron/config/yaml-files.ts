import type { Mistake } from './config-error.ts'
import { isRecord } from './schema-walk.ts'
import type { YamlSource } from './yaml-source.ts'

/** YAML files as one source of settings. */
export interface YamlFiles {
  value: Record<string, unknown>
  /** File and line of a path in `value`. */
  place: (path: readonly PropertyKey[]) => Pick<Mistake, 'where' | 'line'>
}

type Path = readonly PropertyKey[]

export function oneFile(yaml: YamlSource): YamlFiles {
  return { value: yaml.value, place: (path) => placeIn(yaml, path) }
}

/**
 * Puts the file of an environment over the common one, as the Python proxy did: groups are merged key by key, lists are
 * joined. One thing is added: an instance of a name that the common file has is merged with it, so that an override may
 * change a single key. In a joined list a plain value stands once.
 */
export function overlay(base: YamlSource, override: YamlSource): YamlFiles {
  /** Where the items of the joined list of instances came from, as indexes in the two files. */
  const instances: { base?: number; override?: number }[] = []
  const value = mergeGroups(base.value, override.value)
  if (Array.isArray(base.value['instances']) && Array.isArray(override.value['instances'])) {
    value['instances'] = joinInstances(base.value['instances'], override.value['instances'], instances)
  }
  return {
    value,
    place(path) {
      const [list, index, ...rest] = path
      const origin = list === 'instances' && typeof index === 'number' ? instances[index] : undefined
      if (origin !== undefined) {
        const over = origin.override === undefined ? undefined : ['instances', origin.override, ...rest]
        if (over !== undefined && (origin.base === undefined || override.has(over))) return placeIn(override, over)
        return placeIn(base, ['instances', origin.base!, ...rest])
      }
      if (override.has(path)) return placeIn(override, path)
      return placeInJoined(base, override, path)
    },
  }
}

/** A path that leads through a joined list: its later items are those of the override. */
function placeInJoined(base: YamlSource, override: YamlSource, path: Path): Pick<Mistake, 'where' | 'line'> {
  const at = path.findIndex((part) => typeof part === 'number')
  const before = at === -1 ? undefined : valueAt(base.value, path.slice(0, at))
  if (Array.isArray(before)) {
    const shifted = [...path.slice(0, at), (path[at] as number) - before.length, ...path.slice(at + 1)]
    if ((path[at] as number) >= before.length) return placeIn(override, shifted)
  }
  return base.has(path) || !override.has(path.slice(0, 1)) ? placeIn(base, path) : placeIn(override, path)
}

function placeIn(yaml: YamlSource, path: Path): Pick<Mistake, 'where' | 'line'> {
  const line = yaml.lineOf(path)
  return { where: yaml.file, ...(line === undefined ? {} : { line }) }
}

function mergeGroups(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined
    merged[key] =
      isRecord(before) && isRecord(value)
        ? mergeGroups(before, value)
        : Array.isArray(before) && Array.isArray(value)
          ? joinLists(before, value)
          : value
  }
  return merged
}

function joinLists(base: readonly unknown[], over: readonly unknown[]): unknown[] {
  const fresh = over.filter((item) => (typeof item === 'object' && item !== null) || !base.includes(item))
  return [...base, ...fresh]
}

function joinInstances(
  base: readonly unknown[],
  over: readonly unknown[],
  origins: { base?: number; override?: number }[],
): unknown[] {
  const joined = base.map((item, index) => {
    origins.push({ base: index })
    return item
  })
  for (const [index, item] of over.entries()) {
    const name = nameOf(item)
    // Only one of the common file is merged with; twice in the same file is a mistake that the validation names.
    const at = name === undefined ? -1 : base.findIndex((each) => nameOf(each) === name)
    if (at === -1 || origins[at]!.override !== undefined) {
      joined.push(item)
      origins.push({ override: index })
    } else {
      joined[at] = mergeGroups(base[at] as Record<string, unknown>, item as Record<string, unknown>)
      origins[at]!.override = index
    }
  }
  return joined
}

function nameOf(instance: unknown): string | undefined {
  const name = isRecord(instance) ? instance['name'] : undefined
  return typeof name === 'string' ? name.trim().toLowerCase() : undefined
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const part of path) at = isRecord(at) ? at[String(part)] : undefined
  return at
}
