import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Header } from '../../shared/exchange.ts'
import type { LazuliError } from '../core/error.ts'
import type { AttemptTap } from '../core/tap.ts'
import type { wayFor } from './connection/upgrade-way.ts'
import { request as requestHttp } from './node-http.ts'
import type { Timeouts } from './send.ts'
import { connectionError, timeoutError } from './upstream-errors.ts'
import { pairsOf } from './websocket-headers.ts'

/** The upstream agreed: what was HTTP is a WebSocket from here on. */
export interface Upgraded {
  answer: IncomingMessage
  socket: Duplex
  /** What came right behind the head. */
  head: Buffer
}

export interface UpgradeCall {
  url: URL
  headers: readonly Header[]
  way: ReturnType<typeof wayFor>
  timeouts: Pick<Timeouts, 'connect' | 'first_byte'>
}

/**
 * Asks one upstream for a WebSocket. An answer that is none comes as it is.
 * @param signal its reason, a LazuliError, ends the wait
 * @throws LazuliError see `upstream-errors.ts`; the signal's reason
 */
export function askForUpgrade(
  { url, headers, way: { proxy, ...way }, timeouts }: UpgradeCall,
  signal: AbortSignal,
  attempt: AttemptTap,
): Promise<Upgraded | IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const asked = send(url, { method: 'GET', headers: headers.flat(), ...way })
    const limit = (kind: 'connect' | 'first_byte'): NodeJS.Timeout =>
      setTimeout(() => fail(timeoutError(kind, timeouts[kind], url.host)), timeouts[kind] * 1000)
    let timer = limit('connect')
    const settle = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    const fail = (error: LazuliError): void => {
      settle()
      asked.destroy()
      attempt.end(error.toFailure())
      reject(error)
    }
    const onAbort = (): void => fail(signal.reason as LazuliError)
    signal.addEventListener('abort', onAbort)
    asked.once('socket', (used) => {
      const connected = (): void => {
        clearTimeout(timer)
        timer = limit('first_byte')
      }
      // A tunnel is handed over when it is open.
      if (way.createConnection !== undefined) connected()
      else used.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected)
    })
    asked.on('error', (cause) => fail(connectionError(cause, url, false, proxy)))
    asked.once('upgrade', (answer, socket, head) => {
      settle()
      told(attempt, answer)
      resolve({ answer, socket, head })
    })
    asked.once('response', (answer) => {
      settle()
      told(attempt, answer)
      attempt.end()
      resolve(answer)
    })
    asked.end()
  })
}

function told(attempt: AttemptTap, answer: IncomingMessage): void {
  attempt.head(answer.statusCode ?? 0, pairsOf(answer.rawHeaders))
}
