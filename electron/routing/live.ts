/** How the instances fare now, as the window shows it: condition, quota, speed, and the calls of the last minutes. */
import type { InstanceLive, LiveCondition, LiveQuota } from '../../shared/live.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import type { Condition, Health } from './health.ts'
import { placeOf } from './health.ts'
import { budgetOf, deploymentBudget } from './limits.ts'
import type { Limits } from './limits.ts'
import type { Budget, Used } from './state.ts'
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
  return {
    name,
    condition: shown(health.conditionOf(instance), instance, limits.emptyFor(name), source),
    quota: {
      usedTpm: minute?.tokens ?? 0,
      usedRpm: minute?.calls ?? 0,
      ...(budget === undefined ? {} : configuredQuota(budget, await limits.used(name))),
    },
    ...speedOf(
      names.map((deployment) => placeOf({ instance, deployment })),
      source,
    ),
    requests: recent?.calls ?? 0,
    errors: recent === undefined ? 0 : recent.calls429 + recent.calls400 + recent.calls500 + recent.callsOther,
    deployments: await Promise.all(
      shownNames.map((deployment) => deploymentOf(instance, deployment, called.get(deployment), source)),
    ),
  }
}

async function deploymentOf(
  instance: ConfiguredInstance,
  deployment: string,
  counts: ReturnType<Statistics['deploymentsOf']>[number][1] | undefined,
  source: LiveSource,
): Promise<InstanceLive['deployments'][number]> {
  const { health, limits } = source
  const place = placeOf({ instance, deployment })
  const recent = counts?.within(RECENT_MS)
  const minute = counts?.within(MINUTE_MS)
  const budget = deploymentBudget(instance, deployment)
  return {
    deployment,
    condition: shown(health.conditionAt(place, instance), instance, limits.emptyAt(place)?.waitMs, source),
    quota: {
      usedTpm: minute?.tokens ?? 0,
      usedRpm: minute?.calls ?? 0,
      ...toldQuota(place, source),
      ...(budget === undefined ? {} : configuredQuota(budget, await limits.used(place))),
    },
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

function configuredQuota({ tokens, requests }: Budget, used: Used | undefined): LiveQuota {
  return {
    ...(tokens === undefined ? {} : { limitTpm: tokens }),
    ...(requests === undefined ? {} : { limitRpm: requests }),
    usedTpm: used?.tokens ?? 0,
    usedRpm: used?.requests ?? 0,
  }
}

function toldQuota(place: string, { limits, now, monotonic }: LiveSource): Partial<LiveQuota> {
  const told = limits.toldOf(place)
  if (told === undefined) return {}
  const { limitTokens, limitRequests, remainingTokens, remainingRequests } = told
  return {
    ...(limitTokens === undefined ? {} : { limitTpm: limitTokens }),
    ...(limitRequests === undefined ? {} : { limitRpm: limitRequests }),
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
