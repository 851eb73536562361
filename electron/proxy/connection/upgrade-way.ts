/** The way of a WebSocket's upgrade, which Node's own client sends: the same as that of all other calls. */
import type { RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as connectTls, getCACertificates } from 'node:tls'
import type { Reach } from '../../config/configuration.ts'
import { request as requestHttp } from '../node-http.ts'
import { lookupOf } from './dispatcher.ts'
import { isLoopbackHost } from './environment-proxy.ts'
import type { EnvironmentProxy } from './environment-proxy.ts'

type Opened = (error: Error | null, socket: Duplex) => void
/** Node's types want a socket beside an error, where none is read. */
const NO_SOCKET = undefined as unknown as Duplex

/** Options for Node's `request`. @throws LazuliError for a proxy of the environment's that is none */
export function wayFor(
  url: URL,
  reach: Reach | undefined,
  proxyFor: EnvironmentProxy,
): RequestOptions & { proxy?: string } {
  const trust = reach?.ca === undefined ? {} : { ca: [...getCACertificates('default'), reach.ca] }
  if (reach?.address !== undefined) return { agent: false, ...trust, lookup: lookupOf(reach.address) }
  const proxy = isLoopbackHost(url.hostname) ? undefined : (reach?.proxyUrl ?? proxyFor(url))
  if (proxy === undefined) return { agent: false, ...trust }
  return {
    proxy: new URL(proxy).host,
    createConnection(_options, done) {
      openTunnel(url, new URL(proxy), trust, done)
      return undefined
    },
  }
}

/** CONNECT through the proxy, and TLS with the upstream inside. */
function openTunnel(url: URL, proxy: URL, trust: { ca?: string[] }, done: Opened): void {
  const target = `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`
  const send = proxy.protocol === 'https:' ? requestHttps : requestHttp
  const fail = (error: Error): void => done(error, NO_SOCKET)
  const asked = send({
    ...trust,
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...authorization(proxy) },
    agent: false,
  })
  asked.once('error', fail)
  asked.once('connect', (answer, socket) => {
    if (answer.statusCode !== 200) {
      socket.destroy()
      fail(new Error(`The proxy answered (${answer.statusCode})`))
      return
    }
    if (url.protocol !== 'https:') {
      done(null, socket)
      return
    }
    const secure = connectTls({ ...trust, socket, servername: url.hostname })
    secure.once('error', fail)
    secure.once('secureConnect', () => {
      secure.off('error', fail)
      done(null, secure)
    })
  })
  asked.end()
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` }
}
