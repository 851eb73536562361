/** Settings inside a file, whatever its format: where one is, what it is, what is to become of it. */
import { isDeepStrictEqual } from 'node:util'

/** A key of a map, or the element of a list that has this `name`. */
export type PathPart = string | { readonly name: string }
export type SettingPath = readonly PathPart[]

export type SettingValue = string | number | boolean | null | SettingValue[] | { [key: string]: SettingValue }

/** One setting that a file is to have. */
export interface Setting {
  path: SettingPath
  value: SettingValue
  /** Without it the tool would not reach Lazuli. */
  binds?: boolean
}

/** What is to become of one setting; `value` absent: it is taken out. */
export interface Change {
  path: SettingPath
  value?: SettingValue
}

/** The text of a settings file, in one format. Comments, order and what is not named stay as they are. */
export interface SettingsFormat {
  /** @throws UnreadableText */
  read(text: string): unknown
  /** @throws UnreadableText; Error when the changes cannot be made without touching something else */
  change(text: string, changes: readonly Change[]): string
}

/** A file that its own program could not read either. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText'
  readonly line: number | undefined

  constructor(message: string, line: number | undefined) {
    super(message)
    this.line = line
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: SettingPath): unknown {
  let value: unknown = root
  for (const part of path) {
    if (typeof part === 'string') {
      value = isMap(value) && Object.hasOwn(value, part) ? value[part] : undefined
    } else {
      value = Array.isArray(value)
        ? value.find((element) => isMap(element) && element['name'] === part.name)
        : undefined
    }
  }
  return value
}

/** A copy of `root` with the changes made: what a changed text must say. */
export function changed(root: unknown, changes: readonly Change[]): unknown {
  return changes.reduce<unknown>((value, { path, value: wanted }) => withChange(value, path, wanted), root ?? {})
}

function withChange(node: unknown, path: SettingPath, wanted: unknown): unknown {
  const [part, ...rest] = path
  if (part === undefined) return wanted
  if (typeof part === 'string') {
    const map = isMap(node) ? node : {}
    const next = withChange(map[part], rest, wanted)
    if (next !== undefined) return { ...map, [part]: next }
    return Object.fromEntries(Object.entries(map).filter(([key]) => key !== part))
  }
  const list: readonly unknown[] = Array.isArray(node) ? (node as unknown[]) : []
  const at = list.findIndex((element) => isMap(element) && element['name'] === part.name)
  const next = withChange(at === -1 ? { name: part.name } : list[at], rest, wanted)
  if (next === undefined) return list.filter((_, index) => index !== at)
  return at === -1 ? [...list, next] : list.with(at, next)
}

/** The changes that would change something. */
export function pending(root: unknown, changes: readonly Change[]): Change[] {
  return changes.filter(({ path, value }) => !isDeepStrictEqual(valueAt(root, path), value))
}

export function isEmptyContainer(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** The line break that a text uses. */
export function lineBreakOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') ? '\r\n' : '\n'
}
