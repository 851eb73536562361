import { spawn } from 'node:child_process'
import { whenOrphaned } from './orphaned.mjs'

/** Ctrl-C in a terminal reaches this process twice: from the terminal and, a moment later, forwarded by npm. */
const SAME_SIGNAL_MS = 150
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGABRT: 134, SIGKILL: 137, SIGSEGV: 139, SIGTERM: 143 }

/**
 * Runs the app until it ends. It gets a process group of its own, so that a signal arrives exactly once, namely from
 * here, whoever sent it to whomever: a second one would end it without draining.
 *
 * @param tether opens a channel that closes when this process is killed, which the server takes as a wish to end
 * @param onError called with what it wrote to stderr so far, each time that it writes
 * @returns {Promise<number>} its exit code, or 128 + the signal that ended it
 */
export function run(command, args, { env, tether = false, onError }) {
  const child = spawn(command, args, {
    env,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'inherit', onError ? 'pipe' : 'inherit', ...(tether ? ['ipc'] : [])],
  })
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    process.stderr.write(text)
    errors = (errors + text).slice(-16_384)
    onError(errors)
  })

  let lastSignal = -Infinity
  const forward = (signal) => {
    const now = performance.now()
    if (now - lastSignal < SAME_SIGNAL_MS) return
    lastSignal = now
    // A closed terminal is a wish to end, not a wish to reload.
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
  }
  // On Windows the console tells the child itself.
  const signals = process.platform === 'win32' ? [] : ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  if (process.platform === 'win32') process.on('SIGINT', () => {})
  const stopLooking = whenOrphaned(() => forward('SIGTERM'))

  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      stopLooking()
      for (const name of signals) process.off(name, forward)
      resolve(code ?? EXIT_CODES[signal] ?? 1)
    })
  })
}
