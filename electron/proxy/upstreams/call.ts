import type { DialectId, Header } from '../../../shared/exchange.ts'
import type { ConfiguredInstance } from '../../config/configuration.ts'
import type { CallerKey } from '../caller-keys.ts'

/** What an upstream's adapter needs to know to address a call. */
export interface CallPlan {
  instance: ConfiguredInstance
  deployment: string
  api: DialectId
  /** The key to send: the stored one, or the caller's own. Absent: no key is sent. */
  credential: Credential | undefined
}

/** `from` tells how the caller sent it; a stored key has no such history. */
export interface Credential {
  key: string
  from?: CallerKey['header']
  /** An identity token, which every API takes as Bearer. */
  isToken?: true
}

/** Address and identification of a call. */
export interface AddressedCall {
  url: URL
  /** Exactly one credential, and the version where the API wants one. */
  headers: Header[]
}

/** A call with the credential that was found for it. */
export interface IdentifiedCall extends AddressedCall {
  credential: Credential | undefined
}

/** The version of the Messages API that Azure documents (azure.md §3), unless the instance names another. */
export function anthropicVersion(instance: Pick<ConfiguredInstance, 'anthropic_version'>): Header {
  return ['anthropic-version', instance.anthropic_version ?? '2023-06-01']
}

export function bearer(credential: Credential | undefined): Header[] {
  return credential === undefined ? [] : [['authorization', `Bearer ${credential.key}`]]
}

/**
 * A key under the given name; what a caller sent as Bearer and looks like an identity token stays one: Entra tokens are
 * JSON web tokens, resource keys never are.
 */
export function keyHeader(name: 'api-key' | 'x-api-key', credential: Credential | undefined): Header[] {
  if (credential === undefined) return []
  const isToken =
    credential.isToken === true ||
    (credential.from === 'authorization' && /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(credential.key))
  return isToken ? bearer(credential) : [[name, credential.key]]
}
