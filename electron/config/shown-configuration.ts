import type { Configuration, ConfiguredInstance } from './configuration.ts'
import { isRecord } from './schema-walk.ts'

/** Stands for every secret, as the Python proxy showed it. */
export const MASK = '********'

/** Names of keys whose text is a secret. Webhooks carry theirs in the address. */
const SECRET = /(?:^|_)(?:key|hash|token|secret|password|webhook|webhooks|authorization)$/i

/**
 * The active configuration for people and their scripts, in the Python proxy's shape and without secrets: keys, tokens,
 * webhooks, and what stands in addresses before the host or in their query.
 */
export function shownConfiguration(configuration: Configuration): Record<string, unknown> {
  const { config, version, auth } = configuration
  const { name = 'Lazuli', version: named, server, instances: _instances, port: _port, alerts, ...rest } = config
  return {
    name,
    version: named ?? version,
    config_version: version,
    port: server.port,
    server: masked({ ...server, auth }),
    instances: configuration.instances.map(shownInstance),
    ...(masked(rest) as Record<string, unknown>),
    ...(alerts === undefined ? {} : { alerts: maskedAlerts(alerts) }),
  }
}

function shownInstance(configured: ConfiguredInstance): Record<string, unknown> {
  const { credential, reach: _reach, recorded: _recorded, key_ref: _ref, api_key: _key, ...instance } = configured
  const hasKey = credential.type === 'key' || credential.type === 'unreadable'
  return { ...(masked(instance) as Record<string, unknown>), api_key: hasKey ? MASK : null }
}

function masked(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => masked(each, key))
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each, name)]))
  }
  if (typeof value !== 'string' || value === '') return value
  return SECRET.test(key) ? MASK : maskedAddress(value)
}

/** Of what tells of trouble, every address is a secret whatever its key is called. */
function maskedAlerts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskedAlerts)
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, SECRET.test(name) ? masked(each, name) : maskedAlerts(each)]),
    )
  }
  return typeof value === 'string' && value.includes('://') ? MASK : value
}

/** An address without what may identify somebody in it. */
export function maskedAddress(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${MASK}@`)
    .replace(/([?&][^=&#]*(?:key|token|secret|sig|password)[^=&#]*=)[^&#]*/gi, `$1${MASK}`)
}
