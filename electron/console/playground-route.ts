import type { PlaygroundOptions, Rates } from '../../shared/playground.ts'
import type { Configuration } from '../config/configuration.ts'
import type { DialectId } from '../core/hub.ts'
import { priced } from '../core/models/prices.ts'
import { profileOf } from '../core/models/profiles.ts'
import type { ModelProfile } from '../core/models/profile.ts'
import { resolve } from '../routing/resolve.ts'
import type { Route } from '../routing/route.ts'

const DIALECTS: readonly DialectId[] = ['responses', 'messages', 'chat']

/** Where a name leads when it is asked in the API in which nothing is translated. */
export interface PlaygroundRoute {
  /** Absent: nothing serves the name; the proxy says so when it is asked. */
  route?: Route
  profile: ModelProfile
  dialect: DialectId
  /** All APIs that reach the deployment untranslated, the preferred one first. */
  dialects: DialectId[]
}

/** Thoughts are seen in Responses and Messages; a model that does not think is asked in Chat, as most clients do. */
export function playgroundRoute(model: string, configuration: Configuration): PlaygroundRoute {
  const direct = DIALECTS.flatMap((dialect) => {
    const { route } = resolve(model, dialect, configuration)
    return route?.api === dialect ? [{ dialect, route }] : []
  })
  const thinks = direct.some(({ route }) => route.profile.efforts.length > 0 && route.profile.family !== 'unknown')
  const ordered = thinks ? direct : direct.toReversed()
  const [first] = ordered
  if (first === undefined) return { profile: profileOf(model), dialect: 'chat', dialects: [] }
  const { route, dialect } = first
  return { route, profile: route.profile, dialect, dialects: ordered.map((one) => one.dialect) }
}

export function optionsOf(model: string, configuration: Configuration, nowMs: number): PlaygroundOptions {
  const { route, profile, dialects } = playgroundRoute(model, configuration)
  const rates = route === undefined ? undefined : ratesOf(route, configuration, nowMs)
  return {
    dialects,
    thinkingBudget: profile.thinking === 'budget' || profile.thinking === 'both',
    verbosity: /^gpt-(?:[5-9]|1\d)/.test(profile.family),
    files: profile.images,
    ...(rates === undefined ? {} : { rates }),
    ...(profile.outputCap === undefined ? {} : { outputCap: profile.outputCap }),
    ...(profile.contextWindow === undefined ? {} : { contextWindow: profile.contextWindow }),
  }
}

/** At this many tokens no price for long prompts counts yet. */
const PROBE_TOKENS = 1000

function ratesOf(route: Route, configuration: Configuration, nowMs: number): Rates | undefined {
  const model = { baseModel: route.baseModel, instance: route.instance.name, deployment: route.deployment }
  const { prices } = configuration.config
  const perMillion = (usage: { input: number; output: number }): number | undefined => {
    const cost = priced(usage, model, nowMs, prices)
    return cost === undefined ? undefined : cost.total * (1_000_000 / PROBE_TOKENS)
  }
  const input = perMillion({ input: PROBE_TOKENS, output: 0 })
  const output = perMillion({ input: 0, output: PROBE_TOKENS })
  return input === undefined || output === undefined ? undefined : { input, output }
}
