/** Instances and mapping as YAML that the program's own loader reads; secrets stand in it as variables. */
import { stringify } from 'yaml'
import { Instance, Rule } from '../../shared/config.ts'
import type { Configuration, ConfiguredInstance } from './configuration.ts'
import { maskedAddress } from './shown-configuration.ts'

export interface ExportedYaml {
  yaml: string
  /** Names of the variables that must be set before it is loaded. */
  variables: string[]
}

export function exportYaml({ config, instances }: Configuration): ExportedYaml {
  const variables: string[] = []
  const written = instances
    .filter(({ source }) => source !== 'default')
    .map((instance) => exported(instance, (what) => variableFor(instance.name, what, variables)))
  const document = {
    ...(written.length === 0 ? {} : { instances: written }),
    ...(config.models.length === 0 ? {} : { models: config.models.map(shortRule) }),
    ...(config.routing.strategy === 'failover' ? {} : { routing: { strategy: config.routing.strategy } }),
  }
  const lines = [
    '# Instances and mapping of Lazuli. Load with: lazuli serve --config FILE',
    ...(variables.length === 0 ? [] : ['# Set before:', ...variables.map((name) => `#   ${name}`)]),
  ]
  const body = Object.keys(document).length === 0 ? '' : stringify(document, { lineWidth: 0 })
  return { yaml: `${lines.join('\n')}\n\n${body}`, variables }
}

type NewVariable = (what: string) => string

function exported(configured: ConfiguredInstance, variable: NewVariable): Record<string, unknown> {
  const { source: _source, credential, reach: _reach, recorded: _recorded, key_ref: _ref, ...rest } = configured
  const { api_key: _key, ...instance } = rest
  const { entra, proxy_url: proxy, ...plain } = instance
  const hasKey = credential.type === 'key' || (credential.type === 'unreadable' && instance.auth !== 'entra')
  return {
    ...withoutDefaults(plain),
    ...(hasKey ? { api_key: variable('API_KEY') } : {}),
    ...(entra === undefined
      ? {}
      : { entra: entra.client_secret === undefined ? entra : { ...entra, client_secret: variable('CLIENT_SECRET') } }),
    ...(proxy === undefined ? {} : { proxy_url: maskedAddress(proxy) === proxy ? proxy : variable('PROXY_URL') }),
  }
}

function withoutDefaults(instance: Partial<Instance> & { name: string }): Record<string, unknown> {
  const defaults: Record<string, unknown> = Instance.parse({ name: instance.name })
  return Object.fromEntries(
    Object.entries(instance).filter(
      ([key, value]) => key === 'name' || JSON.stringify(value) !== JSON.stringify(defaults[key]),
    ),
  )
}

function shortRule(rule: Rule): Record<string, unknown> {
  const { instances, api, ...rest } = rule
  return { ...rest, ...(instances.length === 0 ? {} : { instances }), ...(api === 'auto' ? {} : { api }) }
}

/** A name that a shell takes, too. */
function variableFor(instance: string, what: string, taken: string[]): string {
  const base = `${instance}_${what}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
  const name = /^[0-9]/.test(base) ? `_${base}` : base
  const unique = taken.includes(name) ? `${name}_${taken.length + 1}` : name
  taken.push(unique)
  return `\${${unique}}`
}
