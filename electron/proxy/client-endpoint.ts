/**
 * A request that names its own Azure resource: `X-Azure-Endpoint` with `X-Azure-API-Key`. Off unless it is allowed, and
 * then nothing of ours goes there: neither a stored key nor an identity's token.
 */
import { lookup } from 'node:dns/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { Instance } from '../../shared/config.ts'
import type { Configuration } from '../config/configuration.ts'
import { understandAddress } from '../core/azure-address.ts'
import { LazuliError } from '../core/error.ts'
import { isPublicAddress } from './public-address.ts'

/** All addresses of a host. Rejects when it has none. */
export type ResolveHost = (host: string) => Promise<string[]>

export const systemResolver: ResolveHost = async (host) => {
  const found = await lookup(host, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}

/** One label for the resource (for a serverless endpoint name and region) before one of Azure's public suffixes. */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const PUBLIC_HOST = new RegExp(
  `^(?:${LABEL}\\.(?:openai|services\\.ai|cognitiveservices)\\.azure\\.(?:com|us|cn)` +
    `|${LABEL}\\.api\\.cognitive\\.microsoft\\.(?:com|us)|${LABEL}\\.${LABEL}\\.models\\.ai\\.azure\\.com)$`,
)
/** As it is written: what a URL parser would tidy up (users, odd digits, backslashes, dots at the end) is refused instead. */
const WRITTEN = /^(https?):\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?(?:[/?][!-~]*)?$/i

/**
 * The configuration for a request: the given one, or one that has the named resource alone. Names lead to it without the
 * mapping, which speaks of the configured resources.
 *
 * @throws LazuliError 403 where this is off, 400 for an address or a host that is not allowed or a key that is missing,
 * 502 for a host without an address
 */
export async function configurationFor(
  headers: IncomingHttpHeaders,
  configuration: Configuration,
  resolveHost: ResolveHost,
): Promise<Configuration> {
  const endpoint = headers['x-azure-endpoint']
  if (endpoint === undefined) return configuration
  const allowed = configuration.config.server.client_endpoints
  if (allowed === false) throw switchedOff()
  const key = headers['x-azure-api-key']
  if (typeof key !== 'string' || key.trim() === '') {
    throw refused('X-Azure-Endpoint needs a key of its own.', 'Send it as X-Azure-API-Key.')
  }
  const { url, host } = readEndpoint(String(endpoint).trim())
  let address: string | undefined
  if (allowed === true) {
    refuseForeign(url, host)
    address = await vetted(host, resolveHost)
  } else if (!allowed.some((origin) => new URL(origin).origin === url.origin)) {
    throw refused(
      'X-Azure-Endpoint names an origin that is not on the list.',
      'Add it to server.client_endpoints, as scheme, host and port.',
    )
  }
  return {
    ...configuration,
    config: { ...configuration.config, models: [] },
    instances: [instanceAt(url, key, address)],
  }
}

function readEndpoint(text: string): { url: URL; host: string } {
  const [, , host] = WRITTEN.exec(text) ?? []
  if (host === undefined || !URL.canParse(text)) {
    throw refused('X-Azure-Endpoint is not a plain address.', 'Write it as https://contoso.openai.azure.com.')
  }
  const url = new URL(text)
  // A parser that reads another host than the one that is written has found something clever.
  if (url.hostname !== host.toLowerCase() || host.endsWith('.')) {
    throw refused('The host in X-Azure-Endpoint is not written plainly.', 'Write it as the Azure portal shows it.')
  }
  return { url, host: url.hostname }
}

function refuseForeign(url: URL, host: string): void {
  if (url.protocol === 'https:' && url.port === '' && PUBLIC_HOST.test(host)) return
  throw refused(
    'X-Azure-Endpoint does not name a public host of Azure’s over https.',
    'Use a resource’s own host, e.g. https://contoso.openai.azure.com; other origins must be listed in server.client_endpoints.',
  )
}

/** The address to connect to; a name with one address that is not public is refused altogether. */
async function vetted(host: string, resolveHost: ResolveHost): Promise<string> {
  let addresses: string[]
  try {
    addresses = await resolveHost(host)
  } catch (cause) {
    throw unresolved(host, cause)
  }
  const [first] = addresses
  if (first === undefined) throw unresolved(host)
  if (!addresses.every((address) => isIP(address) !== 0 && isPublicAddress(address))) {
    throw refused(
      `${host} leads to an address that is not public.`,
      'For a private endpoint list its origin in server.client_endpoints.',
    )
  }
  return first
}

function instanceAt(url: URL, key: string, address: string | undefined): Configuration['instances'][number] {
  const understood = understandAddress(url.href)
  const instance = Instance.parse({
    name: 'X-Azure-Endpoint',
    provider_type: understood.flavour === 'serverless' ? 'generic' : 'azure',
    api_base: url.href,
    ...(understood.apiVersion === undefined ? {} : { api_version: understood.apiVersion }),
  })
  return {
    ...instance,
    // What is remembered of a resource must not be taken for that of another one.
    name: `X-Azure-Endpoint ${url.host}`,
    source: 'default',
    credential: { type: 'key', key: key.trim(), from: 'configured' },
    ...(address === undefined ? {} : { reach: { address } }),
  }
}

function switchedOff(): LazuliError {
  return new LazuliError({
    code: 'proxy_client_endpoints_off',
    status: 403,
    message: 'X-Azure-Endpoint is switched off here.',
    fix: 'Set server.client_endpoints: true for Azure’s public hosts, or a list of origins; or leave the header out.',
  })
}

function refused(message: string, fix: string): LazuliError {
  return new LazuliError({ code: 'proxy_client_endpoint_refused', status: 400, message, fix })
}

function unresolved(host: string, cause?: unknown): LazuliError {
  return new LazuliError({
    code: 'proxy_upstream_unreachable',
    status: 502,
    message: `The name ${host} could not be resolved.`,
    fix: 'Check X-Azure-Endpoint and the network.',
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  })
}
