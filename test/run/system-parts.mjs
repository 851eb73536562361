import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const LIBRARY_FOLDERS = ['/usr/lib', '/usr/lib64', '/lib', '/usr/local/lib']
const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
]

/** What the tests need of the system, beyond the packages: what for, and Debian's name for it. */
const PARTS = [
  { what: 'Chromium', debian: ['chromium'], isThere: () => chromium() !== undefined },
  { what: 'D-Bus', debian: ['dbus'], isThere: () => onPath('dbus-run-session') && onPath('dbus-send') },
  { what: 'gnome-keyring', debian: ['gnome-keyring'], isThere: () => onPath('gnome-keyring-daemon') },
  { what: 'libsecret', debian: ['libsecret-1-0'], isThere: () => hasLibrary('libsecret-1.so.0') },
  { what: 'the Inter font', debian: ['fonts-inter'], isThere: () => hasFont('Inter') },
  { what: 'the DejaVu fonts', debian: ['fonts-dejavu-core'], isThere: () => hasFont('DejaVu Sans Mono') },
]

/** The browser that the end-to-end tests drive, if there is one. */
export function chromium() {
  const named = process.env.CHROMIUM_PATH
  return named ? (existsSync(named) ? named : undefined) : CHROMIUM_PATHS.find((path) => existsSync(path))
}

/**
 * Makes sure that every part is there. On Debian and its children, as root, what is missing is installed.
 *
 * @throws Error that names each missing part and the command that installs it
 */
export function provide(say) {
  if (process.platform !== 'linux') {
    throw new Error(
      'The tests need Linux: a D-Bus session and a gnome-keyring of their own keep them away from your keychain. ' +
        'Run them in a container or in WSL; "npm test -- check" runs anywhere.',
    )
  }
  const missing = PARTS.filter((part) => !part.isThere())
  if (missing.length === 0) return

  const packages = missing.flatMap((part) => part.debian)
  const names = missing.map((part) => part.what).join(', ')
  if (!isDebian() || !onPath('apt-get')) {
    throw new Error(`Missing: ${names}. Install what Debian calls ${packages.join(', ')}, then run the tests again.`)
  }
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  if (process.getuid() !== 0) {
    throw new Error(`Missing: ${names}. Run: sudo apt-get update && sudo apt-get ${install.join(' ')}`)
  }

  say(`installing ${packages.join(', ')}`)
  apt(['update'])
  apt(install)
  const still = PARTS.filter((part) => !part.isThere())
  if (still.length > 0) throw new Error(`Still missing: ${still.map((part) => part.what).join(', ')}.`)
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const done = spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${done.stdout}${done.stderr}`)
}

function isDebian() {
  const file = '/etc/os-release'
  return existsSync(file) && /^ID(_LIKE)?=.*\bdebian\b/m.test(readFileSync(file, 'utf8'))
}

function onPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)))
}

/** Libraries lie in a folder named for the processor on Debian, directly in /usr/lib elsewhere. */
function hasLibrary(name) {
  const found = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' })
  if (found.status === 0) return found.stdout.includes(name)
  return LIBRARY_FOLDERS.some((folder) => existsSync(join(folder, name)))
}

function hasFont(family) {
  return spawnSync('fc-list', [family, 'family'], { encoding: 'utf8' }).stdout?.trim().length > 0
}
