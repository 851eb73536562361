import type { DialectId } from '../../shared/exchange.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Holder } from '../routing/holder.ts'
import { resolve, targetOf } from '../routing/resolve.ts'
import type { Resolution } from '../routing/resolve.ts'
import type { Addressing } from './upstreams/address.ts'

/** Where a model name leads, the upstream's address included. Never throws. */
export type Decide = (
  model: string,
  dialect: DialectId,
  configuration: Configuration,
  /** Who holds what the request refers to. */
  holder?: Holder,
) => Resolution

/** Names kept per configuration; callers choose names, so there must be an end to it. */
const MAX_KEPT = 500

/**
 * Decides, and remembers for as long as a configuration is in use: the same name always leads to the same place there,
 * and finding the way costs more than the rest of a small request.
 */
export function createDecide(addressing: Addressing): Decide {
  const kept = new WeakMap<Configuration, Map<string, Resolution>>()
  return (model, dialect, configuration, holder) => {
    if (holder !== undefined) return withAddress(resolve(model, dialect, configuration, { holder }), addressing)
    let known = kept.get(configuration)
    if (known === undefined) {
      known = new Map()
      kept.set(configuration, known)
    }
    const key = `${dialect} ${model}`
    const before = known.get(key)
    if (before !== undefined) return before
    const resolution = withAddress(resolve(model, dialect, configuration), addressing)
    if (resolution.route !== undefined) {
      if (known.size >= MAX_KEPT) known.clear()
      known.set(key, resolution)
    }
    return resolution
  }
}

function withAddress(resolution: Resolution, addressing: Addressing): Resolution {
  const { decision } = resolution
  const candidates = resolution.candidates.map((candidate) => {
    const url = addressing.urlOf(candidate.route)
    return url === undefined ? candidate : { ...candidate, url }
  })
  const [first] = candidates
  if (first === undefined) return resolution
  return { ...resolution, candidates, decision: { ...decision, target: targetOf(first) } }
}
