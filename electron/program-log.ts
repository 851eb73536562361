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
  /** The latest lines, oldest first. */
  recent(): readonly string[]
  /** Resolves when the file has every line. */
  close(): Promise<void>
}

const ERROR = 50
/** Lines that are kept to be shown, and the characters of one. */
const RECENT_LINES = 200
const LONGEST_SHOWN = 2000
/**
 * Lines below `error` are collected for so long, in milliseconds, or until there are so many bytes of them: a write of
 * its own for each request took 25 of its 290 µs, most of them for waking the thread that writes.
 */
const COLLECT_MS = 50
const COLLECT_BYTES = 8 * 1024

/**
 * @param out where lines go besides the file; default stdout
 * @param onError is told the message of each line at `error`, not its fields
 */
export function openProgramLog(
  out: { write(line: string): void } | undefined,
  onError: (message: string) => void,
): ProgramLog {
  const stdout = out === undefined ? collectedStdout() : { write: out.write.bind(out), flush() {} }
  const file = new LogFile({
    monotonic: () => performance.now(),
    warn: (path, reason) => log.warn({ path, reason }, 'The log file cannot be written: the log goes on without it'),
  })
  const recent: string[] = []
  const log = pino(
    {
      hooks: {
        logMethod(args, method, level) {
          method.apply(this, args)
          if (level >= ERROR) stdout.flush()
          const message = args.find((arg) => typeof arg === 'string')
          if (level >= ERROR && message !== undefined) onError(message)
        },
      },
    },
    {
      write(line) {
        const safe = withoutControls(line)
        recent.push(safe.trimEnd().slice(0, LONGEST_SHOWN))
        // Cut now and then, not at each line.
        if (recent.length >= 2 * RECENT_LINES) recent.splice(0, RECENT_LINES)
        stdout.write(safe)
        file.write(safe)
      },
    },
  )
  return {
    log,
    recent: () => recent.slice(-RECENT_LINES),
    apply({ level, file: name, max_size: maxSize, backup_count: backupCount }, cwd) {
      log.level = level
      file.set(name === undefined ? undefined : { path: resolve(cwd, name), maxSize, backupCount })
    },
    close: () => file.close(),
  }
}

/** Lines for stdout, a few at a time; what is left at the end of the process is written then. */
function collectedStdout(): { write(line: string): void; flush(): void } {
  const destination = pino.destination({ dest: 1, sync: false, minLength: COLLECT_BYTES })
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    destination.flush()
  }
  return {
    write(line) {
      destination.write(line)
      timer ??= setTimeout(flush, COLLECT_MS)
    },
    flush,
  }
}

/** JSON escapes what lies below the blank; terminals also obey C1 controls, and some viewers break lines at U+2028. */
function withoutControls(line: string): string {
  return line.replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
