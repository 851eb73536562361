/** Settings files on disk: read with what is needed to put them back, written in one step or not at all. */
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LazuliError } from '../core/error.ts'

/** A larger file is no settings file. */
const MOST_BYTES = 4 * 1024 * 1024
/** Of new files: they hold a key. */
const OWNER_ONLY = 0o600

export interface FileText {
  /** Absent: there is no file. */
  text: string | undefined
  /** Others on this machine may read it. */
  readableByOthers: boolean
}

/** @throws LazuliError `tool_file_unreadable` */
export function readFileText(path: string): FileText {
  try {
    const stats = statSync(path)
    if (!stats.isFile() || stats.size > MOST_BYTES) throw new Error('it is no file of settings')
    const bytes = readFileSync(path)
    const text = bytes.toString('utf8')
    if (!Buffer.from(text, 'utf8').equals(bytes)) throw new Error('it is not UTF-8')
    return { text, readableByOthers: process.platform !== 'win32' && (stats.mode & 0o044) !== 0 }
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return { text: undefined, readableByOthers: false }
    throw failed('tool_file_unreadable', `${path} cannot be read`, cause)
  }
}

/**
 * Writes beside the file and renames: the tool sees the old text or the new one. Mode and owner stay, and so does a
 * symbolic link: what it points to is written.
 *
 * @throws LazuliError `tool_file_unwritable`
 */
export function writeFileText(path: string, text: string): void {
  try {
    const target = targetOf(path)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    const stats = statOf(target)
    const beside = `${target}.${randomUUID().slice(0, 8)}.tmp`
    try {
      writeWhole(beside, text, stats)
      renameSync(beside, target)
    } finally {
      rmSync(beside, { force: true })
    }
  } catch (cause) {
    throw failed('tool_file_unwritable', `${path} cannot be written`, cause)
  }
}

/** @throws LazuliError `tool_file_unwritable` */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (cause) {
    throw failed('tool_file_unwritable', `${path} cannot be removed`, cause)
  }
}

/**
 * A copy beside the file, named for the day and time.
 *
 * @returns its path
 * @throws LazuliError `tool_file_unwritable`
 */
export function backUp(path: string, text: string, at: Date): string {
  const target = targetOf(path)
  const stamp = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
  for (let count = 1; ; count += 1) {
    const copy = `${target}.lazuli-${stamp}${count === 1 ? '' : `-${count}`}.bak`
    if (statOf(copy) !== undefined) continue
    try {
      writeWhole(copy, text, statOf(target))
      return copy
    } catch (cause) {
      throw failed('tool_file_unwritable', `A copy of ${path} cannot be written beside it`, cause)
    }
  }
}

function writeWhole(path: string, text: string, like: Stats | undefined): void {
  const file = openSync(path, 'wx', OWNER_ONLY)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  if (like === undefined) return
  // Root alone may give a file away; whoever may not owns it already.
  if (process.getuid?.() === 0) chownSync(path, like.uid, like.gid)
  chmodSync(path, like.mode & 0o7777)
}

/** What a symbolic link leads to, also when nothing is there yet. */
function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause
  }
  try {
    return resolve(dirname(path), readlinkSync(path))
  } catch {
    return path
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function failed(code: string, what: string, cause: unknown): LazuliError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new LazuliError({
    code,
    status: 409,
    message: `${what}: ${why}.`,
    fix: 'Nothing was changed. See to the file, or set the tool up by hand with the text to copy.',
    cause,
  })
}
