/**
 * Reads the address of a resource from whatever a person pastes: a bare resource name, a host, the portal's whole
 * "Target URI" with its query, a project's endpoint, a gateway with a path of its own, a vendor's API, a local server.
 * Hosts and paths: azure.md §1 and §2.
 */
import type { DialectId } from '../../shared/exchange.ts'
import { LazuliError } from './error.ts'

export type AddressFlavour =
  /** `<resource>.openai.azure.com` (and `.us`, `.cn`) */
  | 'openai-azure'
  /** `<resource>.services.ai.azure.com` */
  | 'foundry'
  /** `<resource>.cognitiveservices.azure.com`, `<region>.api.cognitive.microsoft.com` */
  | 'cognitive'
  /** `<name>.<region>.models.ai.azure.com` */
  | 'serverless'
  | 'openai'
  | 'anthropic'
  | 'other'

export interface UnderstoodAddress {
  /** Scheme, host and port, e.g. `https://contoso.openai.azure.com`. */
  origin: string
  /**
   * Path in front of Azure's own paths, without a slash at its end, mostly empty: `{origin}{prefix}/openai/v1/…`,
   * `{origin}{prefix}/openai/deployments/{d}/…`, `{origin}{prefix}/anthropic/v1/messages`.
   */
  prefix: string
  /** Path in front of an OpenAI-compatible or Anthropic operation, e.g. `/v1`: `{origin}{base}/chat/completions`. */
  base: string
  flavour: AddressFlavour
  /** The kind of instance that fits. */
  provider: 'azure' | 'openai' | 'anthropic' | 'generic'
  /** Deployment that the address named. */
  deployment?: string
  /** `preview` or a date, where the address named one that Azure OpenAI knows; absent = `v1`. */
  apiVersion?: string
  /** Model that the address named in its query. */
  model?: string
  /** API that the address pointed at, e.g. `messages` for `…/anthropic/v1/messages`. */
  api?: DialectId
  /** A short name for the instance. */
  nameHint: string
  /** The address to keep; reading it again gives the same origin and flavour, and the same prefix (azure) or base. */
  apiBase: string
  /** What was understood, for a person: `https://contoso.openai.azure.com · v1 · deployment gpt-4o-prod`. */
  sentence: string
}

const MAX_LENGTH = 2048
const AZURE_HOST =
  /\.(?:openai\.azure\.(?:com|us|cn)|(?:services|models)\.ai\.azure\.(?:com|us|cn)|cognitiveservices\.azure\.(?:com|us|cn)|api\.cognitive\.microsoft\.(?:com|us))$/
/** Sites to look at, not to call. */
const PORTALS = new Set([
  'portal.azure.com',
  'portal.azure.us',
  'portal.azure.cn',
  'ai.azure.com',
  'ai.azure.us',
  'oai.azure.com',
  'ml.azure.com',
  'management.azure.com',
  'platform.openai.com',
  'chatgpt.com',
  'claude.ai',
  'console.anthropic.com',
  'platform.claude.com',
])
/** Where Azure's own paths begin. Lazy, so that a deployment that is called `openai` is not taken for the start. */
const AZURE_PATH =
  /^(.*?)\/(?:openai(?:\/(?:v1|deployments|responses|realtime|models|files|batches)(?=\/|$)|$)|anthropic(?:\/v1(?=\/|$)|$))/i
const OPERATION =
  /\/(?:chat\/completions|completions|responses(?:\/.*)?|embeddings|messages(?:\/count_tokens)?|models|realtime|images\/[a-z]+|audio\/[a-z]+)$/i

/**
 * Understands a pasted address.
 * @throws LazuliError `invalid_address` for what is not an address, is not http(s), or carries a user name.
 */
