/** Which headers go on, in each direction. What is not known to be wanted stays here. */
import type { IncomingHttpHeaders } from 'node:http'
import type { DialectId, Header, Loss } from '../../shared/exchange.ts'
import type { ProviderType } from '../../shared/config.ts'

/** Azure answers 431 to more than ten custom headers (azure.md §2.3); two places are left for the key and the version. */
const MAX_CLIENT_HEADERS = 8
const MAX_HEADER_LIST = 1024

/** Of one connection only (RFC 9110 §7.6.1), or written anew by our own side. */
const CONNECTION_HEADERS = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'host',
  'expect',
  'content-length',
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
] as const

const STRIPPED: ReadonlySet<string> = new Set([
  ...CONNECTION_HEADERS,
  // Keys: exactly one goes upstream, and the upstream's adapter sets it.
  'authorization',
  'api-key',
  'x-api-key',
  'ocp-apim-subscription-key',
  'x-goog-api-key',
  // Of browsers and of the way here.
  'cookie',
  'cookie2',
  'origin',
  'referer',
  'dnt',
  'forwarded',
  'via',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'accept-language',
  'cache-control',
  'pragma',
  'priority',
  // Orders to a local proxy, ours and those of the predecessors.
  'x-azure-endpoint',
  'x-azure-api-key',
  'x-admin-api-key',
  'x-dry-run',
  'x-debug',
  'x-feature-id',
  'x-organization-id',
  'x-llm-contract',
  'x-original-path',
  'x-model',
])
const STRIPPED_PREFIXES = ['x-stainless-', 'x-lazuli-', 'sec-', 'access-control-', 'x-forwarded-', 'cf-']
/** Orders to OpenAI's own platform, which no other upstream knows. */
const OPENAI_ONLY = new Set(['openai-organization', 'openai-project', 'openai-beta'])

/**
 * The client's headers that go on to an upstream. Keys, version, type and length are the upstream adapter's business.
 */
export function requestHeaders(headers: IncomingHttpHeaders, provider: ProviderType, api: DialectId): Header[] {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
  const kept: Header[] = []
  let custom = 0
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || STRIPPED.has(name) || named.has(name)) continue
    if (STRIPPED_PREFIXES.some((prefix) => name.startsWith(prefix))) continue
    if (name.startsWith('anthropic-') && api !== 'messages') continue
    if (OPENAI_ONLY.has(name) && provider !== 'openai') continue
    if (name !== 'user-agent' && ++custom > MAX_CLIENT_HEADERS) continue
    kept.push([name, Array.isArray(value) ? value.join(', ') : value])
  }
  return kept
}

/** The adapter's headers, and the client's that do not clash with them; a client knows best which version it speaks. */
export function mergeHeaders(own: readonly Header[], passed: readonly Header[]): Header[] {
  const version = passed.some(([name]) => name === 'anthropic-version')
  const kept = own.filter(([name]) => !(name === 'anthropic-version' && version))
  const names = new Set(kept.map(([name]) => name))
  return [...passed.filter(([name]) => !names.has(name)), ...kept]
}

/** Passed on whatever the dialect: quota, advice on retries, and what identifies the call in Azure's logs. */
const PASSED = new Set([
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'apim-request-id',
  'x-ms-region',
  'x-ms-client-request-id',
  'x-ms-deployment-name',
  'x-ms-spillover-from-deployment',
  'x-ms-spillover-error',
  'azure-openai-deployment-utilization',
  'azureml-model-session',
  'openai-model',
  'openai-version',
  'openai-processing-ms',
  'openai-organization',
  'anthropic-organization-id',
  // Which recorded exchange it is that is played again.
  'x-lazuli-recording',
])
const PASSED_PREFIXES = ['x-ratelimit-', 'anthropic-ratelimit-', 'x-envoy-upstream-']

/** The upstream's headers that reach the client; the request's id under the name that the client's SDK reads. */
export function responseHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  clientDialect: DialectId,
): Header[] {
  const kept: Header[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    if (!PASSED.has(name) && !PASSED_PREFIXES.some((prefix) => name.startsWith(prefix))) continue
    kept.push([name, String(value)])
  }
  const own = clientDialect === 'messages' ? 'request-id' : 'x-request-id'
  const id = [own, 'request-id', 'x-request-id', 'apim-request-id'].map((name) => headers[name]).find(Boolean)
  if (id !== undefined) kept.push([own, String(id)])
  return kept
}

/** `x-lazuli-dropped` and `x-lazuli-degraded`: which of the client's fields did not arrive as they were. */
export function lossHeaders(losses: readonly Loss[]): Header[] {
  return (['dropped', 'degraded'] as const).flatMap((kind): Header[] => {
    const paths = [...new Set(losses.filter((loss) => loss.kind === kind).map((loss) => loss.path))]
    return paths.length === 0 ? [] : [[`x-lazuli-${kind}`, boundedList(paths)]]
  })
}

/** Comma list of at most 1 KiB of visible ASCII; an ellipsis says that there is more. */
function boundedList(entries: readonly string[]): string {
  let list = ''
  for (const entry of entries) {
    const next = (list === '' ? '' : `${list}, `) + entry.replace(/[^\x21-\x7e]/g, '?')
    if (next.length > MAX_HEADER_LIST - 5) return `${list.slice(0, MAX_HEADER_LIST - 5)}, ...`
    list = next
  }
  return list
}
