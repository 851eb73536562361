/** Making a tool's files say what they should, and taking that back. */
import { isDeepStrictEqual } from 'node:util'
import { LazuliError } from '../core/error.ts'
import { jsonSettings } from './json-settings.ts'
import { fingerprint, type Entry, type WrittenFile } from './ledger.ts'
import { changed, isEmptyContainer, UnreadableText, valueAt, type Change, type SettingsFormat } from './setting.ts'
import { backUp, readFileText, removeFile, writeFileText } from './settings-file.ts'
import { tomlSettings } from './toml-settings.ts'
import type { SettingsFile } from './tool.ts'
import { yamlSettings } from './yaml-settings.ts'

export const FORMATS: Readonly<Record<SettingsFile['format'], SettingsFormat>> = {
  json: jsonSettings,
  toml: tomlSettings,
  yaml: yamlSettings,
}

/** One file, as it is and as it is to be. */
export interface PlannedFile {
  file: SettingsFile
  /** Absent: there is no file. */
  before: string | undefined
  after: string
  /** What it says now. */
  value: unknown
  readableByOthers: boolean
}

const BOM = '\uFEFF'

/** @throws LazuliError `tool_file_unreadable`, `tool_file_broken` with the line */
export function planFile(file: SettingsFile): PlannedFile {
  const { text: before, readableByOthers } = readFileText(file.path)
  const format = FORMATS[file.format]
  const mark = before?.startsWith(BOM) === true ? BOM : ''
  const text = before?.slice(mark.length)
  return understand(file.path, () => {
    const value = format.read(text ?? '')
    const start = text === undefined || text.trim() === '' ? (file.initial ?? text ?? '') : text
    return { file, before, after: mark + format.change(start, file.settings), value, readableByOthers }
  })
}

/** Names the files as they were read and what they are to become. */
export function fingerprintOf(files: readonly PlannedFile[]): string {
  return fingerprint(files.map(({ file, before, after }) => [file.path, before ?? null, after]))
}

/**
 * Writes what was planned; a file that cannot be written undoes the ones before it.
 *
 * @param earlier what was written before, if anything
 * @returns what to remember of each file
 * @throws LazuliError `tool_file_changed` when a file is not as it was planned; `tool_file_unwritable`
 */
export function applyFiles(files: readonly PlannedFile[], earlier: Entry | undefined, now: Date): WrittenFile[] {
  for (const { file, before } of files) if (readFileText(file.path).text !== before) throw changedMeanwhile(file.path)
  const written: PlannedFile[] = []
  try {
    return files.flatMap((planned) => {
      const { file, before, after } = planned
      const known = earlier?.files.find(({ path }) => path === file.path)
      // What said so already is the user's own: there is nothing to take back.
      if (known === undefined && before === after) return []
      const undisturbed = known === undefined || (before !== undefined && fingerprint(before) === known.after)
      const backup =
        known === undefined ? (before === undefined ? undefined : backUp(file.path, before, now)) : known.backup
      if (before !== after) {
        written.push(planned)
        writeFileText(file.path, after)
      }
      const wrote = file.settings.map(({ path, value }) => ({ path: [...path], wrote: fingerprint(value) }))
      const dropped =
        known?.settings.filter(({ path }) => !wrote.some((one) => isDeepStrictEqual(one.path, path))) ?? []
      const record: WrittenFile = {
        path: file.path,
        format: file.format,
        ...(backup === undefined ? {} : { backup }),
        exact: undisturbed && (known?.exact ?? true),
        after: fingerprint(after),
        settings: [...wrote, ...dropped],
      }
      return [record]
    })
  } catch (error) {
    for (const { file, before } of written) {
      if (before === undefined) removeFile(file.path)
      else writeFileText(file.path, before)
    }
    throw error
  }
}

/**
 * Takes back what was written to one file: the file as it was, byte for byte, if nobody else changed it; else our own
 * settings alone, each as it was before us, and those that the user changed stay.
 *
 * @param show how a path is told to the user
 * @returns a sentence for the user
 * @throws LazuliError `tool_file_broken`, `tool_file_unwritable`; the file is as it was
 */
