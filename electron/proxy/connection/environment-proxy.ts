/** Which HTTP proxy stands between here and an upstream. */
import { BlockList, isIP } from 'node:net'
import type { Environment } from '../../config/environment.ts'
import { LazuliError } from '../../core/error.ts'

/** The proxy that the environment names for an address; undefined: none. @throws LazuliError for one that is none */
export type EnvironmentProxy = (url: URL) => string | undefined

/** The usual variables, in lower case first as curl reads them: `http_proxy`, `https_proxy`, `no_proxy`. */
export function environmentProxy(env: Environment): EnvironmentProxy {
  const read = (name: string): string | undefined =>
    (env[name.toLowerCase()] || env[name.toUpperCase()])?.trim() || undefined
  const proxies = { 'http:': read('HTTP_PROXY'), 'https:': read('HTTPS_PROXY') }
  const direct = directRules(read('NO_PROXY') ?? '')
  return (url) => {
    const named = proxies[url.protocol as 'http:' | 'https:']
    if (named === undefined || isLoopbackHost(url.hostname) || direct.some((goes) => goes(url))) return undefined
    const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`
    if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return address
    throw new LazuliError({
      code: 'proxy_bad_environment_proxy',
      status: 502,
      message: `${url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'} does not name an HTTP proxy.`,
      fix: 'Write it as http://host:port, or remove the variable.',
    })
  }
}

/** What a proxy could never reach, because it would mean itself. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  )
}

/** `NO_PROXY`: `*`, hosts with their subdomains, `host:port`, addresses and ranges, parted by commas or blanks. */
function directRules(list: string): ((url: URL) => boolean)[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      if (entry === '*') return () => true
      const range = rangeOf(entry)
      if (range !== undefined) return (url) => inRange(range, hostOf(url))
      const [, name = '', port] = /^(\[[^\]]*\]|[^:]*|[0-9a-f:]{3,})(?::(\d+))?$/.exec(entry) ?? []
      const bare = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '')
      return (url) => {
        const host = hostOf(url)
        const samePort = port === undefined || port === (url.port || (url.protocol === 'https:' ? '443' : '80'))
        return bare !== '' && samePort && (host === bare || host.endsWith(`.${bare}`))
      }
    })
}

function rangeOf(entry: string): BlockList | undefined {
  const [, base = '', bits] = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry) ?? []
  const family = isIP(base)
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined
  const range = new BlockList()
  range.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return range
}

function inRange(range: BlockList, host: string): boolean {
  const family = isIP(host)
  return family !== 0 && range.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

function hostOf(url: URL): string {
  return url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}
