import { spawn } from 'node:child_process'
import { whenOrphaned } from '../../electron/start/orphaned.mjs'

/**
 * Runs a command in a process group of its own, so that whatever it started (a browser, a keyring) ends with it: when
 * it hangs past its limit, or when this process is asked to end.
 *
 * @returns {Promise<number>} exit code; 124 after the limit
 */
export function command(name, args, { cwd, env, limitS }) {
  const child = spawn(name, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true })
  const kill = (signal) => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // The group is gone already.
    }
  }
  const stop = (signal) => {
    kill(signal)
    process.exitCode = 130
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const stopLooking = whenOrphaned(() => stop('SIGTERM'))

  return new Promise((resolve) => {
    let late = false
    const limit = setTimeout(() => {
      late = true
      process.stderr.write(`${name} did not end within ${limitS} s\n`)
      kill('SIGTERM')
      setTimeout(() => kill('SIGKILL'), 5000).unref()
    }, limitS * 1000)
    const settle = (code) => {
      clearTimeout(limit)
      stopLooking()
      process.off('SIGINT', stop).off('SIGTERM', stop)
      resolve(late ? 124 : code)
    }
    child.once('error', (error) => {
      process.stderr.write(`${name}: ${error.message}\n`)
      settle(127)
    })
    child.once('exit', (code) => settle(code ?? 1))
  })
}