export function understandAddress(text: string): UnderstoodAddress {
  const notes: string[] = []
  const url = parse(text)
  if (PORTALS.has(url.hostname)) {
    throw invalid(
      `${url.hostname} is a site to look at, not an API.`,
      'In the Azure portal open the resource, then "Keys and Endpoint", and copy the endpoint from there.',
    )
  }
  publicName(url, notes)
  const { hostname } = url
  const flavour = flavourOf(hostname)
  if (AZURE_HOST.test(hostname) && url.protocol === 'http:' && url.port === '') {
    url.protocol = 'https:'
  }
  const path = tidyPath(url)
  const { prefix, base } = splitPath(path, flavour, notes)
  const deployment = deploymentOf(path, url.searchParams)
  const apiVersion = apiVersionOf(path, url.searchParams)
  const model = url.searchParams.get('model')
  const api = apiOf(path)
  const provider = providerOf(hostname, flavour, path, url.searchParams)
  // A prefix that would be read otherwise when it stands alone (`/v1` in front of `/openai/…`) is kept with what follows.
  const kept = splitPath(prefix, flavour, []).prefix === prefix ? prefix : `${prefix}/openai`
  const apiBase = url.origin + (provider === 'azure' ? kept : base)
  return {
    origin: url.origin,
    prefix,
    base,
    flavour,
    provider,
    ...(deployment === undefined ? {} : { deployment }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(model ? { model } : {}),
    ...(api === undefined ? {} : { api }),
    nameHint: nameHintOf(url, flavour),
    apiBase,
    sentence: sentenceOf({ url, flavour, provider, apiBase, apiVersion, deployment, notes }),
  }
}

function parse(text: string): URL {
  // A line of a .env file and a quoted or bracketed address are common ways to paste one.
  const trimmed = text
    .trim()
    .replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*\s*=\s*/, '')
    .replace(/^["'<`]+|["'>`,;]+$/g, '')
    .trim()
  if (trimmed === '') throw invalid('The address is empty.')
  if (trimmed.length > MAX_LENGTH) throw invalid(`The address is longer than ${MAX_LENGTH} characters.`)
  // oxlint-disable-next-line no-control-regex -- these are the characters to refuse
  if (/[\u0000-\u0020\u007f]/.test(trimmed)) throw invalid('The address has a space or a control character in it.')
  const scheme = /^([a-z][a-z0-9+.-]*):(?:\/\/|(?!\d))/i.exec(trimmed)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    throw invalid(`An address begins with https://, not with ${scheme}:.`)
  }
  let url: URL
  try {
    url = new URL(scheme === undefined ? withScheme(trimmed) : trimmed)
  } catch (cause) {
    throw invalid('This is not an address.', undefined, cause)
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(
      'The address carries a user name or a password.',
      'Take it out of the address; the key has its own field.',
    )
  }
  if (url.hostname === '' || !/^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?)$/i.test(url.hostname)) {
    throw invalid(`"${url.hostname}" is not a host name.`)
  }
  return url
}

/** A bare name is a resource; a local host speaks http; everything else https. */
function withScheme(text: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,62}$/i.test(text) && text.toLowerCase() !== 'localhost') {
    return `https://${text}.openai.azure.com`
  }
  const host = text.replace(/[/?#].*$/, '')
  const local = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|[a-z0-9-]+(?=:\d))(?::\d+)?$/i.test(host)
  return `${local ? 'http' : 'https'}://${text}`
}

/** A private link is called by the public name: DNS leads there, and the certificate has no other (azure.md §1). */
function publicName(url: URL, notes: string[]): void {
  if (!url.hostname.includes('.privatelink.')) return
  url.hostname = url.hostname.replace('.privatelink.', '.')
  notes.push('public name instead of privatelink, which no certificate covers')
}

function flavourOf(host: string): AddressFlavour {
  if (/\.openai\.azure\.(?:com|us|cn)$/.test(host)) return 'openai-azure'
  if (/\.services\.ai\.azure\.(?:com|us|cn)$/.test(host)) return 'foundry'
  if (/\.models\.ai\.azure\.(?:com|us|cn)$/.test(host)) return 'serverless'
  if (AZURE_HOST.test(host)) return 'cognitive'
  if (/^(?:[a-z]{2}\.)?api\.openai\.com$/.test(host)) return 'openai'
  if (host === 'api.anthropic.com') return 'anthropic'
  return 'other'
}

