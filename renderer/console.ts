/**
 * The window's end of the console: over a MessagePort in the app, over HTTP on the page's own origin headless.
 */
import { createORPCClient, ORPCError, type ClientContext, type ClientLink } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../shared/contract.ts'
import type { Failure } from '../shared/exchange.ts'
import { CONNECT_MESSAGE, type NativeApi } from '../shared/native.ts'

declare global {
  interface Window {
    /** Put there by the preload script; its presence says that the page runs in the app. */
    readonly lazuli?: NativeApi
  }
}

export type Console = ContractRouterClient<Contract>

export interface Connection {
  console: Console
  /** Opens a new port after the old one died. Over HTTP there is nothing to reopen. */
  reconnect: () => void
}

/** Connects to the engine that serves this page. */
export function connect(page: Window): Connection {
  const open = page.lazuli === undefined ? () => fetchLink(page.location) : () => portLink(page)
  let link = open()
  const current: ClientLink<ClientContext> = { call: (path, input, options) => link.call(path, input, options) }
  return {
    console: createORPCClient(current),
    reconnect: () => {
      if (page.lazuli !== undefined) link = open()
    },
  }
}

function fetchLink(location: Location): ClientLink<ClientContext> {
  return new FetchLink({ url: new URL('/console', location.origin).href })
}

/** The preload script hands the other end of the channel to the main process. */
function portLink(page: Window): ClientLink<ClientContext> {
  const { port1, port2 } = new MessageChannel()
  page.postMessage(CONNECT_MESSAGE, '*', [port2])
  port1.start()
  return new PortLink({ port: port1 })
}

/** What to tell the user of an error of the console, whatever it was. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ORPCError) {
    if (isFailure(error.data)) return error.data
    if (error.status === 401 || error.status === 403) {
      return {
        code: 'console_denied',
        message: 'This page may not talk to Lazuli any more.',
        fix: 'Open the link that Lazuli printed when it started; it signs this browser in.',
      }
    }
    if (error.code === 'BAD_REQUEST') {
      return {
        code: 'console_bad_request',
        message: 'Lazuli did not take these values.',
        fix: validationMessage(error.data),
      }
    }
    return { code: `console_${error.code.toLowerCase()}`, message: error.message }
  }
  return {
    code: 'console_unreachable',
    message: 'Lazuli does not answer.',
    fix: 'If it was stopped, start it again. This page reconnects by itself.',
  }
}

function isFailure(data: unknown): data is Failure {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data
}

function validationMessage(data: unknown): string {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) {
    return 'Check the fields and try again.'
  }
  const issues: { path?: (string | number)[]; message?: string }[] = data.issues
  return issues.map((issue) => `${(issue.path ?? []).join('.')}: ${issue.message ?? 'is not valid'}`).join('; ')
}
