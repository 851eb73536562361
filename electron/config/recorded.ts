import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { readBundle, type BundledExchange } from '../../shared/bundle.ts'
import { LazuliError } from '../core/error.ts'

/** What an instance of type `recording` plays. */
export type Recorded = RecordedFile | UnreadableFile

export interface RecordedFile {
  path: string
  exchanges: readonly BundledExchange[]
  /** The names that were asked for, as they were written, with the model behind each where that is known. */
  models: ReadonlyMap<string, string | undefined>
}

export interface UnreadableFile {
  path: string
  /** From 1; absent when the file itself cannot be read. */
  line?: number
  /** What is wrong with it, in a sentence without the path. */
  reason: string
  problem: LazuliError
}

/** The same as JSON takes in memory, several times over. */
const MOST_BYTES = 256 * 1024 * 1024

/** Reads bundles, each again only when its file has changed. */
export class RecordedFiles {
  readonly #known = new Map<string, { stamp: string; recorded: Recorded }>()

  /**
   * @param file as it was configured: relative to the user's directory, else to that of the configuration file
   * @param places these two
   */
  read(file: string, places: readonly string[]): Recorded {
    const paths = places.map((place) => resolve(place, file))
    const path = paths.find((one) => existsSync(one)) ?? paths[0] ?? resolve(file)
    const stamp = stampOf(path)
    const known = this.#known.get(path)
    if (known !== undefined && known.stamp === stamp && stamp !== '') return known.recorded
    const recorded = readFile(path)
    this.#known.set(path, { stamp, recorded })
    return recorded
  }
}

/** Where a relative path of a recording may begin. */
export function placesOf(cwd: string, configFiles: readonly string[]): string[] {
  return [cwd, ...configFiles.map((file) => dirname(file))]
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs} ${size} ${ino}`
  } catch {
    return ''
  }
}

function readFile(path: string): Recorded {
  let text: string
  try {
    const stats = statSync(path)
    if (!stats.isFile()) return unreadable(path, 'is no file')
    if (stats.size > MOST_BYTES) return unreadable(path, `is larger than ${MOST_BYTES / 1024 / 1024} MB`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return unreadable(path, code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown'})`)
  }
  const read = readBundle(text)
  if ('problem' in read) return unreadable(path, read.problem.message, read.problem.line)
  const models = new Map<string, string | undefined>()
  for (const { detail } of read.exchanges) {
    const { askedModel } = detail.summary
    if (askedModel === undefined) continue
    models.set(askedModel, models.get(askedModel) ?? detail.decision?.target?.baseModel)
  }
  return { path, exchanges: read.exchanges, models }
}

function unreadable(path: string, message: string, line?: number): UnreadableFile {
  const where = line === undefined ? `The recording ${path}` : `The recording ${path}, line ${line}:`
  const problem = new LazuliError({
    code: 'recording_unreadable',
    status: 503,
    message: `${where} ${message}${message.endsWith('.') ? '' : '.'}`,
    fix: 'Choose a bundle that Lazuli wrote: lazuli record, or an export of the Traffic page.',
  })
  return { path, ...(line === undefined ? {} : { line }), reason: message, problem }
}
