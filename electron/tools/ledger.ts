import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { ToolId, ToolModels } from '../../shared/tools.ts'
import { LazuliError } from '../core/error.ts'
import { writeFileText } from './settings-file.ts'

const PathPart = z.union([z.string(), z.object({ name: z.string() })])

const WrittenFile = z.object({
  path: z.string(),
  format: z.enum(['json', 'toml', 'yaml']),
  /** The file as it was before the first change; absent: there was none. */
  backup: z.string().optional(),
  /** Nobody else changed it between our changes: the backup is what has to come back. */
  exact: z.boolean(),
  /** Fingerprint of the text that was written. */
  after: z.string(),
  /** What was written, each value as a fingerprint: the record holds no key. */
  settings: z.array(z.object({ path: z.array(PathPart), wrote: z.string() })),
})
export type WrittenFile = z.infer<typeof WrittenFile>

const Entry = z.object({
  at: z.number(),
  models: ToolModels,
  files: z.array(WrittenFile),
  verifiedAt: z.number().optional(),
})
export type Entry = z.infer<typeof Entry>

const Entries = z.partialRecord(ToolId, Entry)
type Entries = z.infer<typeof Entries>

/** What Lazuli wrote into the files of tools, in `tools.json` of the data folder. It is read afresh for each question. */
export class Ledger {
  readonly #file: string | undefined

  /** @param folder the data folder; undefined: nothing can be kept there */
  constructor(folder: string | undefined) {
    this.#file = folder === undefined ? undefined : join(folder, 'tools.json')
  }

  get(tool: ToolId): Entry | undefined {
    return this.#read()[tool]
  }

  /** @throws LazuliError `tool_record_unwritable`: without the record nothing could be taken back */
  set(tool: ToolId, entry: Entry | undefined): void {
    if (this.#file === undefined) {
      throw new LazuliError({
        code: 'tool_record_unwritable',
        status: 409,
        message: 'The data folder is read-only, so what is changed could not be taken back.',
        fix: 'Start Lazuli with a data folder that can be written (--data-dir), or set the tool up by hand.',
      })
    }
    const { [tool]: _before, ...others } = this.#read()
    writeFileText(
      this.#file,
      `${JSON.stringify(entry === undefined ? others : { ...others, [tool]: entry }, null, 2)}\n`,
    )
  }

  /** A record that is broken counts as none: backups stay beside their files. */
  #read(): Entries {
    if (this.#file === undefined) return {}
    try {
      return Entries.parse(JSON.parse(readFileSync(this.#file, 'utf8')))
    } catch {
      return {}
    }
  }
}

/** Names a value without holding it. */
export function fingerprint(value: unknown): string {
  return createHash('sha256')
    .update(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
    .digest('hex')
}
