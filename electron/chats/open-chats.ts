import { randomUUID } from 'node:crypto'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { LazuliError } from '../core/error.ts'
import type { Log } from '../core/log.ts'
import { ChatDatabase, type ChatsOptions } from './chat-database.ts'

const FILE = 'chats.db'

/**
 * Opens the kept chats. Where nothing can be written they last until the program ends; a file that is no database any
 * more is set aside, so that the Playground works and nothing is thrown away.
 *
 * @param folder undefined where nothing can be stored
 * @throws LazuliError `chats_newer`
 */
export function openChats({
  folder,
  clean,
  log,
}: {
  folder: string | undefined
  clean: (text: string) => string
  log: Log
}): ChatDatabase {
  const options: ChatsOptions = {
    file: folder === undefined ? ':memory:' : join(folder, FILE),
    now: Date.now,
    newId: randomUUID,
    clean,
  }
  if (folder === undefined) return new ChatDatabase(options)
  try {
    return new ChatDatabase(options)
  } catch (error) {
    if (error instanceof LazuliError) throw error
    if (!isDamage(error)) {
      log.warn({ file: options.file, reason: String(error) }, 'Chats cannot be kept: they last until the program ends')
      return new ChatDatabase({ ...options, file: ':memory:' })
    }
    const aside = `chats.damaged-${Date.now()}.db`
    log.warn({ file: options.file, aside }, 'The kept chats cannot be read and were set aside')
    renameSync(options.file, join(folder, aside))
    return new ChatDatabase(options)
  }
}

/** SQLite's primary result codes that mean that the file is no usable database. */
const DAMAGE: ReadonlySet<number> = new Set([11 /* CORRUPT */, 26 /* NOTADB */])

function isDamage(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && DAMAGE.has(Number(error.errcode) & 0xff)
}
