import type { ConfiguredInstance } from '../../config/configuration.ts'
import { responsesVersion } from '../../core/api-versions.ts'
import type { Operation } from '../operations/operation.ts'
import type { Location } from './address.ts'
import { gatewayUrl } from './azure-gateway.ts'
import { segment } from './segment.ts'

/**
 * Where an operation goes on an instance (azure.md §2.1): on a dated version of Azure under the deployment or beside it;
 * in v1 behind one base; what only v1 has is asked there whatever version the instance has.
 * @param deployment empty for an operation without a model
 * @param query the client's own parameters; its api-version and keys are not among them
 * @throws LazuliError 400 for a deployment that cannot be part of an address
 */
export function operationUrl(
  operation: Operation,
  instance: ConfiguredInstance,
  location: Location,
  deployment: string,
  query: URLSearchParams,
): URL {
  const url = addressOf(operation, instance, location, deployment)
  for (const [name, value] of query) url.searchParams.append(name, value)
  return url
}

function addressOf(operation: Operation, instance: ConfiguredInstance, location: Location, deployment: string): URL {
  const { path, classic } = operation
  const { provider_type: provider } = instance
  if (provider === 'azure-gateway') return gatewayUrl(instance, location.origin, deployment, path)
  if (provider !== 'azure' && provider !== 'simulator' && provider !== 'recording')
    return new URL(`${location.origin}${location.base}${path}`)
  const resource = `${location.origin}${location.prefix}`
  if (operation.anthropic) return new URL(`${resource}/anthropic/v1${path}`)
  const version = path.startsWith('/responses') ? responsesVersion(instance) : instance.api_version
  const dated = /^\d/.test(version)
  if (dated && classic === 'deployment' && deployment !== '') {
    return new URL(`${resource}/openai/deployments/${segment(deployment)}${path}?api-version=${version}`)
  }
  if (dated && classic === 'resource') return new URL(`${resource}/openai${path}?api-version=${version}`)
  const asPreview = version === 'preview' || operation.preview
  return new URL(`${resource}/openai/v1${path}${asPreview ? '?api-version=preview' : ''}`)
}

/** What of a client's query goes on: no version (each instance has its own), no key, nothing that was read from it. */
export function passedQuery(query: string, read: readonly string[] = []): URLSearchParams {
  const dropped = new Set([
    'api-version',
    'api-key',
    'api_key',
    'key',
    'subscription-key',
    'authorization',
    'token',
    ...read,
  ])
  const kept = new URLSearchParams()
  for (const [name, value] of new URLSearchParams(query)) {
    if (!dropped.has(name.toLowerCase())) kept.append(name, value)
  }
  return kept
}
