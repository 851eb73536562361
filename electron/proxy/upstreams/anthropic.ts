import { anthropicVersion, bearer } from './call.ts'
import type { AddressedCall, CallPlan } from './call.ts'
import { pathUnder } from './generic.ts'

/** Anthropic's own API. What a caller sent as Bearer (a subscription's token) stays one. */
export function addressAnthropic(plan: CallPlan, base: string): AddressedCall {
  const { credential } = plan
  const key =
    credential === undefined || credential.from === 'authorization' || credential.isToken === true
      ? bearer(credential)
      : [['x-api-key', credential.key] as [string, string]]
  return { url: new URL(`${base}${pathUnder(plan.api)}`), headers: [...key, anthropicVersion(plan.instance)] }
}
