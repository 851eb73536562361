/** The log's file: turned over by size, a fixed number kept. A file that cannot be written is told once and done without. */
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { createStream } from 'rotating-file-stream'
import type { RotatingFileStream } from 'rotating-file-stream'

export interface LogFileSettings {
  /** Absolute. */
  path: string
  /** Bytes of one file. */
  maxSize: number
  /** Full files that are kept, as `path.1` (the newest), `path.2`, … */
  backupCount: number
}

export interface LogFileOptions {
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
  /** Says once that the file cannot be written, and why. */
  warn: (path: string, reason: string) => void
}

/** After a failure (a full disk, a folder that is gone) the file is tried again. */
const RETRY_MS = 60_000
/** Bytes that wait for a slow disk; beyond them lines are dropped, so that memory is not eaten. */
const MAX_WAITING = 8 * 1024 * 1024
/** The file is turned over after the line that passes the mark, so the mark lies before the limit. */
const ROOM_FOR_A_LINE = 8192
const CLOSE_WITHIN_MS = 2000

export class LogFile {
  readonly #options: LogFileOptions
  #settings: LogFileSettings | undefined
  #stream: RotatingFileStream | undefined
  #retryAt: number | undefined
  #isTold = false
  /** The former file while its last lines are written; lines for the new one wait for that. */
  #closing: Promise<void> | undefined
  #held: string[] = []

  constructor(options: LogFileOptions) {
    this.#options = options
  }

  /** Takes other settings; undefined: no file. The same ones change nothing. */
  set(settings: LogFileSettings | undefined): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return
    this.#settings = settings
    this.#isTold = false
    this.#retryAt = undefined
    const former = this.#stream
    this.#stream = undefined
    if (former === undefined && this.#closing === undefined) {
      this.#open()
      return
    }
    this.#closing = this.#changeOver(this.#closing, former)
  }

  /** Returns at once and never throws. */
  write(line: string): void {
    if (this.#settings === undefined) return
    if (this.#closing !== undefined) {
      this.#held.push(line)
      return
    }
    if (this.#retryAt !== undefined && this.#options.monotonic() >= this.#retryAt) this.#open()
    const stream = this.#stream
    if (stream === undefined || stream.writableLength > MAX_WAITING) return
    stream.write(line)
  }

  /** Resolves when all is written, or after two seconds. */
  async close(): Promise<void> {
    await this.#closing
    const stream = this.#stream
    this.#settings = undefined
    this.#stream = undefined
    if (stream !== undefined) await ended(stream)
  }

  async #changeOver(before: Promise<void> | undefined, former: RotatingFileStream | undefined): Promise<void> {
    const settings = this.#settings
    await before
    if (former !== undefined) await ended(former)
    // Changed again meanwhile: who changed it opens.
    if (this.#settings !== settings) return
    this.#closing = undefined
    this.#open()
    for (const line of this.#held.splice(0)) this.write(line)
  }

  #open(): void {
    this.#retryAt = undefined
    const settings = this.#settings
    if (settings === undefined) return
    const { path, maxSize, backupCount } = settings
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
      protect(path)
      removeBeyond(path, backupCount)
      const stream = createStream(path, {
        size: `${Math.max(maxSize - ROOM_FOR_A_LINE, Math.ceil(maxSize / 2))}B`,
        // The library keeps at least one.
        rotate: Math.max(1, backupCount),
        mode: 0o600,
      })
      stream.on('error', (error) => this.#failed(stream, error))
      if (backupCount === 0) stream.on('rotated', (full) => rmSync(full, { force: true }))
      this.#stream = stream
    } catch (error) {
      this.#failed(undefined, error)
    }
  }

  #failed(stream: RotatingFileStream | undefined, error: unknown): void {
    if (stream !== this.#stream) return
    this.#stream = undefined
    this.#retryAt = this.#options.monotonic() + RETRY_MS
    if (this.#isTold || this.#settings === undefined) return
    this.#isTold = true
    this.#options.warn(this.#settings.path, error instanceof Error ? error.message : String(error))
  }
}

/** A file that was there before may be open to others. */
function protect(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.isFile() === true) chmodSync(path, 0o600)
}

/** Full files of a time when more were kept. */
function removeBeyond(path: string, backupCount: number): void {
  for (let index = backupCount + 1; ; index++) {
    const full = `${path}.${index}`
    if (lstatSync(full, { throwIfNoEntry: false })?.isFile() !== true) return
    rmSync(full, { force: true })
  }
}

function ended(stream: RotatingFileStream): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSE_WITHIN_MS)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    stream.once('close', done)
    stream.once('error', done)
    stream.end()
  })
}