function tidyPath(url: URL): string {
  return url.pathname.replace(/\/{2,}/g, '/').replace(/[/,;"'`>]+$/, '')
}

/** The path without the operation at its end. */
function withoutOperation(path: string): string {
  const shorter = path.replace(/\/deployments(?:\/.*)?$/i, '').replace(OPERATION, '')
  return shorter === path ? path : withoutOperation(shorter)
}

function splitPath(path: string, flavour: AddressFlavour, notes: string[]): { prefix: string; base: string } {
  if (flavour === 'other') {
    const operationless = withoutOperation(path)
    return {
      prefix: AZURE_PATH.exec(path)?.[1] ?? operationless.replace(/\/v1$/i, ''),
      // Anthropic's clients leave the version out of their base, OpenAI's have it in.
      base: /^$|\/anthropic$/i.test(operationless) ? `${operationless}/v1` : operationless,
    }
  }
  const project = /^\/api\/projects\/([^/]+)/i.exec(path)?.[1]
  if (project !== undefined) notes.push(`project ${decoded(project)} left out: the resource itself is called`)
  const vendor = flavour === 'openai' || flavour === 'anthropic' || flavour === 'serverless'
  if (vendor) return { prefix: '', base: '/v1' }
  return { prefix: '', base: /^\/anthropic(?:\/|$)/i.test(path) ? '/anthropic/v1' : '/openai/v1' }
}

function deploymentOf(path: string, query: URLSearchParams): string | undefined {
  const inPath = /\/deployments\/([^/]+)/i.exec(path)?.[1]
  const name = inPath === undefined ? query.get('deployment') : decoded(inPath)
  // A placeholder of the documentation is not a name.
  return name === null || name === '' || /^[{<]/.test(name) ? undefined : name
}

/** Only Azure OpenAI's own versions count: those of Model Inference and of projects mean something else. */
function apiVersionOf(path: string, query: URLSearchParams): string | undefined {
  const version = query.get('api-version')?.toLowerCase()
  if (version === undefined || /^\/(?:models|api\/projects)(?:\/|$)/i.test(path)) return undefined
  if (version === 'preview') return 'preview'
  if (/\/openai\/v1(?:\/|$)/i.test(path)) return undefined
  return /^\d{4}-\d{2}-\d{2}(?:-preview)?$/.test(version) ? version : undefined
}

function apiOf(path: string): DialectId | undefined {
  if (/\/anthropic(?:\/|$)|\/messages(?:\/count_tokens)?$/i.test(path)) return 'messages'
  if (/\/responses(?:\/|$)/i.test(path)) return 'responses'
  return /\/chat\/completions$/i.test(path) ? 'chat' : undefined
}

function providerOf(
  host: string,
  flavour: AddressFlavour,
  path: string,
  query: URLSearchParams,
): UnderstoodAddress['provider'] {
  if (flavour === 'openai' || flavour === 'anthropic') return flavour
  if (flavour === 'serverless') return 'generic'
  const azure =
    flavour !== 'other' ||
    /\.(?:azure-api\.(?:net|us|cn)|azurefd\.net)$/.test(host) ||
    query.has('api-version') ||
    /\/openai\/deployments(?:\/|$)|\/anthropic(?:\/v1)?(?:\/|$)/i.test(path)
  return azure ? 'azure' : 'generic'
}

function nameHintOf(url: URL, flavour: AddressFlavour): string {
  if (flavour === 'openai' || flavour === 'anthropic') return flavour
  const host = url.hostname.replace(/\.$/, '')
  const numeric = /^[\d.]+$|^\[/.test(host)
  const label = numeric ? host : host.replace(/^(?:api|www)\.(?=.+\.)/, '').split('.')[0]!
  const port = flavour === 'other' && url.port !== '' ? `-${url.port}` : ''
  const hint = `${label.replace(/^\W+|\W+$/g, '')}${port}`
    .replace(/[^a-z0-9._-]+/gi, '-')
    .replace(/^[^a-z0-9]+/i, '')
    .slice(0, 64)
  return hint === '' ? 'instance' : hint
}

function sentenceOf(known: {
  url: URL
  flavour: AddressFlavour
  provider: UnderstoodAddress['provider']
  apiBase: string
  apiVersion: string | undefined
  deployment: string | undefined
  notes: string[]
}): string {
  const { url, flavour, provider, deployment, notes } = known
  const parts = [known.apiBase]
  if (provider === 'azure') {
    if (flavour === 'other') parts.push('gateway in Azure’s style')
    parts.push(known.apiVersion ?? 'v1')
    if (deployment !== undefined) parts.push(`deployment ${deployment}`)
    // Claude is offered in the public cloud only.
    if (!/\.(?:us|cn)$/.test(url.hostname)) parts.push('Claude under /anthropic')
  } else if (flavour === 'openai') parts.push('OpenAI’s own API')
  else if (flavour === 'anthropic') parts.push('Anthropic’s own API')
  else if (flavour === 'serverless') parts.push('serverless endpoint')
  else parts.push('OpenAI-compatible')
  const local = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && !local) parts.push('not encrypted')
  return [...parts, ...notes].join(' · ')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function invalid(message: string, fix?: string, cause?: unknown): LazuliError {
  return new LazuliError({
    code: 'invalid_address',
    status: 400,
    message,
    fix:
      fix ?? 'Paste the endpoint from the portal, e.g. https://contoso.openai.azure.com, or just the resource’s name.',
    ...(cause === undefined ? {} : { cause }),
  })
}
