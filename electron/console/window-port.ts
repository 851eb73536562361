import type { SupportedMessagePort } from '@orpc/client/message-port'
import { RPCHandler } from '@orpc/server/message-port'
import type { ConsoleContext } from './context.ts'
import { router } from './router.ts'

/** Answers a window of the desktop, which holds the other end of `port`; ends when the port closes. */
export type ServeWindowPort = (port: SupportedMessagePort) => void

export function createWindowPorts(context: ConsoleContext): ServeWindowPort {
  const handler = new RPCHandler(router)
  return (port) => handler.upgrade(port, { context })
}
