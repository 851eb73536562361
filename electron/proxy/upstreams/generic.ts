import type { DialectId } from '../../../shared/exchange.ts'
import { anthropicVersion, bearer } from './call.ts'
import type { AddressedCall, CallPlan } from './call.ts'

/** Any server that speaks OpenAI's API under a base address; many also take Messages there. */
export function addressGeneric(plan: CallPlan, base: string): AddressedCall {
  const version = plan.api === 'messages' ? [anthropicVersion(plan.instance)] : []
  return { url: new URL(`${base}${pathUnder(plan.api)}`), headers: [...bearer(plan.credential), ...version] }
}

export function pathUnder(api: DialectId): string {
  switch (api) {
    case 'chat':
      return '/chat/completions'
    case 'responses':
      return '/responses'
    case 'messages':
      return '/messages'
  }
}
