import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { StartError, say } from './fail.mjs'

/**
 * Is what package-lock.json wants really there? Times alone would reinstall after every change of branch, so an older
 * node_modules is compared with the lock package by package. Optional packages may be missing: other platforms' are.
 */
export function isInstalled(root) {
  const lockFile = join(root, 'package-lock.json')
  const installedFile = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(installedFile)) return false
  if (statSync(installedFile).mtimeMs >= statSync(lockFile).mtimeMs) return true

  const { packages: wanted } = JSON.parse(readFileSync(lockFile, 'utf8'))
  const { packages: installed } = JSON.parse(readFileSync(installedFile, 'utf8'))
  const same = Object.entries(wanted).every(([path, { version, optional, peer }]) => {
    if (path === '') return true
    const found = installed[path]
    return found === undefined ? optional === true || peer === true : found.version === version
  })
  if (same) utimesSync(installedFile, new Date(), new Date())
  return same
}

/**
 * Installs exactly what package-lock.json says, if it is not there. Install scripts are left out: no package needs its
 * own (keytar's binaries are in its tarball, Electron's is fetched by `obtain-electron.mjs`).
 *
 * @throws StartError with npm's first error line
 */
export function install(root) {
  if (isInstalled(root)) return
  say('Installing packages …')
  const done = npm(root, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  if (done.status === 0) return
  const why = done.error?.message ?? firstError(done.stderr)
  throw new StartError(`The packages could not be installed: ${why}. Run "npm ci" to see all of npm's messages.`)
}

/** The npm that runs this script, else the one in PATH. */
function npm(root, args) {
  const script = process.env.npm_execpath
  const node = process.env.npm_node_execpath ?? process.execPath
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] }
  if (script !== undefined && /\bnpm-cli\.[cm]?js$/.test(script)) return spawnSync(node, [script, ...args], options)
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
}

function firstError(stderr) {
  const lines = stderr.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/i, '').trim())
  return (
    lines.find((line) => line !== '' && !/^(code|errno|syscall) /.test(line))?.replace(/\.$/, '') ?? 'npm ci failed'
  )
}
