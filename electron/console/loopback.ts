/** The proxy's own front door, as the console comes through it: what the window asks is an exchange like any other. */
import type { ConsoleContext } from './context.ts'

type Door = Pick<ConsoleContext, 'configuration' | 'info' | 'port'>

/** Host and port as this machine reaches them, also when the proxy listens on every interface. */
export function loopbackOf(context: Door): string {
  const { host } = context.configuration.current().config.server
  const bare = host.includes(':') ? `[${host}]` : host
  return `${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : bare}:${context.port}`
}

/** @param program how the exchange names its client, e.g. `Lazuli-Probe` */
export function headersOf(context: Door, program: string): Record<string, string> {
  const { auth, token } = context.configuration.current()
  return {
    'content-type': 'application/json',
    'user-agent': `${program}/${context.info.version}`,
    ...(auth === 'token' && token !== undefined ? { authorization: `Bearer ${token}` } : {}),
  }
}
