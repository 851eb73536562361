import { useEffect } from 'react'
import { tinykeys } from 'tinykeys'
import { go } from '../route.ts'
import { RAIL_PAGES } from './rail.tsx'
import type { ShellDialog } from './shell-dialog.ts'

/** The keys that work on every page, and what the app's menu, its tray and links from outside ask for. */
export function useShellKeys(show: (dialog: ShellDialog) => void): void {
  useEffect(
    () =>
      window.lazuli?.onCommand((command) => {
        if (command === 'palette' || command === 'shortcuts') show({ type: command })
        else if (typeof command === 'string') go(command)
        else if (command.open === 'page') go(command.page, command.item)
        else show({ type: 'instance', ...(command.address === undefined ? {} : { address: command.address }) })
      }),
    [show],
  )
  useEffect(() => {
    const pages = RAIL_PAGES.map((page, index) => [`$mod+${index + 1}`, () => go(page.name)] as const)
    const keys: [string, () => void][] = [
      ...pages.map(([key, run]): [string, () => void] => [key, run]),
      ['$mod+k', () => show({ type: 'palette' })],
    ]
    const taken = (run: () => void) => (event: KeyboardEvent) => {
      event.preventDefault()
      run()
    }
    const everywhere = tinykeys(window, Object.fromEntries(keys.map(([key, run]) => [key, taken(run)])), {
      ignore: () => false,
    })
    // A question mark is text where text is written.
    const outsideOfText = tinykeys(
      window,
      { 'Shift+?': taken(() => show({ type: 'shortcuts' })), '?': taken(() => show({ type: 'shortcuts' })) },
      { ignore: ({ target }) => target instanceof Element && target.closest(WRITING) !== null },
    )
    return () => {
      everywhere()
      outsideOfText()
    }
  }, [show])
}

const WRITING = 'input, textarea, select, [contenteditable], .cm-host, [role="dialog"], [role="alertdialog"]'
