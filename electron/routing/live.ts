/** How the instances fare now, as the window shows it: condition, quota, speed, and the calls of the last minutes. */
import type { InstanceLive, LiveCondition, LiveQuota } from '../../shared/live.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import type { Condition, Health } from './health.ts'
import { placeOf } from './health.ts'
import { budgetOf } from './limits.ts'
import type { Limits } from './limits.ts'
import { DEPLOYMENT_MINUTES } from './statistics.ts'
import type { Statistics } from './statistics.ts'
import type { Strategies } from './strategies.ts'

export interface LiveSource {
  health: Health
  limits: Limits
  strategies: Strategies
  counted: Statistics
  /** Milliseconds since the epoch. */
  now: () => number
  /** Milliseconds of a clock that never goes back. */
  monotonic: () => number
}

const MINUTE_MS = 60_000
const RECENT_MS = DEPLOYMENT_MINUTES * MINUTE_MS
/** Callers choose the names of deployments; the window shows no more of an instance than these. */
const MOST_DEPLOYMENTS = 50

/** All instances that are switched on. Changes nothing. */
export function readLive({ instances }: Configuration, source: LiveSource): Promise<InstanceLive[]> {
  return Promise.all(instances.filter(({ enabled }) => enabled).map((instance) => liveOf(instance, source)))
}

async function liveOf(instance: ConfiguredInstance, source: LiveSource): Promise<InstanceLive> {
  const { health, limits, counted } = source
  const { name } = instance
  const called = new Map(counted.deploymentsOf(name))
  const names = [...new Set([...called.keys(), ...health.deploymentsOf(name)])].filter((each) => each !== '')
  const shownNames = names.toSorted().slice(0, MOST_DEPLOYMENTS)
  const counts = counted.instance(name)?.counts
  const recent = counts?.within(RECENT_MS)
  const minute = counts?.within(MINUTE_MS)
  const budget = budgetOf(instance)
  const used = budget === undefined ? undefined : await limits.used(name)
  return {
    name,
    condition: shown(health.conditionOf(instance), instance, limits.emptyFor(name), source),
    quota: {
      ...(budget?.tokens === undefined ? {} : { limitTpm: budget.tokens }),
      ...(budget?.requests === undefined ? {} : { limitRpm: budget.requests }),
      usedTpm: budget === undefined ? (minute?.tokens ?? 0) : (used?.tokens ?? 0),
      usedRpm: budget === undefined ? (minute?.calls ?? 0) : (used?.requests ?? 0),
    },
    ...speedOf(
      names.map((deployment) => placeOf({ instance, deployment })),
      source,
    ),
    requests: recent?.calls ?? 0,
    errors: recent === undefined ? 0 : recent.calls429 + recent.calls400 + recent.calls500 + recent.callsOther,
    deployments: shownNames.map((deployment) => deploymentOf(instance, deployment, called.get(deployment), source)),
  }
}

function deploymentOf(
  instance: ConfiguredInstance,
  deployment: string,
  counts: ReturnType<Statistics['deploymentsOf']>[number][1] | undefined,
  source: LiveSource,
): InstanceLive['deployments'][number] {
  const { health, limits } = source
  const place = placeOf({ instance, deployment })
  const recent = counts?.within(RECENT_MS)
  const minute = counts?.within(MINUTE_MS)
  return {
    deployment,
    condition: shown(health.conditionAt(place, instance), instance, limits.emptyAt(place)?.waitMs, source),
    quota: toldQuota(place, minute?.tokens ?? 0, minute?.calls ?? 0, source),
    ...speedOf([place], source),
    requests: recent?.calls ?? 0,
    errors: recent?.failedCalls ?? 0,
  }
}

/** @param emptyMs for how long the upstream says that nothing is left */
function shown(
  condition: Condition,
  { name }: ConfiguredInstance,
  emptyMs: number | undefined,
  { now }: LiveSource,
): LiveCondition {
  // Whole seconds: two clocks that drift by a millisecond are no news.
  const until = (ms: number): number => Math.ceil((now() + ms) / 1000) * 1000
  switch (condition.state) {
    case 'healthy':
      return emptyMs === undefined ? { state: 'ok' } : { state: 'resting', cause: 'throttled', until: until(emptyMs) }
    case 'throttled':
      return { state: 'resting', cause: 'throttled', until: until(condition.retryMs) }
    case 'down':
      return { state: 'resting', cause: 'failing', until: until(condition.retryMs) }
    case 'half-open':
      return { state: 'half-open' }
    case 'misconfigured': {
      const asked = condition.deployment === '' ? '' : ` for ${condition.deployment}`
      const message = `${name} refused the last request${asked} because of its settings.`
      const fix = condition.advice === '' ? {} : { fix: condition.advice }
      return { state: 'misconfigured', failure: { code: 'instance_misconfigured', message, ...fix } }
    }
  }
}

function toldQuota(place: string, usedTpm: number, usedRpm: number, { limits, now, monotonic }: LiveSource): LiveQuota {
  const told = limits.toldOf(place)
  if (told === undefined) return { usedTpm, usedRpm }
  const { limitTokens, limitRequests, remainingTokens, remainingRequests } = told
  return {
    ...(limitTokens === undefined ? {} : { limitTpm: limitTokens }),
    ...(limitRequests === undefined ? {} : { limitRpm: limitRequests }),
    usedTpm,
    usedRpm,
    ...(remainingTokens === undefined ? {} : { remainingTokens }),
    ...(remainingRequests === undefined ? {} : { remainingRequests }),
    seenAt: Math.round((now() - (monotonic() - told.at)) / 1000) * 1000,
  }
}

/** Of several, their mean. */
function speedOf(places: readonly string[], { strategies }: LiveSource): { ttftMs?: number } {
  const speeds = places.flatMap((place) => strategies.speedOf(place) ?? [])
  if (speeds.length === 0) return {}
  return { ttftMs: Math.round(speeds.reduce((sum, ms) => sum + ms, 0) / speeds.length) }
}
