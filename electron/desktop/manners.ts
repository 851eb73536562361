import { shell } from 'electron'
import type { ConsoleContext } from '../console/context.ts'
import { LazuliError } from '../core/error.ts'
import type { StartAtLogin } from './start-at-login.ts'

/** What the window may ask of the desktop, over the console like all else. */
export function desktopManners(login: StartAtLogin): NonNullable<ConsoleContext['desktop']> {
  return {
    startsAtLogin: () => login.isOn(),
    setStartAtLogin(on) {
      try {
        login.set(on)
      } catch (cause) {
        throw new LazuliError({
          code: 'login_item_unwritable',
          status: 500,
          message: `Starting at login could not be changed: ${cause instanceof Error ? cause.message : String(cause)}.`,
          cause,
        })
      }
    },
    async openFolder(path) {
      const reason = await shell.openPath(path)
      if (reason === '') return
      throw new LazuliError({
        code: 'folder_not_opened',
        status: 500,
        message: `The folder could not be opened: ${reason}.`,
        fix: 'Copy its path and open it in a file manager.',
      })
    },
  }
}
