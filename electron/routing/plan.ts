/** From all that can serve a name to the order in which this one request asks them, with the explanation. */
import type { Decision, Step } from '../../shared/exchange.ts'
import type { Health } from './health.ts'
import { placeOf } from './health.ts'
import type { Limits } from './limits.ts'
import type { Candidate, Resolution } from './resolve.ts'
import { targetOf } from './resolve.ts'
import type { Strategies, Strategy } from './strategies.ts'
import { tellCondition } from './tell-rest.ts'

/** Where one request may go, in order. */
export interface Plan {
  candidates: readonly Candidate[]
  /** As if the first candidate served it. */
  decision: Decision
}

/** What the order depends on. */
export interface Known {
  health: Health
  limits: Limits
  strategies: Strategies
}

export interface PlanOptions {
  /** Nobody is going to be asked: no turn is taken, nothing is drawn. */
  peek?: boolean
  /** Why a place would not take a request now, where it would not; by default what its health says. */
  stateOf?: (candidate: Candidate) => string | undefined
}

/**
 * Orders the candidates: by priority, then by health, then by strategy. Those that rest now are not left out (they are
 * passed over when their turn comes); those whose settings are wrong come last.
 */
export function planFor(
  resolution: Pick<Resolution, 'candidates' | 'decision' | 'lead'>,
  strategy: Strategy,
  { health, limits, strategies }: Known,
  { peek = false, stateOf = (candidate) => stateNow(candidate, health, limits) }: PlanOptions = {},
): Plan {
  const { candidates, decision } = resolution
  if (candidates.length < 2) return { candidates, decision }
  const choosable = candidates.map((candidate) => ({
    candidate,
    place: placeOf(candidate.route),
    weight: candidate.route.instance.weight,
    rank: candidate.rank,
  }))
  const steps: Step[] = [...resolution.lead]
  const ordered = strategies.order(strategy, choosable, peek).map(({ candidate }) => candidate)
  const doubtOf = ({ route }: Candidate): string | undefined => health.doubt(placeOf(route), route.instance)
  const sound = ordered.filter((candidate) => doubtOf(candidate) === undefined)
  const doubtful = ordered.filter((candidate) => doubtOf(candidate) !== undefined)
  const [first, ...rest] = [...sound, ...doubtful]
  if (first === undefined) return { candidates, decision }
  for (const { route } of doubtful) {
    const advice = health.doubt(placeOf(route), route.instance)
    const why = `It refused the last request for its settings; it comes last. ${advice ?? ''}`.trim()
    steps.push({ verdict: 'warn', text: `Instance ${route.instance.name} is not set up right`, why })
  }
  const usable = rest.filter((candidate) => {
    if (!isOtherClaude(first, candidate)) return true
    steps.push({
      verdict: 'skip',
      text: `Instance ${candidate.route.instance.name} does not stand in`,
      why: `It would answer with ${candidate.route.baseModel}, which cannot read the thinking of ${first.route.baseModel}`,
    })
    return false
  })
  steps.push({
    verdict: 'ok',
    text: `Instance ${first.route.instance.name}`,
    why: reasonOf(first, { strategy, of: candidates.length, strategies, peek }),
  })
  for (const candidate of usable.filter((one) => !doubtful.includes(one))) {
    const { instance } = candidate.route
    const state = stateOf(candidate)
    const why = [
      `Priority ${instance.priority}`,
      ...speedTold(candidate, strategy, strategies),
      ...(state === undefined ? [] : [state]),
    ]
    steps.push({ verdict: 'skip', text: `Instance ${instance.name} stands by`, why: why.join('. ') })
  }
  return {
    candidates: [first, ...usable],
    decision: { ...decision, steps: [...steps, ...first.steps], target: targetOf(first) },
  }
}

/** Signatures of thinking are bound to the model that thought. */
function isOtherClaude(first: Candidate, other: Candidate): boolean {
  const claude = [first, other].some(({ route }) => route.profile.apis.includes('messages'))
  return claude && first.route.baseModel.toLowerCase() !== other.route.baseModel.toLowerCase()
}

/** Why a place would not take a request now, as far as its health and its upstream's own counters tell. */
export function stateNow({ route }: Candidate, health: Health, limits: Limits): string | undefined {
  const place = placeOf(route)
  const told = tellCondition(health.conditionAt(place, route.instance))
  if (told !== undefined) return told
  return limits.emptyAt(place)?.why
}

function speedTold({ route }: Candidate, strategy: Strategy, strategies: Strategies): string[] {
  const speed = strategy === 'least_latency' ? strategies.speedOf(placeOf(route)) : undefined
  return speed === undefined ? [] : [`${Math.round(speed)} ms to the first byte`]
}

interface Choice {
  strategy: Strategy
  /** How many there were to choose from. */
  of: number
  strategies: Strategies
  peek: boolean
}

function reasonOf({ route }: Candidate, { strategy, of, strategies, peek }: Choice): string {
  const { priority, weight } = route.instance
  switch (strategy) {
    case 'failover':
      return `The first of ${of}, by order and priority ${priority}`
    case 'weighted':
      return peek
        ? `The one of weight ${weight} among those of priority ${priority}; each request draws anew`
        : `Drawn by weight ${weight} among those of priority ${priority}`
    case 'round_robin':
      return `Its turn among those of priority ${priority}`
    case 'least_latency': {
      const speed = strategies.speedOf(placeOf(route))
      return speed === undefined
        ? `Its speed is not known yet; priority ${priority}`
        : `The fastest of priority ${priority}: ${Math.round(speed)} ms to the first byte`
    }
  }
}
