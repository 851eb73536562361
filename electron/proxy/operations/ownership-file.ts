import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import type { Log } from '../../core/log.ts'
import type { Held, OwnershipStore } from '../../routing/ownership.ts'

/** A file that is larger was not written by us. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Keeps ownership as lines of JSON. A line is handed to the system before the answer that names the id goes out, so a
 * process that is killed forgets nothing that a client was told; that is one small write into the page cache. Where the
 * disk refuses, ids are remembered until the end of the process, and the log says so once.
 */
export function openOwnershipFile(path: string, log: Log): OwnershipStore {
  let file: number | undefined
  let broken = false
  const giveUp = (cause: unknown): void => {
    if (!broken) log.warn({ file: path, cause: String(cause) }, 'Owners of files and responses cannot be kept on disk')
    broken = true
  }
  const write = (text: string): void => {
    if (broken) return
    try {
      file ??= openSync(path, 'a', 0o600)
      writeSync(file, text)
    } catch (cause) {
      giveUp(cause)
    }
  }
  return {
    load() {
      const text = readText(path)
      // A line that was cut off by a crash must not swallow the one behind it.
      if (text !== '' && !text.endsWith('\n')) write('\n')
      return text.split('\n').flatMap(heldOf)
    },
    append: (facts) => write(linesOf(facts)),
    replace(facts) {
      if (broken) return
      try {
        const fresh = openSync(`${path}.new`, 'w', 0o600)
        writeSync(fresh, linesOf(facts))
        fsyncSync(fresh)
        closeSync(fresh)
        renameSync(`${path}.new`, path)
        if (file !== undefined) closeSync(file)
        file = undefined
      } catch (cause) {
        giveUp(cause)
      }
    },
  }
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path)
    return bytes.length > MAX_BYTES ? '' : bytes.toString('utf8')
  } catch {
    return ''
  }
}

function linesOf(facts: readonly Held[]): string {
  return facts.map(({ id, instance }) => `${JSON.stringify([id, instance])}\n`).join('')
}

function heldOf(line: string): Held[] {
  try {
    const value: unknown = JSON.parse(line)
    if (!Array.isArray(value)) return []
    const [id, instance] = value as unknown[]
    return typeof id === 'string' && typeof instance === 'string' ? [{ id, instance }] : []
  } catch {
    return []
  }
}