export function undoFile(written: WrittenFile, show: (path: string) => string): string {
  const { path, backup } = written
  const shown = show(path)
  const { text: current } = readFileText(path)
  if (current === undefined) return `${shown} is gone; there was nothing to take out.`
  const original = backup === undefined ? undefined : readFileText(backup).text
  const lost = backup !== undefined && original === undefined
  if (written.exact && !lost && fingerprint(current) === written.after) {
    if (original === undefined) {
      removeFile(path)
      return `${shown} was removed: it was not there before.`
    }
    writeFileText(path, original)
    if (backup !== undefined) removeFile(backup)
    return `${shown} is as it was before.`
  }
  const format = FORMATS[written.format]
  const mark = current.startsWith(BOM) ? BOM : ''
  const [after, kept] = understand(path, () => {
    const value = format.read(current.slice(mark.length))
    const before = original === undefined ? {} : format.read(original.replace(BOM, ''))
    const ours = written.settings.filter((setting) => fingerprint(valueAt(value, setting.path)) === setting.wrote)
    const changes = collapsed(
      ours.map(({ path: place }) => changeTo(place, valueAt(before, place))),
      value,
      before,
    )
    return [mark + format.change(current.slice(mark.length), changes), written.settings.length - ours.length] as const
  })
  writeFileText(path, after)
  const rest = kept === 0 ? '' : ` ${kept === 1 ? 'One value' : `${kept} values`} that you changed stayed.`
  return `${shown} was edited since, so only Lazuli’s own settings were taken out.${rest}${backup === undefined || lost ? '' : ` The file as it was before is ${show(backup)}.`}`
}

function changeTo(path: Change['path'], value: unknown): Change {
  return value === undefined ? { path } : { path, value: value as NonNullable<Change['value']> }
}

/** Where nothing is left in a container that was not there before us, the container goes as one. */
function collapsed(changes: readonly Change[], value: unknown, before: unknown): Change[] {
  let result = [...changes]
  const left = changed(value, result)
  const removals = changes.filter((change) => change.value === undefined)
  const prefixes = removals.flatMap(({ path }) => path.slice(0, -1).map((_, depth) => path.slice(0, depth + 1)))
  for (const prefix of prefixes.toSorted((one, other) => one.length - other.length)) {
    const covered = result.some(({ path }) => path.length < prefix.length && startsWith(prefix, path))
    if (covered || valueAt(before, prefix) !== undefined) continue
    if (!isHollow(valueAt(left, prefix))) continue
    result = [...result.filter(({ path }) => !startsWith(path, prefix)), { path: prefix }]
  }
  return result
}

function startsWith(path: Change['path'], prefix: Change['path']): boolean {
  return isDeepStrictEqual(path.slice(0, prefix.length), prefix)
}

/** Holds nothing, but perhaps containers that hold nothing; the name of a list's element is no content. */
function isHollow(value: unknown): boolean {
  if (value === undefined || isEmptyContainer(value)) return true
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(([key, inner]) => (key === 'name' && typeof inner === 'string') || isHollow(inner))
}

/** @throws LazuliError `tool_file_broken` for what the format's reader or writer says */
function understand<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof LazuliError) throw cause
    const place = cause instanceof UnreadableText && cause.line !== undefined ? `, line ${cause.line}` : ''
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new LazuliError({
      code: 'tool_file_broken',
      status: 409,
      message:
        cause instanceof UnreadableText
          ? `${path}${place} is not valid: ${why}.`
          : `${path} cannot be changed in place: ${why}.`,
      fix: 'Nothing was changed. Correct the file, or set the tool up by hand with the text to copy.',
      cause,
    })
  }
}

function changedMeanwhile(path: string): LazuliError {
  return new LazuliError({
    code: 'tool_file_changed',
    status: 409,
    message: `${path} has changed since the plan was made.`,
    fix: 'Nothing was written. Look at the new plan, then apply that.',
  })
}
