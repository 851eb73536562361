/** Connections to one origin: straight, to a vetted address, or through a proxy. TLS is always verified. */
import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import type { Dispatcher } from 'undici'
import type { Reach } from '../../config/configuration.ts'
import { Pool, ProxyAgent } from './undici.ts'

/**
 * undici's own time limits are off: `send.ts` has its own, and speaks first; the connector's only clears the socket away.
 */
const LIMITS = {
  connections: null,
  pipelining: 1,
  allowH2: false,
  headersTimeout: 0,
  bodyTimeout: 0,
  // A TLS handshake costs half a request again, so idle connections are kept.
  keepAliveTimeout: 60_000,
  keepAliveMaxTimeout: 300_000,
}

/** @param proxyUrl of the instance or the environment; never for loopback */
export function openDispatcher(
  origin: string,
  connectSeconds: number,
  reach: Omit<Reach, 'proxyUrl'> & { proxyUrl?: string | undefined },
): Dispatcher {
  const timeout = connectSeconds * 1000 + 1000
  const trust = reach.ca === undefined ? {} : { ca: [...getCACertificates('default'), reach.ca] }
  if (reach.proxyUrl !== undefined && reach.address === undefined) {
    return new ProxyAgent({
      ...LIMITS,
      uri: reach.proxyUrl,
      connectTimeout: timeout,
      requestTls: { timeout, keepAlive: true, ...trust },
      proxyTls: { timeout, keepAlive: true, ...trust },
    })
  }
  const pinned = reach.address === undefined ? {} : { lookup: lookupOf(reach.address) }
  return new Pool(origin, { ...LIMITS, connect: { timeout, keepAlive: true, ...trust, ...pinned } })
}

type Lookup = (
  host: string,
  options: { all?: boolean | undefined },
  done: (error: null, address: string | { address: string; family: number }[], family?: number) => void,
) => void

/** Every name leads to the one address that was vetted, whatever a resolver says by now. */
export function lookupOf(address: string): Lookup {
  const family = isIP(address)
  return (_host, options, done) => {
    if (options.all === true) done(null, [{ address, family }])
    else done(null, address, family)
  }
}
