/**
 * Requests that must go to one deployment, whatever the mapping says and without a retry: the window finds out with them
 * what that deployment takes. Only who has the secret of a pin can name it, so no caller from outside can.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { Rule } from '../../shared/config.ts'
import type { Configuration } from '../config/configuration.ts'
import { LazuliError } from '../core/error.ts'

export interface PinnedTarget {
  instance: string
  deployment: string
  /** The model behind it, where it is known. */
  baseModel?: string
}

export interface Pin {
  /** To be sent as `x-lazuli-pin`; good until the release. */
  readonly secret: string
  release(): void
}

export interface Pins {
  pin(target: PinnedTarget): Pin
  /**
   * The configuration for a request: the given one, or one whose mapping leads to the pinned deployment alone.
   * @throws LazuliError 400 for a pin that is not known
   */
  configurationFor(headers: IncomingHttpHeaders, configuration: Configuration): Configuration
}

export const PIN_HEADER = 'x-lazuli-pin'

/** @param newSecret an unguessable string */
export function createPins(newSecret: () => string): Pins {
  const targets = new Map<string, PinnedTarget>()
  return {
    pin(target) {
      const secret = newSecret()
      targets.set(secret, target)
      return { secret, release: () => void targets.delete(secret) }
    },
    configurationFor(headers, configuration) {
      const secret = headers[PIN_HEADER]
      if (secret === undefined) return configuration
      const target = targets.get(String(secret))
      if (target === undefined) throw unknownPin()
      return pinnedConfiguration(target, configuration)
    },
  }
}

/** A configuration whose mapping leads to one deployment, whatever name is asked for. */
export function pinnedConfiguration(target: PinnedTarget, configuration: Configuration): Configuration {
  const { config } = configuration
  const rule = Rule.parse({
    model: '*',
    instances: [target.instance],
    deployment: target.deployment,
    ...(target.baseModel === undefined ? {} : { base_model: target.baseModel }),
  })
  return { ...configuration, config: { ...config, models: [rule], routing: { ...config.routing, retries: 0 } } }
}

function unknownPin(): LazuliError {
  return new LazuliError({
    code: 'proxy_unknown_pin',
    status: 400,
    message: `The header ${PIN_HEADER} names nothing that is known here.`,
    fix: 'Leave it out; the mapping says where a model name leads.',
  })
}
