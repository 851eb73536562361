import { protocol } from 'electron'
import { APP_SCHEME } from './page-address.ts'
import { answerPageRequest } from './page-files.ts'

/** Makes `app://` an origin like https. Must run before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves `app://bundle/` from the built page. `root`: its folder. */
export function servePage(root: string): void {
  protocol.handle(APP_SCHEME, (request) => answerPageRequest(root, request))
}
