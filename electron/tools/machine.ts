/** The machine that the tools are on, and where things are there. Pure: nothing here looks at a disk. */
import { posix, win32, type PlatformPath } from 'node:path'

export interface Machine {
  platform: NodeJS.Platform
  /** The user's home folder. */
  home: string
  env: Readonly<Record<string, string | undefined>>
  /** Name of the machine, as the user knows it. */
  name: string
  /** Lazuli runs in a container. */
  container: boolean
}

/** `node:path` of the machine's platform. */
export function pathsOf({ platform }: Pick<Machine, 'platform'>): PlatformPath {
  return platform === 'win32' ? win32 : posix
}

/** A path below the home folder. */
export function atHome(machine: Machine, ...parts: string[]): string {
  return pathsOf(machine).join(machine.home, ...parts)
}

/** Where programs that follow the XDG rules keep settings, on every platform. */
export function xdgConfig(machine: Machine, ...parts: string[]): string {
  const set = machine.env['XDG_CONFIG_HOME']
  return set === undefined || set === '' ? atHome(machine, '.config', ...parts) : pathsOf(machine).join(set, ...parts)
}

/** Where programs with windows keep settings: Application Support, %APPDATA% or ~/.config. */
export function appData(machine: Machine, ...parts: string[]): string {
  switch (machine.platform) {
    case 'darwin':
      return atHome(machine, 'Library', 'Application Support', ...parts)
    case 'win32':
      return win32.join(machine.env['APPDATA'] ?? atHome(machine, 'AppData', 'Roaming'), ...parts)
    default:
      return xdgConfig(machine, ...parts)
  }
}

/** As the user would write it: `~/.claude/settings.json`. */
export function shownPath(machine: Machine, path: string): string {
  const { sep } = pathsOf(machine)
  return path.startsWith(machine.home + sep) ? `~${path.slice(machine.home.length)}` : path
}

/**
 * Folders in which programs are looked for. A program that is started from a desktop (Finder, a menu) has a short PATH,
 * so the folders where installers of command-line tools put them are looked through too, last.
 */
export function programFolders(machine: Machine): string[] {
  const { platform, env } = machine
  const windows = platform === 'win32'
  // Windows writes the name of the variable as it likes.
  const name = Object.keys(env).find((key) => (windows ? key.toUpperCase() : key) === 'PATH')
  const set = (name === undefined ? undefined : env[name])?.split(pathsOf(machine).delimiter) ?? []
  const usual = windows
    ? [win32.join(env['APPDATA'] ?? atHome(machine, 'AppData', 'Roaming'), 'npm'), atHome(machine, '.local', 'bin')]
    : [
        ...['.local/bin', '.npm-global/bin', '.bun/bin', '.opencode/bin', '.claude/local'].map((folder) =>
          atHome(machine, folder),
        ),
        ...(platform === 'darwin' ? ['/opt/homebrew/bin'] : []),
        '/usr/local/bin',
      ]
  return [...new Set([...set, ...usual].filter((folder) => pathsOf(machine).isAbsolute(folder)))]
}

/** File names under which a command may stand in a folder. */
export function programNames({ platform }: Pick<Machine, 'platform'>, command: string): string[] {
  return platform === 'win32' ? [`${command}.exe`, `${command}.cmd`, `${command}.bat`] : [command]
}
