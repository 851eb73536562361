import { offersResponses, retiredOn } from '../core/api-versions.ts'
import { understandAddress } from '../core/azure-address.ts'
import { warningsOfBudgets } from './budget-warnings.ts'
import type { Configuration, ConfiguredInstance } from './configuration.ts'

/** What is valid, but will hardly do what its author wants: a sentence each, without secrets. */
export function warningsOf(configuration: Configuration): string[] {
  return [
    ...configuration.instances.flatMap(ofInstance),
    ...ofRules(configuration),
    ...warningsOfBudgets(configuration),
  ]
}

function ofInstance(instance: ConfiguredInstance): string[] {
  const found: string[] = []
  const { name, api_base: base, provider_type: provider } = instance
  if (instance.credential.type === 'unreadable') found.push(`${name}: ${instance.credential.error.message}`)
  if (provider === 'azure') found.push(...ofVersions(instance))
  const { recorded } = instance
  if (recorded !== undefined && 'problem' in recorded) found.push(`${name}: ${recorded.problem.message}`)
  if (base === undefined || provider === 'simulator' || provider === 'recording') return found
  const address = understandAddress(base)
  if (address.origin.startsWith('http:') && !/^http:\/\/(?:localhost|127\.|\[::1\])/.test(address.origin)) {
    found.push(`${name}: the address begins with http://, so key and prompts travel unencrypted.`)
  }
  if (
    instance.credential.type === 'entra' &&
    new URL(address.origin).hostname.endsWith('.api.cognitive.microsoft.com')
  ) {
    found.push(`${name}: a regional host takes no identity tokens; use the resource’s own host name.`)
  }
  if (address.deployment !== undefined) {
    found.push(
      `${name}: the address names the deployment ${address.deployment}, which is not read from there; map a model to it with model_deployments.`,
    )
  }
  if (address.apiVersion !== undefined && address.apiVersion !== instance.api_version) {
    found.push(
      `${name}: the address names the version ${address.apiVersion}, but api_version (${instance.api_version}) counts.`,
    )
  }
  return found
}

function ofVersions({ name, ...instance }: ConfiguredInstance): string[] {
  const found: string[] = []
  for (const key of ['api_version', 'responses_api_version', 'models_api_version'] as const) {
    const version = instance[key]
    const day = version === undefined ? undefined : retiredOn(version)
    if (day !== undefined) {
      found.push(`${name}: Azure stopped to answer the ${key} ${version} on ${day}; use v1 or 2024-10-21.`)
    }
  }
  const responses = instance.responses_api_version
  if (responses !== undefined && !offersResponses(responses)) {
    found.push(`${name}: Azure never offered Responses with the responses_api_version ${responses}; remove it for v1.`)
  }
  return found
}

function ofRules({ config, instances }: Configuration): string[] {
  const known = new Map(instances.map((instance) => [instance.name.toLowerCase(), instance]))
  return config.models.flatMap((rule, index) =>
    rule.instances.flatMap((name) => {
      const instance = known.get(name.toLowerCase())
      if (instance === undefined)
        return [`Rule ${index + 1} (${rule.model}) names the instance ${name}, which does not exist.`]
      return instance.enabled
        ? []
        : [`Rule ${index + 1} (${rule.model}) names the instance ${name}, which is switched off.`]
    }),
  )
}
