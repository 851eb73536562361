import type { ConfiguredInstance } from '../../config/configuration.ts'
import { keyHeader } from './call.ts'
import type { AddressedCall, CallPlan } from './call.ts'
import { segment } from './segment.ts'

/** What such gateways expect in place of a version, unless the instance says otherwise (azure.md §7.4). */
const USUAL_VERSION = 'fake'

/** A gateway in Azure's style: Responses and Embeddings, each under the deployment, which is the model's name. */
export function addressGateway(plan: CallPlan, origin: string): AddressedCall {
  return {
    url: gatewayUrl(plan.instance, origin, plan.deployment, '/responses'),
    headers: keyHeader('api-key', plan.credential),
  }
}

/**
 * @param origin of the instance's address; its path is kept up to Azure's own
 * @param operation `/responses` or `/embeddings`
 * @throws LazuliError 400 for a deployment that cannot be part of an address
 */
export function gatewayUrl(
  { api_base: base, api_version: version }: Pick<ConfiguredInstance, 'api_base' | 'api_version'>,
  origin: string,
  deployment: string,
  operation: string,
): URL {
  const url = new URL(`${origin}${pathOf(base)}/openai/deployments/${segment(deployment)}${operation}`)
  // `v1` is what the schema says where nobody said anything.
  url.searchParams.set('api-version', version === 'v1' ? USUAL_VERSION : version)
  return url
}

/** Path in front of `/openai`, without a slash at its end. */
function pathOf(base: string | undefined): string {
  if (base === undefined) return ''
  return new URL(base).pathname.replace(/\/openai(?:\/(?:deployments|v1)(?:\/.*)?)?\/?$/i, '').replace(/\/+$/, '')
}
