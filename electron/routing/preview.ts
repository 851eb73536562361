import type { Step } from '../../shared/exchange.ts'
import { placeOf } from './health.ts'
import { planFor, stateNow } from './plan.ts'
import type { Known, Plan } from './plan.ts'
import type { Candidate, Resolution } from './resolve.ts'
import { targetOf } from './resolve.ts'
import type { Strategy } from './strategies.ts'

/**
 * Where a request would go now, as its own decision would tell it: in which order, who would be passed over and why,
 * and who would serve it. Nothing is reserved, and no turn is taken.
 */
export async function previewPlan(
  resolution: Pick<Resolution, 'candidates' | 'decision' | 'lead'>,
  strategy: Strategy,
  known: Known,
): Promise<Plan> {
  const { health, limits } = known
  const states = new Map<Candidate, string | undefined>()
  for (const candidate of resolution.candidates) {
    const { instance } = candidate.route
    const told =
      stateNow(candidate, health, limits) ?? (await limits.fullAt(instance.name, placeOf(candidate.route), instance))
    states.set(candidate, told)
  }
  const plan = planFor(resolution, strategy, known, { peek: true, stateOf: (candidate) => states.get(candidate) })
  const { candidates, decision } = plan
  // One that is half-open takes a request; it is only told of.
  const rests = (candidate: Candidate): boolean =>
    states.get(candidate) !== undefined &&
    health.conditionAt(placeOf(candidate.route), candidate.route.instance).state !== 'half-open'
  const first = candidates.findIndex((candidate) => !rests(candidate))
  const passedOver = candidates.slice(0, first === -1 ? candidates.length : first).map((candidate): Step => ({
    verdict: 'skip',
    text: `Instance ${candidate.route.instance.name} is passed over`,
    why: states.get(candidate)!,
  }))
  if (passedOver.length === 0) return plan
  const serving = candidates[first]
  const then: Step[] =
    serving === undefined
      ? [{ verdict: 'error', text: 'No instance takes a request now' }]
      : [{ verdict: 'ok', text: `Instance ${serving.route.instance.name}`, why: 'The next in order' }, ...serving.steps]
  return {
    candidates,
    decision: {
      ...decision,
      steps: [...decision.steps, ...passedOver, ...then],
      ...(serving === undefined || decision.target === undefined ? {} : { target: targetOf(serving) }),
    },
  }
}
