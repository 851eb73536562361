/** Models and deployments, as the configuration names them and as the resources have them. */
import type { Configuration, NamedKey } from '../../config/configuration.ts'
import { LazuliError } from '../../core/error.ts'
import type { ModelProfile } from '../../core/models/profile.ts'
import { profileOf } from '../../core/models/profiles.ts'
import { listModels } from '../../routing/list-models.ts'
import { resolve } from '../../routing/resolve.ts'
import type { FoundDeployment } from '../discovery.ts'
import { checkModel, mayUse } from '../named-keys.ts'

export interface ModelFacts {
  configuration: Configuration
  /** What the resources say that they have; empty where none could be asked. */
  found: readonly FoundDeployment[]
  /** When the configuration was loaded, milliseconds since the epoch; for models of which no resource tells more. */
  since: number
  /** The named local key that asks. */
  key?: NamedKey
}

interface Entry {
  id: string
  instance: string
  deployment: string
  baseModel: string
  profile: ModelProfile
  /** Seconds since the epoch. */
  created: number
}

/** The list of models with the fields of OpenAI's and of Anthropic's list at once: each client finds its own. */
export function modelList(facts: ModelFacts): Record<string, unknown> {
  const data = entriesOf(facts).map(shown)
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
  }
}

/**
 * One model by its name: a listed one, or any other that would be served.
 * @throws LazuliError 404 with the nearest names
 */
export function modelDetail(facts: ModelFacts, encodedId: string): Record<string, unknown> {
  return shown(entryOf(facts, decode(encodedId)))
}

/**
 * What a model can do, as far as its family tells.
 * @throws LazuliError 404 with the nearest names
 */
export function capabilities(facts: ModelFacts, encodedId: string): Record<string, unknown> {
  const entry = entryOf(facts, decode(encodedId))
  const { profile, baseModel } = entry
  return {
    ...shown(entry),
    object: 'model.capabilities',
    base_model: baseModel,
    family: profile.family,
    capabilities: capabilitiesOf(profile, baseModel),
    ...(profile.contextWindow === undefined ? {} : { context_window: profile.contextWindow }),
    ...(profile.outputCap === undefined ? {} : { max_output_tokens: profile.outputCap }),
    reasoning_efforts: profile.efforts,
    unsupported_parameters: [...profile.rejects],
  }
}

/** The deployments behind all names, in the form of Azure's own list. */
export function deploymentList(facts: ModelFacts): Record<string, unknown> {
  return { object: 'list', data: allowedDeployments(facts) }
}

/** @throws LazuliError 404 */
export function deploymentDetail(facts: ModelFacts, encodedId: string): Record<string, unknown> {
  const id = decode(encodedId)
  const all = allowedDeployments(facts)
  const deployment = all.find((one) => one['id'] === id) ?? all.find((one) => sameName(one['id'], id))
  if (deployment !== undefined) return deployment
  checkModel(facts.key, id)
  const { route, error } = resolve(id, 'chat', facts.configuration)
  if (route === undefined) throw error ?? unknownModel()
  return shownDeployment(route.deployment, route.baseModel, route.instance.name, facts.since / 1000, undefined)
}

/** The configured names first, then the deployments that can be asked for by their own name. */
function entriesOf(facts: ModelFacts): Entry[] {
  const { configuration, found } = facts
  const entries = new Map<string, Entry>()
  for (const { id, instance, deployment, baseModel, profile } of listModels(configuration)) {
    const known = found.find((one) => one.instance === instance && sameName(one.id, deployment))
    const created = known?.created ?? Math.floor(facts.since / 1000)
    entries.set(id.toLowerCase(), { id, instance, deployment, baseModel, profile, created })
  }
  for (const one of found) {
    if (entries.has(one.id.toLowerCase())) continue
    const { route } = resolve(one.id, 'chat', configuration)
    if (route?.instance.name !== one.instance || !sameName(route.deployment, one.id)) continue
    const baseModel = one.model ?? route.baseModel
    entries.set(one.id.toLowerCase(), {
      id: one.id,
      instance: one.instance,
      deployment: one.id,
      baseModel,
      profile: profileOf(baseModel),
      created: one.created ?? Math.floor(facts.since / 1000),
    })
  }
  // A key for some models alone is told of no others.
  return [...entries.values()].filter(({ id }) => mayUse(facts.key, id))
}

