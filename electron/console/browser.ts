import type { IncomingMessage, ServerResponse } from 'node:http'
import { RPCHandler } from '@orpc/server/node'
import sirv from 'sirv'
import { PAGE_POLICY } from '../../shared/page-policy.ts'
import type { Log } from '../core/log.ts'
import type { ConsoleContext } from './context.ts'
import { router } from './router.ts'
import { CONSOLE, isWindowPath } from './window-paths.ts'

/** The window for a browser: the built page and the console over HTTP. The proxy's guard stands in front of it. */
export interface BrowserWindowHandler {
  owns: (path: string) => boolean
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/** @param folder the built renderer */
export function createBrowserWindow(folder: string, context: ConsoleContext, log: Log): BrowserWindowHandler {
  const rpc = new RPCHandler(router)
  const files = sirv(folder, {
    etag: true,
    setHeaders(response) {
      response.setHeader('content-security-policy', PAGE_POLICY)
      response.setHeader('x-content-type-options', 'nosniff')
      response.setHeader('x-frame-options', 'DENY')
      response.setHeader('referrer-policy', 'no-referrer')
      response.setHeader('cross-origin-opener-policy', 'same-origin')
    },
  })
  return {
    owns: isWindowPath,
    async handle(request, response) {
      const path = request.url?.split('?')[0] ?? '/'
      if (path === CONSOLE || path.startsWith(`${CONSOLE}/`)) {
        const { matched } = await rpc.handle(request, response, { prefix: CONSOLE, context })
        if (matched) return
        log.debug({ path }, 'No such console procedure')
      } else {
        let found = true
        files(request, response, () => {
          found = false
        })
        if (found) return
      }
      response
        .writeHead(404, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
        .end('Not found\n')
    },
  }
}
