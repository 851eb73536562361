/** Instances as the window shows them: without a secret. */
import type { InstanceView } from '../../shared/instance-view.ts'
import type { PlainInstance } from '../../shared/mapping.ts'
import type { ConfiguredInstance } from '../config/configuration.ts'
import { maskedAddress } from '../config/shown-configuration.ts'
import { understandAddress } from '../core/azure-address.ts'
import type { ConsoleContext } from './context.ts'

export function instanceViews(context: ConsoleContext): InstanceView[] {
  return context.configuration.current().instances.map(view)
}

function view(configured: ConfiguredInstance): InstanceView {
  const { credential, source, reach: _reach, recorded: _played, api_key: _key, key_ref: _ref, ...instance } = configured
  return { instance: withoutSecrets(instance), source, key: keyView(credential), understood: understood(configured) }
}

/** What only somebody who writes the settings by hand can have put there. */
export function withoutSecrets(instance: PlainInstance): PlainInstance {
  const { entra, proxy_url: proxy, ...rest } = instance
  const { client_secret: _secret, ...identity } = entra ?? {}
  return {
    ...rest,
    ...(entra === undefined ? {} : { entra: identity as PlainInstance['entra'] & object }),
    ...(proxy === undefined ? {} : { proxy_url: maskedAddress(proxy) }),
  }
}

function keyView(credential: ConfiguredInstance['credential']): InstanceView['key'] {
  switch (credential.type) {
    case 'key':
      return { state: credential.from }
    case 'entra':
      return { state: 'entra' }
    case 'passthrough':
      return { state: 'none' }
    case 'unreadable':
      return { state: 'unreadable', problem: credential.error.toFailure() }
  }
}

function understood(instance: ConfiguredInstance): string {
  if (instance.provider_type === 'simulator') return 'built in, on loopback'
  if (instance.provider_type === 'recording') return `plays ${instance.recording ?? 'nothing'} again`
  if (instance.api_base === undefined) return instance.provider_type
  try {
    return understandAddress(instance.api_base).sentence
  } catch {
    return instance.api_base
  }
}
