import { app, session, shell } from 'electron'
import type { Session, WebContents } from 'electron'
import { belongsTo } from './page-address.ts'
import type { PageAddress } from './page-address.ts'
import { UserGesture } from './user-gesture.ts'

/**
 * What no page may do, whatever it contains: leave its origin, open windows, embed others, or get a permission beyond
 * writing text to the clipboard. Must run before the first window.
 */
export function lockDown(page: PageAddress, now: () => number): void {
  app.on('web-contents-created', (_event, contents) => {
    keepOnPage(contents, page)
    sendLinksToBrowser(contents, now)
  })
  denyPermissions(session.defaultSession, page)
}

function keepOnPage(contents: WebContents, page: PageAddress): void {
  const block = (event: { url: string; preventDefault(): void }): void => {
    if (!belongsTo(page, event.url)) event.preventDefault()
  }
  contents.on('will-navigate', block)
  contents.on('will-frame-navigate', block)
  contents.on('will-redirect', block)
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

function sendLinksToBrowser(contents: WebContents, now: () => number): void {
  const gesture = new UserGesture(now)
  contents.on('input-event', (_event, input) => gesture.saw(input.type))
  contents.setWindowOpenHandler(({ url }) => {
    // Without a click behind it, a script could open addresses that carry data out.
    if (isWebLink(url) && gesture.take()) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** Only these go to the operating system: other schemes start programs. */
function isWebLink(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)
}

function denyPermissions(of: Session, page: PageAddress): void {
  const allowed = (permission: string, asker: string): boolean =>
    permission === 'clipboard-sanitized-write' && belongsTo(page, asker)
  of.setPermissionRequestHandler((_contents, permission, decide, details) =>
    decide(allowed(permission, details.requestingUrl)),
  )
  of.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, origin))
}
