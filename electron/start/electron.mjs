import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './fail.mjs'
import { withPackages } from './node.mjs'

/** 115 MB in a good five minutes is 3 Mbit/s; a slower line can run `npx install-electron` in its own time. */
const DOWNLOAD_LIMIT_S = 300

/**
 * Where a window can be had, its executable; else the reason why not, as the second half of "Lazuli runs without its
 * window here: …". May download Electron, but only after its address answered, and for a limited time.
 *
 * @returns {Promise<{ executable: string } | { reason: string }>}
 */
export async function windowHere(root, node, environment) {
  if (!hasDisplay(environment)) return { reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)' }

  const named = environment.ELECTRON_EXEC_PATH
  if (named)
    return existsSync(named) ? { executable: named } : { reason: `ELECTRON_EXEC_PATH names no file (${named})` }

  const found = installedElectron(root, environment)
  if (found !== undefined) return { executable: found }
  const folder = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (folder) return { reason: `ELECTRON_OVERRIDE_DIST_PATH has no Electron in it (${folder})` }
  if (!existsSync(join(root, 'node_modules/electron'))) return { reason: 'Electron is not among the packages' }

  const failure = await obtain(root, node, environment)
  if (failure !== undefined) return { reason: failure }
  const executable = installedElectron(root, environment)
  return executable === undefined ? { reason: 'Electron was downloaded but is not there' } : { executable }
}

/** macOS and Windows always have one; elsewhere X11 or Wayland must be announced. */
function hasDisplay({ DISPLAY, WAYLAND_DISPLAY }) {
  return process.platform === 'darwin' || process.platform === 'win32' || Boolean(DISPLAY || WAYLAND_DISPLAY)
}

/** The same rules as the electron package's own index.js, without its download. */
function installedElectron(root, { ELECTRON_OVERRIDE_DIST_PATH }) {
  const home = join(root, 'node_modules/electron')
  const pathFile = join(home, 'path.txt')
  const inside = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : undefined
  const executable = ELECTRON_OVERRIDE_DIST_PATH
    ? join(ELECTRON_OVERRIDE_DIST_PATH, inside ?? (process.platform === 'win32' ? 'electron.exe' : 'electron'))
    : inside && join(home, 'dist', inside)
  return executable && existsSync(executable) ? executable : undefined
}

/** Runs `obtain-electron.mjs` under the modern Node. Its last line of output is the reason when it fails. */
async function obtain(root, node, environment) {
  const script = join(import.meta.dirname, 'obtain-electron.mjs')
  const child = spawn(node, [script, join(root, 'node_modules/electron')], {
    cwd: root,
    // Electron's downloader knows nothing of proxies; this makes Node's fetch go through HTTPS_PROXY by itself.
    env: { ...withPackages(root, environment), NODE_USE_ENV_PROXY: '1', NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let last = 'Electron could not be downloaded'
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const line = text.trim().split('\n').at(-1)
    if (line?.startsWith('Downloading')) say(line)
    else if (line) last = line
  })
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL')
      resolve(`Electron could not be downloaded within ${DOWNLOAD_LIMIT_S / 60} minutes`)
    }, DOWNLOAD_LIMIT_S * 1000)
    const settle = (failure) => {
      clearTimeout(limit)
      resolve(failure)
    }
    child.once('error', (error) => settle(error.message))
    child.once('close', (code) => settle(code === 0 ? undefined : last))
  })
}
