/**
 * The deployments that resources really have, asked of the resources themselves and kept for a minute. Azure's data plane
 * lists them under an old version only (azure.md §2.1); its `/models` lists what a region could deploy, which is no help.
 */
import { createHash } from 'node:crypto'
import type { ConfiguredInstance } from '../config/configuration.ts'
import type { AttemptTap } from '../core/tap.ts'
import type { CallerKey } from './caller-keys.ts'
import type { Sender } from './send.ts'
import { readAll } from './transcode.ts'
import type { Addressing } from './upstreams/address.ts'

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

export interface Discovery {
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
  const kept = new Map<string, { at: number; found: Promise<FoundDeployment[]> }>()
  const ask = (instance: ConfiguredInstance, callerKey: CallerKey | undefined): Promise<FoundDeployment[]> => {
    const key = keyOf(instance, callerKey)
    const before = kept.get(key)
    if (before !== undefined && tools.now() - before.at < KEEP_MS) return before.found
    if (kept.size > 200) kept.clear()
    const found = list(instance, callerKey, tools).catch(() => [])
    kept.set(key, { at: tools.now(), found })
    return found
  }
  return {
    async deployments(instances, callerKey) {
      const askable = instances.filter((instance) => instance.enabled && instance.provider_type !== 'simulator')
      return (await Promise.all(askable.map((instance) => ask(instance, callerKey)))).flat()
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

async function list(
  instance: ConfiguredInstance,
  callerKey: CallerKey | undefined,
  { addressing, sender }: DiscoveryTools,
): Promise<FoundDeployment[]> {
  const url = listUrl(instance, addressing)
  if (url === undefined) return []
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
  if (answer.status !== 200) return []
  const { data } = JSON.parse(text) as { data?: unknown }
  if (!Array.isArray(data)) return []
  return (data as unknown[]).slice(0, MAX_FOUND).flatMap((entry) => found(entry, instance))
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
    default:
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
