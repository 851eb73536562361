/** Starts a tool for one question, in an empty folder, with a limit on its time and on what it prints. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf, programFolders, type Machine } from './machine.ts'

export interface ProgramEnd {
  /** Absent: it was stopped, or could not be started. */
  code?: number
  /** The end of what it printed. */
  output: string
  /** Why it did not end by itself. */
  problem?: string
}

export interface ProgramRun {
  machine: Machine
  program: string
  args: readonly string[]
  limitMs: number
  signal: AbortSignal
}

/** Characters of output that are kept, the last ones. */
const KEPT_OUTPUT = 8000
/** After a polite end. */
const KILL_AFTER_MS = 2000
/** Variables that are about Lazuli's own process. */
const OWN_VARIABLES = /^(ELECTRON_|NODE_OPTIONS$|LAZULI_|INIT_CWD$|npm_)/

/** Never rejects. */
export async function runProgram({ machine, program, args, limitMs, signal }: ProgramRun): Promise<ProgramEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'lazuli-check-'))
  try {
    const { file, words, verbatim } = commandLine(machine.platform, program, args)
    const child = spawn(file, words, {
      cwd: folder,
      env: environmentFor(machine),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsVerbatimArguments: verbatim,
      windowsHide: true,
      // A group of its own, so that what it starts ends with it.
      detached: machine.platform !== 'win32',
    })
    return await ended(child, limitMs, signal)
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Windows starts scripts through its shell only. */
export function commandLine(
  platform: NodeJS.Platform,
  program: string,
  args: readonly string[],
): { file: string; words: string[]; verbatim: boolean } {
  if (platform !== 'win32' || !/\.(cmd|bat)$/i.test(program))
    return { file: program, words: [...args], verbatim: false }
  const line = [program, ...args].map((word) => `"${word.replaceAll('"', '""')}"`).join(' ')
  return { file: 'cmd.exe', words: ['/d', '/s', '/c', `"${line}"`], verbatim: true }
}

/** The user's own environment, with the folders in which programs were looked for. */
function environmentFor(machine: Machine): Record<string, string> {
  const kept = Object.entries(machine.env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && !OWN_VARIABLES.test(pair[0]) && !/^path$/i.test(pair[0]),
  )
  return { ...Object.fromEntries(kept), PATH: programFolders(machine).join(pathsOf(machine).delimiter) }
}

function ended(child: ChildProcess, limitMs: number, signal: AbortSignal): Promise<ProgramEnd> {
  let output = ''
  let problem: string | undefined
  const read = (text: string): void => {
    output = (output + text).slice(-KEPT_OUTPUT)
  }
  child.stdout?.setEncoding('utf8').on('data', read)
  child.stderr?.setEncoding('utf8').on('data', read)
  return new Promise((resolve) => {
    let killing: NodeJS.Timeout | undefined
    const stop = (why: string): void => {
      if (problem !== undefined) return
      problem = why
      kill(child, 'SIGTERM')
      killing = setTimeout(() => kill(child, 'SIGKILL'), KILL_AFTER_MS)
    }
    const limit = setTimeout(() => stop(`it did not end within ${limitMs / 1000} s`), limitMs)
    const onAbort = (): void => stop('the check was stopped')
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    const settle = (end: Omit<ProgramEnd, 'output'>): void => {
      clearTimeout(limit)
      clearTimeout(killing)
      signal.removeEventListener('abort', onAbort)
      resolve({ output, ...end })
    }
    child.once('error', (error) => settle({ problem: error.message }))
    child.once('close', (code) =>
      settle({ ...(code === null ? {} : { code }), ...(problem === undefined ? {} : { problem }) }),
    )
  })
}

function kill(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-child.pid, signal)
  } catch {
    // It has ended already.
  }
}
