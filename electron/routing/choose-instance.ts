import type { Rule } from '../../shared/config.ts'
import type { Step } from '../../shared/exchange.ts'
import type { ConfiguredInstance } from '../config/configuration.ts'
import type { NameReading } from './read-name.ts'
import { simulatedModels } from './simulated-models.ts'

export interface InstanceChoice {
  /** Those that may serve the name, in the order in which they are to be asked. */
  candidates: readonly ConfiguredInstance[]
  /** Those of the same rank are equals, among which a strategy may choose; lower ranks are asked first. */
  ranks: ReadonlyMap<ConfiguredInstance, number>
  steps: Step[]
  /** Of the steps, the one that names the first candidate. */
  chosen: Step | undefined
}

/**
 * Which instances serve a name, in order. A rule that names instances decides alone, in its own order; else those that
 * serve the name go by priority (lower first), those that name it before those that take any name, then as configured.
 */
export function chooseInstance(
  instances: readonly ConfiguredInstance[],
  reading: NameReading,
  rule: Rule | undefined,
): InstanceChoice {
  return rule !== undefined && rule.instances.length > 0 ? fromRule(instances, rule) : fromAll(instances, reading, rule)
}

/** Names that an instance was configured with, as they were written. */
export function configuredNames(instance: ConfiguredInstance): string[] {
  const listed = instance.supported_models ?? []
  if (listed.length > 0) return [...listed]
  const mapped = Object.keys(instance.model_deployments)
  const simulated = instance.provider_type === 'simulator' ? simulatedModels.map((model) => model.name) : []
  const recorded =
    instance.recorded === undefined || 'problem' in instance.recorded ? [] : instance.recorded.models.keys()
  const targets = new Set(Object.values(instance.model_deployments).map((name) => name.toLowerCase()))
  const described = Object.keys(instance.base_models).filter((name) => !targets.has(name.toLowerCase()))
  return [...mapped, ...described, ...simulated, ...recorded]
}

/** Exact: only the names that were configured, as a whole. Flexible: any reading of a name. */
export function matchingOf(instance: ConfiguredInstance): 'exact' | 'flexible' {
  return instance.matching ?? ((instance.supported_models ?? []).length > 0 ? 'exact' : 'flexible')
}

/** The readings that count for an instance, in order of look-up. `azure/` only says where to go, so it is never part of a name. */
export function readingsFor(instance: ConfiguredInstance, reading: NameReading): readonly string[] {
  if (matchingOf(instance) === 'flexible') return reading.stages
  const full = reading.stages[0]!
  return full.startsWith('azure/') ? [full, full.slice('azure/'.length)] : [full]
}

function fromRule(instances: readonly ConfiguredInstance[], rule: Rule): InstanceChoice {
  const steps: Step[] = []
  const candidates: ConfiguredInstance[] = []
  for (const name of rule.instances) {
    const instance = instances.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (instance === undefined) steps.push({ verdict: 'skip', text: `Instance ${name} does not exist` })
    else if (!instance.enabled) steps.push({ verdict: 'skip', text: `Instance ${instance.name} is switched off` })
    else candidates.push(instance)
  }
  const [first] = candidates
  const why = candidates.length === 1 ? 'The only one in the rule' : 'The first one in the rule'
  const chosen = first === undefined ? undefined : chosenStep(first, why)
  if (chosen !== undefined) steps.push(chosen)
  return { candidates, ranks: new Map(candidates.map((one) => [one, one.priority])), steps, chosen }
}

function chosenStep({ name }: ConfiguredInstance, why: string): Step {
  return { verdict: 'ok', text: `Instance ${name}`, why }
}

function fromAll(
  instances: readonly ConfiguredInstance[],
  reading: NameReading,
  rule: Rule | undefined,
): InstanceChoice {
  const steps: Step[] = []
  const enabled = instances.filter((instance) => instance.enabled)
  const candidates: { instance: ConfiguredInstance; named: boolean }[] = []
  for (const instance of enabled) {
    const named = namesIt(instance, reading, rule)
    const refusal = named ? undefined : refusalOf(instance, enabled.length === 1)
    if (refusal === undefined) candidates.push({ instance, named })
    else steps.push({ verdict: 'skip', text: `Instance ${instance.name} does not serve the name`, why: refusal })
  }
  candidates.sort((a, b) => a.instance.priority - b.instance.priority || Number(b.named) - Number(a.named))
  const [first, second] = candidates
  const chosen =
    first === undefined
      ? undefined
      : chosenStep(first.instance, reasonOf(first, second, candidates.length, enabled.length))
  if (chosen !== undefined) steps.push(chosen)
  return {
    candidates: candidates.map((candidate) => candidate.instance),
    // Half a rank: those that only take any name come behind those of the same priority that were given it.
    ranks: new Map(candidates.map(({ instance, named }) => [instance, instance.priority + (named ? 0 : 0.5)])),
    steps,
    chosen,
  }
}

function namesIt(instance: ConfiguredInstance, reading: NameReading, rule: Rule | undefined): boolean {
  const names = new Set(configuredNames(instance).map((name) => name.toLowerCase()))
  const deployment = rule?.deployment?.toLowerCase()
  return (
    readingsFor(instance, reading).some((stage) => names.has(stage)) ||
    (deployment !== undefined && names.has(deployment))
  )
}

/** Why an instance does not take a name that it was not configured with; undefined if it takes any. */
function refusalOf(instance: ConfiguredInstance, only: boolean): string | undefined {
  const names = configuredNames(instance)
  const listed = (instance.supported_models ?? []).length > 0 || matchingOf(instance) === 'exact'
  if (listed) return names.length === 0 ? 'Exact matching, and no names are listed' : `It lists ${few(names)} only`
  if (instance.provider_type === 'recording' && !only) return `It has recordings of ${few(names)} only`
  if (instance.provider_type === 'simulator' && !only) return 'The simulator takes other names only while it is alone'
  return undefined
}

function reasonOf(
  first: { instance: ConfiguredInstance; named: boolean },
  second: { instance: ConfiguredInstance; named: boolean } | undefined,
  serving: number,
  enabled: number,
): string {
  if (enabled === 1) return 'The only one'
  if (second === undefined) return 'The only one that serves the name'
  if (first.instance.priority < second.instance.priority) {
    return `Priority ${first.instance.priority}, the first of ${serving} that serve the name`
  }
  if (first.named && !second.named)
    return `Same priority as ${second.instance.name}, but it is configured with the name`
  return `The first of ${serving} with priority ${first.instance.priority}`
}

function few(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`
}
