import { isDeepStrictEqual } from 'node:util'
import { parse, patch } from '@decimalturn/toml-patch'
import {
  changed,
  lineBreakOf,
  pending,
  UnreadableText,
  valueAt,
  type Change,
  type SettingsFormat,
  type SettingValue,
} from './setting.ts'

/**
 * TOML. New keys and tables are written by hand where a person would put them (the patching library sets them behind the
 * next table's comment, or inline); values that exist are patched. Whatever was done is read again and compared.
 */
export const tomlSettings: SettingsFormat = {
  read(text) {
    try {
      return parse(text)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const line = error instanceof Error && 'line' in error ? Number(error.line) : undefined
      // Its last line says what, the ones before show where.
      throw new UnreadableText(message.split('\n').at(-1)!, line)
    }
  },
  change(text, changes) {
    const before = this.read(text)
    const expected = changed(before, changes)
    const says = (candidate: string): boolean => isDeepStrictEqual(readPlain(candidate), plain(expected))
    const news = changes.filter(({ value, path }) => value !== undefined && valueAt(before, path) === undefined)
    const roots = news.filter(({ path }) => path.length === 1)
    const tables = news.filter(({ path }) => path.length > 2 && valueAt(before, path.slice(0, 2)) === undefined)
    const others = pending(before, changes).filter((change) => !roots.includes(change) && !tables.includes(change))
    const patched = others.reduce((result, change) => changedInPlace(result, change), text)
    for (const withRoots of [afterRootKeys(patched, roots), atTop(patched, roots)]) {
      const candidate = withTables(withRoots, tables)
      if (says(candidate)) return candidate
    }
    const candidate = patch(text, expected)
    if (says(candidate)) return candidate
    throw new Error('the change would touch other settings')
  },
}

/** A value that is there is changed, or taken out with its line, or with its whole table. */
function changedInPlace(text: string, change: Change): string {
  const expected = changed(parse(text), [change])
  if (change.value === undefined) {
    const shorter = withoutLines(text, change.path)
    if (shorter !== undefined && isDeepStrictEqual(readPlain(shorter), plain(expected))) return shorter
  }
  return patch(text, expected)
}

/** Without the line of a key at the top, or without a table from its header to the next; undefined: no such line. */
function withoutLines(text: string, path: Change['path']): string | undefined {
  const lines = text.split('\n')
  const name = path.map(keyText).join('.')
  const table = lines.findIndex((line) => line.trim() === `[${name}]`)
  if (table === -1) {
    const at = lines.findIndex((line) => line.startsWith(`${name} =`) || line.startsWith(`${name}=`))
    return at === -1 ? undefined : lines.toSpliced(at, 1).join('\n')
  }
  const next = lines.findIndex((line, at) => at > table && /^\s*(\[|#)/.test(line))
  const end = next === -1 ? lines.length : next
  const kept = lines.toSpliced(table, end - table)
  // The blank line before a table that stood last goes with it.
  while (next === -1 && kept.at(-1)?.trim() === '') kept.pop()
  return next === -1 ? kept.join('\n') + lineBreakOf(text) : kept.join('\n')
}

function readPlain(text: string): unknown {
  try {
    return plain(parse(text))
  } catch {
    return undefined
  }
}

/** What the library's parser hangs on its results (prototypes, classes of dates) does not count in a comparison. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)),
  ) as unknown
}

/** Behind the last key that stands before the first table, and before the comment that belongs to that table. */
function afterRootKeys(text: string, roots: readonly Change[]): string {
  if (roots.length === 0) return text
  const lines = text.split('\n')
  const header = lines.findIndex((line) => /^\s*\[[^\]]*\]{1,2}\s*(#.*)?\r?$/.test(line))
  let at = header === -1 ? lines.length : header
  while (at > 0 && /^\s*(#.*)?\r?$/.test(lines[at - 1]!)) at -= 1
  if (at === 0) return atTop(text, roots)
  const end = lineBreakOf(text)
  const before = lines.slice(0, at).join('\n')
  const after = lines.slice(at).join('\n')
  const added = roots.map(keyLine).join(end)
  // The last line of a file may lack its end.
  if (at === lines.length) return `${before}${end}${added}${end}`
  return `${before}\n${added}${end}${after}`
}

function atTop(text: string, roots: readonly Change[]): string {
  if (roots.length === 0) return text
  const end = lineBreakOf(text)
  const added = roots.map((root) => keyLine(root) + end).join('')
  return text.trim() === '' ? added : `${added}${end}${text}`
}

/** New tables stand at the end, each with its header. */
function withTables(text: string, changes: readonly Change[]): string {
  const end = lineBreakOf(text)
  const names = [...new Set(changes.map(({ path }) => path.slice(0, 2).map(keyText).join('.')))]
  let result = text
  for (const name of names) {
    const mine = changes.filter(({ path }) => path.slice(0, 2).map(keyText).join('.') === name)
    const content = mine.reduce<unknown>(
      (value, { path, value: set }) =>
        changed(value, [{ path: path.slice(2), ...(set === undefined ? {} : { value: set }) }]),
      {},
    ) as Record<string, SettingValue>
    const rows = Object.entries(content).map(([key, value]) => `${keyText(key)} = ${valueText(value)}`)
    if (result !== '' && !result.endsWith('\n')) result += end
    result += `${result.trim() === '' ? '' : end}${[`[${name}]`, ...rows].join(end)}${end}`
  }
  return result
}

function keyLine({ path, value }: Change): string {
  return `${path.map(keyText).join('.')} = ${valueText(value ?? '')}`
}

function keyText(part: Change['path'][number]): string {
  const key = typeof part === 'string' ? part : part.name
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key)
}

function valueText(value: SettingValue): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, inner]) => `${keyText(key)} = ${valueText(inner)}`)
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  // A basic string of TOML takes JSON's escapes; DEL alone has to be one too.
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f')
}
