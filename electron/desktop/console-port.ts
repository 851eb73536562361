import { ipcMain } from 'electron'
import type { MessagePortMain, WebFrameMain } from 'electron'
import { CONNECT_CHANNEL } from '../../shared/native.ts'
import type { PageAddress } from './page-address.ts'

/**
 * Gives the console to pages that ask for it, and to no other frame. `serve` takes over the port that the page sent.
 */
export function acceptConsolePorts(page: PageAddress, serve: (port: MessagePortMain) => void): void {
  ipcMain.on(CONNECT_CHANNEL, (event) => {
    const [port, ...surplus] = event.ports
    for (const one of surplus) one.close()
    if (port === undefined) return
    if (isPageItself(event.senderFrame, page)) serve(port)
    else port.close()
  })
}

/** The page's own main frame: not a frame inside it, and not a page of another origin in one of our windows. */
function isPageItself(frame: WebFrameMain | null, page: PageAddress): boolean {
  return frame !== null && frame.parent === null && frame.origin === page.origin
}
