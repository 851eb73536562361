import type { Decision, DialectId, Step } from '../../shared/exchange.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import { LazuliError } from '../core/error.ts'
import { profileOf } from '../core/models/profiles.ts'
import { chooseApi } from './choose-api.ts'
import { chooseBaseModel, chooseDeployment } from './choose-deployment.ts'
import { chooseInstance, configuredNames } from './choose-instance.ts'
import { behindGateway } from './gateway-profile.ts'
import { matchRule } from './match-rule.ts'
import { nearestNames } from '../../shared/nearest-names.ts'
import { problemOf, readName, shownName, type NameReading } from './read-name.ts'
import type { Holder } from './holder.ts'
import type { Route } from './route.ts'

/** One place that can serve the request. */
export interface Candidate {
  route: Route
  /** The upstream's address, without any secret; filled in by the proxy, which knows how to build it. */
  url?: string
  /** Lower is asked first, whatever the strategy. */
  rank: number
  /** What led to deployment, base model and API here. */
  steps: readonly Step[]
}

export interface Resolution {
  /** Always there, also when nothing serves the name; its steps explain. */
  decision: Decision
  /** Either a route or an error. */
  route?: Route
  error?: LazuliError
  /** All that can serve the request, in order; the first is `route`. */
  candidates: readonly Candidate[]
  /** Of the decision's steps, those before an instance was chosen. */
  lead: readonly Step[]
}

export interface ResolveOptions {
  /** APIs that can be spoken upstream. */
  spoken?: ReadonlySet<DialectId>
  /** The instance that holds something which the request refers to: it alone can serve it. */
  holder?: Holder | undefined
}

/**
 * From a model name to a deployment: name → rule → instance → deployment → base model → upstream API, each with its
 * explanation. Never throws; a name that cannot be served comes back as an error for the caller (404
 * `model_not_found`, 400 `invalid_model_name`, 503 `proxy_no_instance`).
 */
export function resolve(
  askedModel: string,
  dialect: DialectId,
  configuration: Configuration,
  { spoken = new Set<DialectId>(['chat', 'responses', 'messages']), holder }: ResolveOptions = {},
): Resolution {
  const steps: Step[] = []
  const failed = (error: LazuliError): Resolution => {
    steps.push({ verdict: 'error', text: error.message, ...(error.fix === undefined ? {} : { why: error.fix }) })
    return { decision: { askedModel: shownName(askedModel), steps }, error, candidates: [], lead: [] }
  }
  let reading: NameReading
  try {
    reading = readName(askedModel)
  } catch (error) {
    if (error instanceof LazuliError) return failed(error)
    throw error
  }
  steps.push(nameStep(reading))
  const { match, steps: ruleSteps } = matchRule(configuration.config.models, reading)
  steps.push(...ruleSteps)
  const choice = chooseInstance(configuration.instances, reading, match?.rule)
  const { candidates: serving, ranks } = choice
  steps.push(...choice.steps)
  const pinned = holder === undefined ? undefined : serving.find(({ name }) => name === holder.instance)
  if (holder !== undefined && serving.length > 0) {
    if (pinned === undefined && holder.needed) return failed(holderUnavailable(holder, reading))
    steps.push(holderStep(holder, pinned !== undefined))
  }
  const first = pinned ?? serving[0]
  if (first === undefined) {
    const ruled = match !== undefined && match.rule.instances.length > 0 ? match.index : undefined
    const error = noInstance(reading, configuration, ruled)
    return match === undefined ? failed(error) : withRule(failed(error), match.index)
  }
  const candidateOn = (instance: ConfiguredInstance): Candidate | LazuliError => {
    const deployment = chooseDeployment(instance, reading, match)
    const problem = problemOf(deployment.value)
    if (problem !== undefined) return badDeployment(instance.name, problem)
    const base = chooseBaseModel(instance, deployment.value, reading, match)
    const { provider_type: provider } = instance
    const own = profileOf(base.value)
    const profile = provider === 'azure-gateway' ? behindGateway(own, deployment.value) : own
    const api = chooseApi({ rule: match, provider, baseModel: base.value, profile, dialect, spoken })
    return {
      route: {
        instance,
        deployment: deployment.value,
        baseModel: base.value,
        profile,
        api: api.api,
        ...(deployment.isMapped ? {} : { spelledByName: true }),
        ...(pinned === undefined ? {} : { pinned: true }),
      },
      rank: ranks.get(instance) ?? 0,
      steps: [deployment.step, base.step, api.step],
    }
  }
  const chosen = candidateOn(first)
  if (chosen instanceof LazuliError) return failed(chosen)
  const rest = pinned === undefined ? serving.slice(1).map(candidateOn) : []
  const others = rest.filter((other): other is Candidate => !(other instanceof LazuliError))
  const lead = pinned === undefined ? steps.filter((step) => step !== choice.chosen) : [...steps]
  steps.push(...chosen.steps)
  return {
    decision: {
      askedModel,
      steps,
      target: targetOf(chosen),
      ...(match === undefined ? {} : { rule: match.index }),
    },
    route: chosen.route,
    candidates: [chosen, ...others],
    lead,
  }
}

