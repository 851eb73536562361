/** Which instances an operation may go to, and why. */
import type { Decision, Step } from '../../../shared/exchange.ts'
import type { Configuration, ConfiguredInstance } from '../../config/configuration.ts'
import { LazuliError } from '../../core/error.ts'
import { profileOf } from '../../core/models/profiles.ts'
import type { Ownership } from '../../routing/ownership.ts'
import { planFor } from '../../routing/plan.ts'
import type { Known, Plan } from '../../routing/plan.ts'
import type { Route } from '../../routing/route.ts'
import type { Operation } from './operation.ts'

export interface Places {
  /** In the order in which they are asked. One: it is known where. */
  instances: readonly ConfiguredInstance[]
  steps: Step[]
}

/**
 * The instances that can serve an operation without a model: the owner of what it names, else all in order of priority.
 * @param named ids, the one that decides first
 * @throws LazuliError 503 when the owner is not in use, 404 when no instance offers the operation
 */
export function placesFor(
  operation: Operation,
  named: readonly string[],
  configuration: Configuration,
  ownership: Ownership,
): Places {
  const id = named.find((one) => ownership.ownerOf(one) !== undefined)
  if (id !== undefined) {
    const owner = usable(id, ownership.ownerOf(id)!, configuration)
    return { instances: [owner], steps: [{ verdict: 'ok', text: `Instance ${owner.name}`, why: `It holds ${id}` }] }
  }
  const instances = offering(operation, configuration)
  if (instances.length === 0) throw notOffered(operation, configuration)
  const [first] = instances
  const why =
    instances.length === 1
      ? 'The only one that offers this'
      : operation.ids.length > 0
        ? `Its owner is not known; ${instances.length} instances are asked in turn`
        : `The first of ${instances.length} that offer this`
  return { instances, steps: [{ verdict: 'ok', text: `Instance ${first!.name}`, why }] }
}

/** One of them, without any deployment. */
export function routeTo(instance: ConfiguredInstance): Route {
  return { instance, deployment: '', baseModel: '', profile: profileOf(''), api: 'chat' }
}

/** In order of priority; those whose settings are wrong come last. */
export function planForPlaces(instances: readonly ConfiguredInstance[], decision: Decision, known: Known): Plan {
  const candidates = instances.map((instance) => ({ route: routeTo(instance), rank: instance.priority, steps: [] }))
  const plan = planFor({ candidates, decision, lead: [] }, 'failover', known)
  // No deployment is asked, so there is none to tell of.
  const { target: _target, ...told } = plan.decision
  return { candidates: plan.candidates, decision: told }
}

/** Those that have a part of a list, from the one to which the page's mark leads. */
export function listPlaces(
  operation: Operation,
  marks: readonly string[],
  configuration: Configuration,
  ownership: Ownership,
): Places {
  const all = offering(operation, configuration)
  if (all.length === 0) throw notOffered(operation, configuration)
  const owner = marks.map((mark) => ownership.ownerOf(mark)).find((name) => name !== undefined)
  const first = all.findIndex(({ name }) => name === owner)
  const instances = first === -1 ? all : all.slice(first)
  return { instances, steps: [{ verdict: 'ok', text: `Listed on ${instances.map(({ name }) => name).join(', ')}` }] }
}

function offering(operation: Operation, { instances }: Configuration): ConfiguredInstance[] {
  const able = instances.filter((instance) => instance.enabled && offers(instance, operation))
  const real = able.filter((instance) => instance.provider_type !== 'simulator')
  return (real.length > 0 ? real : able).toSorted((a, b) => a.priority - b.priority)
}

/** May this kind of instance have such a thing? */
export function offers({ provider_type: provider }: ConfiguredInstance, operation: Operation): boolean {
  switch (provider) {
    case 'azure':
    case 'simulator':
      return !operation.notOnAzure
    case 'openai':
    case 'generic':
      return !operation.anthropic
    case 'anthropic':
      return operation.anthropic
    default:
      // A gateway knows models only.
      return false
  }
}

/** The instance that holds something, if it is in use. */
function usable(id: string, name: string, configuration: Configuration): ConfiguredInstance {
  const instance = configuration.instances.find((one) => one.name === name)
  if (instance?.enabled === true) return instance
  throw new LazuliError({
    code: 'proxy_owner_unavailable',
    status: 503,
    message: `${id} belongs to the instance ${name}, which ${instance === undefined ? 'is not configured any more' : 'is switched off'}.`,
    fix: instance === undefined ? 'Configure it again under this name.' : 'Switch it on, on the Models page.',
  })
}

/** None of the instances that were asked knows it. */
export function unknownId(operation: Operation, asked: readonly ConfiguredInstance[]): LazuliError {
  const names = asked.map(({ name }) => name).join(', ')
  return new LazuliError({
    code: 'proxy_unknown_id',
    status: 404,
    message: `${operation.ids[0]?.slice(0, 100) ?? 'This'} is not known: ${names} were asked, and none has it.`,
    fix: 'Check the id; an instance that is not configured here cannot be asked.',
  })
}

function notOffered(operation: Operation, configuration: Configuration): LazuliError {
  if (!configuration.instances.some((instance) => instance.enabled)) {
    return new LazuliError({
      code: 'proxy_no_instance',
      status: 503,
      message: 'No instance is switched on.',
      fix: 'Add an Azure resource, or switch one on, on the Models page.',
    })
  }
  return new LazuliError({
    code: 'proxy_not_offered',
    status: 404,
    message: `No configured instance offers ${operation.name}.`,
    fix: operation.notOnAzure
      ? 'Azure does not have it; add an instance of type openai or generic for it.'
      : 'Add an instance that does, on the Models page.',
  })
}
