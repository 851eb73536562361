import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StartError, say } from './fail.mjs'
import { withPackages } from './node.mjs'

const SOURCES = ['electron', 'renderer', 'shared', 'electron.vite.config.ts', 'package.json', 'package-lock.json']
const RESULTS = ['out/main/main.js', 'out/main/serve.js', 'out/preload/preload.cjs', 'out/renderer/index.html']

/** True when no source is newer than the oldest result. A folder's own time tells that a file went away. */
export function isBuilt(root) {
  const oldest = Math.min(...RESULTS.map((file) => modified(join(root, file)) ?? 0))
  return SOURCES.every((source) => newest(join(root, source)) <= oldest)
}

/**
 * Builds all bundles, if the sources changed since the last time.
 *
 * @throws StartError that carries the bundler's own output
 */
export function build(root, node) {
  if (isBuilt(root)) return
  say('Building …')
  const command = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
  const done = spawnSync(node, [command, 'build', '--logLevel', 'warn'], {
    cwd: root,
    env: withPackages(root, process.env),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (done.status === 0) return
  throw new StartError(
    `The build failed:\n${[done.error?.message, done.stdout, done.stderr].filter(Boolean).join('\n')}`,
  )
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
