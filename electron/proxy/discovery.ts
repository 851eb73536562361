/**
 * The deployments that resources really have, asked of the resources themselves and kept for a minute. Azure's data plane
 * lists them under an old version only (azure.md §2.1); its `/models` lists what a region could deploy, which is no help.
 */
import { createHash } from 'node:crypto'
import type { ConfiguredInstance } from '../config/configuration.ts'
import type { AttemptTap } from '../core/tap.ts'
import type { CallerKey } from './caller-keys.ts'
import { asLazuliError } from './failures.ts'
import type { Sender } from './send.ts'
import { readAll } from './transcode.ts'
import type { Addressing } from './upstreams/address.ts'
import { adviceFor } from './upstreams/error-advice.ts'

export interface FoundDeployment {
  /** As it is called: a deployment on Azure, a model elsewhere. */
  id: string
  /** The model behind it, where the resource tells. */
  model: string | undefined
  instance: string
  /** Seconds since the epoch, where the resource tells. */
  created: number | undefined
  status: string | undefined
}

/** What a resource answers to the question for its deployments. */
export type Listing = { listed: true; deployments: FoundDeployment[] } | { listed: false; reason: string; fix: string }

export interface Discovery {
  /** Asks one resource, whatever is kept. Never rejects: who cannot be asked says why. */
  list(instance: ConfiguredInstance): Promise<Listing>
  /** All that could be asked, in the order of the instances. Never rejects: who does not answer has nothing. */
  deployments(instances: readonly ConfiguredInstance[], callerKey: CallerKey | undefined): Promise<FoundDeployment[]>
}

const KEEP_MS = 60_000
const WITHIN_SECONDS = { connect: 2, first_byte: 4, idle: 4 }
const MAX_LIST = 4 * 1024 * 1024
const MAX_FOUND = 5000
/** The last version whose data plane lists deployments. */
const LISTING_VERSION = '2023-03-15-preview'
const UNHEARD: AttemptTap = { head() {}, bytes() {}, end() {} }

export interface DiscoveryTools {
  addressing: Addressing
  sender: Sender
  /** Milliseconds, monotonic. */
  now: () => number
}

export function createDiscovery(tools: DiscoveryTools): Discovery {
  const kept = new Map<string, { at: number; found: Promise<Listing> }>()
  const ask = (instance: ConfiguredInstance, callerKey: CallerKey | undefined): Promise<Listing> => {
    const key = keyOf(instance, callerKey)
    const before = kept.get(key)
    if (before !== undefined && tools.now() - before.at < KEEP_MS) return before.found
    if (kept.size > 200) kept.clear()
    const found = listed(instance, callerKey, tools)
    kept.set(key, { at: tools.now(), found })
    return found
  }
  return {
    async list(instance) {
      if (isKeyless(instance)) return KEYLESS
      const found = listed(instance, undefined, tools)
      kept.set(keyOf(instance, undefined), { at: tools.now(), found })
      return found
    },
    async deployments(instances, callerKey) {
      const askable = instances.filter((instance) => instance.enabled && isAsked(instance))
      const listings = await Promise.all(askable.map((instance) => ask(instance, callerKey)))
      return listings.flatMap((listing) => (listing.listed ? listing.deployments : []))
    },
  }
}

/** With a caller's own key each caller may see something else. */
function keyOf(instance: ConfiguredInstance, callerKey: CallerKey | undefined): string {
  const own =
    instance.credential.type === 'passthrough' ? (callerKey?.value ?? '') : JSON.stringify(instance.credential)
  const text = [instance.name, instance.provider_type, instance.api_base ?? '', own].join('\n')
  return createHash('sha256').update(text).digest('base64')
}

const TYPE_THEM = 'Type the names of the deployments; the portal shows them under Deployments.'
const KEYLESS: Listing = { listed: false, reason: 'Without a key of its own nobody can be asked.', fix: TYPE_THEM }

/** What those of our own have is known. */
function isAsked({ provider_type: provider }: ConfiguredInstance): boolean {
  return provider !== 'simulator' && provider !== 'recording'
}

function isKeyless({ credential, provider_type: provider }: ConfiguredInstance): boolean {
  return credential.type === 'passthrough' && provider !== 'simulator' && provider !== 'recording'
}

async function listed(
  instance: ConfiguredInstance,
  callerKey: CallerKey | undefined,
  tools: DiscoveryTools,
): Promise<Listing> {
  try {
    return await list(instance, callerKey, tools)
  } catch (thrown) {
    return { listed: false, reason: asLazuliError(thrown).message, fix: TYPE_THEM }
  }
}

async function list(
  instance: ConfiguredInstance,
  callerKey: CallerKey | undefined,
  { addressing, sender }: DiscoveryTools,
): Promise<Listing> {
  const url = listUrl(instance, addressing)
  if (url === undefined) {
    return { listed: false, reason: 'Gateways of this kind have no list of deployments.', fix: TYPE_THEM }
  }
  const api = instance.provider_type === 'anthropic' ? 'messages' : 'chat'
  const { headers } = await addressing.address({ instance, deployment: 'list', api }, callerKey)
  const answer = await sender.send(
    {
      method: 'GET',
      url,
      headers: [...headers, ['accept', 'application/json'], ['accept-encoding', 'identity']],
      body: [],
      reach: instance.reach,
    },
    WITHIN_SECONDS,
    new AbortController().signal,
    UNHEARD,
  )
  const text = (await readAll(answer, MAX_LIST)).toString('utf8')
  if (answer.status !== 200) {
    const cause = adviceFor(answer.status, text, undefined)?.cause
    return { listed: false, reason: `The list was refused (${answer.status}). ${cause ?? ''}`.trim(), fix: TYPE_THEM }
  }
  const { data } = JSON.parse(text) as { data?: unknown }
  if (!Array.isArray(data)) return { listed: false, reason: 'The answer is no list of deployments.', fix: TYPE_THEM }
  const deployments = (data as unknown[]).slice(0, MAX_FOUND).flatMap((entry) => found(entry, instance))
  return { listed: true, deployments }
}

function listUrl(instance: ConfiguredInstance, addressing: Addressing): URL | undefined {
  const { origin, prefix, base } = addressing.locate(instance)
  switch (instance.provider_type) {
    case 'azure':
      return new URL(`${origin}${prefix}/openai/deployments?api-version=${LISTING_VERSION}`)
    case 'openai':
    case 'anthropic':
    case 'generic':
      return new URL(`${origin}${base}/models`)
    case 'simulator':
    case 'recording':
      return new URL(`${origin}${prefix}/openai/v1/models`)
    case 'azure-gateway':
      // Nothing is called at a gateway that was not asked for.
      return undefined
  }
}

function found(entry: unknown, instance: ConfiguredInstance): FoundDeployment[] {
  if (typeof entry !== 'object' || entry === null) return []
  const { id, model, created_at: createdAt, created, status } = entry as Record<string, unknown>
  if (typeof id !== 'string' || id === '' || id.length > 256) return []
  const seconds = typeof createdAt === 'number' ? createdAt : typeof created === 'number' ? created : undefined
  return [
    {
      id,
      model: typeof model === 'string' ? model : undefined,
      instance: instance.name,
      created: seconds ?? (typeof createdAt === 'string' ? secondsOf(createdAt) : undefined),
      status: typeof status === 'string' ? status : undefined,
    },
  ]
}

function secondsOf(text: string): number | undefined {
  const milliseconds = Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000)
}
