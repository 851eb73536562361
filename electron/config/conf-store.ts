import Conf from 'conf'
import { LazuliError } from '../core/error.ts'
import type { SettingsStore } from './settings.ts'

type Settings = Record<string, unknown>

/**
 * Adapts anything with conf's `store` property (conf itself, or electron-store on the desktop).
 */
export function settingsStoreOf(open: () => { store: Settings; path: string }, file: string): SettingsStore {
  let opened: { store: Settings; path: string }
  try {
    opened = open()
  } catch (cause) {
    throw unreadable(file, cause)
  }
  return {
    path: opened.path,
    read() {
      try {
        return opened.store
      } catch (cause) {
        throw unreadable(opened.path, cause)
      }
    },
    write(value) {
      try {
        opened.store = value
      } catch (cause) {
        throw new LazuliError({
          code: 'settings_unwritable',
          status: 500,
          message: `The settings file ${opened.path} cannot be written: ${reasonOf(cause)}.`,
          fix: 'Free disk space or make the data folder writable, then try again.',
          cause,
        })
      }
    },
  }
}

/** Opens `config.json` in `directory` without Electron. */
export function openConfStore(directory: string): SettingsStore {
  return settingsStoreOf(
    () => new Conf<Settings>({ cwd: directory, configName: 'config', projectName: 'lazuli', configFileMode: 0o600 }),
    `${directory}/config.json`,
  )
}

function unreadable(file: string, cause: unknown): LazuliError {
  return new LazuliError({
    code: 'settings_unreadable',
    status: 400,
    message: `The settings file ${file} cannot be read: ${reasonOf(cause)}.`,
    fix: 'Correct the file, or move it away to start with fresh settings.',
    cause,
  })
}

function reasonOf(cause: unknown): string {
  if (cause instanceof SyntaxError) {
    // The parser repeats a piece of the file, which may be a key that somebody wrote there.
    const line = /\bline (\d+)/.exec(cause.message)?.[1]
    return `${line === undefined ? '' : `line ${line}: `}it is not valid JSON`
  }
  return cause instanceof Error ? cause.message : String(cause)
}