function entryOf(facts: ModelFacts, id: string): Entry {
  checkModel(facts.key, id)
  const listed = entriesOf(facts).find((entry) => sameName(entry.id, id))
  if (listed !== undefined) return { ...listed, id: listed.id === id ? id : listed.id }
  const { route, error } = resolve(id, 'chat', facts.configuration)
  if (route === undefined) throw error ?? unknownModel()
  const { instance, deployment, baseModel, profile } = route
  return { id, instance: instance.name, deployment, baseModel, profile, created: Math.floor(facts.since / 1000) }
}

function shown({ id, instance, deployment, baseModel, profile, created }: Entry): Record<string, unknown> {
  return {
    id,
    object: 'model',
    created,
    owned_by: instance,
    type: 'model',
    display_name: id,
    created_at: new Date(created * 1000).toISOString(),
    deployment,
    capabilities: capabilitiesOf(profile, baseModel),
  }
}

/** Azure's own names for what a model can do, and ours for the rest. */
function capabilitiesOf(profile: ModelProfile, baseModel: string): Record<string, boolean> {
  const embeds = /embed/i.test(baseModel)
  const media = /dall-e|image|whisper|tts|transcribe|sora|realtime|audio/i.test(baseModel)
  const talks = !embeds && (!media || profile.family !== 'unknown')
  return {
    inference: true,
    chat_completion: talks,
    responses: talks && profile.apis.includes('responses'),
    messages: talks && profile.apis.includes('messages'),
    completion: /instruct|davinci|babbage/i.test(baseModel),
    embeddings: embeds,
    streaming: talks && profile.streams,
    vision: talks && profile.images,
    tools: talks && profile.tools,
    structured_output: talks && profile.structuredOutput,
    reasoning: talks && (profile.efforts.length > 0 || profile.thinking !== 'none'),
  }
}

/** Those that a key may be used for, and those behind the names that it may ask for. */
function allowedDeployments(facts: ModelFacts): Record<string, unknown>[] {
  const all = deploymentsOf(facts)
  if (facts.key?.models === undefined) return all
  const behind = new Set(entriesOf(facts).map(({ instance, deployment }) => `${instance} ${deployment.toLowerCase()}`))
  return all.filter(
    ({ id, owner }) => mayUse(facts.key, String(id)) || behind.has(`${String(owner)} ${String(id).toLowerCase()}`),
  )
}

function deploymentsOf({ configuration, found, since }: ModelFacts): Record<string, unknown>[] {
  const shownOnes = found.map(({ id, model, instance, created, status }) =>
    shownDeployment(id, model ?? id, instance, created ?? since / 1000, status),
  )
  const known = new Set(found.map(({ id, instance }) => `${instance} ${id.toLowerCase()}`))
  for (const { deployment, baseModel, instance } of listModels(configuration)) {
    const key = `${instance} ${deployment.toLowerCase()}`
    if (known.has(key)) continue
    known.add(key)
    shownOnes.push(shownDeployment(deployment, baseModel, instance, since / 1000, undefined))
  }
  return shownOnes
}

function shownDeployment(
  id: string,
  model: string,
  instance: string,
  created: number,
  status: string | undefined,
): Record<string, unknown> {
  const at = Math.floor(created)
  // `configured`: named by the mapping, and not confirmed by its resource.
  return {
    id,
    object: 'deployment',
    model,
    owner: instance,
    status: status ?? 'configured',
    created_at: at,
    updated_at: at,
  }
}

function sameName(one: unknown, other: string): boolean {
  return typeof one === 'string' && one.toLowerCase() === other.toLowerCase()
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw unknownModel()
  }
}

function unknownModel(): LazuliError {
  return new LazuliError({ code: 'model_not_found', status: 404, message: 'There is no such model.', param: 'model' })
}
