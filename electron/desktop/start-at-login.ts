import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'

/** Of a start that the user did not ask for: no window, only the tray. */
export const HIDDEN_FLAG = '--hidden'

export interface StartAtLogin {
  isOn(): boolean
  set(on: boolean): void
}

export interface StartAtLoginOptions {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  /** The program and what it is started with. */
  command: readonly string[]
}

/**
 * Opt-in. macOS and Windows have a list of their own; on Linux it is a file in the autostart folder (freedesktop.org,
 * Desktop Application Autostart Specification), since Electron's setting does nothing there.
 */
export function startAtLogin({ platform, env, command }: StartAtLoginOptions): StartAtLogin {
  if (platform !== 'linux') {
    const args = { args: [...command.slice(1), HIDDEN_FLAG] }
    return {
      isOn: () => app.getLoginItemSettings(args).openAtLogin,
      set: (on) => app.setLoginItemSettings({ openAtLogin: on, ...args }),
    }
  }
  const folder = join(env['XDG_CONFIG_HOME'] || join(app.getPath('home'), '.config'), 'autostart')
  const file = join(folder, 'lazuli.desktop')
  return {
    isOn: () => existsSync(file),
    set(on) {
      if (!on) return rmSync(file, { force: true })
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, autostartEntry(command))
    },
  }
}

/** What the desktop's session reads. Words are quoted as the Desktop Entry Specification says. */
export function autostartEntry(command: readonly string[]): string {
  const words = [...command, HIDDEN_FLAG].map(
    (word) => `"${word.replaceAll(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`,
  )
  return ['[Desktop Entry]', 'Type=Application', 'Name=Lazuli', `Exec=${words.join(' ')}`, 'Terminal=false', ''].join(
    '\n',
  )
}
