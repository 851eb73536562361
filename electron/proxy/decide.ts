import type { DialectId } from '../../shared/exchange.ts'
import type { Configuration } from '../config/configuration.ts'
import { resolve } from '../routing/resolve.ts'
import type { Resolution } from '../routing/resolve.ts'
import type { Addressing } from './upstreams/address.ts'

/** Where a model name leads, the upstream's address included. Never throws. */
export function decide(
  model: string,
  dialect: DialectId,
  configuration: Configuration,
  addressing: Addressing,
): Resolution {
  const resolution = resolve(model, dialect, configuration)
  const { route, decision } = resolution
  if (route === undefined || decision.target === undefined) return resolution
  const url = addressing.urlOf(route)
  return url === undefined
    ? resolution
    : { ...resolution, decision: { ...decision, target: { ...decision.target, url } } }
}
