import { Config, Instance, type ConfigInput } from '../../shared/config.ts'
import type { Configuration } from '../../electron/config/configuration.ts'

type InstanceInput = NonNullable<ConfigInput['instances']>[number]

/** A valid configuration with these instances and mapping rules. */
export function configurationOf(instances: InstanceInput[], models: ConfigInput['models'] = []): Configuration {
  const config = Config.parse({ instances, models })
  return {
    version: 1,
    config,
    instances: config.instances.map((instance) =>
      Object.assign(instance, { source: 'settings' as const, credential: { type: 'passthrough' as const } }),
    ),
    auth: 'open',
    token: undefined,
    keys: [],
    sources: new Map(),
  }
}

/** What the configuration is when nothing was configured. */
export function simulatorOnly(): Configuration {
  const configuration = configurationOf([])
  const simulator = Instance.parse({ name: 'simulator', provider_type: 'simulator' })
  return {
    ...configuration,
    instances: [{ ...simulator, source: 'default', credential: { type: 'passthrough' } }],
  }
}
