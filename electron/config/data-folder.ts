import { accessSync, chmodSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LazuliError } from '../core/error.ts'

/** The folder that the desktop app uses too: Electron's `appData` + the app's name. */
export function defaultDataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Lazuli')
    case 'win32':
      return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Lazuli')
    default:
      return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'Lazuli')
  }
}

export interface DataFolder {
  readonly path: string
  /** False: nothing can be stored; the engine runs without a journal and says so. */
  readonly writable: boolean
  /** Tells a second program who is here. @param key opens the recorded traffic to whoever may read the folder anyway */
  announce(baseUrl: string, key: string): void
  release(): void
}

/**
 * Opens the folder (mode 0700) and locks it against a second program.
 *
 * The lock is an exclusive SQLite transaction: the operating system drops it when the process dies, however it dies, so
 * no stale lock can be left behind.
 *
 * @throws LazuliError `data_folder_in_use` with the other program's address, `data_folder_unusable`
 */
export function openDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new LazuliError({
      code: 'data_folder_unusable',
      status: 500,
      message: `The data folder ${path} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: 'Choose another folder with --data-dir.',
      cause,
    })
  }
  if (!isWritable(path)) return { path, writable: false, announce() {}, release() {} }
  chmodSync(path, 0o700)
  const lock = lockFolder(path)
  const holder = join(path, 'running.json')
  return {
    path,
    writable: true,
    announce: (baseUrl, key) => {
      // A file that was left behind keeps its mode when it is written again.
      rmSync(holder, { force: true })
      writeFileSync(holder, JSON.stringify({ pid: process.pid, baseUrl, key }), { mode: 0o600 })
    },
    release() {
      rmSync(holder, { force: true })
      if (lock.isOpen) lock.close()
    },
  }
}

function isWritable(path: string): boolean {
  const probe = join(path, '.probe')
  try {
    accessSync(path, constants.W_OK)
    // access() tells root that everything is writable; only a write tells of a read-only mount.
    writeFileSync(probe, '', { mode: 0o600 })
    rmSync(probe)
    return true
  } catch {
    return false
  }
}

function lockFolder(path: string): DatabaseSync {
  const file = join(path, 'lock')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE')
    chmodSync(file, 0o600)
    return database
  } catch (cause) {
    database.close()
    const holder = readHolder(path)
    throw new LazuliError({
      code: 'data_folder_in_use',
      status: 409,
      message: `Lazuli is already running with the data folder ${path}${holder === undefined ? '' : `: ${holder}`}.`,
      fix: 'Use the running one, stop it, or start this one with another folder (--data-dir).',
      cause,
    })
  }
}

function readHolder(path: string): string | undefined {
  const holder = runningIn(path)
  return holder === undefined ? undefined : `${holder.baseUrl}, process ${holder.pid}`
}

/** The Lazuli that runs with a data folder, or did when it was last heard of. */
export function runningIn(path: string): { pid: number; baseUrl: string; key: string } | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(join(path, 'running.json'), 'utf8'))
    if (typeof holder !== 'object' || holder === null) return undefined
    const { pid, baseUrl, key } = holder as { pid?: unknown; baseUrl?: unknown; key?: unknown }
    if (typeof baseUrl !== 'string') return undefined
    return { pid: Number(pid), baseUrl, key: typeof key === 'string' ? key : '' }
  } catch {
    return undefined
  }
}
