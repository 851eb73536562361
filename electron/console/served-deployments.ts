import { ProbeFeature, type DeploymentFacts, type ServedDeployment } from '../../shared/model-facts.ts'
import { priced } from '../core/models/prices.ts'
import type { FoundDeployment } from '../proxy/discovery.ts'
import { pinnedConfiguration } from '../proxy/pinned-target.ts'
import { listModels, type ListedModel } from '../routing/list-models.ts'
import { resolve } from '../routing/resolve.ts'
import type { Route } from '../routing/route.ts'
import type { ConsoleContext } from './context.ts'
import { factsOf, keptFacts } from './probe/kept-facts.ts'
import { questionOf } from './probe/questions.ts'

/** Vendors list every model that they have; more than these of one instance are not shown. */
const MOST_LISTED = 200
/** What is no conversation cannot be asked like one. */
const NO_CONVERSATION = /embed|dall-e|image|whisper|tts|transcribe|sora|realtime|audio/i

interface Place {
  instance: string
  deployment: string
}

/** Every deployment that a name leads to, then those that the resources list beside them. */
export async function servedDeployments(context: ConsoleContext): Promise<ServedDeployment[]> {
  const found = await context.deployments()
  const facts = keptFacts(context.settings)
  const places = new Map<string, { place: Place; names: string[]; baseModel: string | undefined }>()
  for (const model of listModels(context.configuration.current())) {
    const key = keyOf(model)
    const before = places.get(key)
    if (before === undefined) places.set(key, { place: model, names: [model.id], baseModel: model.baseModel })
    else before.names.push(model.id)
  }
  const counts = new Map<string, number>()
  for (const { instance, id, model } of found) {
    const count = counts.get(instance) ?? 0
    counts.set(instance, count + 1)
    const key = keyOf({ instance, deployment: id })
    if (places.has(key) || count >= MOST_LISTED) continue
    places.set(key, { place: { instance, deployment: id }, names: [], baseModel: model })
  }
  return [...places.values()].flatMap(({ place, names, baseModel }) => {
    const route = routeOf(context, place, baseModel)
    return route === undefined ? [] : [served(context, route, { names, found, facts })]
  })
}

/** The model behind a deployment, as the mapping or the resource tells; undefined where only its name could. */
export async function baseModelOf(context: ConsoleContext, place: Place): Promise<string | undefined> {
  const isSame = (one: Place): boolean => keyOf(one) === keyOf(place)
  const mapped = listModels(context.configuration.current()).find((model: ListedModel) => isSame(model))
  if (mapped !== undefined) return mapped.baseModel
  const found = await context.deployments()
  return found.find(({ instance, id }) => isSame({ instance, deployment: id }))?.model
}

function routeOf(context: ConsoleContext, place: Place, baseModel: string | undefined): Route | undefined {
  const target = {
    instance: place.instance,
    deployment: place.deployment,
    ...(baseModel === undefined ? {} : { baseModel }),
  }
  return resolve('probe', 'chat', pinnedConfiguration(target, context.configuration.current())).route
}

interface Known {
  names: readonly string[]
  found: readonly FoundDeployment[]
  facts: readonly DeploymentFacts[]
}

function served(context: ConsoleContext, route: Route, { names, found, facts }: Known): ServedDeployment {
  const { instance, deployment, baseModel, api } = route
  const listing = found.filter((one) => one.instance === instance.name)
  return {
    instance: instance.name,
    deployment,
    baseModel,
    api,
    names: [...names],
    ...(listing.length === 0
      ? {}
      : { listed: listing.some(({ id }) => id.toLowerCase() === deployment.toLowerCase()) }),
    simulated: instance.provider_type === 'simulator',
    facts: factsOf(facts, { instance: instance.name, deployment }),
    probe: planOf(context, route),
  }
}

function planOf(context: ConsoleContext, route: Route): ServedDeployment['probe'] {
  const { api, profile, baseModel, deployment, instance } = route
  if (NO_CONVERSATION.test(baseModel)) return { requests: 0, inputTokens: 0, outputTokens: 0 }
  const questions = ProbeFeature.options.flatMap((feature) => {
    if (feature === 'count_tokens') return []
    const question = questionOf(feature, api, profile)
    return question.ask ? [question] : []
  })
  const inputTokens = questions.reduce((sum, question) => sum + question.inputTokens, 0)
  const outputTokens = questions.reduce((sum, question) => sum + question.outputTokens, 0)
  const model = { baseModel, instance: instance.name, deployment }
  const { prices } = context.configuration.current().config
  const cost = priced({ input: inputTokens, output: outputTokens }, model, context.now(), prices)?.total
  return {
    requests: questions.length + (api === 'messages' ? 1 : 0),
    inputTokens,
    outputTokens,
    ...(cost === undefined ? {} : { cost }),
  }
}

function keyOf({ instance, deployment }: Place): string {
  return `${instance}\n${deployment}`.toLowerCase()
}
