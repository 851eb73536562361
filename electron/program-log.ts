/** The program's log: JSON lines to stdout and, where one is configured, to a file. */
import { performance } from 'node:perf_hooks'
import { resolve } from 'node:path'
import { pino } from 'pino'
import type { Logger } from 'pino'
import type { Config } from '../shared/config.ts'
import { LogFile } from './log-file.ts'

export interface ProgramLog {
  readonly log: Logger
  /** Takes level and file of a configuration. @param cwd the directory from which a relative file is meant */
  apply(logging: Config['logging'], cwd: string): void
  /** Resolves when the file has every line. */
  close(): Promise<void>
}

const ERROR = 50

/**
 * @param out where lines go besides the file; default stdout
 * @param onError is told the message of each line at `error`, not its fields
 */
export function openProgramLog(
  out: { write(line: string): void } | undefined,
  onError: (message: string) => void,
): ProgramLog {
  const stdout = out ?? pino.destination(1)
  const file = new LogFile({
    monotonic: () => performance.now(),
    warn: (path, reason) => log.warn({ path, reason }, 'The log file cannot be written: the log goes on without it'),
  })
  const log = pino(
    {
      hooks: {
        logMethod(args, method, level) {
          method.apply(this, args)
          const message = args.find((arg) => typeof arg === 'string')
          if (level >= ERROR && message !== undefined) onError(message)
        },
      },
    },
    {
      write(line) {
        const safe = withoutControls(line)
        stdout.write(safe)
        file.write(safe)
      },
    },
  )
  return {
    log,
    apply({ level, file: name, max_size: maxSize, backup_count: backupCount }, cwd) {
      log.level = level
      file.set(name === undefined ? undefined : { path: resolve(cwd, name), maxSize, backupCount })
    },
    close: () => file.close(),
  }
}

/** JSON escapes what lies below the blank; terminals also obey C1 controls, and some viewers break lines at U+2028. */
function withoutControls(line: string): string {
  return line.replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
