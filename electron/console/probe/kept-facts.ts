/** What was found out about deployments, kept beside the settings. */
import type { DeploymentFacts, ModelFact } from '../../../shared/model-facts.ts'
import { readAppState, writeAppState, type SettingsStore } from '../../config/settings.ts'

/** Deployments of which facts are kept; those that were asked longest ago are forgotten. */
const MAX_KEPT = 200

type Place = Pick<DeploymentFacts, 'instance' | 'deployment'>

export function keptFacts(settings: SettingsStore): DeploymentFacts[] {
  return readAppState(settings).modelFacts ?? []
}

export function factsOf(all: readonly DeploymentFacts[], place: Place): ModelFact[] {
  return all.find((one) => isSame(one, place))?.facts ?? []
}

/** Adds a fact, or replaces what was found out about the same feature before. */
export function keepFact(settings: SettingsStore, { instance, deployment }: Place, fact: ModelFact): void {
  const all = keptFacts(settings)
  const before = factsOf(all, { instance, deployment }).filter(({ feature }) => feature !== fact.feature)
  const others = all.filter((one) => !isSame(one, { instance, deployment }))
  const next = { instance, deployment, facts: [...before, fact] }
  writeAppState(settings, { modelFacts: [...others, next].slice(-MAX_KEPT) })
}

function isSame(one: Place, other: Place): boolean {
  return (
    one.instance.toLowerCase() === other.instance.toLowerCase() &&
    one.deployment.toLowerCase() === other.deployment.toLowerCase()
  )
}
