import { bearer } from './call.ts'
import type { AddressedCall, CallPlan } from './call.ts'
import { pathUnder } from './generic.ts'

/** OpenAI's own API. */
export function addressOpenai(plan: CallPlan, base: string): AddressedCall {
  return { url: new URL(`${base}${pathUnder(plan.api)}`), headers: bearer(plan.credential) }
}
