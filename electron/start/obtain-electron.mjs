/**
 * Fetches Electron's executable: `obtain-electron.mjs FOLDER_OF_THE_PACKAGE`. Runs on the modern Node, as a process of
 * its own, so that it can be ended from outside. Ends with 0, or with 1 and the reason as the last line of stdout.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, posix } from 'node:path'

/** A machine without a network should be told so at once, not after a TCP time-out. */
const REACH_LIMIT_MS = 4000

const folder = process.argv[2]
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const address = artifactAddress()

if (!isCached(address)) {
  const failure = await reach(address)
  if (failure !== undefined) end(`Electron is not installed and ${failure}`)
  console.log(`Downloading Electron ${version} (about 115 MB) …`)
}

const done = spawnSync(process.execPath, [join(folder, 'install.js')], { encoding: 'utf8', stdio: 'pipe' })
if (done.status !== 0) {
  const error = /^\w*Error: (.+)$/m.exec(done.stderr)?.[1] ?? `its installer ended with ${done.status}`
  end(`Electron could not be downloaded (${error})`)
}

/** As @electron/get makes it: mirror, folder and file name can each be set, in npm's configuration or the environment. */
function artifactAddress() {
  const platform = process.env.ELECTRON_INSTALL_PLATFORM || process.platform
  const arch = process.env.ELECTRON_INSTALL_ARCH || process.arch
  const mirror = setting('mirror') ?? 'https://github.com/electron/electron/releases/download/'
  const directory = (setting('custom_dir') ?? `v${version}`).replace('{{ version }}', version)
  return `${mirror}${directory}/${setting('custom_filename') ?? `electron-v${version}-${platform}-${arch}.zip`}`
}

function setting(name) {
  const spellings = [`npm_config_electron_${name}`, `npm_config_electron_${name.replace('_', '')}`]
  return [...spellings, `ELECTRON_${name.toUpperCase()}`].map((key) => process.env[key]).find(Boolean)
}

/** A zip from an earlier time (another clone) needs no network. */
function isCached(url) {
  const parsed = new URL(url)
  const file = posix.basename(parsed.pathname)
  parsed.pathname = posix.dirname(parsed.pathname)
  const key = createHash('sha256').update(parsed.toString()).digest('hex')
  return existsSync(join(process.env.electron_config_cache ?? cacheRoot(), key, file))
}

function cacheRoot() {
  if (process.platform === 'darwin') return join(homedir(), 'Library/Caches/electron')
  if (process.platform !== 'win32') return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'electron')
  return join(process.env.LOCALAPPDATA || join(homedir(), 'AppData/Local'), 'electron/Cache')
}

/** Undefined when the address answers in time, redirects followed; else why it cannot be had. */
async function reach(url) {
  const { host } = new URL(url)
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(REACH_LIMIT_MS) })
    return answer.ok ? undefined : `${host} does not hand it out (HTTP ${answer.status})`
  } catch {
    return `${host} cannot be reached to download it`
  }
}

function end(reason) {
  console.log(reason)
  process.exit(1)
}