/** Where a candidate leads, as a decision tells it. */
export function targetOf({ route, url }: Candidate): NonNullable<Decision['target']> {
  const { instance, deployment, baseModel, api } = route
  const target = { instance: instance.name, providerType: instance.provider_type, deployment, baseModel, api }
  return url === undefined ? target : { ...target, url }
}

function holderStep({ id, instance, needed }: Holder, serves: boolean): Step {
  const what = needed ? id : 'reasoning that the request carries'
  return serves
    ? { verdict: 'ok', text: `Instance ${instance}`, why: `It holds ${what}, so no other is asked` }
    : { verdict: 'warn', text: `Instance ${instance} does not serve the name`, why: `It alone can read ${what}` }
}

function holderUnavailable({ id, instance }: Holder, reading: NameReading): LazuliError {
  return new LazuliError({
    code: 'proxy_owner_unavailable',
    status: 503,
    message: `The request refers to ${id}, which the instance ${instance} holds, and that does not serve the model "${shownName(reading.asked)}" now.`,
    fix: `Switch ${instance} on, let it serve the model, or send the request without ${id}.`,
  })
}

/** Every name that is configured or built in, as it was written, without doubles. */
export function knownNames(configuration: Configuration): string[] {
  const names = [
    ...configuration.config.models.map((rule) => rule.model).filter((model) => !model.includes('*')),
    ...configuration.instances.filter((instance) => instance.enabled).flatMap(configuredNames),
  ]
  const seen = new Set<string>()
  return names.filter((name) => {
    const key = name.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}

function withRule(resolution: Resolution, rule: number): Resolution {
  return { ...resolution, decision: { ...resolution.decision, rule } }
}

function nameStep({ asked, name, changes }: NameReading): Step {
  if (name === asked) return { verdict: 'ok', text: `Name read as ${name}`, why: 'As it was asked for' }
  const off = changes.filter((change) => !change.startsWith('spelled'))
  const spelled = changes.filter((change) => change.startsWith('spelled'))
  const parts = [...(off.length === 0 ? [] : [`${off.join(' and ')} taken off`]), ...spelled]
  return { verdict: 'ok', text: `Name read as ${name}`, why: parts.length === 0 ? 'In lower case' : parts.join(', ') }
}

function noInstance(reading: NameReading, configuration: Configuration, rule: number | undefined): LazuliError {
  if (rule !== undefined) {
    const wanted = configuration.config.models[rule]!
    return new LazuliError({
      code: 'proxy_no_instance',
      status: 503,
      message: `Rule ${rule + 1} (${wanted.model}) sends this model to ${wanted.instances.join(', ')}, and none of them is in use.`,
      fix: 'Switch the instance on, or change the rule, on the Models page.',
    })
  }
  if (!configuration.instances.some((instance) => instance.enabled)) {
    return new LazuliError({
      code: 'proxy_no_instance',
      status: 503,
      message: 'No instance is switched on.',
      fix: 'Add an Azure resource, or switch one on, on the Models page.',
    })
  }
  const known = knownNames(configuration)
  const near = nearestNames(reading.name, known)
  const names = near.length > 0 ? near : known.slice(0, 5)
  const hint =
    near.length > 0 ? `Did you mean ${orList(names)}? ` : names.length > 0 ? `Known are ${names.join(', ')}. ` : ''
  return new LazuliError({
    code: 'model_not_found',
    status: 404,
    message: `No instance serves the model "${shownName(reading.asked)}".`,
    fix: `${hint}To serve this name, add a rule for it to the mapping (Models page, or \`models:\` in the configuration) that names the deployment.`,
    param: 'model',
  })
}

function badDeployment(instance: string, problem: string): LazuliError {
  return new LazuliError({
    code: 'invalid_model_name',
    status: 400,
    message: `The deployment's name on ${instance} ${problem}.`,
    fix: 'Correct the mapping on the Models page.',
    param: 'model',
  })
}

function orList(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
