import type { ConfiguredInstance } from '../../config/configuration.ts'
import { responsesVersion } from '../../core/api-versions.ts'
import { understandAddress } from '../../core/azure-address.ts'
import type { DialectId } from '../../../shared/exchange.ts'

/** Azure's public cloud (azure.md §2.2): what v1 and Claude name, and what the dated versions do. */
const FOUNDRY = 'https://ai.azure.com/.default'
const CLASSIC = 'https://cognitiveservices.azure.com/.default'

/** What an identity token for a call is asked for: the instance's own setting, else what its flavour wants. */
export function scopeOf(instance: ConfiguredInstance, api: DialectId): string {
  if (instance.scope !== undefined) return instance.scope
  const cloud = cloudOf(instance)
  if (cloud !== 'com') return `https://cognitiveservices.azure.${cloud}/.default`
  const version = api === 'responses' ? responsesVersion(instance) : instance.api_version
  return api !== 'messages' && /^\d/.test(version) ? CLASSIC : FOUNDRY
}

/** The scope to try when a token for this one was not accepted. */
export function otherScope(scope: string): string {
  return scope === FOUNDRY ? CLASSIC : FOUNDRY
}

/** Where the identities of an instance's cloud sign in; undefined for the public one, which is the library's default. */
export function authorityOf(instance: ConfiguredInstance): string | undefined {
  switch (cloudOf(instance)) {
    case 'us':
      return 'https://login.microsoftonline.us'
    case 'cn':
      return 'https://login.chinacloudapi.cn'
    case 'com':
      return undefined
  }
}

function cloudOf({ api_base: base }: ConfiguredInstance): 'com' | 'us' | 'cn' {
  if (base === undefined) return 'com'
  const { hostname } = new URL(understandAddress(base).origin)
  return hostname.endsWith('.azure.us') ? 'us' : hostname.endsWith('.azure.cn') ? 'cn' : 'com'
}
