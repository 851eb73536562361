/**
 * What answers a window is loaded when the first one asks: who starts to serve tools alone waits for none of it, and
 * keeps none of it in memory.
 */
import type { Log } from '../core/log.ts'
import type { BrowserWindowHandler } from './browser.ts'
import type { ConsoleContext } from './context.ts'
import { isWindowPath } from './window-paths.ts'
import type { ServeWindowPort } from './window-port.ts'

/** @param folder the built renderer */
export function browserWindowOnDemand(folder: string, context: ConsoleContext, log: Log): BrowserWindowHandler {
  let opened: Promise<BrowserWindowHandler> | undefined
  const open = async (): Promise<BrowserWindowHandler> => {
    const { createBrowserWindow } = await import('./browser.ts')
    return createBrowserWindow(folder, context, log)
  }
  return {
    owns: isWindowPath,
    async handle(request, response) {
      opened ??= open()
      const window = await opened
      await window.handle(request, response)
    },
  }
}

/** A port keeps what is sent to it until somebody listens. */
export function windowPortsOnDemand(context: ConsoleContext): ServeWindowPort {
  let opened: Promise<ServeWindowPort> | undefined
  const open = async (): Promise<ServeWindowPort> => {
    const { createWindowPorts } = await import('./window-port.ts')
    return createWindowPorts(context)
  }
  return (port) => {
    opened ??= open()
    void opened.then((serve) => serve(port))
  }
}
