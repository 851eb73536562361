/** The table of upstream kinds: where a call goes and with which key. */
import type { ConfiguredInstance } from '../../config/configuration.ts'
import { understandAddress } from '../../core/azure-address.ts'
import type { UnderstoodAddress } from '../../core/azure-address.ts'
import { LazuliError } from '../../core/error.ts'
import type { CallerKey } from '../caller-keys.ts'
import { authorityOf, scopeOf } from '../identity/scope.ts'
import type { Identity, TokenSource } from '../identity/token-source.ts'
import { addressAnthropic } from './anthropic.ts'
import { addressAzure } from './azure.ts'
import { addressGateway } from './azure-gateway.ts'
import type { AddressedCall, CallPlan, Credential, IdentifiedCall } from './call.ts'
import { addressGeneric } from './generic.ts'
import { addressOpenai } from './openai.ts'
import type { Recordings } from './recording/recordings.ts'

export interface Addressing {
  /**
   * @throws LazuliError 400 for a name that cannot be part of an address, 401 without a key where one is wanted or where
   * the identity was refused, 503 when the stored key cannot be read or nobody could sign in, 500 for an instance without
   * an address
   */
  address(plan: Omit<CallPlan, 'credential'>, callerKey: CallerKey | undefined): Promise<IdentifiedCall>
  /** The address alone, for an explanation; undefined where it cannot be told. */
  urlOf(plan: Omit<CallPlan, 'credential'>): string | undefined
  /** Where an instance is, as its adapter reads its address. */
  locate(instance: ConfiguredInstance): Location
}

export interface Location {
  origin: string
  /** In front of Azure's own paths. */
  prefix: string
  /** In front of an OpenAI-compatible or Anthropic operation. */
  base: string
}

/** Addresses of the vendors' own APIs, where an instance names none. */
const VENDORS: Partial<Record<ConfiguredInstance['provider_type'], string>> = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
}

/**
 * @param simulator where instances of that kind are reached; its key is made anew at each start
 * @param recordings the same of those that play recordings; without it they cannot be addressed
 */
export function createAddressing(
  simulator: () => { origin: string; key: string },
  tokens: TokenSource,
  recordings: Pick<Recordings, 'place' | 'ready'> = NO_RECORDINGS,
): Addressing {
  /** Reading an address costs more than the rest of a call's preparation; they never change their meaning. */
  const understood = new Map<string, UnderstoodAddress>()
  const locate = (instance: ConfiguredInstance): Location => {
    if (instance.provider_type === 'simulator') {
      const { origin } = simulator()
      return { origin, prefix: '', base: '/openai/v1' }
    }
    if (instance.provider_type === 'recording') {
      const { origin, prefix } = recordings.place(instance.name)
      return { origin, prefix, base: `${prefix}/openai/v1` }
    }
    const text = instance.api_base ?? VENDORS[instance.provider_type]
    if (text === undefined) throw noAddress(instance)
    let known = understood.get(text)
    if (known === undefined) {
      known = understandAddress(text)
      understood.set(text, known)
    }
    return known
  }
  return {
    locate,
    async address(plan, callerKey) {
      const { instance } = plan
      if (instance.provider_type === 'recording') {
        await recordings.ready()
        const credential = { key: recordings.place(instance.name).key }
        return { ...addressOf({ ...plan, credential }, locate(instance)), credential }
      }
      const credential =
        instance.provider_type === 'simulator'
          ? { key: simulator().key }
          : instance.credential.type === 'entra'
            ? { key: await tokens.token(identityOf(instance), scopeOf(instance, plan.api)), isToken: true as const }
            : credentialOf(instance, callerKey)
      return { ...addressOf({ ...plan, credential }, locate(instance)), credential }
    },
    urlOf(plan) {
      try {
        return addressOf({ ...plan, credential: undefined }, locate(plan.instance)).url.href
      } catch {
        return undefined
      }
    },
  }
}

const NO_RECORDINGS: Pick<Recordings, 'place' | 'ready'> = {
  ready: () => Promise.resolve(),
  place(name) {
    throw noAddress({ name })
  },
}

function addressOf(plan: CallPlan, location: Location): AddressedCall {
  const base = location.origin + location.base
  switch (plan.instance.provider_type) {
    case 'azure':
    case 'simulator':
    case 'recording':
      return addressAzure(plan, location)
    case 'azure-gateway':
      return addressGateway(plan, location.origin)
    case 'openai':
      return addressOpenai(plan, base)
    case 'anthropic':
      return addressAnthropic(plan, base)
    case 'generic':
      return addressGeneric(plan, base)
  }
}

function identityOf(instance: ConfiguredInstance): Identity {
  const authority = authorityOf(instance)
  return { credential: 'default', ...instance.entra, ...(authority === undefined ? {} : { authority }) }
}

function credentialOf(instance: ConfiguredInstance, callerKey: CallerKey | undefined): Credential | undefined {
  const { credential } = instance
  switch (credential.type) {
    case 'key':
      return { key: credential.key }
    case 'unreadable':
      throw credential.error
    case 'entra':
      return undefined
    case 'passthrough':
      if (callerKey !== undefined) return { key: callerKey.value, from: callerKey.header }
      // Local servers mostly want none.
      if (instance.provider_type === 'generic') return undefined
      throw new LazuliError({
        code: 'invalid_api_key',
        status: 401,
        message: `The instance ${instance.name} has no key of its own, and this request carries none for it.`,
        fix: 'Store a key for the instance, or send yours as Authorization: Bearer or api-key.',
      })
  }
}

function noAddress(instance: Pick<ConfiguredInstance, 'name'>): LazuliError {
  return new LazuliError({
    code: 'proxy_instance_without_address',
    status: 500,
    message: `The instance ${instance.name} has no address.`,
    fix: 'Give it its api_base.',
  })
}
