import type { IncomingMessage } from 'node:http'
import { LazuliError } from '../core/error.ts'

/** What a request is addressed to. */
export interface RequestTarget {
  /** Without query, as sent. */
  path: string
  /** Without `?`; empty if there is none. */
  query: string
}

/** Hosts of the vendors whose clients may come through `http_proxy` (absolute-form, contract 15). */
const VENDOR_HOSTS = new Set(['api.openai.com', 'api.anthropic.com'])
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Reads and vets the Host and the request target. A browser that was led here by DNS rebinding still names the foreign
 * host; that is why only known names are served.
 * @param configured names from `server.hosts` and `server.host`
 * @throws LazuliError 400 for two hosts or none, 421 for a host that is not ours
 */
export function readTarget(request: IncomingMessage, configured: readonly string[]): RequestTarget {
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length
  const host = request.headers.host?.toLowerCase() ?? ''
  if (hosts !== 1 || host === '') throw refusedTarget(400, 'The request must have exactly one Host header.')
  const url = request.url ?? '/'
  if (url.startsWith('/')) {
    if (!isOwnHost(host, request, configured)) {
      throw refusedTarget(
        421,
        `The host "${host.slice(0, 100)}" is not served here.`,
        'Call the address that Lazuli prints at start, or add the name to server.hosts.',
      )
    }
    return split(url)
  }
  if (request.method === 'OPTIONS' && url === '*' && isOwnHost(host, request, configured)) {
    return { path: '*', query: '' }
  }
  const absolute = /^http:\/\/([^/?#]+)(\/[^#]*)?$/i.exec(url)
  const authority = absolute?.[1]?.toLowerCase().replace(/:80$/, '')
  if (authority === undefined || !VENDOR_HOSTS.has(authority) || host.replace(/:80$/, '') !== authority) {
    throw refusedTarget(
      400,
      'A whole URL as request target is served for api.openai.com and api.anthropic.com only, with the same Host.',
      'Send the path alone.',
    )
  }
  return split(absolute?.[2] ?? '/')
}

function isOwnHost(host: string, request: IncomingMessage, configured: readonly string[]): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(host)
  if (match === null) return false
  const name = match[1]!
  const port = match[2]
  const ownPort = String(request.socket.localPort)
  const samePort = port === ownPort || (port === undefined && ownPort === '80')
  if (samePort && (LOOPBACK_NAMES.has(name) || name === localAddressOf(request))) return true
  return configured.some((entry) => {
    const known = entry.toLowerCase()
    // A configured name may stand behind a reverse proxy on a default port; then clients name no port.
    return host === known || (name === known && (samePort || port === undefined))
  })
}

/** The address that the connection came in on: naming it as an IP literal cannot be DNS rebinding. */
function localAddressOf(request: IncomingMessage): string {
  const address = (request.socket.localAddress ?? '').replace(/^::ffff:/, '')
  return address.includes(':') ? `[${address}]` : address
}

function split(url: string): RequestTarget {
  const mark = url.indexOf('?')
  return mark === -1 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) }
}

function refusedTarget(status: number, message: string, fix?: string): LazuliError {
  return new LazuliError({ code: 'proxy_host_refused', status, message, ...(fix === undefined ? {} : { fix }) })
}
