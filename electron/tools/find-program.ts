import { accessSync, constants, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { programFolders, programNames, type Machine } from './machine.ts'

export interface Program {
  path: string
  /** Absent where no file tells. */
  version?: string
}

/** Folders above a program in which its package is looked for: `bin/tool` of `node_modules/@scope/tool`, and some. */
const LEVELS = 4

/**
 * Looks for a command as a shell would. It is not run: its version is read from the package that it belongs to, or from
 * the path of its file (`…/versions/2.1.44`).
 */
export function findProgram(machine: Machine, commands: readonly string[]): Program | undefined {
  for (const folder of programFolders(machine)) {
    for (const command of commands) {
      for (const name of programNames(machine, command)) {
        const path = join(folder, name)
        if (!isProgram(path)) continue
        const version = versionOf(path, command)
        return version === undefined ? { path } : { path, version }
      }
    }
  }
  return undefined
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function versionOf(path: string, command: string): string | undefined {
  const file = realpathSync(path)
  const inPath = /[/\\]v?(\d+\.\d+\.\d+)(?:$|[/\\])/.exec(file)?.[1]
  if (inPath !== undefined) return inPath
  let folder = dirname(file)
  for (let level = 0; level < LEVELS; level += 1) {
    const found = versionIn(join(folder, 'package.json'), command)
    if (found !== undefined) return found
    folder = dirname(folder)
  }
  return undefined
}

/** The version in a package.json that offers this command. */
function versionIn(file: string, command: string): string | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof read !== 'object' || read === null || !('version' in read) || !('bin' in read)) return undefined
    const { version, bin } = read
    const offers = typeof bin === 'string' || (typeof bin === 'object' && bin !== null && command in bin)
    return offers && typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}
