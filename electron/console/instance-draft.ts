/** Instances while they are written: what the window was not shown comes back to them here. */
import type { Instance } from '../../shared/config.ts'
import type { InstanceDraftInput, PlainInstance } from '../../shared/mapping.ts'
import type { Configuration, ConfiguredInstance } from '../config/configuration.ts'
import { maskedAddress } from '../config/shown-configuration.ts'
import { understandAddress } from '../core/azure-address.ts'
import { LazuliError } from '../core/error.ts'
import type { ConsoleContext } from './context.ts'

/**
 * An instance that is being written, ready to be called.
 * @throws LazuliError where a stored key would go to another host than the one that it was given for
 */
export function preparedDraft(context: ConsoleContext, draft: InstanceDraftInput): Promise<ConfiguredInstance> {
  const { previousName, apiKey } = draft
  const known = previousName === undefined ? undefined : namedInstance(context.configuration.current(), previousName)
  // What another source defines cannot be changed here, so it is asked as it is.
  if (known !== undefined && known.source !== 'settings') return Promise.resolve(known)
  const plain: Instance = withSecrets(draft.instance, known)
  if (typeof apiKey === 'string') return context.configuration.prepared({ ...plain, api_key: apiKey })
  if (apiKey === null || known?.key_ref === undefined) return context.configuration.prepared(plain)
  refuseOtherHost(known, plain)
  return context.configuration.prepared({ ...plain, key_ref: known.key_ref })
}

function refuseOtherHost(before: Instance, after: Instance): void {
  if (after.auth === 'passthrough' || after.auth === 'entra') return
  if (originOf(before.api_base) === originOf(after.api_base)) return
  throw new LazuliError({
    code: 'key_for_other_host',
    status: 400,
    message: 'The address leads to another host than the one that the stored key was given for.',
    fix: 'Enter the key again, then test.',
  })
}

function originOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  try {
    return understandAddress(address).origin
  } catch {
    return address
  }
}

/** What was not shown comes back as it was. */
export function withSecrets(instance: PlainInstance, before: ConfiguredInstance | undefined): PlainInstance {
  if (before === undefined) return instance
  const { entra, proxy_url: proxy } = instance
  const secret = before.entra?.client_secret
  const masked = before.proxy_url !== undefined && proxy === maskedAddress(before.proxy_url)
  return {
    ...instance,
    ...(entra === undefined || secret === undefined ? {} : { entra: { client_secret: secret, ...entra } }),
    ...(masked ? { proxy_url: before.proxy_url } : {}),
  }
}

export function namedInstance(configuration: Configuration, name: string): ConfiguredInstance | undefined {
  return configuration.instances.find((each) => each.name.toLowerCase() === name.toLowerCase())
}

/** The instance as the settings file has it; undefined when another source defines it. */
export function storedInstance(context: ConsoleContext, name: string | undefined): ConfiguredInstance | undefined {
  if (name === undefined) return undefined
  const found = namedInstance(context.configuration.current(), name)
  return found?.source === 'settings' ? found : undefined
}
