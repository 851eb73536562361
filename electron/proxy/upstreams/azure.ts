import type { DialectId } from '../../../shared/exchange.ts'
import { responsesVersion } from '../../core/api-versions.ts'
import { anthropicVersion, keyHeader } from './call.ts'
import type { AddressedCall, CallPlan } from './call.ts'
import { segment } from './segment.ts'

/** Where one Azure OpenAI or Foundry resource is. */
export interface AzureResource {
  origin: string
  /** Path in front of Azure's own, without a slash at its end. */
  prefix: string
}

/** One Azure resource: OpenAI's APIs under `/openai`, Claude under `/anthropic`, all on one host (azure.md §2, §3). */
export function addressAzure(plan: CallPlan, resource: AzureResource): AddressedCall {
  const path = pathOf(plan.api, plan.deployment, versionOf(plan))
  const url = new URL(`${resource.origin}${resource.prefix}${path}`)
  return plan.api === 'messages'
    ? { url, headers: [...keyHeader('x-api-key', plan.credential), anthropicVersion(plan.instance)] }
    : { url, headers: keyHeader('api-key', plan.credential) }
}

function versionOf({ api, instance }: CallPlan): string {
  return api === 'responses' ? responsesVersion(instance) : instance.api_version
}

function pathOf(api: DialectId, deployment: string, version: string): string {
  switch (api) {
    case 'messages':
      return '/anthropic/v1/messages'
    case 'chat':
      if (version === 'v1') return '/openai/v1/chat/completions'
      if (version === 'preview') return '/openai/v1/chat/completions?api-version=preview'
      return `/openai/deployments/${segment(deployment)}/chat/completions?api-version=${version}`
    case 'responses':
      // Never under a deployment: the model is named in the body.
      if (version === 'v1') return '/openai/v1/responses'
      if (version === 'preview') return '/openai/v1/responses?api-version=preview'
      return `/openai/responses?api-version=${version}`
  }
}
